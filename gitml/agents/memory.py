"""What a reader remembers between lines, and between runs: ids, hashes and numbers; never text."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Memory:
    """JSON-able values by name, bounded in number and size by whoever sets them.

    ``now[name]`` is replaced, never changed in place: so what was remembered before a line is a few references.
    """

    __slots__ = ("_marked", "now")

    def __init__(self, stored: "dict[str, Any] | None", defaults: "dict[str, Any]") -> None:
        """From what ``after`` or ``before`` gave; the default for what is absent, or of another type by now."""
        kept = stored if isinstance(stored, dict) else {}
        self.now: dict[str, Any] = {
            name: kept[name] if type(kept.get(name)) is type(value) else value for name, value in defaults.items()
        }
        self._marked = dict(self.now)

    def mark(self) -> None:
        """A new line begins: what is remembered now is what ``before`` tells until the next one."""
        self._marked = dict(self.now)

    def before(self) -> "dict[str, Any]":
        """JSON-able memory as it was before the newest line."""
        return dict(self._marked)

    def after(self) -> "dict[str, Any]":
        """JSON-able memory after the newest line."""
        return dict(self.now)

    def next_seq(self) -> int:
        """The number of the next event; counts in ``seq``, which the defaults must have."""
        number: int = self.now["seq"]
        self.now["seq"] = number + 1
        return number
