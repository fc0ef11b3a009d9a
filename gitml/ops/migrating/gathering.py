"""The first reading: what there is, by id, and every secret in it. Records themselves are not held."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from gitml.git.log import existing
from gitml.git.objects import SHA1_DIGITS
from gitml.model.times import WIDTH
from gitml.ops.migrating.old_keys import is_old
from gitml.ops.migrating.places import Places
from gitml.ops.migrating.refs import FileRef, LineRef, Record, Ref
from gitml.ops.migrating.report import Report
from gitml.ops.migrating.shape import clock
from gitml.ops.migrating.shape.commits import HUNKS
from gitml.ops.migrating.shape.record import shaped
from gitml.ops.migrating.sources import chunked, files, shared
from gitml.ops.redacting.search import texts
from gitml.ops.riding.commits import SHORT_SHA
from gitml.redact.gate import MOST_KNOWN, SHORT, Gate

Key = tuple[str, str]
"""(stream, id)"""

Progress = Callable[[int, int], None]


class Gathered:
    """``refs`` {(stream, id): the places its versions stand at}, in the order they were met · ``secrets`` {value:
    kind}: what is taken out wherever it comes again · ``whole`` {short id of a commit: its whole one}."""

    __slots__ = ("refs", "secrets", "whole")

    def __init__(self) -> None:
        self.refs: dict[Key, list[Ref]] = {}
        self.whole: dict[str, str] = {}
        self.secrets: dict[str, str] = {}


def gather(places: Places, gate: Gate, report: Report, progress: Progress) -> Gathered:
    """Read all that is there once. Raises EngineFailed."""
    found = Gathered()
    search = _Search(gate, found.secrets)
    for number, (stream, raw, ref) in enumerate(_all(places, report), 1):
        report.hunks += bool(stream == "commits" and raw.get(HUNKS))
        try:
            search.take(raw)
            record = record_of(stream, raw, ref)
        except (ValueError, RecursionError) as error:
            report.bad(*_where(ref), f"cannot be brought into a record: {error}")
            continue
        refs = found.refs.setdefault((stream, record["id"]), [])
        refs.append(ref)
        progress(number, 0)
    return found


def resolve(root: str, found: Gathered) -> None:
    """Give commits that are named by short ids, and are here, their whole ones. Raises GitFailed."""
    short = [identity for stream, identity in found.refs if stream == "commits" and SHORT_SHA.fullmatch(identity)]
    short = [identity for identity in short if len(identity) < SHA1_DIGITS]
    found.whole = existing(root, short) if short else {}
    for identity, whole in found.whole.items():
        found.refs.setdefault(("commits", whole), []).extend(found.refs.pop(("commits", identity)))


def record_of(stream: str, raw: Record, ref: Ref) -> Record:
    """What an old record is in gitml's form; one on a line of its own that is gitml's already stays as it is. Equal
    for equal places and contents. Raises ValueError, RecursionError."""
    if isinstance(ref, LineRef) and not is_old(stream, raw):
        return raw
    if isinstance(ref, FileRef):
        folder, name = os.path.split(ref.path)
        day = os.path.basename(folder)
        dated = clock.in_name(day) if len(day) < WIDTH else ""
        return shaped(stream, raw, name.removesuffix(".json") if ref.member < 0 else "", dated)
    return shaped(stream, raw)


def _all(places: Places, report: Report) -> Iterator[tuple[str, Record, Ref]]:
    yield from files.find(places.data, report)
    yield from shared.find(places.shared, report)
    yield from shared.find_old(places.unmoved, report)
    yield from chunked.find(places.chunked, report)


class _Search:
    """Looks for secrets; short texts without any are remembered, for names and ids come again in every record."""

    def __init__(self, gate: Gate, secrets: dict[str, str]) -> None:
        self.find = gate.vault.engine.find_named
        self.secrets = secrets
        self.clean: set[tuple[str, str]] = set()

    def take(self, raw: Record) -> None:
        """Of a value that two rules tell apart the first kind by name counts, in whatever order records are read."""
        for key, text in texts(raw):
            if (key, text) in self.clean:
                continue
            found = self.find(key, text)
            for finding in found:
                value = text[finding.start : finding.end]
                self.secrets[value] = min(self.secrets.get(value, finding.kind), finding.kind)
            if not found and len(text) <= SHORT and len(self.clean) < MOST_KNOWN:
                self.clean.add((key, text))


def _where(ref: Ref) -> tuple[str, int]:
    return (ref.path, ref.number) if isinstance(ref, LineRef) else (ref.place, 0)
