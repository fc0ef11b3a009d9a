"""Which chats there are: ``tmp/<project>/chats/session-*.json[l]``, found without following any link."""

import os

from gitml.agents.base import AgentFile, Source
from gitml.agents.folders import inside, scan
from gitml.agents.gemini.head import head_of
from gitml.agents.gemini.names import CHATS, LATER, agent_of, is_chat, minute, short_id, stem
from gitml.agents.names import is_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEPTH = 4
"""Folders below the root that are looked into for a ``chats``: a home folder's own has three above it."""


def roots(environ: "Mapping[str, str]") -> list[str]:
    """``.gemini/tmp`` below ``$GEMINI_CLI_HOME`` where that is set, else below ``~``."""
    home = environ.get("GEMINI_CLI_HOME") or environ.get("HOME")
    return [os.path.join(home, ".gemini", "tmp")] if home else []


def discover(root: str) -> "Iterator[Source]":
    """Every chat below ``root``, by id: of the whole ``tmp``, of one project, or of one folder of chats."""
    found = [source for path in _walk(os.path.realpath(root)) if (source := _source(path)) is not None]
    yield from sorted(found, key=lambda source: (source.session_id, source.path))


def locate(session_id: str, root: str) -> "Source | None":
    """The chat of that id below ``root``: first where the name says so, then in every file."""
    if not is_plain(session_id):
        return None
    later = LATER.match(session_id)
    ending = short_id(later[1] if later else session_id)
    paths = sorted(_walk(os.path.realpath(root)), key=lambda path: not stem(os.path.basename(path)).endswith(ending))
    for path in paths:
        source = _source(path)
        if source is not None and source.session_id == session_id:
            return source
    return None


def at(path: str, root: str) -> "Source | None":
    """The chat whose file is ``path``, if that is a plain file inside ``root`` once every link is resolved."""
    real = inside(path, root)
    return _source(real) if real and is_chat(os.path.basename(real)) else None


def _source(path: str) -> "Source | None":
    head = head_of(path)
    folder, name = os.path.split(path)
    if not head.session_id or not head.is_main or _goes_on_as_lines(path):
        return None
    files = _agents(os.path.join(folder, short_folder(head.session_id)))
    return Source("gemini", _session_id(folder, name, head.session_id), path, files)


def short_folder(session_id: str) -> str:
    """The folder of a session's sub-agents, beside its chat. Names that would mean another folder are none."""
    return session_id if session_id.strip(".") else "-"


def _goes_on_as_lines(path: str) -> bool:
    """A document that was resumed by a newer client is copied into JSONL beside it, and goes on there."""
    return path.endswith(".json") and os.path.isfile(f"{path}l") and not os.path.islink(f"{path}l")


def _session_id(folder: str, name: str, own: str) -> str:
    """The session's own id; for what `/clear` or compression began as a further file under that id, with the minute it
    was begun in."""
    ending = short_id(own)
    for entry in scan(folder):
        is_earlier = stem(entry.name).endswith(ending) and stem(entry.name) < stem(name) and is_chat(entry.name)
        if is_earlier and entry.is_file(follow_symlinks=False) and head_of(entry.path).session_id == own:
            return f"{own}.{minute(name) or ending}"
    return own


def _agents(folder: str) -> list[AgentFile]:
    if os.path.realpath(folder) != folder:  # a link may lead out of the root
        return []
    files = sorted(entry.name for entry in scan(folder) if entry.is_file(follow_symlinks=False))
    found = {agent_of(name): name for name in files if agent_of(name)}
    return [AgentFile(agent_id, os.path.join(folder, name)) for agent_id, name in sorted(found.items())]


def _walk(root: str) -> "Iterator[str]":
    """Paths of all chats: in ``root`` itself, and in every folder called ``chats``."""
    yield from _chats(root)
    yield from _below(root, DEPTH)


def _below(folder: str, depth: int) -> "Iterator[str]":
    for entry in sorted(scan(folder), key=lambda entry: entry.name):
        if not entry.is_dir(follow_symlinks=False):
            continue
        if entry.name == CHATS:
            yield from _chats(entry.path)
        elif depth:
            yield from _below(entry.path, depth - 1)


def _chats(folder: str) -> "Iterator[str]":
    entries = sorted(scan(folder), key=lambda entry: entry.name)
    yield from (entry.path for entry in entries if is_chat(entry.name) and entry.is_file(follow_symlinks=False))
