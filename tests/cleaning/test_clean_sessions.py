"""Agents' own transcripts: what stays, and why; what goes, in which order, and what that frees."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.digesting import configured
from support.grove import cleaned, planned, used
from support.ingesting import fresh_repo
from support.kills import killed_at
from support.spoken import KIND, Speech, projects
from support.sweeping import name
from support.transcript import Transcript

from gitml.errors import BadUsage
from gitml.model import times
from gitml.ops import silence
from gitml.ops.cleaning import sessions
from gitml.ops.cleaning.apply import apply
from gitml.ops.forgetting import forget, targets
from gitml.ops.reading import views
from gitml.ops.record.sync import sync_all
from gitml.store import cursors, spool

Harm = Callable[[Speech, Path], object]


@pytest.fixture
def speech(tmp_path: Path) -> Speech:
    return Speech(tmp_path / "repo")


def own(path: Path) -> Path:
    """A session's own folder."""
    return path.with_suffix("")


def dressed(path: Path) -> None:
    """Everything that the client, and older layouts, put beside a transcript."""
    (own(path) / "tool-results").mkdir()
    (own(path) / "tool-results" / "toolu_1.txt").write_text("long\n" * 5000)
    flow = own(path) / "subagents" / "workflows" / "wf_12345678-abc"
    flow.mkdir(parents=True)
    (flow / "journal.jsonl").write_text("{}\n")
    for agent in (own(path) / "subagents").glob("agent-*.jsonl"):
        agent.with_suffix(".meta.json").write_text('{"agentType":"Explore"}')
    path.with_suffix(".jsonl.lifecycle.json").write_text("{}")


def test_a_session_that_is_done_with_goes_whole(speech: Speech) -> None:
    """Recorded, copied, digested, implemented and quiet: it goes with its sub-agents' files and sidecars, and what that
    frees was foretold to the byte; what is beside it stays."""
    path = speech.begin(1).write(projects())
    dressed(path)
    (path.parent / "memory").mkdir()
    (path.parent / "sessions-index.json").write_text("{}")
    speech.sync()
    speech.digest()
    speech.mark(1)
    os.link(path, speech.root.parent / "elsewhere")
    before = used(projects()) - os.stat(path).st_blocks * 512
    plan = planned(speech.context, KIND, 0.0, speech.now)
    done = speech.clean()
    assert done.failures == [] and [item.subject for item in done.gone] == [name(1)]
    assert plan.freed()["sessions"] == done.freed("sessions") == before - used(projects()) > 20_000
    assert sorted(os.listdir(path.parent)) == ["memory", "sessions-index.json"]


def _append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def _grow(speech: Speech, path: Path) -> None:
    _append(path, json.dumps({"type": "user", "sessionId": path.stem}) + "\n")


def _touch_lately(speech: Speech, path: Path) -> None:
    os.utime(path, (speech.now - 3600, speech.now - 3600))


def _silenced(speech: Speech, path: Path) -> None:
    silence.add_session(speech.context.layout, path.stem)


def _paused(speech: Speech, path: Path) -> None:
    silence.add_span(speech.context.layout, "2025-12-29T00:00:00.000Z", "2025-12-30T00:00:00.000Z")


def _forgotten(speech: Speech, path: Path) -> None:
    chosen = targets.by_session(speech.context, path.stem)
    forget.apply(speech.context, forget.plan(speech.context, chosen, speech.now))


def _agent(path: Path) -> Path:
    return next((own(path) / "subagents").glob("agent-*.jsonl"))


def _unread(speech: Speech, path: Path) -> None:
    cursors.forget(speech.context.layout, "claude", path.stem)


def _uncopied(speech: Speech, path: Path) -> None:
    shutil.rmtree(Path(speech.context.layout.raw) / "sessions")


