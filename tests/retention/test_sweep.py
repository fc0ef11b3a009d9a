"""The sweep: what it takes in, what goes, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support.digesting import LATER, configured, digested
from support.ingesting import take
from support.sweeping import copies, facts, mute, name, room, session, stocked, swept, undigested

from gitml.errors import Busy, GitmlError, NothingHere
from gitml.ops.context import Context
from gitml.ops.retention.policy import DAY, Policy
from gitml.ops.retention.sweep import Wanted, look
from gitml.ops.verifying.evicted import evicted
from gitml.ops.verifying.finding import Subject
from gitml.store.fold import fold
from gitml.store.lock import hold
from gitml.store.raw import manifests, objects

Stock = tuple[Context, Path]


@pytest.fixture
def stock(tmp_path: Path) -> Stock:
    """Four sessions, the first the oldest; none of them taken in."""
    return stocked(tmp_path, *(session(number, 100 - 10 * number) for number in range(4)))


def under(context: Context, share: float) -> int:
    """So much of what raw copies take now."""
    return round(room(context) * share)


def test_everything_is_taken_in(stock: Stock) -> None:
    """Discovered, recorded, captured, digested; nothing goes that may stay. Again: nothing is left to do."""
    report = swept(*stock)
    assert (report.sessions, report.captured, len(report.digested), report.errors) == (4, 4, 4, [])
    assert copies(stock[0]) == [name(number) for number in range(4)] and not undigested(stock[0])
    again = swept(*stock)
    assert (again.captured, again.digested, again.evicted, again.errors) == (0, [], [], [])


def test_under_the_soft_cap(stock: Stock) -> None:
    """The oldest go until the rest fits; of each the digest stands and the lifecycle tells; then it is quiet."""
    context, projects = stock
    swept(context, projects)
    cap = under(context, 0.6)
    report = swept(context, projects, Policy(soft_cap=cap))
    assert report.evicted == [name(0), name(1)] and report.plan.after == room(context) <= cap
    assert copies(context) == [name(2), name(3)] and not undigested(context)
    assert facts(context, "evicted") == report.evicted and facts(context, "data_loss") == []
    lines = (Path(context.layout.spool)).rglob("lifecycle.jsonl")
    notes = [
        json.loads(line)["notes"] for path in lines for line in path.read_bytes().splitlines() if b'"evicted"' in line
    ]
    assert all("above the soft cap" in note for note in notes) and len(notes) == 2
    again = swept(context, projects, Policy(soft_cap=cap))
    assert (again.captured, again.evicted, again.errors, again.plan.short) == (0, [], [], [])


def test_what_was_evicted_comes_back_only_if_it_grew(stock: Stock) -> None:
    """It still lies at its source and is not captured again; it is once it went on, and then it may go once more."""
    context, projects = stock
    swept(context, projects)
    swept(context, projects, Policy(max_age=85 * DAY))
    assert copies(context) == [name(number) for number in (2, 3)]
    swept(context, projects)
    assert copies(context) == [name(number) for number in (2, 3)]
    grown = session(0, 100, turns=5)
    grown.write(projects)
    swept(context, projects)
    assert copies(context) == [name(number) for number in (0, 2, 3)]
    swept(context, projects, Policy(max_age=85 * DAY))
    assert sorted(facts(context, "evicted")) == [name(0), name(0), name(1)]
    assert copies(context) == [name(number) for number in (2, 3)] and not undigested(context)


def test_a_source_that_is_gone_changes_nothing(stock: Stock) -> None:
    """The copy stays, and its digest is made from it."""
    context, projects = stock
    swept(context, projects, digest=False)
    shutil.rmtree(projects)
    report = swept(context, None)
    assert copies(context) == [name(number) for number in range(4)] and report.errors == []
    assert len(report.digested) == 4 and not undigested(context)


def test_what_is_not_analyzed_is_not_evicted(stock: Stock) -> None:
    """Neither by age nor for the soft cap; the plan says that the cap is not met."""
    context, projects = stock
    report = swept(context, projects, Policy(max_age=DAY, soft_cap=1), digest=False)
    assert report.evicted == [] and len(copies(context)) == 4
    assert "4 not analyzed" in report.plan.short[0]
    assert {choice.why for choice in report.plan.choices} == {"older than 1 days, but not analyzed: it has no digest"}


def test_over_the_hard_cap_it_is_analyzed_now(stock: Stock) -> None:
    """What has no digest gets one before it goes, and nothing is lost."""
    context, projects = stock
    swept(context, projects, digest=False)
    report = swept(context, projects, Policy(hard_cap=under(context, 0.6)), digest=False)
    assert report.evicted == report.digested == [name(0), name(1)]
    assert undigested(context) == {name(2), name(3)} and facts(context, "data_loss") == []


def test_the_last_resort(stock: Stock) -> None:
    """What cannot be analyzed goes after all that can, and a record tells of the loss."""
    context, projects = stock
    mute(projects, 9)
    swept(context, projects)
    assert name(9) in copies(context)
    report = swept(context, projects, Policy(hard_cap=1), remove_all=True)
    assert report.evicted == [*(name(number) for number in range(4)), name(9)] and copies(context) == []
    assert facts(context, "data_loss") == [name(9)] and set(facts(context, "evicted")) == set(report.evicted)
    assert report.to_dict()["data_loss"] == [name(9)]


def test_active_sessions_stay(tmp_path: Path) -> None:
    """A session whose last word is fresh is not touched, whatever the caps say; nor is it digested."""
    context, projects = stocked(tmp_path, session(0, 50), session(1, 0))
    now = LATER + 120
    report = swept(context, projects, Policy(soft_cap=1, hard_cap=1), now)
    assert report.evicted == [name(0)] and copies(context) == [name(1)]
    assert [choice.rule for choice in report.plan.choices] == ["soft_cap", "active"]
    assert "1 active" in report.plan.short[0] and "1 active" in report.plan.notes[0]


def test_one_failure_does_not_stop_the_rest(stock: Stock) -> None:
    """A raw copy whose pieces are damaged, its transcript gone: it is named, stays, and all others are done."""
    context, projects = stock
    swept(context, projects, digest=False)
    shutil.rmtree(projects)
    copy = manifests.load(context.layout, "claude", name(0))
    assert copy is not None
    for piece in set(manifests.pieces(copy)):
        Path(objects.path_of(context.layout, piece)).write_bytes(b"damaged")
    report = swept(context, None, Policy(max_age=DAY, keep_last=1))
    assert len(report.errors) == 1 and name(0) in report.errors[0]
    assert report.evicted == [name(1), name(2)] and copies(context) == [name(0), name(3)]


def test_nothing_would_be_left(stock: Stock) -> None:
    """Refused without a flag, after all was taken in and digested, before anything went."""
    context, projects = stock
    with pytest.raises(GitmlError, match="every raw copy"):
        swept(context, projects, Policy(max_age=DAY))
    assert len(copies(context)) == 4 and not undigested(context)
    swept(context, projects, Policy(max_age=DAY), remove_all=True)
    assert copies(context) == []


def test_a_dry_run_is_the_same_plan(stock: Stock) -> None:
    """It says what a sweep would do with what is there, and writes nothing."""
    context, projects = stock
    swept(context, projects)
    policy = Policy(soft_cap=under(context, 0.6))
    before = {path: path.read_bytes() for path in Path(context.layout.local).rglob("*") if path.is_file()}
    planned = look(context, Wanted(policy, LATER))
    assert {path: path.read_bytes() for path in Path(context.layout.local).rglob("*") if path.is_file()} == before
    assert swept(context, projects, policy).plan == planned.plan


def test_without_digests_nothing_goes(stock: Stock) -> None:
    """Where a repository does not record digests, nothing is analyzed and nothing goes by age."""
    context, projects = stock
    context = configured(context, '[record]\nstreams = ["sessions", "chats"]\n')
    report = swept(context, projects, Policy(max_age=DAY))
    assert report.evicted == [] and report.digested == [] and len(copies(context)) == 4


def test_one_sweep_at_a_time(stock: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second one waits, then says that it is busy."""
    import os
    import threading

    context, projects = stock
    Path(context.layout.local).mkdir(exist_ok=True)
    monkeypatch.setattr("gitml.ops.retention.sweep.LOCK_SECONDS", 0.05)
    held, done = threading.Event(), threading.Event()

    def holder() -> None:
        with hold(os.path.join(context.layout.local, "sweep.lock")):
            held.set()
            done.wait()

    thread = threading.Thread(target=holder)
    thread.start()
    held.wait()
    try:
        with pytest.raises(Busy):
            swept(context, projects)
    finally:
        done.set()
        thread.join()


