"""Configuration: ``.git-ml/config.toml``. Every key has a default, so the file may be empty or missing.

``tomllib`` costs the hook path 15 ms, so hooks read a JSON copy in the clone's local state, made anew whenever the
file's size, time or inode differ.
"""

import json
import os

from gitml.errors import BadUsage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Tracked = Callable[[], bytes | None]

AUTO, WITH_COMMITS, OWN_COMMITS, SIDE_BRANCH = "auto", "with-commits", "own-commits", "side-branch"
WAYS = (WITH_COMMITS, OWN_COMMITS, SIDE_BRANCH)
"""How records get into history: what ``persist`` may name, apart from ``auto``."""

REMOTE = "CLAUDE_CODE_REMOTE"
"""Set to "true" by Claude Code where the machine is thrown away after the session."""

ABSENT = -1
"""In place of a size: the work tree has no such file."""

PRICE = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h")
"""What ``prices."model"`` must say."""

DEFAULTS: "dict[str, Any]" = {
    "default_branch": "",
    "persist": AUTO,
    "side_branch": {"ref": "gitml/{branch}"},
    "keep_sealed_days": 30,
    "hook_budget_ms": 5000,
    "compact_min_age": "14d",
    "archive_bytes": 8 * 1024 * 1024,
    "record": {
        "streams": ["commits", "sessions", "chats", "actions", "orchestration", "lifecycle", "digests"],
        "backfill_commits": 500,
        "max_text_bytes": 65536,
    },
    "own_commits": {"default_branch": False, "detached": False, "message": "gitml: records of agent sessions"},
    "domains": {},
    "milestones": {"commits": 500, "sessions": 100, "chats": 200},
    "agents": {"enabled": [AUTO]},
    "context": {"enabled": False, "max_bytes": 2000, "sessions": 3},
    "prices": {},
    "raw": {"enabled": True},
    "lifecycle": {"safe_stages": ["implemented"]},
    "retention": {
        "raw_max_age_days": 0,
        "raw_soft_cap_bytes": 0,
        "raw_hard_cap_bytes": 0,
        "keep_last": 1,
        "keep_daily": 0,
        "keep_weekly": 0,
        "keep_stage": [],
        "chat_bodies_days": 0,
    },
    "health": {"yellow_percent": 85, "red_percent": 95, "yellow_months": 6, "red_months": 1, "cleanup_days": 7},
    "clean": {
        "session_stages": ["implemented"],
        "worktrees": "7d",
        "sessions": "30d",
        "logs": "7d",
        "state": "30d",
        "events": "14d",
        "dlq": "30d",
    },
    "compat": {"write_local_files": False},
    "bootstrap": {"install": "", "wait_seconds": 10, "limit_seconds": 60},
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

    def way(self) -> str:
        """Which of ``WAYS`` is in force; ``ops.persist.way`` says why. Here because every hook asks it first."""
        configured = self.values["persist"]
        if configured == AUTO:
            return OWN_COMMITS if os.environ.get(REMOTE) == "true" else WITH_COMMITS
        return configured if configured in WAYS else WITH_COMMITS

    def reads(self, agent: str) -> bool:
        """Whether sessions of that agent are recorded here."""
        enabled = self.values["agents"]["enabled"]
        return AUTO in enabled or agent in enabled

    def records(self, stream: str) -> bool:
        """Whether this repository wants that stream. Streams gitml does not know are always wanted."""
        return stream in self.values["record"]["streams"] or stream == "lifecycle"


def load(path: str, tracked: "Tracked | None" = None, otherwise: "Config | None" = None) -> Config:
    """Read the file. Where there is none, what ``tracked`` says git has of it counts; ``otherwise`` (or the defaults)
    where that is None, too.

    Raises BadUsage where it is not TOML or a value has no sense, and whatever ``tracked`` raises.
    """
    try:
        with open(path, "rb") as file:
            data: bytes | None = file.read()
    except FileNotFoundError:
        data = tracked() if tracked is not None else None
    return Config(parse(data, path)) if data is not None else otherwise or Config()


def parse(data: bytes, where: str) -> "dict[str, Any]":
    """What a config says by itself, without defaults; ``where`` names it in errors. Raises BadUsage as ``load``."""
    import tomllib

    try:
        values = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadUsage(f"config is not valid TOML: {error}", where=where, hint=f"edit {where}") from None
    _check(values, DEFAULTS, where, "")
    if not all(isinstance(domain, str) for domain in values.get("domains", {}).values()):
        raise BadUsage("domains must be texts", where=where, hint=f"edit {where}")
    _check_prices(values.get("prices", {}), where)
    return values


def _check_prices(prices: "dict[str, Any]", path: str) -> None:
    """A price is whole or none: one that left out what cached tokens cost would say that they are free."""
    for model, price in prices.items():
        given = price if isinstance(price, dict) else {}
        for key in PRICE:
            value = given.get(key)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1_000_000:
                what = f'prices."{model}" needs {key}, in USD per million tokens'
                raise BadUsage(what, where=path, hint=f"edit {path}")


def load_cached(path: str, cache: str, index: str = "", tracked: "Tracked | None" = None) -> Config:
    """As ``load``, through a JSON copy at ``cache``. Does without a cache that cannot be written.

    Where the work tree has no file (a sparse one), git is asked again only when its file ``index`` has changed. Where
    git has none either (a branch that was never opted in), what was last known holds: a stream that was switched off
    stays off. Raises as ``load`` does.
    """
    stamp = _stamp(path) or [ABSENT, *_stamp(index)]
    kept = _kept(cache)
    if kept is not None and kept["stamp"] == stamp:
        return Config(kept["values"])
    config = load(path, tracked, Config(kept["values"]) if kept is not None else None)
    _keep(cache, stamp, config)
    return config


def _kept(cache: str) -> "dict[str, Any] | None":
    try:
        with open(cache, "rb") as file:
            kept = json.load(file)
        return kept if isinstance(kept["values"], dict) and "stamp" in kept else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(cache: str, stamp: "list[int]", config: Config) -> None:
    try:
        temporary = f"{cache}.{os.getpid()}.tmp"  # what a kill leaves of it is swept away by that ending
        with open(temporary, "w", encoding="utf-8") as out:
            json.dump({"stamp": stamp, "values": config.values}, out, default=str)
        os.replace(temporary, cache)
    except OSError:
        return


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
        if isinstance(default, int) and value < 0:
            raise BadUsage(f"{prefix}{key} must not be below 0", where=path, hint=f"edit {path}")
        if isinstance(default, list) and not all(isinstance(member, str) for member in value):
            raise BadUsage(f"{prefix}{key} must be a list of texts", where=path, hint=f"edit {path}")
        if isinstance(default, dict):
            _check(value, default, path, f"{prefix}{key}.")
