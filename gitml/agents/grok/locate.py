"""Which sessions there are: ``sessions/<folder, URL-encoded>/<id>/updates.jsonl``, found without following any link."""

import os
import re

from gitml.agents.base import AgentFile, Source
from gitml.agents.fields import text
from gitml.agents.files import head
from gitml.agents.folders import inside, scan
from gitml.agents.grok.summary import NAME, is_aside, summary_of
from gitml.agents.names import is_plain, short
from gitml.agents.parse import objects

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

UPDATES = "updates.jsonl"
"""The log that the client replays. ``chat_history.jsonl``, what the model sees, has no times and is rewritten."""
SUBAGENTS = "subagents"
META = "meta.json"
DEPTH = 3
FIRST_BYTES = 64 * 1024
META_BYTES = 64 * 1024
SESSION = re.compile(rb'(?<!\\)"sessionId"\s*:\s*"([A-Za-z0-9._-]{1,200})"')


def roots(environ: "Mapping[str, str]") -> list[str]:
    """``$GROK_HOME/sessions``, else ``~/.grok/sessions``."""
    home = environ.get("HOME")
    base = environ.get("GROK_HOME") or (os.path.join(home, ".grok") if home else "")
    return [os.path.join(base, "sessions")] if base else []


def discover(root: str) -> "Iterator[Source]":
    """Every session below ``root``, by id: of the whole ``sessions``, of one folder's, or one alone."""
    base = os.path.realpath(root)
    found = [source for folder in _walk(base, DEPTH) if (source := _source(folder, base)) is not None]
    yield from sorted(found, key=lambda source: (source.session_id, source.path))


def locate(session_id: str, root: str) -> "Source | None":
    """The session of that id below ``root``."""
    if not is_plain(session_id):
        return None
    base = os.path.realpath(root)
    folders = sorted(_walk(base, DEPTH), key=lambda folder: os.path.basename(folder) != session_id)
    found = (source for folder in folders if (source := _source(folder, base)) is not None)
    return next((source for source in found if source.session_id == session_id), None)


def at(path: str, root: str) -> "Source | None":
    """The session whose log is ``path``, if that is a plain file inside ``root`` once every link is resolved."""
    real = inside(path, root)
    is_log = os.path.basename(real) == UPDATES
    return _source(os.path.dirname(real), os.path.realpath(root)) if is_log else None


def _source(folder: str, base: str) -> "Source | None":
    summary = summary_of(folder)
    session_id = _session_id(folder)
    if not session_id or is_aside(summary):
        return None
    return Source("grok", session_id, os.path.join(folder, UPDATES), _agents(folder, base))


def _session_id(folder: str) -> str:
    """The folder's name; where nothing else is in it, as in a copy, the id that the log's first record names."""
    name = os.path.basename(folder)
    if not os.path.isfile(os.path.join(folder, NAME)):
        first = head(os.path.join(folder, UPDATES), FIRST_BYTES).partition(b"\n")[0]
        found = SESSION.search(first)
        name = found[1].decode("ascii") if found else name
    return name if is_plain(name) else ""


def _agents(folder: str, base: str) -> list[AgentFile]:
    """The sub-agents that the session started. Their logs lie among the other sessions; in a copy below it."""
    own = os.path.join(folder, SUBAGENTS)
    if os.path.realpath(own) != own:  # a link may lead out of the root
        return []
    names = sorted(entry.name for entry in scan(own) if entry.is_dir(follow_symlinks=False) and is_plain(entry.name))
    if not names:
        return []
    group = os.path.dirname(folder)
    groups = (group, *_folders(os.path.dirname(group)))
    within = [own, *(other for other in groups if other == base or other.startswith(base + os.sep))]
    paths = ((name, _log_of(name, within)) for name in names)
    return [AgentFile(name, path, "", _type(os.path.join(own, name))) for name, path in paths if path]


def _folders(folder: str) -> list[str]:
    return sorted(entry.path for entry in scan(folder) if entry.is_dir(follow_symlinks=False))


def _log_of(name: str, folders: list[str]) -> str:
    """One that works in a folder of its own has its session in another group than the session that started it."""
    for folder in folders:
        path = os.path.join(folder, name, UPDATES)
        if os.path.isfile(path) and os.path.realpath(path) == path:
            return path
    return ""


def _type(folder: str) -> str:
    found, _ = objects(head(os.path.join(folder, META), META_BYTES).replace(b"\n", b" "))
    return short(text(found[0].get("subagent_type"))) if found else ""


def _walk(folder: str, depth: int) -> "Iterator[str]":
    """Folders that hold a log. What lies below one is its own."""
    entries = sorted(scan(folder), key=lambda entry: entry.name)
    if any(entry.name == UPDATES and entry.is_file(follow_symlinks=False) for entry in entries):
        yield folder
        return
    for entry in entries:
        if depth and entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, depth - 1)
