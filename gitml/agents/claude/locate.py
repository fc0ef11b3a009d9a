"""Which sessions there are: ``projects/<slug>/<session>.jsonl``, found without following any link below the root."""

import os

from gitml.agents.base import Source
from gitml.agents.claude.names import SUFFIX, session_of
from gitml.agents.claude.subagents import agents_of, beside
from gitml.agents.folders import inside, newer, scan
from gitml.agents.names import is_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEPTH = 5
"""Folders below the root that are looked into: a backup of several machines' ``.claude/projects`` has four."""

NOT_SESSIONS = ("subagents", "tool-results", "workflows", "memory", ".git", "node_modules")


def roots(environ: "Mapping[str, str]") -> list[str]:
    """``$CLAUDE_CONFIG_DIR/projects`` where that is set, else the same below ``~/.claude`` and ``~/.config/claude``."""
    chosen = environ.get("CLAUDE_CONFIG_DIR")
    if chosen:
        return [os.path.join(chosen, "projects")]
    home = environ.get("HOME")
    if not home:
        return []
    config = environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    return [os.path.join(home, ".claude", "projects"), os.path.join(config, "claude", "projects")]


def discover(root: str) -> "Iterator[Source]":
    """Every session below ``root``, by id: ``projects`` itself, a folder of such, or one project's folder.

    Of two files with one session id the newer counts: a session moves when its working folder does.
    """
    found: dict[str, str] = {}
    for path in _walk(os.path.realpath(root), DEPTH):
        session = session_of(os.path.basename(path))
        found[session] = newer(found.get(session), path)
    agents: dict[str, dict[str, list[str]]] = {}
    for session, path in sorted(found.items()):
        folder = os.path.dirname(path)
        if folder not in agents:
            agents[folder] = beside(folder)
        yield Source("claude", session, path, agents_of(folder, session, agents[folder]))


def locate(session_id: str, root: str) -> "Source | None":
    """The session of that id in ``root`` or in one of its folders; the newest file where there are several."""
    if not is_plain(session_id) or session_of(session_id + SUFFIX) != session_id:
        return None
    base = os.path.realpath(root)
    path = None
    for folder in (base, *_folders(base)):
        candidate = os.path.join(folder, session_id + SUFFIX)
        if os.path.isfile(candidate) and not os.path.islink(candidate):
            path = newer(path, candidate)
    return _source(path) if path else None


def at(path: str, root: str) -> "Source | None":
    """The session whose main file is ``path``, if that is a plain file inside ``root`` once every link is resolved."""
    real = inside(path, root)
    return _source(real) if session_of(os.path.basename(real)) else None


def _source(path: str) -> Source:
    folder, name = os.path.split(path)
    session = session_of(name)
    return Source("claude", session, path, agents_of(folder, session, beside(folder)))


def _walk(folder: str, depth: int) -> "Iterator[str]":
    """Paths of all session files below the folder. A session's own folder of results and agents is not looked into."""
    entries = sorted(scan(folder), key=lambda entry: entry.name)
    files = [entry for entry in entries if entry.is_file(follow_symlinks=False) and session_of(entry.name)]
    yield from (entry.path for entry in files)
    skipped = {session_of(entry.name) for entry in files}.union(NOT_SESSIONS)
    for entry in entries:
        if depth and entry.name not in skipped and entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, depth - 1)


def _folders(base: str) -> list[str]:
    return [entry.path for entry in scan(base) if entry.is_dir(follow_symlinks=False)]
