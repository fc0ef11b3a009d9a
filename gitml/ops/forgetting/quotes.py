"""Digests that quote something forgotten, told to what purges local files. Imported where there are any."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class Quotes:
    """The digests of these ids. Stands in for tombstones, which would keep a later digest away as well."""

    __slots__ = ("pairs",)

    def __init__(self, ids: "Iterable[str]") -> None:
        self.pairs = frozenset(("digests", id) for id in ids)

    def __bool__(self) -> bool:
        return bool(self.pairs)

    def hides(self, stream: str, record: "dict[str, Any]") -> bool:
        """Whether the record is one of them."""
        return (stream, record.get("id")) in self.pairs
