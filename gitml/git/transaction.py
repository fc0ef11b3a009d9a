"""Moving refs in two steps: everything that can fail is done before ``prepare`` returns, ``commit`` only renames."""

import os
import select

from gitml.errors import GitmlError
from gitml.git.quietly import NOBODY, OPTIONS
from gitml.git.run import SIGPIPE, environment, stopped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

SECONDS = 5.0
"""Longest wait for one answer: refs are locked and renamed, nothing else."""


class NotMoved(GitmlError):
    """A ref is no longer where it was, or somebody else has it locked."""


class Transaction:
    """A ``git update-ref --stdin`` that is talked to. Ended without ``commit``, nothing has moved."""

    __slots__ = ("_answers", "_ended", "_pid", "_requests", "_root")

    def __init__(self, root: str, reason: str) -> None:
        self._root = root
        self._ended = False
        theirs, self._requests = os.pipe()
        self._answers, their_answers = os.pipe()
        nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
        command = ["git", "-C", root, *OPTIONS, "update-ref", "-m", reason, "--stdin"]
        ends = (theirs, their_answers, nowhere)
        actions = [(os.POSIX_SPAWN_DUP2, end, number) for number, end in enumerate(ends)]
        environ = environment(reading=False, more=NOBODY)
        self._pid = os.posix_spawnp(command[0], command, environ, file_actions=actions, setsigdef=[SIGPIPE])
        for end in ends:
            os.close(end)
        self.say("start")

    def __enter__(self) -> "Transaction":
        return self

    def __exit__(
        self, kind: "type[BaseException] | None", error: "BaseException | None", trace: "TracebackType | None"
    ) -> None:
        os.close(self._requests)  # without a commit: git undoes what it prepared
        os.close(self._answers)
        if self._ended:
            os.waitpid(self._pid, 0)
        else:
            stopped(self._pid)

    def update(self, ref: str, new: str, old: str, *, itself: bool = False) -> None:
        """Ask for a move from ``old`` to ``new``, both whole ids; ``itself``: of HEAD, not of the branch it names."""
        self._write(f"{'option no-deref' + chr(10) if itself else ''}update {ref} {new} {old}\n")

    def prepare(self) -> None:
        """Lock everything and look at the old values. Raises NotMoved."""
        self.say("prepare")

    def commit(self) -> None:
        """Let it be so. Raises NotMoved where git does not say that it is."""
        self.say("commit")

    def say(self, word: str) -> None:
        """Give a command and wait for its answer. Raises NotMoved."""
        self._write(word + "\n")
        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        said = os.read(self._answers, 256) if poll.poll(SECONDS * 1000) else b""
        if said != f"{word}: ok\n".encode():
            raise NotMoved(f"refs did not {word}", where=self._root)
        if word == "commit":
            self._ended = True

    def _write(self, text: str) -> None:
        try:
            os.write(self._requests, text.encode("utf-8", "surrogateescape"))
        except BrokenPipeError:
            raise NotMoved("git ended before the refs moved", where=self._root) from None