HARMS: dict[str, tuple[Harm, str]] = {
    "grown": (_grow, "has changed since it was read; gitml sync"),
    "a sub-agent's grown": (lambda speech, path: _append(_agent(path), "{}\n"), "agent-a0000001.jsonl has changed"),
    "touched within a day": (_touch_lately, "touched 1h ago, it may be resumed"),
    "of the future": (lambda speech, path: os.utime(path, (speech.now + 9e6,) * 2), "touched 0h ago"),
    "another file in its place": (
        lambda speech, path: (shutil.copy2(path, f"{path}.new"), os.replace(f"{path}.new", path)),
        "has changed since it was read",
    ),
    "never read": (_unread, "it is not recorded; gitml sync"),
    "back to raw": (lambda speech, path: speech.mark(1, "raw"), "it is raw, not implemented; gitml lifecycle mark"),
    "silenced": (_silenced, "kept out of the records"),
    "paused": (_paused, "recording was paused during it"),
    "forgotten": (_forgotten, "kept out of the records"),
    "no raw copy": (_uncopied, "no raw copy of it; gitml sync"),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARMS)
def test_stays(speech: Speech, harm: str) -> None:
    """What is not captured, not digested, not at that stage or may go on stays, with the command that mends it; what
    came in between plan and deed is noticed, and then not one of its files is gone."""
    path = speech.ready(1)
    early = planned(speech.context, KIND, 0.0, speech.now)
    assert speech.why(1) == ""
    act, why = HARMS[harm]
    act(speech, path)
    before = sorted(projects().rglob("*"))
    done = apply(speech.context, early, "gitml clean", lambda kind, done, all: None)
    assert done.gone == [] and len(done.failures) == 1, "what was planned before"
    assert why in speech.why(1)
    assert speech.clean().gone == [] and sorted(projects().rglob("*")) == before


def test_each_step_to_the_end_is_named(speech: Speech) -> None:
    """From a transcript nobody read to one that may go: at each step the reason names the next command."""
    made = speech.begin(1)
    path = made.write(projects())
    assert speech.why(1) == "it is not recorded; gitml sync"
    speech.sync()
    assert "it is raw, not implemented; gitml lifecycle mark 00000001 analyzed" in speech.why(1)
    speech.mark(1)
    assert speech.why(1) == "it has no digest; gitml digest 00000001"
    speech.digest()
    assert speech.why(1) == ""
    speech.turn(made)
    made.write(projects())
    assert "has changed since it was read; gitml sync" in speech.why(1)
    speech.sync()
    assert speech.why(1) == "it went on after its digest was made; gitml digest 00000001"
    speech.digest()
    made.prompt("and now")
    made.write(projects())
    speech.sync()
    speech.digest()
    assert speech.why(1) == "its last turn has no end, it may be resumed"
    assert path.exists()


def test_a_resumed_session_without_an_end_stays(speech: Speech) -> None:
    """The chats of a resumed session are those of the one it copied, which alone keeps them: its digest tells that its
    last turn has no end."""
    made = speech.begin(1)
    made.prompt("never answered")
    made.write(projects())
    copy = Transcript(name(2), str(speech.root))
    copy.lines = [line.replace(name(1).encode(), name(2).encode()) for line in made.lines]
    copy.write(projects())
    speech.sync()
    speech.digest()
    speech.mark(1)
    speech.mark(2)
    assert {number: speech.why(number) for number in (1, 2)} == dict.fromkeys(
        (1, 2), "its last turn has no end, it may be resumed"
    )


def test_a_cut_last_line_stays(speech: Speech) -> None:
    """The rest of a line that was cut off is in no record: nothing of that session goes."""
    path = speech.begin(1).write(projects())
    _append(path, '{"type":"assistant","message":{"content":"half')
    speech.sync()
    speech.digest()
    speech.mark(1)
    assert speech.why(1) == f"the end of {path.name} is cut off, or goes on"


def test_stages_are_clean_s_own(speech: Speech) -> None:
    """``clean.session_stages`` decides, not ``lifecycle.safe_stages``; none named means none goes; a word that is no
    stage is an error."""
    speech.ready(1)
    speech.mark(1, "analyzed")
    assert "it is analyzed, not implemented" in speech.why(1)
    speech.context = configured(speech.context, '[clean]\nsession_stages = ["analyzed"]\n')
    assert speech.why(1) == ""
    speech.context = configured(
        speech.context, "[clean]\nsession_stages = []\n[lifecycle]\nsafe_stages = ['analyzed']\n"
    )
    assert speech.why(1) == "it is analyzed, not at any stage that may go"
    speech.context = configured(speech.context, '[clean]\nsession_stages = ["done"]\n')
    with pytest.raises(BadUsage, match="session_stages: `done` is no stage"):
        list(sessions.look(speech.context, _wanted(), speech.now))


