"""A cleaning that is killed at any instant: nothing is gone that the audit log does not tell of, and the next one ends
where it would have ended."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from support.cleaning import aged, carried_out, cleaned, names, planned, put, told
from support.ingesting import SESSION, fresh_repo, take
from support.kills import killed_at
from support.sweeping import copies, session, stocked, swept
from support.transcript import varied

from gitml.ops.cleaning.history import history
from gitml.ops.context import Context, open_at
from gitml.store import audit

KINDS = ("events", "logs", "dlq", "state", "raw")


class Stage:
    """A clone with something of every type, as often as it is wanted. Files keep their times."""

    def __init__(self, folder: Path, projects: Path) -> None:
        context, source = stocked(folder, *(session(number, 900 - number, 1) for number in range(2)))
        swept(context, source)
        varied(SESSION, 1, context.where.root).write(projects)
        take(context, projects)
        shutil.rmtree(projects)
        projects.mkdir()
        for path in Path(context.layout.cursors).rglob("*"):
            aged(path, 99)
        for name in ("events/20200101.jsonl", "logs/a.log", "logs/b.log", "dlq/20200101.jsonl", ".x.tmp"):
            put(context, name, 99)
        put(context, "spool/gone/open", 99)
        aged(Path(context.layout.spools, "gone"), 99)
        self.root = Path(context.where.root)
        self.saved = self.root.with_name("saved")
        shutil.copytree(self.root, self.saved, symlinks=True)

    def fresh(self) -> Context:
        shutil.rmtree(self.root)
        shutil.copytree(self.saved, self.root, symlinks=True)
        return open_at(str(self.root))


def everything(context: Context) -> set[str]:
    """Files and folders that cleaning may remove; raw copies by their ids, since a manifest stays."""
    local = Path(context.layout.local)
    paths = {
        path for name in ("events", "logs", "dlq", "cursors", "spool", "locks") for path in (local / name).rglob("*")
    }
    paths |= set(local.glob("*.tmp"))
    return {str(path) for path in paths} | {f"raw {name}" for name in copies(context)}


def subjects(context: Context) -> set[str]:
    """What the audit log tells of, in the same words."""
    found = set(told(context))
    lines = [line for line in audit.read(context.layout) if line["what"] == "clean.raw"]
    return found | {"raw " + line["subject"].partition(":")[2] for line in lines}


def test_killed_at_every_touch(tmp_path: Path, home: Path) -> None:
    """Before each write, rename and unlink of it."""
    projects = home / ".claude" / "projects"
    projects.mkdir(parents=True)
    stage = Stage(tmp_path, projects)
    context = stage.fresh()
    before = everything(context)
    cleaned(context, *KINDS, older_than=86_400)
    whole = everything(context)
    assert len(before - whole) > 6
    number = 0
    while killed_at(number, lambda: cleaned(open_at(str(stage.root)), *KINDS, older_than=86_400)) or number < 20:
        context = open_at(str(stage.root))
        gone = {path for path in before - everything(context) if "/gone/" not in path}  # a folder is told of as one
        untold = gone - subjects(context)
        assert not untold, f"killed at {number}: {untold}"
        if gone and history(context.layout):
            assert history(context.layout)[-1].removed
        cleaned(context, *KINDS, older_than=86_400)
        assert same(everything(context)) == same(whole), f"killed at {number}"
        assert cleaned(context, *KINDS, older_than=86_400).gone == []
        stage.fresh()
        number += 2  # after one is as before the next
    assert number > 40


def same(paths: set[str]) -> set[str]:
    """Apart from the names of parts, which hold a time."""
    return {path for path in paths if "/spool/main" not in path}


def test_cut_off_is_said(tmp_path: Path) -> None:
    """A cleaning that did not come to its end is told so in the history, and what failed is told as failed."""
    context = fresh_repo(tmp_path / "repo")
    for name in ("a", "b"):
        put(context, f"logs/{name}.log", 99)
    assert killed_at(5, lambda: cleaned(context, "logs"))
    (cut,) = history(context.layout)
    assert not cut.ended and {line["subject"] for line in cut.removed} == {"a.log", "b.log"}
    cleaned(context, "logs")
    assert [each.ended for each in history(context.layout)][-1] is True


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The audit log cannot be written before there is room: the first thing to go makes some, and then it is told."""
    context = fresh_repo(tmp_path / "repo")
    for name in ("a", "b", "c"):
        put(context, f"logs/{name}.log", 99)
    real = os.write

    def full(descriptor: int, data: Any) -> int:
        if len(list(Path(context.layout.logs).iterdir())) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, data)

    monkeypatch.setattr(os, "write", full)
    assert len(cleaned(context, "logs").gone) == 3
    monkeypatch.undo()
    assert len(told(context)) == 3


