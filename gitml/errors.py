"""One tree of errors; the boundary in ``gitml.cli`` turns each into its exit code.

Exit codes are documented interface (docs/reference.md): 0 done, 1 failed, 2 bad usage, 3 done in part,
4 nothing to work on, 5 busy, 6 damaged data or secrets found.
"""


class GitmlError(Exception):
    """Something a person must know. Printed as ``error: what, where`` and ``hint: the command to run next``."""

    exit_code = 1

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.what}, {self.where}" if self.where else self.what


class BadUsage(GitmlError):
    """The command line or a config value makes no sense."""

    exit_code = 2


class DoneInPart(GitmlError):
    """Some items failed, the rest is done. ``failures`` lists every one."""

    exit_code = 3

    def __init__(self, what: str, failures: list[str], *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(what, where=where, hint=hint)
        self.failures = failures


class NothingHere(GitmlError):
    """No repository, no store, no such record: nothing to work on."""

    exit_code = 4


class Busy(GitmlError):
    """Another gitml holds the lock."""

    exit_code = 5


class AdapterFailed(GitmlError):
    """An adapter of another package did what none may: its own trouble, nobody else's failure."""


class Damaged(GitmlError):
    """Data on disk is not what it must be."""

    exit_code = 6