def _wanted() -> object:
    from gitml.ops.cleaning.item import Wanted

    return Wanted(KIND, 0.0)


def test_age_is_that_of_the_last_word(speech: Speech) -> None:
    """Thirty days by default, told by what was said, not by the file's time."""
    path = speech.ready(1)
    (record,) = views.records(speech.context, "sessions")
    word = times.millis(str(record["updated_at"])) / 1000
    for each in (path, _agent(path)):
        os.utime(each, (word - 9e6, word - 9e6))
    speech.sync()
    for days, goes in ((29, False), (31, True)):
        speech.now = word + days * 86400
        item = planned(speech.context, KIND, None, speech.now).items[0]
        assert (item.goes, round(item.age / 86400)) == (goes, days), item.why


def test_what_is_unknown_stays_and_is_named(speech: Speech) -> None:
    """Only what the client is known to put there goes; a person's note, a link and a sub-agent's file of another name
    stay, where they are, and the plan says so."""
    path = speech.ready(1)
    (own(path) / "notes.txt").write_text("mine")
    outside = speech.root.parent / "outside"
    outside.mkdir()
    (outside / "x.txt").write_text("mine")
    (own(path) / "tool-results").symlink_to(outside)
    (own(path) / "subagents" / "other.jsonl").write_text("{}\n")
    item = speech.items()[1]
    assert item.goes and item.why.endswith(
        f"not known and left: {name(1)}/notes.txt, {name(1)}/subagents/other.jsonl, {name(1)}/tool-results"
    )
    assert speech.clean().failures == [] and not path.exists()
    left = sorted(str(each.relative_to(own(path))) for each in own(path).rglob("*"))
    assert left == ["notes.txt", "subagents", "subagents/other.jsonl", "tool-results"]
    assert (outside / "x.txt").read_text() == "mine"


@pytest.mark.parametrize("what", ["main", "own folder", "project", "subagents"])
def test_nothing_goes_through_a_link(speech: Speech, what: str) -> None:
    """A link in place of a transcript, of a session's folder, of a project's: what it leads to stays."""
    path = speech.ready(1)
    place = {"main": path, "own folder": own(path), "project": path.parent, "subagents": own(path) / "subagents"}[what]
    early = planned(speech.context, KIND, 0.0, speech.now)
    moved = speech.root.parent / f"moved{place.suffix}"
    place.rename(moved)
    place.symlink_to(moved)
    before = [each.read_bytes() for each in sorted([moved, *moved.rglob("*")]) if each.is_file()]
    apply(speech.context, early, "gitml clean", lambda kind, done, all: None)
    speech.clean()
    assert [each.read_bytes() for each in sorted([moved, *moved.rglob("*")]) if each.is_file()] == before


def test_a_root_that_is_a_link_is_the_agents_root(speech: Speech) -> None:
    """People keep the agent's whole folder elsewhere: what the environment names is the root, wherever it leads."""
    real = speech.root.parent / "kept"
    projects().rmdir()
    real.mkdir()
    projects().symlink_to(real)
    path = speech.ready(1)
    assert speech.clean().failures == [] and not path.exists() and projects().is_symlink()


def test_two_repositories_never_take_each_others(speech: Speech, tmp_path: Path) -> None:
    """Of one agent's folder each repository sees its own, also where the other one recorded the session, too."""
    other = Speech(tmp_path / "other")
    mine, theirs = speech.ready(1), other.ready(2)
    from gitml.ops.record.sync import sync_all

    sync_all(other.context, source_dir=str(projects()))
    other.digest()
    other.mark(1)
    assert list(other.items()) == [2] and list(speech.items()) == [1]
    other.clean()
    assert mine.exists() and not theirs.exists()


def test_a_copy_in_another_folder_was_not_read(speech: Speech) -> None:
    """Of two files of one session only the one that was read may go; the other one is found once that is gone, and
    stays until it is read, too."""
    path = speech.ready(1)
    twin = projects() / "-copy" / path.name
    twin.parent.mkdir()
    shutil.copy2(path, twin)
    os.utime(twin, (speech.now - 9e5, speech.now - 9e5))
    assert "has changed since it was read; gitml sync" in speech.why(1)
    os.utime(twin, (1e9, 1e9))
    assert speech.clean().failures == [] and not path.exists() and twin.exists()
    assert "has changed since it was read; gitml sync" in speech.why(1)
    speech.sync()
    speech.digest()
    assert speech.clean().failures == [] and not twin.exists()


