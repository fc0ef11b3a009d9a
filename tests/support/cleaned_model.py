"""What a model of cleaning knows: sessions and work trees as they ought to be seen, and the bytes that are there."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from support.transcript import Transcript

HOUR = 3600.0


class Talk:
    """One session. ``read`` and ``digested``: what its files held when they were last recorded and digested; ``stamps``
    as they were then."""

    def __init__(self, made: Transcript) -> None:
        self.made = made
        self.path: Path | None = None
        self.touched = 0.0
        self.stamps: list[tuple[int, ...]] = []
        self.read = self.digested = ""
        self.stage = "raw"
        self.unfinished = self.torn = False
        self.active_until = 0.0
        self.silent = False

    def files(self) -> list[Path]:
        """Those that are transcripts."""
        assert self.path is not None
        return [self.path, *sorted((self.path.with_suffix("") / "subagents").glob("agent-*.jsonl"))]

    def marks(self) -> list[tuple[int, ...]]:
        found = [os.lstat(path) for path in self.files()]
        return [(one.st_ino, one.st_size, one.st_mtime_ns) for one in found]

    def content(self) -> str:
        return str(hash(tuple(path.read_bytes() for path in self.files())))

    def stays(self, now: float) -> bool:
        """Whether it must survive any cleaning of its repository; the model is exact: else it must go."""
        return (
            self.stamps != self.marks()
            or self.read != self.content()
            or self.digested != self.read
            or self.stage != "implemented"
            or self.unfinished
            or self.torn
            or self.silent
            or now - self.touched < 24 * HOUR
            or now < self.active_until
        )


class Tree:
    """One work tree. ``commits`` that its HEAD has · ``odd``: whether the model does not know if they count as merged ·
    ``works``: reasons for it to stay that are not commits."""

    def __init__(self, path: Path, commits: set[str]) -> None:
        self.path = path
        self.commits = commits
        self.branch = f"worktree-{path.name}"
        self.works: set[str] = set()
        self.odd = self.detached = self.gone = self.staged = False
        self.active_until = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def stays(self, landed: set[str], pushed: set[str], now: float) -> bool:
        """Whether it must survive."""
        safe = self.commits <= landed and self.commits <= pushed
        if self.gone:
            return self.staged or "locked" in self.works or (self.detached and not safe) or now < self.active_until
        return not safe or bool(self.works) or self.process is not None or now < self.active_until


def contents(paths: Iterable[Path]) -> dict[str, bytes]:
    """Every file, link and folder below the paths: what it holds."""
    found: dict[str, bytes] = {}
    for top in paths:
        for path in [top, *top.rglob("*")] if top.is_dir() and not top.is_symlink() else [top]:
            if path.is_symlink():
                found[str(path)] = b"-> " + os.fsencode(os.readlink(path))
            elif path.is_dir():
                found[str(path)] = b"/"
            elif path.is_file():
                found[str(path)] = path.read_bytes()
    return found