def test_an_audit_log_that_cannot_be_written(tmp_path: Path) -> None:
    """Then nothing goes."""
    context = fresh_repo(tmp_path / "repo")
    put(context, "logs/a.log", 99)
    put(context, "events", 99)
    made = planned(context, "logs")
    with pytest.raises(OSError, match="events"):
        carried_out(context, made)
    assert (Path(context.layout.logs) / "a.log").exists()


def test_hooks_do_not_wait(tmp_path: Path) -> None:
    """While much is cleaned, whoever wants the store's lock gets it in a fraction of a second."""
    context = fresh_repo(tmp_path / "repo")
    for number in range(3000):
        put(context, f"logs/{number}.log", 99, b"")
    made = planned(context, "logs")
    pid = os.fork()
    if pid == 0:
        try:
            carried_out(context, made)
        finally:
            os._exit(0)
    import time

    from gitml.store.lock import hold

    waits = []
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        began = time.monotonic()
        with hold(context.layout.lock):
            waits.append(time.monotonic() - began)
        time.sleep(0.01)
    assert len(waits) > 3 and max(waits) < 2
    assert os.listdir(context.layout.logs) == []


def test_run_twice_at_once(tmp_path: Path) -> None:
    """What another one has removed meanwhile is as good as removed, and no failure."""
    context = fresh_repo(tmp_path / "repo")
    put(context, "logs/a.log", 99)
    first, second = planned(context, "logs"), planned(context, "logs")
    assert names(carried_out(context, first)) == ["a.log"]
    done = carried_out(context, second)
    assert done.failures == [] and sum(item.bytes for item in done.gone) == 0
    assert json.dumps([line["bytes"] for line in audit.read(context.layout) if line["what"] == "clean.end"])


def test_a_lock_that_is_taken_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What went before is reported, the rest is listed with the reason; where nothing went at all, it is busy."""
    from gitml.errors import Busy
    from gitml.ops.cleaning import apply as applying

    context = fresh_repo(tmp_path / "repo")
    for number in range(3):
        put(context, f"logs/{number}.log", 99)
    made = planned(context, "logs")
    real, left = applying.hold, 2

    def busy(path: str) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise Busy("another gitml holds the lock")
        return real(path)

    monkeypatch.setattr(applying, "hold", busy)
    monkeypatch.setattr(applying, "AT_ONCE", 1)
    done = carried_out(context, made)
    assert names(done) == ["0.log"] and [item.subject for item, _ in done.failures] == ["1.log", "2.log"]
    left = 0
    with pytest.raises(Busy):
        carried_out(context, planned(context, "logs"))


def test_secrets_in_names(tmp_path: Path) -> None:
    """A name that holds a secret does not bring it into the audit log, once or twice."""
    from support.secrets_made import made

    context = fresh_repo(tmp_path / "repo")
    token = made()["github-token"]
    for seed in (7, 8):
        put(context, f"logs/{made(seed)['github-token']}.log", 99)
    assert len(cleaned(context, "logs").gone) == 2
    assert len(history(context.layout)[0].removed) == 2
    text = (Path(context.layout.events) / audit.today()).read_text()
    assert token not in text and text.count("[redacted:") >= 2