def test_hard_links_count_once_all_of_them_go(speech: Speech) -> None:
    """Two sessions whose results are one file: what is foretold is what goes, together."""
    for number in (1, 2):
        path = speech.begin(number).write(projects())
        (own(path) / "tool-results").mkdir()
        if number == 1:
            first = own(path) / "tool-results" / "a.txt"
            first.write_text("x" * 50_000)
        else:
            os.link(first, own(path) / "tool-results" / "a.txt")
    speech.sync()
    speech.digest()
    speech.mark(1)
    speech.mark(2)
    before, plan = used(projects()), planned(speech.context, KIND, 0.0, speech.now)
    folder = used(path.parent) and os.stat(path.parent).st_blocks * 512 + os.stat(projects()).st_blocks * 512
    assert speech.clean().freed("sessions") == plan.freed()["sessions"] == before - folder == before - used(projects())


def test_a_kill_anywhere_is_gone_on_with(speech: Speech, tmp_path: Path) -> None:
    """Killed between any two names that go: what is left is found by the next cleaning, which finishes; nothing else is
    ever gone."""
    path = speech.begin(1).write(projects())
    dressed(path)
    keep = speech.begin(2).write(projects())
    speech.sync()
    speech.digest()
    speech.mark(1)
    whole = tmp_path / "whole"
    shutil.copytree(projects(), whole, copy_function=os.link)
    for step in range(200):
        if not killed_at(step, speech.clean):
            break
        assert keep.exists() and _agent(keep).exists()
        assert path.exists() or not own(path).exists(), "what is left is found by the main file"
        assert speech.clean().failures == []
        assert not path.exists() and not own(path).exists(), (step, list(own(path).rglob("*")))
        _put_back(whole, projects())
        assert speech.why(1) == ""
    else:
        raise AssertionError("never done")
    assert step > 10 and not path.exists() and keep.exists()


def _put_back(whole: Path, place: Path) -> None:
    """The very files: a cleaning takes names away."""
    for each in whole.rglob("*"):
        there = place / each.relative_to(whole)
        if each.is_dir():
            there.mkdir(exist_ok=True)
        elif not there.exists():
            os.link(each, there)


