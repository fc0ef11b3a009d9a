"""Stages of sessions: the fold of transitions, marking by hand, what is safe to clean away, the Python API."""

from __future__ import annotations

import json
import logging
import random
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.digesting import LATER, configured, digested, recorded
from support.ingesting import OTHER, SESSION, take
from support.transcript import Transcript

from gitml.errors import BadUsage
from gitml.lifecycle import Stage, Tracker
from gitml.model import times
from gitml.ops.context import Context
from gitml.ops.lifecycle import marking
from gitml.ops.lifecycle.safety import Safety
from gitml.ops.lifecycle.stages import STAGES, automatic, by_hand, rank
from gitml.ops.lifecycle.standing import fold, standings

Git = Callable[..., str]
Record = dict[str, Any]


def a_session(session_id: str = SESSION) -> Transcript:
    made = Transcript(session_id)
    made.prompt("hello")
    made.says("Hello.")
    return made


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return recorded(tmp_path, a_session(), a_session(OTHER))


def mark(context: Context, stage: str, now: float = LATER, session: str = SESSION, **options: Any) -> Record | None:
    record = marking.plan(context, session, stage, now, by="A Tester", **options)
    if record is not None:
        marking.apply(context, record)
    return record


def test_a_session_is_raw_at_first(context: Context) -> None:
    """Nobody said anything of it yet."""
    assert Safety(context, LATER).of(SESSION).stage == "raw"


def test_taken_in_once(tmp_path: Path) -> None:
    """A session's first transition is to raw, when it was first taken in; reading it on, or anew, adds no other."""
    made = a_session()
    context = recorded(tmp_path, made)
    made.prompt("more")
    made.says("More.")
    made.write(tmp_path / "projects")
    take(context, tmp_path / "projects")
    take(context, tmp_path / "projects", full=True)
    lines = [
        line for path in Path(context.layout.spools).rglob("lifecycle.jsonl") for line in path.read_bytes().splitlines()
    ]
    (first,) = standings(context)[SESSION].history
    assert len(lines) == 1 and (first["id"], first["from"], first["to"]) == (f"stage-raw-{SESSION}", None, "raw")
    (session,) = Safety(context, LATER).sessions
    assert session["ingested_at"] == first["timestamp"] > session["updated_at"]


def test_step_by_step(context: Context) -> None:
    """Forward one step at a time, each with who, when, notes."""
    for number, stage in enumerate(STAGES[1:]):
        mark(context, stage, LATER + number, notes=f"to {stage}")
    standing = standings(context)[SESSION]
    assert standing.stage == "implemented" and standing.notes["implemented"] == "to implemented"
    assert [(step["from"], step["to"], step["by"]) for step in standing.history[1:]] == [
        (before, after, "A Tester") for before, after in pairwise(STAGES)
    ]
    assert standing.reached["analyzed"] == times.of_epoch(LATER)
    assert not any("forced" in step for step in standing.history)


@pytest.mark.parametrize(("before", "to"), [("raw", "implemented"), ("raw", "insights_generated"), ("analyzed", "raw")])
def test_other_steps_need_force(context: Context, before: str, to: str) -> None:
    """Skipping and going back are refused with the command that does it, and recorded as what they are."""
    if before != "raw":
        mark(context, before)
    with pytest.raises(BadUsage) as refused:
        mark(context, to, LATER + 1)
    assert refused.value.hint == f"gitml lifecycle mark {SESSION} {to} --force"
    record = mark(context, to, LATER + 1, force=True)
    assert record is not None and record["forced"] is True
    assert standings(context)[SESSION].stage == to


def test_force_that_is_not_needed_is_no_force(context: Context) -> None:
    """An ordinary step is recorded as one."""
    record = mark(context, "analyzed", force=True)
    assert record is not None and "forced" not in record


def test_the_same_stage_again(context: Context) -> None:
    """Records nothing, or the notes if there are any."""
    mark(context, "analyzed")
    assert mark(context, "analyzed", LATER + 1) is None
    assert mark(context, "analyzed", LATER + 2, notes="two flaky tests") is not None
    standing = standings(context)[SESSION]
    assert (standing.stage, standing.notes) == ("analyzed", {"analyzed": "two flaky tests"})
    assert standing.reached["analyzed"] == times.of_epoch(LATER)


def test_bad_words(context: Context) -> None:
    """No stage, too many notes."""
    with pytest.raises(BadUsage, match="is no stage"):
        mark(context, "done")
    with pytest.raises(BadUsage, match="characters"):
        mark(context, "analyzed", notes="x" * 2001)


