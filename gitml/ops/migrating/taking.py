"""The second reading: each record's versions as one, through the gate, and whether the store has it already."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from gitml.errors import GitmlError
from gitml.git import log
from gitml.model.digest import hexhash
from gitml.model.jsonl import decode
from gitml.model.sealed import Sealed
from gitml.ops import silence
from gitml.ops.migrating.gathering import Gathered, Key, Progress, record_of, resolve
from gitml.ops.migrating.refs import Record, Ref, Unreadable
from gitml.ops.migrating.report import Report
from gitml.ops.migrating.sealing import Sealing
from gitml.ops.migrating.shape.record import MARK
from gitml.ops.migrating.stored import Stored
from gitml.ops.migrating.uniting import united
from gitml.ops.riding import commits
from gitml.ops.riding.commits import SHORT_SHA as SHA
from gitml.ops.riding.pending import Fact
from gitml.store import tombstones

if TYPE_CHECKING:
    from gitml.ops.context import Context

BATCH = 500
"""Records that are held at once."""


class Taking:
    """Makes the lines that are to be appended, batch by batch, and counts what becomes of all others."""

    def __init__(self, context: Context, found: Gathered, sealing: Sealing, report: Report) -> None:
        self.context = context
        self.found = found
        self.sealing = sealing
        self.report = report
        resolve(context.where.root, found)
        self.stored = Stored(context.layout, found.refs)
        self.hidden = tombstones.load(context.layout)
        self.silent = silence.load(context.layout)

    def batches(self, progress: Progress) -> Iterator[list[Sealed]]:
        """New lines, some hundreds at a time. Raises EngineFailed, GitFailed."""
        keys, done = iter(self.found.refs), 0
        while chosen := list(islice(keys, BATCH)):
            records = [one for key in chosen if (one := self._united(key)) is not None]
            yield [line for stream, record in self._known_to_git(records) if (line := self._line(stream, record))]
            done += len(chosen)
            progress(done, len(self.found.refs))

    def transitions(self, records: list[Record]) -> list[Sealed]:
        """The new ones of records of ``lifecycle``."""
        return [line for record in records if (line := self._line("lifecycle", record))]

    def _united(self, key: Key) -> tuple[str, Record] | None:
        versions = [one for ref in self.found.refs[key] if (one := self._version(key, ref)) is not None]
        if not versions:
            return None
        record, lost = united(versions)
        self.report.lost += [f"{key[0]} {key[1]}: {one.place}: {', '.join(one.keys)}" for one in lost]
        return key[0], record

    def _version(self, key: Key, ref: Ref) -> tuple[Record, str] | None:
        stream, identity = key
        try:
            record = record_of(stream, ref.load(), ref)
            if identity in (record["id"], self.found.whole.get(record["id"])):
                return {**record, "id": identity}, ref.place
            raise Unreadable("it changed while it was read")
        except (Unreadable, OSError, ValueError, RecursionError) as error:
            self.report.bad(ref.place, 0, f"{identity}: {error}")
            return None

    def _known_to_git(self, records: list[tuple[str, Record]]) -> list[tuple[str, Record]]:
        """Commits that are here are described by git itself; what only the old record says rides along."""
        named = [record["id"] for stream, record in records if stream == "commits" and SHA.fullmatch(record["id"])]
        if not named:
            return records
        try:
            whole = log.existing(self.context.where.root, named)
            facts_of = {whole[record["id"]]: record for stream, record in records if record["id"] in whole}
            described = log.describe(self.context.where.root, list(facts_of), self.context.where.common_dir)
            made = {one.sha: self._commit(one, facts_of[one.sha]) for one in described}
        except GitmlError as error:
            self.report.notes.append(f"git could not be asked about commits: {error}")
            return records
        return [(stream, made.get(whole.get(record["id"], ""), record)) for stream, record in records]

    def _commit(self, commit: log.Commit, record: Record) -> Record:
        own = self.stored.own.get(("commits", commit.sha), {})
        fact = Fact(branch=str(record.get("branch") or ""), session=str(record.get("session_id") or ""))
        better = Fact()
        better.take_over(own)
        better.take_over({"branch": fact.branch, "session_id": fact.session})
        return commits.record(commit, better, commits.more(record))

    def _line(self, stream: str, record: Record) -> Sealed | None:
        what, line = self._judged(stream, record)
        self.report.count(stream, what)
        return line

    def _judged(self, stream: str, record: Record) -> tuple[str, Sealed | None]:
        if not self.context.config.records(stream):
            return "off", None
        if self.hidden.hides(stream, record):
            return "forgotten", None
        if self.silent.hides(stream, record):
            return "silent", None
        if self._is_own(stream, record):
            return "own", None
        try:
            line = self._sealed(stream, record)
        except (ValueError, RecursionError) as error:
            self.report.bad(str(record["id"]), 0, f"cannot be written as JSON: {error}")
            return "unreadable", None
        if self.stored.holds(stream, line.data, decode(line.data)):
            return "known", None
        return "new", line

    def _sealed(self, stream: str, record: Record) -> Sealed:
        """The line. Ids that look like secrets come out alike, and would make one record of many: such a record gets
        an id made of what is left of it."""
        line = self.sealing.seal(stream, record)
        if line.id == record["id"]:
            return line
        made = f"{stream}-{hexhash(line.data, 12)}"
        self.report.notes.append(f"{line.id}: looks like a secret; the record has the id {made} now")
        return self.sealing.seal(stream, {**record, "id": made, "old_id": record["id"]})

    def _is_own(self, stream: str, record: Record) -> bool:
        """gitml has made a record of that id itself, from better sources: the old one is named, and left alone."""
        if stream in ("commits", "lifecycle") or record.get(MARK) is not True:
            return False
        own = (stream, record["id"]) in self.stored.own
        own = own or (stream == "sessions" and record.get("session_id") in self.stored.sessions)
        if own:
            self.report.own.append(f"{stream} {record['id']}")
        return own
