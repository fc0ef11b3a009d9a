"""Whose session a file is, where several adapters take it for one of theirs."""

import os

from gitml.errors import AdapterFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitml.agents.base import Adapter, Source

    Found = tuple[Adapter, Source]


def settled(found: "Iterable[Found]") -> "Iterator[Found]":
    """The sessions of several agents in one folder, each file once: an adapter that goes by content comes before one
    that goes by names (``by_name``), else the first that was asked."""
    claims: dict[str, Found] = {}
    for adapter, source in found:
        held = claims.get(source.path)
        if held is None or (_by_name(held[0]) and not _by_name(adapter)):
            claims[source.path] = (adapter, source)
    yield from claims.values()


def of_file(adapters: "Iterable[Adapter]", path: str) -> "Found | None":
    """The session whose main file is ``path``, whatever folder that lies in; None where it is nobody's."""
    root = os.path.dirname(os.path.abspath(path))
    return next(settled(_taken(adapters, path, root)), None)


def _taken(adapters: "Iterable[Adapter]", path: str, root: str) -> "Iterator[Found]":
    for adapter in adapters:
        try:
            source = adapter.at(path, root)
        except AdapterFailed:
            continue
        if source is not None:
            yield adapter, source


def _by_name(adapter: "Adapter") -> bool:
    return bool(getattr(adapter, "by_name", False))
