"""Which sessions there are: ``sessions/<year>/<month>/<day>/rollout-<time>-<id>.jsonl``, and those archived."""

import os
import re

from gitml.agents.base import Source
from gitml.agents.codex.start import session_in
from gitml.agents.folders import below, inside, newer
from gitml.agents.names import is_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SUFFIX = ".jsonl"
DEPTH = 5
"""Folders below the root that are looked into: a backup of several machines' ``.codex`` has more than three."""

ROLLOUT = re.compile(
    r"rollout-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.jsonl"
)
OTHERS = ("history.jsonl", "session_index.jsonl")
"""The typed prompts of the whole machine, and the names of its sessions."""


def roots(environ: "Mapping[str, str]") -> list[str]:
    """``sessions`` and ``archived_sessions`` of ``$CODEX_HOME``, or where that is not set of ``~/.codex``."""
    home = environ.get("CODEX_HOME") or (os.path.join(environ["HOME"], ".codex") if environ.get("HOME") else "")
    return [os.path.join(home, name) for name in ("sessions", "archived_sessions")] if home else []


def discover(root: str) -> "Iterator[Source]":
    """Every session below ``root``, by id. Of two files with one id the newer counts."""
    found: dict[str, str] = {}
    for path in below(os.path.realpath(root), DEPTH, _may_be):
        session = _session(path)
        if session:
            found[session] = newer(found.get(session), path)
    for session, path in sorted(found.items()):
        yield Source("codex", session, path, [])


def locate(session_id: str, root: str) -> "Source | None":
    """The session of that id below ``root``; the newest file where there are several.

    A file that is called like a rollout is opened by nobody but its reader: its name tells the id.
    """
    if not is_plain(session_id):
        return None
    path = None
    for candidate in below(os.path.realpath(root), DEPTH, lambda name: _may_be(name, session_id)):
        if _session(candidate) == session_id:
            path = newer(path, candidate)
    return Source("codex", session_id, path, []) if path else None


def at(path: str, root: str) -> "Source | None":
    """The session whose file is ``path``, if that is a plain file inside ``root`` once every link is resolved."""
    real = inside(path, root)
    session = _session(real) if real and _may_be(os.path.basename(real)) else ""
    return Source("codex", session, real, []) if session else None


def _may_be(name: str, session_id: str = "") -> bool:
    """Whether a file of that name can hold a session, that one if one is named."""
    named = ROLLOUT.fullmatch(name)
    if named is not None:
        return not session_id or named[1] == session_id
    return name.endswith(SUFFIX) and name not in OTHERS and is_plain(name)


def _session(path: str) -> str:
    """The id of the session in a file: by its name (it equals the one inside in 34 of 34), else by its first line."""
    name = os.path.basename(path)
    named = ROLLOUT.fullmatch(name)
    return named[1] if named else session_in(path, name[: -len(SUFFIX)])