def test_a_late_automatic_mark_takes_nothing_back() -> None:
    """What gitml noted in one clone does not undo what a person forced in another."""
    by_a_person = by_hand("s", "raw", "implemented", "2026-01-01T00:00:00.000Z", "A", "", True)
    late = automatic("s", "raw", "analyzed", "2026-01-02T00:00:00.000Z")
    assert fold([late, by_a_person])["s"].stage == "implemented"


def test_at_one_time() -> None:
    """The further stage counts, but what was forced counts last."""
    now = "2026-01-01T00:00:00.000Z"
    steps = [
        automatic("s", "raw", "analyzed", now),
        by_hand("s", "analyzed", "insights_generated", now, "A", "", False),
    ]
    assert fold(steps)["s"].stage == fold(reversed(steps))["s"].stage == "insights_generated"
    back = by_hand("s", "insights_generated", "raw", now, "A", "", True)
    assert fold([back, *steps])["s"].stage == fold([*steps, back])["s"].stage == "raw"


moves = st.lists(
    st.tuples(st.sampled_from([*STAGES, "evicted", "data_loss", "tombstone", "?"]), st.integers(0, 5), st.booleans()),
    max_size=12,
)


@given(moves, st.integers())
def test_any_order_gives_one_stage(steps: list[tuple[str, int, bool]], seed: int) -> None:
    """Whatever order the records come in; and with nothing forced the stage is the furthest of all."""
    records = [
        by_hand("s", "raw", to, f"2026-01-01T00:00:0{second}.000Z", "A", str(number), forced)
        for number, (to, second, forced) in enumerate(steps)
    ]
    shuffled = random.Random(seed).sample(records, len(records))
    one, other = fold(records).get("s"), fold(shuffled).get("s")
    assert (one and (one.stage, one.history, one.evicted_at)) == (
        other and (other.stage, other.history, other.evicted_at)
    )
    if one is not None and not any(forced for _, _, forced in steps):
        assert rank(one.stage) == max([0, *(rank(to) for to, _, _ in steps)])


def test_safe_to_clean_away(context: Context, tmp_path: Path) -> None:
    """Only with a digest that stands for it, in a stage that is safe, and over."""
    (session,) = (record for record in Safety(context, LATER).sessions if record["session_id"] == SESSION)

    def why(now: float = LATER, safety: Context = context) -> str:
        return Safety(safety, now).against(session)

    mark(context, "implemented", force=True)
    assert why() == "it has no digest"
    digested(context)
    assert why() == ""
    assert why(times.millis(session["updated_at"]) / 1000 + 60) == "it may still go on"
    mark(context, "insights_generated", LATER + 1, force=True)
    assert why() == "it is insights_generated, not implemented"
    wider = configured(context, '[lifecycle]\nsafe_stages = ["insights_generated", "implemented"]\n')
    assert why(safety=wider) == ""
    assert why(safety=configured(context, "[lifecycle]\nsafe_stages = []\n")).startswith("it is insights_generated")
    with pytest.raises(BadUsage, match="is no stage"):
        why(safety=configured(context, '[lifecycle]\nsafe_stages = ["done"]\n'))


def test_watermarks_in_sessions(context: Context) -> None:
    """A session as it is read says when it was analyzed."""
    digested(context)
    found = {record["session_id"]: record for record in Safety(context, LATER).sessions}
    assert found[SESSION]["analyzed_at"] == times.of_epoch(LATER)


