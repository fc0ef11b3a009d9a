"""The files of a session beside and below its main one: sub-agents', what tools gave out, sidecars."""

import os

from gitml.agents.belongings import Belongings, entries, is_file
from gitml.agents.claude.names import SUFFIX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.agents.base import Source

META = ".meta.json"
SIDECARS = (".lifecycle.json", f"{SUFFIX}.lifecycle.json")
"""Beside the main file, after the session's id."""
AGENTS, RESULTS = "subagents", "tool-results"
JOURNAL = "journal.jsonl"
"""A workflow's own, beside its agents' files."""
DEPTH = 4
"""``<session>/subagents/workflows/wf_*/``."""


def belongings(source: "Source") -> Belongings:
    """What is that session's. An agent's file that is not among ``source.agents`` is nobody's: it was not read."""
    found = Belongings()
    folder = os.path.dirname(source.path)
    agents = {agent.path for agent in source.agents}
    known = agents | {path.removesuffix(SUFFIX) + META for path in agents}
    beside = [os.path.join(folder, source.session_id + suffix) for suffix in SIDECARS]
    beside += [path for path in sorted(known) if os.path.dirname(path) == folder]
    found.files += filter(is_file, beside)
    own = os.path.join(folder, source.session_id)
    if os.path.islink(own):
        found.unknown.append(own)
    elif os.path.isdir(own):
        _below(own, "", known, found)
    found.files.sort(key=lambda path: not path.endswith(META))  # what tells whose they are goes after them
    return found


def _below(folder: str, kind: str, known: "set[str]", found: Belongings, depth: int = DEPTH) -> bool:
    """Take in what is in a folder of the session; whether nothing will be left in it. ``kind``: which of the client's
    folders it is or lies in."""
    empty = True
    for entry in entries(folder):
        inside = kind or (entry.name if entry.name in (AGENTS, RESULTS) else "")
        if entry.is_dir(follow_symlinks=False) and inside and depth and kind != RESULTS:
            empty &= _below(entry.path, inside, known, found, depth - 1)
        elif entry.is_file(follow_symlinks=False) and _is_known(entry, kind, known):
            found.files.append(entry.path)
        else:
            found.unknown.append(entry.path)
            empty = False
    if empty:
        found.folders.append(folder)
    return empty


def _is_known(entry: "os.DirEntry[str]", kind: str, known: "set[str]") -> bool:
    return entry.path in known or kind == RESULTS or (kind == AGENTS and entry.name == JOURNAL)
