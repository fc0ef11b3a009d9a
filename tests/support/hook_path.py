"""Modules that no hook may load: each costs 2 to 80 ms of a start that is to take 50."""

DEAR = frozenset(
    "argparse click dataclasses datetime email filelock git hashlib http importlib.metadata inspect logging orjson "
    "pathlib shutil ssl subprocess tempfile tomllib typing unittest".split()
)
