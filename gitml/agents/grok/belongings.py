"""The folder of a session, with the client's own files in it, and those of the sub-agents that are its alone.

``prompt_history.jsonl`` above it, the index and the databases are every session's.
"""

import os
import re

from gitml.agents.belongings import Belongings, entries, is_file, is_folder
from gitml.agents.files import head
from gitml.agents.grok.locate import META, SUBAGENTS, UPDATES
from gitml.agents.grok.summary import NAME, is_aside, summary_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.agents.base import Source

KNOWN = re.compile(
    r"(?:(?:updates|chat_history|events|rewind_points|hunk_records|feedback)\.jsonl|system_prompt\.txt|title_refresh_idx"
    r"|(?:summary|prompt_context|resources_state|signals|tool_definitions|usage|plan|announcement_state"
    r"|background_tasks_manifest)\.json)(?:\.lock)?\Z"
)
"""What 1.0.41 and its guide have in a session's folder."""
PILES = ("terminal", "compaction_checkpoints")
"""Folders in it that hold what commands printed, and what the model saw before it was summed up."""
OF_AGENT = (META, "output.json")
"""In ``subagents/<id>/``."""
DEPTH = 2
OPEN = "active_sessions.json"
OPEN_BYTES = 1024 * 1024


def belongings(source: "Source") -> Belongings:
    """What is that session's. Of a sub-agent that it shares with a fork, or that started others, nothing goes.

    Logs go before what tells whose they are: without its summary a log could be taken for another session's.
    """
    found = Belongings()
    folder = os.path.dirname(source.path)
    groups = _groups(folder)
    logs = {agent.agent_id: agent.path for agent in source.agents}
    stay = {name for name in _started(folder) if not _takes(name, logs.get(name, ""), folder, groups, found)}
    empty = _own(folder, stay, found)
    found.after += filter(is_file, [os.path.join(folder, NAME)])
    if empty:
        found.folders.append(folder)
    found.unsure = lambda: _unsure(source, os.path.dirname(groups[0]))
    return found


def _groups(folder: str) -> list[str]:
    """The folders in which sessions lie: that of this one first."""
    group = os.path.dirname(folder)
    return list(dict.fromkeys((group, *(entry.path for entry in entries(os.path.dirname(group)) if _is_dir(entry)))))


def _is_dir(entry: "os.DirEntry[str]") -> bool:
    return entry.is_dir(follow_symlinks=False)


def _started(folder: str) -> list[str]:
    own = os.path.join(folder, SUBAGENTS)
    return [entry.name for entry in entries(own)] if is_folder(own) else []


def _takes(name: str, log: str, folder: str, groups: "list[str]", found: Belongings) -> bool:
    """Take in the session of a sub-agent, where it has one; False where that one stays."""
    there = [path for path in (os.path.join(group, name) for group in groups) if os.path.lexists(path)]
    if not there:
        return True
    path, *more = there
    if more or not _is_its_own(path, log) or _is_named_by_another(name, folder, groups):
        found.unknown.append(path)
        return False
    empty = _own(path, set(), found)
    found.files += filter(is_file, [os.path.join(path, UPDATES), os.path.join(path, NAME)])
    if empty:
        found.folders.append(path)
    return True


def _is_its_own(path: str, log: str) -> bool:
    """Whether a folder is that of a sub-agent whose log was read, or what a cleaning that was cut off left of one."""
    if not is_folder(path) or os.path.lexists(os.path.join(path, SUBAGENTS)):
        return False
    updates = os.path.join(path, UPDATES)
    is_read = log == updates or not os.path.lexists(updates)
    return is_read and (is_aside(summary_of(path)) or _is_emptied(path))


def _is_emptied(folder: str) -> bool:
    """Folders go after files."""
    return all(entry.name in PILES and _is_dir(entry) and not entries(entry.path) for entry in entries(folder))


def _is_named_by_another(name: str, folder: str, groups: "list[str]") -> bool:
    sessions = (entry.path for group in groups for entry in entries(group) if _is_dir(entry) and entry.path != folder)
    return any(os.path.lexists(os.path.join(session, SUBAGENTS, name)) for session in sessions)


def _own(folder: str, stay: "set[str]", found: Belongings) -> bool:
    """The client's files in a session's folder but for its log and its summary; whether nothing else will be left."""
    empty = True
    for entry in entries(folder):
        if entry.name in (UPDATES, NAME) and is_file(entry.path):
            continue
        if entry.name == SUBAGENTS and _is_dir(entry):
            empty &= _notes(entry.path, stay, found)
        elif entry.name in PILES and _is_dir(entry):
            empty &= _pile(entry.path, found)
        else:
            empty &= _one(entry, KNOWN.match(entry.name) is not None, found)
    return empty


def _notes(folder: str, stay: "set[str]", found: Belongings) -> bool:
    """What the session keeps of the sub-agents that it started."""
    empty = True
    for entry in entries(folder):
        if _is_dir(entry) and entry.name not in stay:
            empty &= _pile(entry.path, found, 0, OF_AGENT)
        else:
            empty &= _one(entry, False, found)
    return _closed(folder, empty, found)


def _pile(folder: str, found: Belongings, depth: int = DEPTH, only: "tuple[str, ...]" = ()) -> bool:
    empty = True
    for entry in entries(folder):
        if depth and _is_dir(entry):
            empty &= _pile(entry.path, found, depth - 1, only)
        else:
            empty &= _one(entry, not only or entry.name in only, found)
    return _closed(folder, empty, found)


def _one(entry: "os.DirEntry[str]", known: bool, found: Belongings) -> bool:
    goes = known and is_file(entry.path)
    (found.files if goes else found.unknown).append(entry.path)
    return goes


def _closed(folder: str, empty: bool, found: Belongings) -> bool:
    if empty:
        found.folders.append(folder)
    return empty


def _unsure(source: "Source", sessions: str) -> str:
    noted = head(os.path.join(os.path.dirname(sessions), OPEN), OPEN_BYTES)
    return "Grok has it open" if source.session_id.encode() in noted else ""
