"""Hooks that fail: nobody hears of it, since they never print. Told by the local log and by when one last worked."""

from __future__ import annotations

import os
from typing import Any

from gitml.model.jsonl import decode
from gitml.model.times import millis
from gitml.ops import hooklog
from gitml.store import log
from gitml.store.files import read_bytes
from gitml.store.layout import Layout


def failing(layout: Layout) -> list[dict[str, str]]:
    """For each kind of hook that has not worked since it last failed, that failure. Keys: hook timestamp error."""
    newest: dict[str, dict[str, str]] = {}
    for entry in _entries(layout):
        kind = entry["hook"].partition(" ")[0]
        if kind in hooklog.WORKED:
            newest[kind] = entry
    return [entry for kind, entry in sorted(newest.items()) if millis(entry["timestamp"]) >= _worked(layout, kind)]


def _entries(layout: Layout) -> list[dict[str, str]]:
    found = [_entry(line) for path in (log.path(layout) + ".1", log.path(layout)) for line in _lines(path)]
    return [entry for entry in found if entry["hook"] and entry["timestamp"] and entry["error"]]


def _entry(line: bytes) -> dict[str, str]:
    try:
        value: Any = decode(line)
    except ValueError:
        value = None
    told = value if isinstance(value, dict) else {}
    return {key: told[key] if isinstance(told.get(key), str) else "" for key in ("hook", "timestamp", "error")}


def _lines(path: str) -> list[bytes]:
    try:
        return read_bytes(path).split(b"\n")
    except OSError:
        return []


def _worked(layout: Layout, kind: str) -> int:
    """Milliseconds since 1970; 0 where none ever did."""
    try:
        return os.stat(os.path.join(layout.local, hooklog.WORKED[kind])).st_mtime_ns // 1_000_000
    except OSError:
        return 0
