"""A number's holder: what its file says, and how it stands. The hook path imports this."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.store.heartbeats import Moment

ACTIVE, IDLE, INACTIVE = "active", "idle", "inactive"

IDLE_SECONDS = 15 * 60
"""Without a sign for so long a holder is idle: its turn takes long, or it waits for a person."""

HIGHEST = 2**31 - 1
"""Process numbers are C's ``int``."""

TIMEOUT = 120 * 60
"""Without a sign for so long a holder that no living process vouches for is gone."""


class Holder:
    """``entry``: what the file says · ``age``: seconds since its last sign · ``state`` and ``why`` in words ·
    ``silent``: without a sign for longer than the time-out, while its process lives."""

    __slots__ = ("age", "entry", "number", "silent", "state", "why")

    def __init__(self, number: int, entry: "dict[str, Any]", age: float, state: str, why: str, silent: bool) -> None:
        self.number = number
        self.entry = entry
        self.age = age
        self.state = state
        self.why = why
        self.silent = silent

    @property
    def held(self) -> bool:
        """Whether its number is taken."""
        return self.state != INACTIVE

    @property
    def stale(self) -> bool:
        """Gone, and not marked so yet."""
        return not self.held and not self.ended_at and not self.marked_at

    @property
    def agent(self) -> str:
        return self.text("agent")

    @property
    def session_id(self) -> str:
        return self.text("session_id")

    @property
    def key(self) -> str:
        """What its session is told by, ``heartbeats.name_of`` it; "" where none is known."""
        return self.text("key")

    @property
    def role(self) -> str:
        return self.text("role")

    @property
    def goal(self) -> str:
        return self.text("goal")

    @property
    def tree(self) -> str:
        """The name of its work tree, as spools have it."""
        return self.text("tree")

    @property
    def worktree(self) -> str:
        """The top of its work tree."""
        return self.text("worktree")

    @property
    def cwd(self) -> str:
        """Where it was when it registered."""
        return self.text("cwd")

    @property
    def ended_at(self) -> str:
        return self.text("ended_at")

    @property
    def marked_at(self) -> str:
        return self.text("marked_inactive_at")

    @property
    def pid(self) -> int:
        """The agent's process; 0 where none is known."""
        return pid_of(self.entry)

    def text(self, key: str) -> str:
        """A text of its file; "" where there is none."""
        return text_of(self.entry, key)

    def named(self) -> str:
        """For people: ``3 (backend, claude 13a84f73)``."""
        from gitml.ops.reading.prefix import prefix

        whose = f"{self.agent} {prefix(self.session_id)}".strip() if self.session_id else self.agent or "by hand"
        return f"{self.number} ({', '.join(word for word in (self.role, whose) if word)})"


def judged(
    number: int, entry: "dict[str, Any]", last: "Moment", now: "Moment", alive: "bool | None", timeout: float = TIMEOUT
) -> Holder:
    """How a holder stands. Pure. ``last``: its last sign · ``alive``: whether its process is there; None where nobody
    can tell: it has none, or it is another machine's."""
    age = now.since(last)
    if text_of(entry, "ended_at"):
        return Holder(number, entry, age, INACTIVE, "ended", False)
    if text_of(entry, "marked_inactive_at"):
        return Holder(number, entry, age, INACTIVE, text_of(entry, "why") or "marked inactive", False)
    if alive is False:
        return Holder(number, entry, age, INACTIVE, "its process has ended", False)
    if alive is None and age >= timeout:
        return Holder(number, entry, age, INACTIVE, f"no sign for {_long(age)}", False)
    silent = age >= timeout
    why = f"no sign for {_long(age)}, but its process lives" if silent else ""
    return Holder(number, entry, age, ACTIVE if age < IDLE_SECONDS else IDLE, why, silent)


def text_of(entry: "dict[str, Any]", key: str) -> str:
    """A text of an entry; "" where there is none."""
    value = entry.get(key)
    return value if isinstance(value, str) else ""


def pid_of(entry: "dict[str, Any]") -> int:
    """The process of an entry; 0 where none is known."""
    value = entry.get("pid")
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= HIGHEST else 0


def _long(seconds: float) -> str:
    minutes = int(seconds // 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"
