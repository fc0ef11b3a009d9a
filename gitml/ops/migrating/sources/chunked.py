"""Records in parts: ``tracked/chunked/*.jsonl``, a line a part."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from gitml.ops.migrating.joining import joined
from gitml.ops.migrating.refs import LineRef, PartsRef, Record, Unreadable
from gitml.ops.migrating.report import Report
from gitml.ops.migrating.sources.lines import objects
from gitml.store.files import entries

SOURCE = "chunked"
STREAM_OF = {
    "chat": "chats", "session": "sessions", "commit": "commits", "action": "actions", "orchestration": "orchestration",
}  # fmt: skip


class Part(NamedTuple):
    """One line: which of how many parts it is, the hash it tells, and where it stands."""

    sequence: int
    total: int
    hash: str
    ref: LineRef


def find(folder: str, report: Report) -> Iterator[tuple[str, Record, PartsRef]]:
    """(stream, record, places) of every record whose parts are all there."""
    for (stream, identity), parts in _parts(folder, report).items():
        for chosen in _chosen(identity, parts, report):
            ref = PartsRef(tuple(part.ref for part in chosen))
            try:
                record, how = joined([part.ref.load() for part in chosen])
            except (Unreadable, OSError) as error:
                report.bad(chosen[0].ref.path, chosen[0].ref.number, f"{identity}: {error}")
                continue
            _tell(identity, how, ref, report)
            report.records[SOURCE] += 1
            yield stream, record, ref


def _tell(identity: str, how: str, ref: PartsRef, report: Report) -> None:
    if how == "nothing":
        first = ref.parts[0]
        report.bad(first.path, first.number, f"{identity}: content_hash fits nothing that was tried; taken in as it is")
    report.hashes[how or "no hash"] = report.hashes.get(how or "no hash", 0) + 1


def _parts(folder: str, report: Report) -> dict[tuple[str, str], list[Part]]:
    """Parts by stream and record, in the order of their places."""
    found: dict[tuple[str, str], list[Part]] = {}
    if os.path.islink(folder):
        report.bad(folder, 0, "a symbolic link, not followed")
    for entry in entries(folder):
        if entry.is_symlink():
            report.bad(entry.path, 0, "a symbolic link, not followed")
        elif entry.name.endswith(".jsonl") and entry.is_file(follow_symlinks=False):
            report.files[SOURCE] += 1
            for part, ref in objects(entry.path, report):
                _add(found, part, ref, report)
        else:
            report.passed.append(entry.path)
    return found


def _add(found: dict[tuple[str, str], list[Part]], part: Record, ref: LineRef, report: Report) -> None:
    kind, identity = str(part.get("record_type") or ""), part.get("record_id")
    stream = STREAM_OF.get(kind.removesuffix("s") if kind != "orchestrations" else "orchestration", "")
    if not stream or not isinstance(identity, str) or not identity:
        report.bad(ref.path, ref.number, "a part without a record_type that is known and a record_id")
        return
    sequence, total = part.get("sequence", 0), part.get("total_parts", 1)
    if not isinstance(sequence, int) or not isinstance(total, int):
        report.bad(ref.path, ref.number, f"{identity}: sequence or total_parts is no number")
        return
    one = Part(sequence, max(total, 1), str(part.get("content_hash") or ""), ref)
    found.setdefault((stream, identity), []).append(one)


def _chosen(identity: str, parts: list[Part], report: Report) -> Iterator[list[Part]]:
    """The parts of each version of a record, in order. A record that was stored anew is there in several."""
    yield from ([part] for part in parts if part.total == 1)
    several = [part for part in parts if part.total > 1]
    if not several:
        return
    by_hash: dict[tuple[int, str], list[Part]] = {}
    for part in several:
        by_hash.setdefault((part.total, part.hash), []).append(part)
    whole = {key: group for key, group in by_hash.items() if not _missing(group)}
    if not whole:  # each part tells the hash of itself
        by_total: dict[int, list[Part]] = {}
        for part in several:
            by_total.setdefault(part.total, []).append(part)
        groups = list(by_total.values())
    else:
        groups = list(by_hash.values())
    for group in groups:
        yield from _in_order(identity, group, report)


def _in_order(identity: str, group: list[Part], report: Report) -> Iterator[list[Part]]:
    missing = _missing(group)
    first = group[0].ref
    if missing:
        told = ", ".join(map(str, missing[:10]))
        report.bad(first.path, first.number, f"{identity}: of {group[0].total} parts these are missing: {told}")
        return
    by_number: dict[int, list[Part]] = {}
    for part in group:
        by_number.setdefault(part.sequence, []).append(part)
    for number, doubles in by_number.items():
        if len(doubles) > 1 and not _same(doubles):
            second = doubles[1].ref
            report.bad(second.path, second.number, f"{identity}: part {number} is there twice, and differs")
            return
        if len(doubles) > 1:
            report.notes.append(f"{doubles[1].ref.place}: {identity}: part {number} is there twice, and the same")
    yield [by_number[number][0] for number in sorted(by_number)][: group[0].total]


def _same(doubles: list[Part]) -> bool:
    try:
        loaded = [{**part.ref.load(), "timestamp": None} for part in doubles]
    except (Unreadable, OSError):
        return False
    return all(one == loaded[0] for one in loaded)


def _missing(group: list[Part]) -> list[int]:
    """Which numbers are not there; writers count from 0 or from 1."""
    numbers = {part.sequence for part in group}
    total = group[0].total
    if total > len(numbers) + 10_000:
        return [total]
    first = 0 if 0 in numbers else 1
    return [number for number in range(first, first + total) if number not in numbers]
