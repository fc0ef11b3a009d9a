"""What a chat's file says at its start: a bounded read."""

import re

from gitml.agents.fields import text
from gitml.agents.files import head
from gitml.agents.names import is_plain
from gitml.agents.parse import objects

SIZE = 64 * 1024
SESSION = re.compile(rb'(?<!\\)"sessionId"\s*:\s*"([A-Za-z0-9._-]{1,150})"')
HASH = re.compile(rb'(?<!\\)"projectHash"\s*:\s*"([0-9a-f]{64})"')
KIND = re.compile(rb'(?<!\\)"kind"\s*:\s*"subagent"')


class Head:
    """``session_id`` and ``project`` (the sha256 of the project's path), "" where not told; ``is_main``: it is a
    person's chat, not a sub-agent's."""

    __slots__ = ("is_main", "project", "session_id")

    def __init__(self, session_id: str, project: str, is_main: bool) -> None:
        self.session_id = session_id if is_plain(session_id) else ""
        self.project = project
        self.is_main = is_main


def head_of(path: str) -> Head:
    """The head of a chat's file; of what is none, one without a session's id."""
    start = head(path, SIZE)
    found, _ = objects(start.partition(b"\n")[0])
    if found and "messages" not in found[0]:
        told = found[0]
        project = text(told.get("projectHash"))
        return Head(text(told.get("sessionId")), project if len(project) == 64 else "", told.get("kind") != "subagent")
    before = start.partition(b'"messages"')[0]  # there a prompt's words could be taken for keys
    session = SESSION.search(before) or SESSION.search(start)
    project_hash = HASH.search(before) or HASH.search(start)
    return Head(
        session[1].decode("ascii") if session else "",
        project_hash[1].decode("ascii") if project_hash else "",
        KIND.search(before) is None,
    )
