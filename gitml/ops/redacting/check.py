"""The second, independent look before a commit: a part in which anything is found stays behind. Hook path.

The commit goes on whatever happens here. What there is no time for, or cannot be searched, is held as well; how far the
search came is kept, so that the next commit goes on from there.
"""

import time

from gitml.errors import GitmlError
from gitml.ops.redacting import held
from gitml.store.files import read_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.ops.redacting.held import Note
    from gitml.ops.redacting.search import Search
    from gitml.store.part import Part

BUDGET = 0.7
"""Seconds for all parts of one commit: 5 MB or more. An ordinary commit takes one part of some 10 kB."""


def held_back(context: "Context", parts: "list[Part]", budget: float = BUDGET) -> "list[Part]":
    """Those of the closed ``parts`` that must not be staged. Raises nothing."""
    if not parts:
        return []
    deadline = time.monotonic() + budget
    before = held.notes(context.layout)
    try:
        from gitml.ops.redacting.search import search_in

        search = search_in(context)
    except Exception:
        found = {part.name: _note(held.FAILED, "") for part in parts}
    else:
        looked = {part.name: _look(part, search, before.get(part.name, {}), deadline) for part in parts}
        found = {name: note for name, note in looked.items() if note}
    _remember(context, {part.name for part in parts}, found)
    return [part for part in parts if part.name in found]


def _remember(context: "Context", looked: "set[str]", found: "dict[str, Note]") -> None:
    try:
        held.remember(context.layout, looked, found)
    except Exception:  # the gate itself may be what is broken
        return


def _note(why: str, mark: str, kinds: "dict[str, int] | None" = None, clean: "dict[str, int] | None" = None) -> "Note":
    return {"why": why, "kinds": kinds or {}, "clean": clean or {}, "mark": mark}


def _look(part: "Part", search: "Search", before: "Note", deadline: float) -> "Note | None":
    """The note of a part that must wait, None for one that may go."""
    clean = dict(before.get("clean", {})) if before.get("mark") == search.mark else {}
    try:
        for stream in part.streams():
            why, kinds = _look_into(part.file(stream), stream, search, clean, deadline)
            if why:
                return _note(why, search.mark, kinds, clean)
    except (GitmlError, OSError, ValueError, TypeError):
        return _note(held.FAILED, search.mark, {}, clean)
    return None


def _look_into(
    path: str, stream: str, search: "Search", clean: "dict[str, int]", deadline: float
) -> "tuple[str, dict[str, int]]":
    """Why the part must wait, "" where this file holds nothing; ``clean`` moves on with every line."""
    data = read_bytes(path)
    at = clean.get(stream, 0)
    while at < len(data):
        if time.monotonic() > deadline:
            return held.TIME, {}
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        kinds: dict[str, int] = {}
        for _, found in search.line(data[at:end]):
            kinds[found.kind] = kinds.get(found.kind, 0) + 1
        if kinds:
            return held.FOUND, kinds
        at = clean[stream] = end + 1
    return "", {}
