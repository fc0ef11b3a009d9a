"""The sweep on real transcripts, where they are on this machine."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from support.ingesting import fresh_repo
from support.sweeping import LAX, copies, facts, mute, name, room, swept, undigested

from gitml.ops.context import Context
from gitml.ops.retention.gather import gather
from gitml.ops.retention.policy import Policy
from gitml.store.fold import fold

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "transcripts"
SAMPLE = Path(os.environ.get("GITML_TRANSCRIPTS") or BESIDE) / "claude" / "projects"
TWO_MB = 2_000_000
pytestmark = pytest.mark.skipif(not SAMPLE.is_dir(), reason="the sample of real transcripts is not on this machine")


def digests(context: Context) -> list[bytes]:
    return fold(context.layout, "digests").lines


def test_the_shared_sessions(tmp_path: Path) -> None:
    """What is not analyzed is not evicted for the soft cap. Over a hard cap the oldest are analyzed, then go. Under
    2 MB the others fit, and have digests then; under half of what all took the oldest go, each with a digest that stood
    for its copy, and a second run has nothing to do. Over a tiny hard cap what cannot be analyzed goes last, after a
    record of the loss."""
    context = fresh_repo(tmp_path / "repo")
    report = swept(context, SAMPLE, LAX, digest=False)
    assert (report.captured, report.errors, digests(context)) == (21, [], [])
    full = room(context)
    by_age = [held.session_id for held in sorted(gather(context, 0), key=lambda held: (held.last, held.uid))]
    held_back = swept(context, None, Policy(soft_cap=full // 2), digest=False)
    assert held_back.evicted == [] and "21 not analyzed" in held_back.plan.short[0]

    first = swept(context, SAMPLE, Policy(hard_cap=full * 9 // 10), digest=False)
    assert first.digested == first.evicted == by_age[: len(first.evicted)] != []
    swept(context, SAMPLE, Policy(soft_cap=TWO_MB))
    lines = digests(context)
    assert len(lines) == 21 and len(copies(context)) == 21 - len(first.evicted)
    before = {held.session_id: held for held in gather(context, 0)}
    known = {digest["session_id"]: digest for digest in map(json.loads, lines)}
    done = swept(context, SAMPLE, Policy(soft_cap=full // 2))
    assert room(context) == done.plan.after <= full // 2 and done.plan.short == []
    assert first.evicted + done.evicted == by_age[: len(first.evicted + done.evicted)]
    for gone in done.evicted:
        assert (before[gone].stage, before[gone].flaw) == ("analyzed", "")
        assert known[gone]["raw_sha256"] == before[gone].sha256
    again = swept(context, SAMPLE, Policy(soft_cap=full // 2))
    assert (again.captured, again.digested, again.evicted) == (0, [], []) and digests(context) == lines
    assert facts(context, "data_loss") == []

    mute(tmp_path / "mute", 9)
    last = swept(context, tmp_path / "mute", Policy(hard_cap=1), remove_all=True)
    assert last.evicted[-1] == name(9) and copies(context) == [] and not undigested(context)
    assert facts(context, "data_loss") == [name(9)] and len(facts(context, "evicted")) == 22
