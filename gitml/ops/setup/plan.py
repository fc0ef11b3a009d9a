"""What a set-up will change, step by step, before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from gitml.ops.setup.inserts import Insertion


@dataclass(slots=True)
class Remembered:
    """What uninstall must know of a file: whether gitml made it, how many folders it made for it (counted from the
    file upwards), and what it inserted."""

    created: bool = False
    folders: int = 0
    insertions: list[Insertion] = field(default_factory=list)


@dataclass(slots=True)
class Write:
    """Bytes of one file before and after; None is no file. ``mode`` None keeps what the file has."""

    path: str
    before: bytes | None
    after: bytes | None
    reason: str
    mode: int | None = None
    remember: Remembered | None = None

    @property
    def verb(self) -> str:
        """What happens to the file, in a word."""
        if self.before is None:
            return "create"
        return "remove" if self.after is None else "change"


@dataclass(slots=True)
class Move:
    """A file that is not ours put aside, or back; nothing is written into it."""

    path: str
    to: str
    reason: str

    verb = "move"


@dataclass(slots=True)
class Plan:
    """``steps`` in order, then ``stage`` (paths for the index), then ``folders`` to remove if empty; ``forgotten`` are
    files there is nothing left to remember of. ``notes`` are for the person; ``failures`` could not be planned."""

    steps: list[Write | Move] = field(default_factory=list)
    stage: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def add(self, other: Plan) -> None:
        """Append another plan's parts to this one."""
        for name in ("steps", "stage", "folders", "forgotten", "notes", "failures"):
            getattr(self, name).extend(getattr(other, name))

    @property
    def empty(self) -> bool:
        """Whether no file would change."""
        return not self.steps
