"""What steps of a repair have in common: records are saved through the gate, bad lines become dead letters."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gitml.model.digest import hexhash
from gitml.ops.redacting.gates import gate_of
from gitml.ops.verifying import known
from gitml.redact.gate import Gate, seal_state
from gitml.store import dlq, spool
from gitml.store.files import entries, read_bytes
from gitml.store.sifting import parsed, records
from gitml.store.walk import stream_files

if TYPE_CHECKING:
    from gitml.model.sealed import Sealed
    from gitml.ops.context import Context

MOST_TEXT = 65_536
"""Characters of a bad line that its dead letter holds."""

AT_ONCE = 5_000
"""Records between two writes."""


class Surgery:
    """One repair, at ``now`` (seconds since 1970). ``sick``: absolute paths whose records count as in danger."""

    def __init__(self, context: Context, now: float, sick: frozenset[str]) -> None:
        self.context = context
        self.now = now
        self.sick = sick
        self.saved = 0
        self.letters = 0
        self._gate: Gate | None = None
        self._healthy: dict[str, set[str]] = {}
        self._letters: set[bytes] | None = None

    @property
    def gate(self) -> Gate:
        """This repository's gate."""
        if self._gate is None:
            self._gate = gate_of(self.context)
        return self._gate

    def save(self, stream: str, lines: Iterable[bytes]) -> list[bytes]:
        """Put records into the spool that no healthy file holds, durably. Returns those that cannot be written again.

        Raises Busy, OSError, EngineFailed.
        """
        healthy, waiting, refused = self.healthy(stream), [], []
        for line in lines:
            sealed = None if digest(line) in healthy else self._sealed(stream, line)
            if sealed is None:
                refused += [] if digest(line) in healthy else [line]
            elif digest(sealed.data) not in healthy:
                healthy.update((digest(sealed.data), digest(line)))
                waiting.append(sealed)
            if len(waiting) >= AT_ONCE:
                self._append(waiting)
                waiting = []
        self._append(waiting)
        return refused

    def healthy(self, stream: str) -> set[str]:
        """Digests of the stream's lines in files that nothing is wrong with."""
        if stream not in self._healthy:
            files = [path for name, path in stream_files(self.context.layout, []) if name == stream]
            lines = (line for path in files if path not in self.sick for _, line, _ in records(path, _pass_over))
            self._healthy[stream] = {digest(line) for line in lines}
        return self._healthy[stream]

    def holds(self, stream: str, lines: Iterable[bytes]) -> None:
        """Note that these lines are in a healthy file by now."""
        self.healthy(stream).update(digest(line) for line in lines)

    def know(self, place: str, stream: str, marks: list[str]) -> None:
        """Write down that this damage has been seen to. Raises Busy, OSError."""
        facts = known.facts(place, stream, marks, self.now)
        self._append([self.gate.seal(known.STREAM, fact) for fact in facts], count=False)

    def letter(self, place: str, number: int, why: str, line: bytes) -> None:
        """Put a bad line among the dead letters, once. Raises Busy, OSError, EngineFailed."""
        text = line.decode("utf-8", "replace")
        letter = {"from": place, "line": number, "why": why, "text": self.gate.text(text[:MOST_TEXT])}
        if len(text) > MOST_TEXT:
            letter["cut_from"] = len(text)
        sealed = seal_state(letter)
        if self._letters is None:
            self._letters = _letters(self.context.layout.dlq)
        if sealed.data not in self._letters:
            dlq.put(self.context.layout, sealed)
            self._letters.add(sealed.data)
            self.letters += 1

    def _append(self, lines: list[Sealed], count: bool = True) -> None:
        if lines:
            spool.append(self.context.layout, lines, now=self.now)
            self.saved += len(lines) if count else 0

    def _sealed(self, stream: str, line: bytes) -> Sealed | None:
        """A record as the gate gives it out; None where it has no form that could be written."""
        record, _ = parsed(line)
        try:
            return self.gate.seal(stream, record) if record is not None else None
        except RecursionError:
            return None
        except ValueError:  # NaN and the like, which JSON does not have
            return self.gate.seal(stream, _finite(record))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_finite(member) for member in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def digest(line: bytes) -> str:
    """What a line is compared by."""
    return hexhash(line, 32)


def _letters(folder: str) -> set[bytes]:
    found: set[bytes] = set()
    for entry in entries(folder):
        if entry.is_file(follow_symlinks=False) and os.path.splitext(entry.name)[1] == ".jsonl":
            found.update(read_bytes(entry.path).split(b"\n"))
    return found


def _pass_over(number: int, why: str, line: bytes) -> None:
    """What is wrong elsewhere is its own file's step."""
