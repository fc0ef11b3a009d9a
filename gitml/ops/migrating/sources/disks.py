"""Looks at the disk that another tool took: ``disk_health_history.jsonl``, as snapshots of ``gitml health``."""

from __future__ import annotations

from typing import Any

from gitml.ops.migrating.report import Report
from gitml.ops.migrating.shape.clock import read
from gitml.ops.migrating.shape.old import Record, plain
from gitml.ops.migrating.shape.record import MARK
from gitml.ops.migrating.sources.lines import objects

SOURCE = "disk history"
NAME = "disk_health_history.jsonl"
MIB, GIB = 1 << 20, 1 << 30
"""Its writers divide by 1024, whatever the keys say."""


def snapshots(path: str, report: Report) -> list[Record]:
    """The file's snapshots, by time, each time once."""
    report.files[SOURCE] += 1
    found: dict[str, Record] = {}
    for raw, ref in objects(path, report):
        when, zoned = read(raw.get("timestamp"))
        total = _octets(raw.get("total_mb"), MIB)
        if not when or total is None:
            report.bad(path, ref.number, "no timestamp" if not when else "no total_mb")
            continue
        report.records[SOURCE] += 1
        found[when] = _made(when, zoned, total, raw)
    return [found[when] for when in sorted(found)]


def _made(when: str, zoned: bool, total: int, raw: Record) -> Record:
    told = {
        "transcripts": _octets(raw.get("session_logs_mb"), MIB),
        "available": _octets(raw.get("available_gb"), GIB),
        "sessions": _octets(raw.get("session_count"), 1),
    }
    used = ("timestamp", "total_mb", "session_logs_mb", "available_gb", "session_count")
    rest = {key: plain(value) for key, value in raw.items() if key not in used}
    known = {key: value for key, value in told.items() if value is not None}
    return {"timestamp": when, "total": total, **known, **rest, MARK: True, **({} if zoned else {"unzoned": True})}


def _octets(value: Any, unit: int) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1 << 40:
        return None
    return int(value * unit)
