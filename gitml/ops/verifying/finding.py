"""What a check says, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from gitml.ops.verifying.known import place_of

if TYPE_CHECKING:
    from gitml.git.unmerged import Stages
    from gitml.ops.context import Context
    from gitml.ops.verifying.surgery import Surgery

DAMAGE, WARNING = "damage", "warning"
"""Something stored is wrong, or cannot be read; something is not as it should be, and nothing is lost by it."""

BY_REPAIR = "gitml verify --repair"


class Step(Protocol):
    """One thing ``--repair`` does. Steps are done in the order of ``phase``; equal ``key`` means the same step."""

    @property
    def phase(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def paths(self) -> list[str]:
        """Absolute paths of files whose records are in danger, or are about to be replaced."""

    def says(self) -> str:
        """What it will do, on one line."""

    def apply(self, surgery: Surgery) -> None:
        """Do it. Raises Busy, GitFailed, OSError, EngineFailed; done again it does nothing more."""


class Finding:
    """``path``: relative to the work tree where it lies in that, else absolute; ``line`` from 1, 0 is the file itself;
    ``mend``: the command that mends it, "" where none does; ``mark``: what an earlier repair knows it by."""

    __slots__ = ("check", "line", "mark", "mend", "path", "says", "severity", "step")

    def __init__(
        self,
        check: str,
        severity: str,
        path: str,
        says: str,
        *,
        line: int = 0,
        mend: str = "",
        step: Step | None = None,
        mark: str = "",
    ) -> None:
        self.check = check
        self.severity = severity
        self.path = path
        self.line = line
        self.says = says
        self.mend = mend or (BY_REPAIR if step is not None else "")
        self.step = step
        self.mark = mark

    def to_dict(self) -> dict[str, Any]:
        """Keys: check severity path line says mend."""
        return {name: getattr(self, name) for name in ("check", "severity", "path", "line", "says", "mend")}


class Subject:
    """The store examined: its ``context``, paths in conflict (``unmerged``), files the work tree has otherwise than the
    index, with what puts them back (``edited``), what earlier repairs know (``known``), ``progress`` to be called with
    what is being done; counts of ``files`` and ``records`` read."""

    __slots__ = ("config_error", "context", "edited", "files", "known", "progress", "records", "unmerged")

    def __init__(self, context: Context, config_error: str = "") -> None:
        self.context = context
        self.config_error = config_error
        self.unmerged: dict[str, Stages] = {}
        self.edited: dict[str, Step] = {}
        self.known: frozenset[str] = frozenset()
        self.progress: Callable[[str], object] = lambda text: None
        self.files = 0
        self.records = 0

    def place(self, path: str) -> str:
        """A path as findings name it."""
        return place_of(self.context.where.root, path)
