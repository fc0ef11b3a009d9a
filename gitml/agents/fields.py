"""Reading values of records whose shape nobody promises: the wrong type is the same as absent."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

COUNT_MAX = 2**53
"""Above this, not every JSON reader keeps an integer exact; no count or duration comes near."""


def text(value: object) -> str:
    """A string, or ""."""
    return value if isinstance(value, str) else ""


def mapping(value: object) -> "dict[str, Any]":
    """A dict, or an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> "list[Any]":
    """A list, or an empty one."""
    return value if isinstance(value, list) else []


def count(value: object) -> "int | None":
    """A non-negative integer of sane size, or None. ``True`` is no number."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < COUNT_MAX:
        return value
    return None


def known(**pairs: object) -> "dict[str, Any]":
    """The pairs that say something: without those that are None, "" or empty."""
    return {key: value for key, value in pairs.items() if value is not None and value != "" and value != []}
