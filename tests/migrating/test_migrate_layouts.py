"""A made-up project in the older layouts, taken in."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from support.old_layout import IDS, UNREADABLE
from support.riding import Clone

from gitml.ops.migrating.migrate import Wanted, migrate
from gitml.ops.migrating.report import Report
from gitml.store.fold import fold, fold_all

NOW = 1795176000.0


def run(clone: Clone, *arguments: str, code: int = 0) -> str:
    """``gitml …`` as a person calls it."""
    done = subprocess.run(
        [sys.executable, "-m", "gitml", *arguments], cwd=clone.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def take_in(clone: Clone, **more: Any) -> Report:
    """``gitml migrate`` in this process."""
    import os

    return migrate(clone.context, Wanted(NOW, os.environ, **more))


def ids(clone: Clone, stream: str) -> list[str]:
    """Ids of a stream's records, in the fold's order."""
    return [str(record["id"]) for record in fold(clone.context.layout, stream).records()]


def test_everything_is_found_again(clone: Clone) -> None:
    """Every record by its id, whatever it looks like; everything else is named with file, line and reason."""
    report = take_in(clone)
    for stream, wanted in IDS.items():
        assert set(wanted) <= set(ids(clone, stream)), stream
    assert {(one.path.rpartition("/")[2], one.line) for one in report.unreadable} == UNREADABLE
    assert [Path(path).name for path in report.passed] == ["notes.txt"]
    for stream, wanted in IDS.items():
        for one in wanted:
            found = [json.loads(line) for line in run(clone, "cat", stream, one).splitlines()]
            assert one in [record["id"] for record in found]


def test_twice_is_once(clone: Clone) -> None:
    """The second run appends nothing, and the fold has the same bytes; so it is after a commit and a compaction."""
    take_in(clone)
    before = {name: folded.lines for name, folded in fold_all(clone.context.layout).items() if name != "commits"}
    assert take_in(clone).sum("new") == 0
    clone.git("commit", "-q", "-m", "records")
    assert take_in(clone).sum("new") == 0
    run(clone, "compact", "--older-than", "0s", "--commit", "-q")
    assert take_in(clone).sum("new") == 0
    after = {name: folded.lines for name, folded in fold_all(clone.context.layout).items() if name != "commits"}
    assert after == before
