"""Agents' own transcripts: what is recorded whole, digested, at a stage that may go, and over.

Of a session its sub-agents' files and sidecars go first and its main file last, but for what tells whose that is: by
the main file it is found, so a cleaning that was cut off is gone on with.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from gitml.errors import AdapterFailed, GitmlError
from gitml.ops.cleaning import transcripts
from gitml.ops.cleaning.ages import words
from gitml.ops.cleaning.item import Item
from gitml.ops.cleaning.spoken import RESUMABLE, Spoken
from gitml.ops.cleaning.told import told
from gitml.store import reclaiming
from gitml.store.footprint import BLOCK
from gitml.store.reclaiming import Changed, Stamp, stamp_of

if TYPE_CHECKING:
    from gitml.agents.belongings import Belongings
    from gitml.ops.cleaning.item import Wanted
    from gitml.ops.cleaning.spoken import Said
    from gitml.ops.cleaning.transcripts import Found
    from gitml.ops.context import Context
    from gitml.store.reclaiming import Reckoning

KIND = "sessions"


class Planned(NamedTuple):
    """What a plan rests on: the ``seen`` files {path: stamp} in the order in which they go; what lay ``besides``."""

    found: Found
    spoken: Spoken
    seen: dict[str, Stamp]
    besides: Belongings


def look(context: Context, wanted: Wanted, now: float) -> Iterator[Item]:
    """Every session of this repository below the agents' folders. Raises BadUsage, OSError."""
    every = transcripts.of(wanted)
    spoken = Spoken(context, every, wanted.limit(context.config, KIND), now, told(context, wanted, now))
    for found in every.every(context.config):
        try:
            said = spoken.of(found)
            if said is not None:
                yield _item(found, said, spoken, wanted.reckoning, now)
        except FileNotFoundError:  # gone or moved since the walk
            continue
        except (AdapterFailed, OSError) as error:  # the others may go
            source = found.source
            yield Item(KIND, source.session_id, source.path, 0, 0.0, False, f"it cannot be looked at: {error}")


def take(context: Context, item: Item) -> int:
    """Look again at one and delete it. Raises GitmlError, OSError."""
    (outcome,) = take_all(context, [item])
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def take_all(context: Context, items: Sequence[Item]) -> list[int | Exception]:
    """The same of several, under one look at the store."""
    for spoken in {id(item.data.spoken): item.data.spoken for item in items}.values():
        spoken.refresh()
    return [_attempt(item.data) for item in items]


def _attempt(planned: Planned) -> int | Exception:
    try:
        return _take(planned)
    except (GitmlError, OSError, ValueError) as error:
        return error


def _take(planned: Planned) -> int:
    found = planned.found
    path, root = found.source.path, found.root
    if not os.path.lexists(path):
        return 0
    said = planned.spoken.of(found)
    if said is None or said.why:
        raise Changed(said.why if said is not None else "it is another repository's by now", where=path)
    besides = _besides(found)
    now = {each: stamp_of(status) for each, status in _files(found, besides).items()}
    if now != planned.seen or besides is None or besides.unknown != planned.besides.unknown:
        raise Changed("changed since it was looked at", where=path, hint="run it again")
    held = planned.spoken.held(now)
    if held:
        raise Changed(held, where=path)
    return sum(_removed(root, planned.seen, path, besides))


def _removed(root: str, seen: dict[str, Stamp], main: str, besides: Belongings) -> Iterator[int]:
    """Bytes freed, one thing after the other. Folders that do not hold the main file go before it: of a session that is
    gone nobody would look for them."""
    for path, stamp in seen.items():
        if path == main:
            yield from _emptied(root, besides)
        yield reclaiming.remove(root, reclaiming.below(root, path), stamp)
    yield from _emptied(root, besides)


def _emptied(root: str, besides: Belongings) -> Iterator[int]:
    return (reclaiming.remove_empty(root, reclaiming.below(root, folder)) for folder in besides.folders)


def _item(found: Found, said: Said, spoken: Spoken, reckoning: Reckoning, now: float) -> Item:
    source = found.source
    besides = _besides(found)
    files = _files(found, besides)
    folders = [os.lstat(folder) for folder in besides.folders] if besides is not None else []
    why = said.why or _unsafe(source.agent, besides, files) or _touched(files, now) or spoken.held(files)
    if why:
        taken = _taken([*files.values(), *folders])
        return Item(KIND, source.session_id, source.path, taken, said.age, False, why)
    assert besides is not None
    freed = sum(map(reckoning.of, [*files.values(), *folders]))
    seen = {path: stamp_of(status) for path, status in files.items()}
    planned = Planned(found, spoken, seen, besides)
    return Item(KIND, source.session_id, source.path, freed, said.age, True, _why(said, besides, source.path), planned)


def _besides(found: Found) -> Belongings | None:
    """What lies beside and below the main file; None where its agent's adapter does not say."""
    say: Any = getattr(found.adapter, "belongings", None)
    return say(found.source) if say is not None else None


def _files(found: Found, besides: Belongings | None) -> dict[str, os.stat_result]:
    """{path: status} of a session's files, in the order in which they go. Raises OSError."""
    paths = besides.files if besides is not None else [agent.path for agent in found.source.agents]
    after = besides.after if besides is not None else []
    return {path: os.lstat(path) for path in [*paths, found.source.path, *after]}


def _unsafe(agent: str, besides: Belongings | None, files: dict[str, os.stat_result]) -> str:
    if besides is None:
        return f"gitml does not know all files of a session of {agent}"
    odd = next((path for path, status in files.items() if not stat.S_ISREG(status.st_mode)), "")
    return f"{os.path.basename(odd)} is not a file" if odd else besides.unsure()


def _touched(files: dict[str, os.stat_result], now: float) -> str:
    """A client that opens a session again writes beside its transcript before anybody says anything."""
    quiet = now - max(status.st_mtime for status in files.values())
    return f"touched {words(max(0.0, quiet))} ago, it may be resumed" if quiet < RESUMABLE else ""


def _taken(statuses: Sequence[os.stat_result]) -> int:
    """Bytes on disk, those of a file with several names once."""
    return sum({(one.st_dev, one.st_ino): one.st_blocks for one in statuses}.values()) * BLOCK


def _why(said: Said, besides: Belongings, main: str) -> str:
    why = f"recorded and digested, its last word is {words(said.age)} old"
    if not besides.unknown:
        return why
    names = ", ".join(os.path.relpath(path, os.path.dirname(main)) for path in besides.unknown[:3])
    more = len(besides.unknown) - 3
    return f"{why}; not known and left: {names}{f' and {more} more' if more > 0 else ''}"
