"""Configuration: ``.git-ml/config.toml``. Every key has a default, so the file may be empty or missing.

``tomllib`` costs the hook path 15 ms, so hooks read a JSON copy in the clone's local state, made anew whenever the
file's size, time or inode differ.
"""

import json
import os

from gitml.errors import BadUsage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DEFAULTS: "dict[str, Any]" = {
    "default_branch": "",
    "persist": "auto",
    "keep_sealed_days": 30,
    "hook_budget_ms": 5000,
    "compact_min_age": "14d",
    "record": {
        "streams": ["commits", "sessions", "chats", "actions", "orchestration", "lifecycle", "digests"],
        "backfill_commits": 500,
        "max_text_bytes": 65536,
    },
    "domains": {},
    "milestones": {"commits": 500, "sessions": 100, "chats": 200},
    "context": {"enabled": False},
    "redact": {
        "deny": [],
        "allow": [],
        "personal": {"paths": True, "emails": False, "ips": False, "phones": False, "cards": False},
    },
}
"""What holds where the file says nothing. ``docs/configuration.md`` explains each."""


class Config:
    """The merged configuration. Unknown keys are kept and ignored."""

    __slots__ = ("values",)

    def __init__(self, values: "dict[str, Any] | None" = None) -> None:
        self.values = _merged(DEFAULTS, values or {})

    def get(self, dotted: str) -> "Any":
        """The value at ``section.key``. Raises KeyError for a key without a default that the file does not set."""
        value: Any = self.values
        for key in dotted.split("."):
            value = value[key]
        return value

    def records(self, stream: str) -> bool:
        """Whether this repository wants that stream. Streams gitml does not know are always wanted."""
        return stream in self.values["record"]["streams"] or stream == "lifecycle"


def load(path: str) -> Config:
    """Read the file; a missing one gives the defaults. Raises BadUsage where it is not TOML or a value has no sense."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return Config()
    return Config(parse(data, path))


def parse(data: bytes, where: str) -> "dict[str, Any]":
    """What a config says by itself, without defaults; ``where`` names it in errors. Raises BadUsage as ``load``."""
    import tomllib

    try:
        values = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadUsage(f"config is not valid TOML: {error}", where=where, hint=f"edit {where}") from None
    _check(values, DEFAULTS, where, "")
    return values


def load_cached(path: str, cache: str) -> Config:
    """As ``load``, through a JSON copy at ``cache``. Raises BadUsage; does without a cache that cannot be written."""
    stamp = _stamp(path)
    try:
        with open(cache, "rb") as file:
            kept = json.load(file)
        if kept["stamp"] == stamp:
            return Config(kept["values"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    config = load(path)
    try:
        temporary = f"{cache}.{os.getpid()}"
        with open(temporary, "w", encoding="utf-8") as out:
            json.dump({"stamp": stamp, "values": config.values}, out, default=str)
        os.replace(temporary, cache)
    except OSError:
        pass
    return config


def _stamp(path: str) -> "list[int]":
    try:
        status = os.stat(path)
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns, status.st_ino]


def _merged(base: "dict[str, Any]", over: "dict[str, Any]") -> "dict[str, Any]":
    merged = dict(base)
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            value = _merged(base[key], value)
        merged[key] = value
    return merged


def _check(values: "dict[str, Any]", defaults: "dict[str, Any]", path: str, prefix: str) -> None:
    for key, value in values.items():
        default = defaults.get(key)
        if default is None:
            continue
        if not isinstance(value, type(default)) or (isinstance(value, bool) != isinstance(default, bool)):
            wanted = {dict: "a table", list: "a list", str: "text", bool: "true or false", int: "a whole number"}
            raise BadUsage(f"{prefix}{key} must be {wanted[type(default)]}", where=path, hint=f"edit {path}")
        if isinstance(default, dict):
            _check(value, default, path, f"{prefix}{key}.")