def test_a_copy_that_grew_meanwhile_stays(stock: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was planned for another state of it is not done."""
    from gitml.ops.retention import evicting

    context, projects = stock
    swept(context, projects)
    planned = look(context, Wanted(Policy(max_age=85 * DAY), LATER)).plan
    session(0, 100, turns=6).write(projects)
    swept(context, projects)
    gone, _ = evicting.apply(context, planned.order, LATER)
    assert gone == [name(1)] and name(0) in copies(context)


def test_a_digest_says_what_the_copy_was(stock: Stock) -> None:
    """Made again when the copy is gone and the transcript is not, it is the same; once the session went on it is not of
    that copy any more."""
    context, projects = stock
    swept(context, projects)
    swept(context, projects, Policy(max_age=85 * DAY))
    before = fold(context.layout, "digests").lines
    digested(context, again=True)
    assert fold(context.layout, "digests").lines == before and before[0].count(b"raw_sha256") == 1
    session(0, 100, turns=6).write(projects)
    take(context, projects, name(0))
    digested(context)
    assert fold(context.layout, "digests").lines[0].count(b"raw_sha256") == 0


def test_a_session_that_has_just_begun_stays(stock: Stock) -> None:
    """A transcript in which nothing was said has no time in it; that of its file tells that it may go on."""
    context, projects = stock
    mute(projects, 9)
    now = next(projects.rglob(f"{name(9)}.jsonl")).stat().st_mtime + 60
    swept(context, projects, Policy(hard_cap=1), now)
    assert name(9) in copies(context) and facts(context, "data_loss") == []


def test_a_folder_that_is_not_there(stock: Stock) -> None:
    """A mistyped folder is told at once, and nothing goes."""
    context, projects = stock
    swept(context, projects)
    with pytest.raises(NothingHere):
        swept(context, projects / "nowhere", Policy(hard_cap=1), remove_all=True)
    assert len(copies(context)) == 4


def test_verify_knows_of_evictions(stock: Stock) -> None:
    """It is content with what a sweep did, and tells where the digest of what went is lost."""
    context, projects = stock
    mute(projects, 9)
    swept(context, projects)
    swept(context, projects, Policy(hard_cap=1), remove_all=True)
    subject = Subject(context)
    assert list(evicted(subject)) == []
    for path in Path(context.layout.spool).rglob("digests.jsonl"):
        path.unlink()
    assert [Path(finding.path).stem for finding in evicted(subject)] == [name(number) for number in range(4)]
