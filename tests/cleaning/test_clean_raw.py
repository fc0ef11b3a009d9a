"""Raw copies: what the retention policy evicts, and nothing else."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from support.cleaning import DAY, carried_out, cleaned, du, names, planned, put, why
from support.digesting import configured
from support.kills import killed_at
from support.rawing import again, copy_of
from support.registering import take as register
from support.sweeping import copies, facts, name, session, stocked, swept
from support.transcript import Transcript

from gitml.ops.cleaning import policed
from gitml.ops.context import Context
from gitml.store.heartbeats import moment_at
from gitml.store.raw import kept, manifests, objects


def uid(number: int) -> str:
    return f"claude:{name(number)}"


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """Three analyzed sessions, some years old, with raw copies."""
    context, projects = stocked(tmp_path, *(session(number, 900 - 10 * number, 2 + number) for number in range(3)))
    swept(context, projects)
    return context


def test_by_policy(context: Context) -> None:
    """Without a policy nothing goes; with one what it evicts, told in the lifecycle; an age asked for stands for the
    policy's, and what a rule keeps stays all the same."""
    assert why(planned(context, "raw"), uid(0)) == "stays: the policy has no age and no cap"
    assert names(cleaned(configured(context, "[retention]\nraw_max_age_days = 200\n"), "raw")) != []
    assert len(copies(context)) == 1 and sorted(facts(context, "evicted")) == [name(0), name(1)]
    made = planned(context, "raw", older_than=0)
    assert made.going == [] and why(made, uid(2)) == "stays: among the last 1"


def test_what_it_frees(context: Context) -> None:
    """As the plan said, to the byte, and as ``du`` says."""
    policy = configured(context, "[retention]\nkeep_last = 1\n")
    before = du(context.layout.raw)
    done = cleaned(policy, "raw", older_than=DAY)
    assert names(done) == [uid(0), uid(1)]
    assert before - du(context.layout.raw) == sum(item.bytes for item in done.gone) > 0


def test_what_copies_share_counts_with_the_last(tmp_path: Path) -> None:
    """Two copies of the same text: the first to go frees its manifest's blocks at most."""
    first, second = session(0, 900, 30), session(1, 800, 30)
    context, projects = stocked(tmp_path, first, second, session(2, 10, 2))
    swept(context, projects)
    shared = manifests.load(context.layout, "claude", name(0))
    assert shared is not None
    before = du(context.layout.raw)
    done = cleaned(context, "raw", older_than=DAY)
    assert names(done) == [uid(0), uid(1)]
    assert before - du(context.layout.raw) == sum(item.bytes for item in done.gone)


def test_not_analyzed_stays(tmp_path: Path) -> None:
    """What has no digest that stands for it stays, over the hard cap, too: that is a sweep's business."""
    context, projects = stocked(tmp_path, session(0, 900, 3), session(1, 800, 3))
    swept(context, projects, digest=False)
    policy = configured(context, "[retention]\nraw_hard_cap_bytes = 100\nkeep_last = 0\n")
    made = planned(policy, "raw")
    assert made.going == [] and "not analyzed" in why(made, uid(0)) and "gitml sweep" in why(made, uid(0))


def test_never_all_of_it(context: Context) -> None:
    """A policy that would leave no copy at all is left to ``gitml sweep --remove-all``."""
    made = planned(configured(context, "[retention]\nkeep_last = 0\n"), "raw", older_than=0)
    assert made.going == [] and "no raw copy would be left" in why(made, uid(0))


def test_a_copy_that_grew_stays(tmp_path: Path) -> None:
    """Another copy by now than the one that was looked at is a failure; the rest goes."""
    context, projects = stocked(tmp_path, *(session(number, 900 - number, 2) for number in range(3)))
    swept(context, projects)
    made = planned(context, "raw", older_than=DAY)
    grown: Transcript = session(0, 900, 3)
    grown.write(projects)
    from support.ingesting import take

    take(context, projects, name(0))
    again(context, projects, name(0))
    done = carried_out(context, made)
    assert names(done) == [uid(1)] and "another copy by now" in done.failures[0][1]
    assert copy_of(context, name(0))["session_id"] == name(0)


def test_one_that_is_active_by_now_stays(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is asked may think for an hour: the policy is asked again before anything goes."""
    made = planned(context, "raw", older_than=DAY)
    register(context, name(0), moment_at(time.time()))
    monkeypatch.setattr(policed, "FRESH", 0.0)
    done = carried_out(context, made)
    assert names(done) == [uid(1)] and "the policy keeps it by now" in done.failures[0][1]
    assert why(planned(context, "raw", older_than=DAY), uid(0)) == "stays: it may still go on"


def test_what_killed_captures_left(context: Context) -> None:
    """Pieces that nothing names go, unpacked copies and half written manifests; not those that are young, and no piece
    while a manifest cannot be read."""
    piece = Path(objects.path_of(context.layout, objects.put(context.layout, b"nobody's")))
    os.utime(piece, (1, 1))
    put(context, "raw/sessions/claude/.x.json.12.tmp", 1)
    young = put(context, "raw/sessions/claude/.y.json.12.tmp", 0)
    unpacked = put(context, "raw/unpacked-ab/x/y.jsonl", 1)
    os.utime(unpacked.parent.parent, (1, 1))
    bad = put(context, "raw/sessions/claude/bad.json", 1, b"{")
    assert len(planned(context, "raw").going) == 2
    bad.unlink()
    before = du(context.layout.raw)
    done = cleaned(context, "raw")
    assert len(done.gone) == 3 and before - du(context.layout.raw) == sum(item.bytes for item in done.gone)
    assert young.exists() and not piece.exists() and not unpacked.parent.parent.exists()
    assert len(kept.sessions(context.layout)) == 3


def test_killed_and_run_again(context: Context) -> None:
    """Killed at some instants of it, and cleaned again: the copies that were to go are gone, and told of."""
    policy = configured(context, "[retention]\nraw_max_age_days = 1\n")
    at = 0
    while killed_at(at, lambda: cleaned(policy, "raw")):
        at += 7
    later = time.time() + 2 * kept.AGE
    assert kept.loose(policy.layout, later) == [] or planned(policy, "raw") is not None
    cleaned(policy, "raw")
    assert len(copies(policy)) == 1 and sorted(set(facts(policy, "evicted"))) == [name(0), name(1)]
