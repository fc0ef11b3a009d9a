"""What was recorded: every record that was ever seen in a spool, and how far it had grown."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from gitml.model.streams import COPY_KEY

Key = tuple[str, str]
"""Stream, and what copies of a record are told by."""


class Version(NamedTuple):
    """One line of a record: whose session it is, how new, and when the record began."""

    session: str
    rank: tuple[str, int, int]
    begun: str

    def covers(self, other: Version) -> bool:
        """Whether somebody who has this line does not miss the other: it is as new, or an earlier session's."""
        return self.rank >= other.rank if self.session == other.session else self.begun <= other.begun


Held = dict[Key, set[Version]]


def keyed(stream: str, record: dict[str, Any]) -> tuple[Key, Version]:
    """What a record is known by, and which version of it this is."""
    key = record.get(COPY_KEY.get(stream, "id")) or record["id"]
    when = str(record.get("timestamp") or record.get("started_at") or "")
    rank = (str(record.get("updated_at") or when), int(record.get("deriver", 0)), int(record.get("rev", 0)))
    return (stream, str(key)), Version(str(record.get("session_id") or "") if stream in COPY_KEY else "", rank, when)


def lines_held(stream: str, lines: Iterable[bytes]) -> Held:
    """The records of a stream's lines. Raises ValueError for a line that is none."""
    held: Held = {}
    for line in lines:
        if line:
            key, version = keyed(stream, json.loads(line))
            held.setdefault(key, set()).add(version)
    return held


def folder_held(folder: Path) -> Held:
    """The records of all stream files below a folder, from which files may vanish meanwhile."""
    held: Held = {}
    for path in folder.glob("*/*/*.jsonl"):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            continue
        unite(held, lines_held(path.name.removesuffix(".jsonl"), data.split(b"\n")))
    return held


def unite(held: Held, more: Held) -> None:
    for key, versions in more.items():
        held.setdefault(key, set()).update(versions)


class Model:
    """What must not be lost."""

    def __init__(self) -> None:
        self.held: Held = {}
        self.frozen = False

    def saw(self, more: Held) -> None:
        """Records that are durable from now on."""
        if not self.frozen:
            unite(self.held, more)

    def missing(self, held: Held) -> list[str]:
        """What of the model is not there, in words."""
        return [
            f"{stream} {key} {version}"
            for (stream, key), versions in self.held.items()
            for version in versions
            if not any(one.covers(version) for one in held.get((stream, key), ()))
        ]
