"""The sub-agents' files of a session, wherever its version of the client put them."""

import os

from gitml.agents.base import AgentFile
from gitml.agents.claude.names import agent_of
from gitml.agents.claude.parse import objects
from gitml.agents.claude.start import session_named
from gitml.agents.fields import mapping, text
from gitml.agents.files import head
from gitml.agents.names import short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

DEPTH = 3
"""``subagents/workflows/wf_*/agent-*.jsonl``: two folders below ``subagents``, and one to spare."""

META_BYTES = 64 * 1024

FORKS = ("acompact", "aprompt_suggestion")
"""Forks that the client makes for itself: real spend, no part of the conversation."""


def agents_of(folder: str, session: str, beside: "dict[str, list[str]]") -> "list[AgentFile]":
    """The session's agents by id: 2.0.x beside the session's file, 2.1.x in its own folder, which wins.

    ``folder`` is a real path; ``beside`` is what the function of that name gives for it.
    """
    own = os.path.join(folder, session, "subagents")
    below = _below(own, DEPTH) if os.path.realpath(own) == own else ()  # a link may lead out of the root
    paths = [*beside.get(session, []), *below]
    found = {agent_of(os.path.basename(path)): path for path in paths}
    return [_agent(agent_id, path) for agent_id, path in sorted(found.items())]


def beside(folder: str) -> "dict[str, list[str]]":
    """Agents' files lying in a project folder, by the session that their first record names."""
    found: dict[str, list[str]] = {}
    for path in _below(folder, 0):
        found.setdefault(session_named(path), []).append(path)
    return found


def _below(folder: str, depth: int) -> "Iterator[str]":
    """Agents' files in a folder and those below it, in the order of their names; links are not followed."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in found:
        if entry.is_file(follow_symlinks=False) and agent_of(entry.name):
            yield entry.path
        elif depth and entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path, depth - 1)


def _agent(agent_id: str, path: str) -> AgentFile:
    found, _ = objects(head(path.removesuffix(".jsonl") + ".meta.json", META_BYTES).replace(b"\n", b" "))
    meta = mapping(found[0]) if found else {}
    fork = next((name for name in FORKS if agent_id.startswith(name + "-")), "")
    return AgentFile(agent_id, path, short(meta.get("toolUseId")), fork or text(meta.get("agentType"))[:100])