def test_who(repo: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    """The agent in whose shell it runs, else git's user.name, else nobody known."""
    assert marking.who(str(repo)) == "A Tester"
    monkeypatch.setenv("CLAUDECODE", "1")
    assert marking.who(str(repo)) == "claude"
    monkeypatch.delenv("CLAUDECODE")
    git(repo, "config", "user.name", "")
    assert marking.who(str(repo)) == "unknown"


# -- the Python API ----------------------------------------------------------------------------------------------------


def test_the_tracker(context: Context, tmp_path: Path) -> None:
    """All of it, by every name a session has."""
    root = context.where.root
    tracker = Tracker(root)
    digested(context)
    assert tracker.get_lifecycle_stats() == {
        "total_sessions": 2,
        "raw_count": 0,
        "analyzed_count": 2,
        "insights_generated_count": 0,
        "implemented_count": 0,
        "safe_to_cleanup_count": 0,
    }
    path = next((tmp_path / "projects").rglob(f"{SESSION}.jsonl"))
    assert tracker.mark_session(path, Stage.INSIGHTS_GENERATED, notes="say hello sooner")
    assert tracker.mark_session(f"claude:{SESSION}", "implemented", notes="in 1.2", by="Somebody")
    assert tracker.get_sessions(Stage.IMPLEMENTED) == tracker.get_safe_to_cleanup_sessions() == [SESSION]
    assert tracker.get_sessions("analyzed") == [OTHER]
    known = tracker.load_metadata(SESSION[:8])
    assert known is not None and known.session_file == str(path) and known.lifecycle_stage is Stage.IMPLEMENTED
    assert known.created_at < known.analyzed_at and known.insights_generated_at <= known.implemented_at
    assert (known.insights_summary, known.implementation_notes) == ("say hello sooner", "in 1.2")
    assert known.is_safe_to_cleanup and known.project_name
    path.unlink()
    gone = tracker.load_metadata(str(path))
    assert gone is not None and gone == known._replace(session_file="")


FAILING = {
    "no repository": lambda root: Tracker(root.parent / "nowhere"),
    "no store": lambda root: Tracker(root),
}


@pytest.mark.parametrize("case", FAILING)
def test_nothing_raises(case: str, repo: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Each call answers empty and logs a warning."""
    tracker = FAILING[case](repo)
    with caplog.at_level(logging.WARNING, "gitml.lifecycle"):
        assert set(tracker.get_lifecycle_stats().values()) == {0}
        assert tracker.mark_session(SESSION, Stage.ANALYZED) is False
        assert tracker.get_sessions(Stage.RAW) == tracker.get_safe_to_cleanup_sessions() == []
        assert tracker.load_metadata(SESSION) is None
    assert len(caplog.records) == 5


def test_what_is_refused_is_logged(context: Context, caplog: pytest.LogCaptureFixture) -> None:
    """A step that needs force, a word that is no stage, a session nobody knows, a full disk."""
    tracker = Tracker(context.where.root)
    with caplog.at_level(logging.WARNING, "gitml.lifecycle"):
        assert tracker.mark_session(SESSION, Stage.IMPLEMENTED) is False
        assert tracker.mark_session(SESSION, "done") is False
        assert tracker.mark_session("ffff", "analyzed") is False
        assert tracker.get_sessions("done") == []
        Path(context.layout.lock).unlink()
        Path(context.layout.lock).mkdir()
        assert tracker.mark_session(SESSION, "analyzed") is False
    assert len(caplog.records) == 5 and "implemented" in caplog.records[0].getMessage()
    assert tracker.get_sessions(Stage.RAW) == [SESSION, OTHER]


# -- the command -------------------------------------------------------------------------------------------------------


def run(context: Context, *arguments: str, code: int = 0) -> str:
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "gitml", *arguments], cwd=context.where.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def test_the_commands(context: Context) -> None:
    """digest and lifecycle as people and programs use them."""
    assert "would make 2 of 2" in run(context, "digest", "--dry-run")
    assert "2 digests made" in run(context, "digest")
    report = json.loads(run(context, "digest", "--json", SESSION[:8]))
    assert report == {"made": [], "same": [SESSION], "left": [], "errors": []}
    assert run(context, "lifecycle", "mark", SESSION[:8], "insights_generated", "--notes", "be brief") == (
        f"{SESSION}: analyzed → insights_generated\n"
    )
    assert "already" in run(context, "lifecycle", "mark", SESSION[:8], "insights_generated")
    assert "hint: gitml lifecycle mark" in run(context, "lifecycle", "mark", OTHER, "implemented", code=2)
    assert "(forced)" in run(context, "lifecycle", "mark", OTHER, "implemented", "--force")
    shown = run(context, "lifecycle", "show", SESSION)
    assert "raw → analyzed  by gitml" in shown and "be brief" in shown and "not safe" in shown
    assert [row["stage"] for row in json.loads(run(context, "lifecycle", "show", "--json"))] == [
        "implemented", "insights_generated",
    ]  # fmt: skip
    assert json.loads(run(context, "lifecycle", "stats", "--json"))["safe_to_cleanup_count"] == 1
    assert run(context, "lifecycle", "safe") == f"{OTHER}\n"
    assert json.loads(run(context, "lifecycle", "safe", "--json"))["not_safe"] == {
        SESSION: "it is insights_generated, not implemented"
    }


def test_refusals(context: Context) -> None:
    """Exit codes as documented: nothing here, switched off, a stream this repository does not want."""
    assert "nothing here has the id" in run(context, "digest", "ffff", code=4)
    run(context, "pause")
    assert "hint: gitml resume" in run(context, "digest", code=1)
    run(context, "resume")
    configured(context, '[record]\nstreams = ["chats", "sessions"]\n')
    assert "does not record digests" in run(context, "digest", code=1)