def test_an_agent_that_does_not_say_what_is_its_own_is_left_alone(
    speech: Speech, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where an adapter names no belongings nobody knows what else would have to go."""
    from gitml.agents.builtin import BuiltIn

    speech.ready(1)
    monkeypatch.delattr(BuiltIn, "belongings")
    assert speech.why(1) == "gitml does not know all files of a session of claude"


def test_an_unrecorded_one_of_nobody_is_no_item(speech: Speech, tmp_path: Path) -> None:
    """A session of another repository, or of none, is not spoken of."""
    elsewhere = fresh_repo(tmp_path / "elsewhere")
    Transcript(name(5), elsewhere.where.root).write(projects())
    Transcript(name(6), str(tmp_path)).write(projects())
    assert speech.items() == {}


def test_records_that_only_the_spool_has_are_enough(speech: Speech) -> None:
    """Nothing of it is in a commit yet; the spool is durable, and what it holds stays when the transcript goes."""
    path = speech.ready(1)
    waiting = len(spool.parts(speech.context.layout))
    assert speech.clean().failures == [] and not path.exists()
    assert len(spool.parts(speech.context.layout)) == waiting > 0


def test_without_raw_copies_the_chats_must_be_recorded(speech: Speech) -> None:
    """Where this repository keeps neither, the transcript is all there is."""
    speech.ready(1)
    speech.context = configured(speech.context, "[raw]\nenabled = false\n")
    assert speech.why(1) == ""
    speech.context = configured(speech.context, '[raw]\nenabled = false\n[record]\nstreams = ["sessions", "digests"]\n')
    assert speech.why(1) == "neither chats nor raw copies are kept here"


RECORDS_ALONE = "[raw]\nenabled = false\n"
NO_CHATS = '[record]\nstreams = ["sessions", "digests"]\n'


def test_records_that_history_lost_since_are_missed(speech: Speech) -> None:
    """The cursor says that both turns were read, and the branch that had the second one is gone: where no raw copy is
    kept the transcript alone has it."""
    speech.context = configured(speech.context, RECORDS_ALONE)
    made = speech.begin(1)
    made.write(projects())
    speech.sync()
    speech.digest()
    speech.mark(1)
    spools = Path(speech.context.layout.spools)
    shutil.copytree(spools, spools.parent / "before")
    speech.turn(made)
    made.write(projects())
    speech.sync()
    speech.digest()
    assert speech.why(1) == ""
    early = planned(speech.context, KIND, 0.0, speech.now)
    shutil.rmtree(spools)
    (spools.parent / "before").rename(spools)
    assert speech.why(1) == "1 of its 2 turns are recorded, and no raw copy is kept; gitml sync --full"
    done = apply(speech.context, early, "gitml clean", lambda kind, done, all: None)
    assert done.gone == [] and len(done.failures) == 1, "what was planned before"
    assert sync_all(speech.context, full=True).errors == []
    speech.digest()
    assert speech.why(1) == ""


def test_what_was_not_to_be_recorded_then_is_missed_now(speech: Speech) -> None:
    """Chats that are recorded by now were not when the session was read, and no raw copy has them."""
    speech.context = configured(speech.context, RECORDS_ALONE + NO_CHATS)
    speech.ready(1)
    speech.context = configured(speech.context, RECORDS_ALONE)
    assert speech.why(1) == "0 of its 1 turns are recorded, and no raw copy is kept; gitml sync --full"


def test_an_evicted_copy_without_chats_is_none(speech: Speech) -> None:
    """Where the raw copy was evicted and no chats are recorded, the transcript is all there is."""
    speech.ready(1)
    speech.ready(2)
    (gone,) = cleaned(speech.context, ("raw",), 0.0, speech.now).gone
    assert gone.subject.endswith(name(1)) and speech.why(1) == ""
    speech.context = configured(speech.context, NO_CHATS)
    assert speech.why(1) == "neither chats nor raw copies are kept here"


def test_a_raw_copy_without_its_pieces_is_none(speech: Speech) -> None:
    """A manifest whose pieces are gone captures nothing."""
    speech.ready(1)
    shutil.rmtree(Path(speech.context.layout.raw) / "objects")
    assert speech.why(1) == "its raw copy is damaged; gitml verify"


def test_one_that_was_cut_short_stays(speech: Speech) -> None:
    """The raw copy keeps what was there before; no sync makes it that of the file as it is now, and none is named."""
    path = speech.ready(1)
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    assert speech.why(1) == f"{path.name} has changed since it was read; gitml sync"
    speech.sync()
    speech.digest()
    assert speech.why(1).startswith("it was rewritten: its raw copy keeps what it was before")


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="only /proc tells who has a file open")
def test_one_that_a_process_has_open_stays(speech: Speech) -> None:
    """A client left open over the weekend would write on into a file without a name: its session stays, also where it
    was opened after the plan was made."""
    path = speech.ready(1)
    early = planned(speech.context, KIND, 0.0, speech.now)
    with _agent(path).open("a"):
        assert speech.why(1) == f"process {os.getpid()} has {_agent(path).name} open"
        done = apply(speech.context, early, "gitml clean", lambda kind, done, all: None)
        assert done.gone == [] and len(done.failures) == 1
    assert speech.why(1) == ""


def test_one_that_cannot_be_looked_at_does_not_stop_the_rest(speech: Speech, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be listed keeps its session; the other one goes."""
    one, two = speech.ready(1), speech.ready(2)
    real = os.scandir

    def scandir(path: Any = ".") -> Any:
        if path == str(own(one)):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert "it cannot be looked at: " in speech.why(1)
    speech.clean()
    assert one.exists() and not two.exists()


def test_nobody_said_anything(speech: Speech) -> None:
    """A session that makes no record is read, and stays."""
    made = Transcript(name(1), str(speech.root))
    made.add({"type": "file-history-snapshot", "messageId": made.uuid(), "snapshot": {}, "isSnapshotUpdate": False})
    made.write(projects())
    assert speech.items() == {}
    made.add({"type": "system", "subtype": "x", "cwd": str(speech.root), "sessionId": name(1)})
    made.write(projects())
    assert speech.why(1) == "it is not recorded; gitml sync"
    speech.sync()
    assert speech.why(1) == "there is no record of it here"
