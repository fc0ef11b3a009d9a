"""Sorting more than memory holds: sorted runs in files, merged when they are read."""

from __future__ import annotations

import heapq
import os
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO

OVERHEAD = 41
"""Bytes CPython takes for a bytes object and its place in a list, beside its content."""

MOST_RUNS = 64
"""Files open at once; macOS gives a process 256. More runs are merged into one first."""

BUFFER = 256 * 1024
"""Bytes read at once of each run: 64 runs take 16 MB."""


class Sorter:
    """Takes entries (bytes without a newline), gives them out sorted, any number of times. Holds at most ``limit``
    bytes of them, and one entry more, in memory; the rest waits in files without a name below ``folder``."""

    __slots__ = ("_entries", "_folder", "_held", "_limit", "_runs")

    def __init__(self, folder: str, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._entries: list[bytes] = []
        self._held = 0
        self._runs: list[IO[bytes]] = []

    def add(self, entry: bytes) -> None:
        """Take one entry. Raises OSError (a full disk)."""
        self._entries.append(entry)
        self._held += len(entry) + OVERHEAD
        if self._held > self._limit:
            self._spill()

    def __iter__(self) -> Iterator[bytes]:
        """All entries, sorted. One reader at a time."""
        self._entries.sort()
        if not self._runs:
            return iter(self._entries)
        return heapq.merge(*map(_read, self._runs), self._entries)

    def close(self) -> None:
        """Give memory and disk back."""
        for run in self._runs:
            run.close()
        self._runs, self._entries, self._held = [], [], 0

    def _spill(self) -> None:
        self._entries.sort()
        if len(self._runs) == MOST_RUNS:
            self._merge()
        self._runs.append(self._written(self._entries))
        self._entries, self._held = [], 0

    def _merge(self) -> None:
        merged = self._written(heapq.merge(*map(_read, self._runs)))
        for run in self._runs:
            run.close()
        self._runs = [merged]

    def _written(self, entries: Iterable[bytes]) -> IO[bytes]:
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        run = tempfile.TemporaryFile(dir=self._folder, buffering=BUFFER)  # noqa: SIM115
        try:
            run.writelines(entry + b"\n" for entry in entries)
            run.flush()
        except BaseException:
            run.close()
            raise
        return run


def _read(run: IO[bytes]) -> Iterator[bytes]:
    run.seek(0)
    return (line[:-1] for line in run)
