"""A sweep that is killed at any instant, and run again: the same end, and never a raw copy gone without its digest."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from support.digesting import LATER
from support.kills import killed_at
from support.sweeping import copies, facts, mute, name, room, session, stocked, swept, undigested

from gitml.ops.context import Context, open_at
from gitml.ops.retention.policy import DAY, Policy
from gitml.store.fold import fold


def end(context: Context) -> dict[str, Any]:
    """All that a sweep leaves, but for the times at which it was."""
    lifecycle = [json.loads(line) for line in fold(context.layout, "lifecycle").lines]
    return {
        "copies": copies(context),
        "bytes": room(context),
        "lifecycle": sorted((record["id"], record["to"], str(record["notes"])) for record in lifecycle),
        "digests": fold(context.layout, "digests").lines,
        "journal": Path(context.layout.raw, "evicting.json").exists(),
        "objects": sorted(path.name for path in Path(context.layout.raw, "objects").rglob("*.zst")),
    }


def safe(context: Context, all: set[str]) -> None:
    """Whatever is gone has a digest that stands for it, or a record of the loss."""
    gone = all - set(copies(context))
    assert not gone & undigested(context)
    unknown = gone - {json.loads(line)["session_id"] for line in fold(context.layout, "sessions").lines}
    assert unknown <= set(facts(context, "data_loss"))


class Stage:
    """A store in one state, as often as it is wanted."""

    def __init__(self, context: Context, projects: Path) -> None:
        self.projects = projects
        self.root = Path(context.where.root)
        self.saved = self.root.with_name("saved")
        shutil.copytree(self.root, self.saved, symlinks=True)

    def fresh(self) -> Context:
        shutil.rmtree(self.root)
        shutil.copytree(self.saved, self.root, symlinks=True)
        return open_at(str(self.root))


@pytest.mark.parametrize("taken_in", [True, False])
def test_killed_at_every_touch(tmp_path: Path, taken_in: bool) -> None:
    """Two analyzed sessions and one that cannot be are evicted, over the hard cap; killed at each write,
    rename, link and unlink of it, the next sweep comes to the same end. Where sessions are taken in and digested in the
    same run, the kills are spread over that, too."""
    context, projects = stocked(tmp_path, session(0, 90, 1), session(1, 80, 1), session(2, 0, 1))
    mute(projects, 9)
    now, policy = LATER + 120, Policy(max_age=50 * DAY, hard_cap=1)
    if taken_in:
        swept(context, projects, now=now)
    stage = Stage(context, projects)
    context = stage.fresh()
    swept(context, projects, policy, now)
    wanted, all = end(context), {name(number) for number in (0, 1, 2, 9)}
    assert wanted["copies"] == [name(2)] and facts(context, "data_loss") == [name(9)]
    number, kills = 0, 0
    while True:
        context = stage.fresh()
        died = killed_at(number, lambda: swept(open_at(str(stage.root)), projects, policy, now))
        if taken_in:
            safe(context, all)
        swept(context, projects, policy, now + 1)
        assert end(context) == wanted, number
        if not died:
            break
        kills += 1
        number += 2 if taken_in else 41
    assert kills > 4


def test_another_policy_finishes_what_was_begun(tmp_path: Path) -> None:
    """The records say that it is evicted, so it is, even where the next sweep would have kept it."""
    context, projects = stocked(tmp_path, session(0, 90, 1), session(1, 80, 1))
    swept(context, projects)
    stage = Stage(context, projects)
    seen = set()
    for number in range(0, 60, 5):
        context = stage.fresh()
        killed_at(number, lambda: swept(open_at(str(stage.root)), projects, Policy(max_age=85 * DAY)))
        swept(context, projects)
        assert (name(0) in copies(context)) != (name(0) in facts(context, "evicted"))
        seen.add(name(0) in copies(context))
    assert seen == {True, False}
