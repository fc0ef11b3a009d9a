"""Migrating in tests: in this process, as a person calls it, and what comes of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from support.riding import Clone

from gitml.ops.migrating.migrate import Wanted, migrate
from gitml.ops.migrating.report import Report
from gitml.store.fold import fold, fold_all

NOW = 1795176000.0


def gitml(clone: Clone, *arguments: str, code: int | None = 0) -> str:
    """``gitml …`` as a person calls it: both of its outputs."""
    command = [sys.executable, "-m", "gitml", *arguments]
    done = subprocess.run(command, cwd=clone.root, capture_output=True, text=True, check=False)
    assert code is None or done.returncode == code, f"{done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def take_in(clone: Clone, **more: Any) -> Report:
    """``gitml migrate`` in this process."""
    return migrate(clone.context, Wanted(NOW, os.environ, **more))


def records(clone: Clone, stream: str) -> dict[str, dict[str, Any]]:
    """The folded records of a stream, by id."""
    return {str(record["id"]): record for record in fold(clone.context.layout, stream).records()}


def lines(clone: Clone) -> dict[str, list[bytes]]:
    """Every folded stream's bytes."""
    return {name: folded.lines for name, folded in fold_all(clone.context.layout).items()}


def named(report: Report) -> set[tuple[str, int]]:
    """(file, line) of what could not be read."""
    return {(one.path.rpartition("/")[2], one.line) for one in report.unreadable}


def bytes_below(*folders: Path) -> bytes:
    """All files below folders, one behind the other."""
    return b"\n".join(path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file())
