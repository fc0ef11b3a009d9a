"""What older tools keep outside the repository: lifecycle stages beside transcripts, histories of the disk."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from support.migrating import gitml, lines, named, records, take_in
from support.old_layout import look, put, sidecar
from support.riding import Clone
from support.transcript import varied

from gitml.ops.health import history
from gitml.ops.health.place import history_of
from gitml.ops.lifecycle.standing import standings

ONE, OTHER, GONE = (f"{digit * 8}-2222-4333-8444-555555555555" for digit in "123")


def transcript(home: Path, session: str, cwd: Path) -> Path:
    """A transcript of that session among the agent's own; its path."""
    return varied(session, turns=2, cwd=str(cwd)).write(home / ".claude" / "projects")


def beside(path: Path, **more: Any) -> Path:
    """A sidecar of a transcript."""
    return put(path.with_name(path.name + ".lifecycle.json"), sidecar(path.stem, **more))


def test_stages_of_this_repositorys_sessions(bare: Clone, home: Path, tmp_path: Path) -> None:
    """Each time becomes a transition with its notes; other repositories' sessions are not ours to tell of."""
    elsewhere = tmp_path / "elsewhere"
    bare.git("init", "-q", str(elsewhere))
    mine = beside(transcript(home, ONE, bare.root))
    beside(transcript(home, OTHER, elsewhere))
    take_in(bare)
    found = standings(bare.context)
    assert set(found) == {ONE} and mine.exists()
    standing = found[ONE]
    assert standing.stage == "implemented" and standing.notes == {
        "insights_generated": "retries hide timeouts", "implemented": "raised them",
    }  # fmt: skip
    assert standing.reached["analyzed"] == "2025-12-16T11:00:00.000Z"
    first = records(bare, "lifecycle")[standing.history[0]["id"]]
    assert first["project_name"] == "p" and "/home/somebody" not in json.dumps(first)
    before = lines(bare)
    assert take_in(bare).sum("new") == 0 and lines(bare) == before


def test_a_transcript_that_is_gone(bare: Clone, home: Path) -> None:
    """Its sidecar still counts, if the session is recorded here."""
    path = transcript(home, ONE, bare.root)
    gitml(bare, "sync")
    beside(path)
    path.unlink()
    beside(path.with_name(f"{GONE}.jsonl"))
    take_in(bare)
    found = standings(bare.context)
    assert found[ONE].stage == "implemented" and GONE not in found


@pytest.mark.parametrize(
    ("changed", "stage"),
    [
        ({"lifecycle_stage": "analyzed", "insights_generated_at": None, "implemented_at": None}, "analyzed"),
        ({"lifecycle_stage": "raw", "analyzed_at": None, "insights_generated_at": None, "implemented_at": None}, "raw"),
        ({"lifecycle_stage": "analyzed"}, "analyzed"),
        ({"lifecycle_stage": "implemented", "implemented_at": None}, "implemented"),
        ({"lifecycle_stage": None}, "implemented"),
        ({"created_at": "2025-12-20T00:00:00"}, "implemented"),
        ({"implemented_at": 1765897412.5}, "implemented"),
    ],
)
def test_the_stage_is_the_one_it_names(bare: Clone, tmp_path: Path, changed: dict[str, Any], stage: str) -> None:
    """Whatever its times say, and whichever of them are missing."""
    put(tmp_path / "old" / f"{ONE}.jsonl.lifecycle.json", sidecar(ONE, **changed))
    report = take_in(bare, folder=str(tmp_path / "old"))
    assert report.unreadable == [] and standings(bare.context)[ONE].stage == stage


def test_sidecars_that_say_nothing(bare: Clone, tmp_path: Path) -> None:
    """Each is named, and nothing is made of it."""
    put(tmp_path / "old" / "a.jsonl.lifecycle.json", "{torn")
    put(tmp_path / "old" / "deep" / "b.jsonl.lifecycle.json", sidecar("b", lifecycle_stage="dreamt"))
    put(tmp_path / "old" / "c.jsonl.lifecycle.json", {"lifecycle_stage": "raw"})
    report = take_in(bare, folder=str(tmp_path / "old"))
    assert named(report) == {(f"{name}.jsonl.lifecycle.json", 0) for name in "abc"}
    assert records(bare, "lifecycle") == {}


def test_histories_of_the_disk(bare: Clone, home: Path) -> None:
    """Snapshots in bytes, once, whatever else the lines hold; lines that say nothing are named."""
    put(
        home / ".claude" / "learning" / "disk_health_history.jsonl",
        *(look(day, 100 + day) for day in range(1, 6)),
        look(1, 101),
        "{torn",
        {"timestamp": "2025-12-09T10:00:00"},
    )
    report = take_in(bare)
    path = history_of(bare.context.layout, os.environ)
    assert path is not None and named(report) == {("disk_health_history.jsonl", 7), ("disk_health_history.jsonl", 8)}
    found = history.read(path).snapshots
    assert [one.total for one in found] == [(100 + day) << 20 for day in range(1, 6)] and report.snapshots == 5
    assert (found[0].available, found[0].sessions, found[0].kinds) == (100 << 30, 1, {"transcripts": 50 << 20})
    assert b'"learning_data_mb":3' in found[0].line
    before = Path(path).read_bytes()
    assert take_in(bare).snapshots == 0 and Path(path).read_bytes() == before
    growth = json.loads(gitml(bare, "health", "--json", code=None))["growth"]
    assert growth["snapshots"] == 5 and 25 << 20 < growth["bytes_per_month"] < 35 << 20  # 1 MiB a day


def test_sessions_that_are_not_recorded_yet_are_named(clone: Clone, home: Path) -> None:
    """They would stand twice: the command says so first, in a dry run, too, and not once they are recorded."""
    transcript(home, ONE, clone.root)
    assert "1 session of this repository not recorded yet" in gitml(clone, "migrate", "--dry-run", code=3)
    gitml(clone, "sync")
    assert "not recorded yet" not in gitml(clone, "migrate", "--dry-run", code=3)
    gitml(clone, "migrate", code=3)
