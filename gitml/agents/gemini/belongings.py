"""The files of a chat besides its main one: sub-agents', and the document that it was before it went on as JSONL.

``logs.json``, ``projects.json`` and ``.project_root`` are every session's. What tools printed (``tool-outputs/``) and
checkpoints are not looked at.
"""

import os

from gitml.agents.belongings import Belongings, entries, is_file, is_folder
from gitml.agents.fields import items, mapping, text
from gitml.agents.gemini.head import head_of
from gitml.agents.gemini.layout import lines
from gitml.agents.gemini.locate import short_folder
from gitml.agents.gemini.names import is_chat, short_id, stem
from gitml.agents.parse import objects

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitml.agents.base import Source


def belongings(source: "Source") -> Belongings:
    """What is that session's. Several files under one id share its sub-agents' folder, and which of them was begun
    first is told by their names: so they go one by one, the last one first, and the folder with the first."""
    found = Belongings()
    folder, name = os.path.split(source.path)
    own = head_of(source.path).session_id
    if not own:
        found.unsure = lambda: "it cannot be read"
        return found
    before, earlier, later = _others(folder, name, own)
    found.files += before
    found.unsure = lambda: _unsure(source.path, before, later)
    if earlier or later:
        return found
    agents = os.path.join(folder, short_folder(own))
    if os.path.islink(agents):
        found.unknown.append(agents)
    elif is_folder(agents):
        _within(agents, {agent.path for agent in source.agents}, found)
    return found


def _others(folder: str, name: str, own: str) -> "tuple[list[str], list[str], list[str]]":
    """(what this file was as a document, begun earlier under that id, begun later): paths of chats beside it."""
    before: list[str] = []
    earlier: list[str] = []
    later: list[str] = []
    for entry in entries(folder):
        if entry.name == name or not is_chat(entry.name) or not stem(entry.name).endswith(short_id(own)):
            continue
        if not is_file(entry.path) or head_of(entry.path).session_id != own:
            continue
        if stem(entry.name) == stem(name):
            before.append(entry.path)
        else:
            (earlier if stem(entry.name) < stem(name) else later).append(entry.path)
    return before, earlier, later


def _within(folder: str, agents: "set[str]", found: Belongings) -> None:
    here = entries(folder)
    for entry in here:
        is_known = entry.path in agents and is_file(entry.path)
        (found.files if is_known else found.unknown).append(entry.path)
    if all(entry.path in agents for entry in here):
        found.folders.append(folder)


def _unsure(path: str, before: "list[str]", later: "list[str]") -> str:
    if later:
        return f"it goes on in {os.path.basename(later[-1])}, which has to go first"
    told = set(_told(path)) if before else set()
    other = next((one for one in before if not told.issuperset(_told(one))), "")
    return f"{os.path.basename(other)} says what {os.path.basename(path)} does not" if other else ""


def _told(path: str) -> "Iterator[tuple[str, str, str]]":
    """(id, what it says, its tool calls) of each message; of what cannot be read, what no other file can tell."""
    for line in lines(path):
        records, why = objects(line.data) if line.data is not None else ([], "too long")
        for record in records:
            yield from map(_mark, items(record.get("messages")) or [record])
        if why:
            yield path, why, str(line.offset)


def _mark(message: object) -> "tuple[str, str, str]":
    told = mapping(message)
    calls = " ".join(text(mapping(call).get("id")) for call in items(told.get("toolCalls")))
    return text(told.get("id")), repr(told.get("content")), calls
