"""Commands that take something away ask the registry first."""

from __future__ import annotations

import json
import time
from pathlib import Path

from support.compacting import NAMES, Store, four_parts, line
from support.registering import answer, take

from gitml.ops.compacting.running import BLOCK
from gitml.ops.context import open_at
from gitml.ops.digesting.plan import plan as digests_due
from gitml.ops.lifecycle.safety import Safety
from gitml.ops.reading.status import running
from gitml.ops.registry.roster import roster
from gitml.store.heartbeats import moment, moment_at

HELD = "s1"


def recorded(store: Store) -> Store:
    """A session of long ago, with a chat that has its answer."""
    said = {
        "session_id": HELD,
        "session_uid": f"claude:{HELD}",
        "agent": "claude",
        "updated_at": "2021-10-01T12:00:00.000Z",
    }
    store.part(
        "20211001/150332Z-00000f",
        [{"id": "2021-10-01_s1", "started_at": "2021-10-01T11:00:00.000Z", **said}],
        "sessions",
    )
    store.commit()
    return store


def test_compact_leaves_a_running_sessions_parts_alone(repo: Path) -> None:
    """Parts that name it stay until it is over; all others are folded, and in the end the bytes are the same."""
    store = four_parts(Store(repo).opt_in())
    store.part("20210902/000000Z-00000b", [{"id": "c", "timestamp": "2021-09-02T00:00:00.000Z", "session_id": "other"}])
    store.commit()
    before, now = store.head(), time.time()
    store.gitml("compact", "--commit")
    whole = store.tree()
    store.git("reset", "-q", "--hard", before)
    take(open_at(str(repo)), HELD, moment())
    said = json.loads(store.gitml("compact", "--commit", "--json"))
    assert said["parts"] == ["20210902/000000Z-00000b"]
    assert set(said["running"]) <= set(NAMES) and said["running"]
    assert "nothing to compact" in store.gitml("compact", "--commit")
    answer(repo, "end", "--session", HELD)
    assert not roster(open_at(str(repo)), now).active_session("claude", HELD)
    store.gitml("compact", "--commit")
    assert store.tree() == whole


def test_a_part_that_names_it_anywhere(repo: Path) -> None:
    """Wherever in a part the session is named, also where two blocks that are read at a time meet."""
    store, session = Store(repo).opt_in(), "a-session-with-a-long-id"
    chat = {"id": "", "timestamp": "2021-09-02T00:00:00.000Z", "session_id": session}
    head = len(line({"input": "", **chat}).partition(b'"' + session.encode())[0])
    for place, shift in enumerate((-30, -10, 0, 10)):
        long = {"input": "x" * (BLOCK - head + shift), **chat}
        assert line(long).index(session.encode()) == BLOCK + shift + 1
        store.part(f"20210902/00000{place}Z-00000b", [long])
    store.commit()
    take(open_at(str(repo)), session, moment())
    assert len(json.loads(store.gitml("compact", "--dry-run", "--json"))["running"]) == 4


def test_what_still_goes_on_is_not_safe_and_gets_no_digest(repo: Path) -> None:
    """However long ago its last word was; gone, it is like any other."""
    recorded(Store(repo).opt_in())
    context, now = open_at(str(repo)), time.time()
    assert not Safety(context, now).active(Safety(context, now).sessions[0])
    take(context, HELD, moment())
    safety = Safety(context, now)
    assert safety.active(safety.sessions[0]) and safety.against(safety.sessions[0]) == "it may still go on"
    assert [item.why for item in digests_due(context, now).items] == ["it may still go on"]
    assert running(context, now) == {"active": 1, "idle": 0}
    later = now + 3 * 3600
    assert not Safety(context, later).active(safety.sessions[0])
    assert [item.make for item in digests_due(context, later).items] == [True]
    assert running(context, later) == {"active": 0, "idle": 0}


def test_who_is_active_in_a_folder(repo: Path, git: object) -> None:
    """The one whose work tree it is, or who works below it; nobody once they are gone."""
    (repo / ".git" / "gitml").mkdir()
    context, now = open_at(str(repo)), time.time()
    (repo / "sub").mkdir()
    assert roster(context, now).active_in(str(repo)) is None
    take(context, "s-1", moment())
    found = roster(context, now).active_in(str(repo / "sub" / ".."))
    assert found is not None and found.session_id == "s-1"
    assert roster(context, now).active_in(str(repo / "sub")) is None
    assert roster(context.layout, moment_at(now + 7201).wall).active_in(str(repo)) is None
