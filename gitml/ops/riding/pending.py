"""What post-commit and post-rewrite noted in shell text, one line a fact. The hook path imports this.

made <sha> <branch or -> <session or -> <work tree>
rewritten <old sha> <new sha>
"""

import os
import re

from gitml.store.files import read_bytes, remove_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.store.layout import Layout

    Facts = dict[str, "Fact"]

NAME = "commits.pending"
TAKEN = "commits.taken"
OFF = "commits.off"
"""Where this file is, nothing is noted: else every commit would start Python to throw the last one's note away."""

_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SESSION = re.compile(r"[A-Za-z0-9_-]{1,128}")


class Fact:
    """What is known of a commit besides git's own: its ``branch``, the ``session`` that made it, its ``successor``.

    ``fresh``: made a moment ago, so that no record of it can have come from elsewhere.
    """

    __slots__ = ("branch", "fresh", "session", "successor")

    def __init__(self, branch: str = "", session: str = "", successor: str = "", fresh: bool = False) -> None:
        self.branch = branch
        self.session = session
        self.successor = successor
        self.fresh = fresh

    def take_over(self, record: "dict[str, Any]") -> None:
        """Fill what is not known here from an earlier record of the same commit."""
        for name, key in (("branch", "branch"), ("session", "session_id"), ("successor", "superseded_by")):
            value = record.get(key)
            if not getattr(self, name) and isinstance(value, str):
                setattr(self, name, value)


def switch(layout: "Layout", on: bool) -> None:
    """Whether the shell text is to note commits. Does nothing where it knows already."""
    path = _path(layout, OFF)
    if on and os.path.exists(path):
        remove_files([path])
    elif not on and not os.path.exists(path) and os.path.isdir(layout.local):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))


def waits(layout: "Layout") -> bool:
    """Whether anything is noted."""
    return os.path.exists(_path(layout, NAME)) or os.path.exists(_path(layout, TAKEN))


def take(layout: "Layout") -> "Facts":
    """What is noted, by commit, in the order it was noted. It stays on disk until ``done``. Call it under the lock.

    The shell text appends without a lock, so the file is first moved out of its way. What an earlier run took and did
    not finish comes first.
    """
    if not os.path.exists(_path(layout, TAKEN)):
        os.rename(_path(layout, NAME), _path(layout, TAKEN))
    facts: Facts = {}
    for line in read_bytes(_path(layout, TAKEN)).decode("utf-8", "replace").split("\n"):
        _take_line(facts, line.split(" "))
    return facts


def done(layout: "Layout") -> None:
    """What was taken is durable elsewhere."""
    remove_files([_path(layout, TAKEN)])


def _take_line(facts: "Facts", words: "list[str]") -> None:
    if len(words) >= 4 and words[0] == "made" and _SHA.fullmatch(words[1]):
        fact = facts.setdefault(words[1], Fact(fresh=True))
        fact.branch = words[2] if words[2] != "-" else fact.branch
        fact.session = words[3] if words[3] != "-" and _SESSION.fullmatch(words[3]) else fact.session
    elif len(words) == 3 and words[0] == "rewritten" and _SHA.fullmatch(words[1]) and _SHA.fullmatch(words[2]):
        facts.setdefault(words[1], Fact()).successor = words[2]


def _path(layout: "Layout", name: str) -> str:
    return os.path.join(layout.local, name)
