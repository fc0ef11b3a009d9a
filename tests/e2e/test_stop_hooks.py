"""Stop hooks, any number of them and several at once: nothing is lost, nothing is torn, nothing is seen of them."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from support.scripted_session import records, run, session, set_up, status

from gitml.ops.demo.session import Session
from gitml.ops.demo.tools import bash

AT_ONCE = 10
TURNS = 3


@pytest.fixture
def recording(repo: Path, home: Path) -> Path:
    """A repository with gitml set up and its setup committed."""
    set_up(repo, home)
    return repo


def silent(played: Session) -> bool:
    """Whether hooks ran, and every one of them exited 0 and printed nothing."""
    return bool(played.fired) and all((one.code, one.stdout, one.stderr) == (0, "", "") for one in played.fired)


def play(folder: Path, home: Path, turns: int, project: Path | None = None) -> Session:
    """A session of so many turns, looking whether the work tree is clean after each of its Stop hooks."""
    agent = session(folder, home, project)
    agent.start()
    for number in range(turns):
        agent.turn(f"prompt {number}", [bash("I look.", "ls")], f"answer {number}")
        assert status(folder, home) == "", f"after Stop {number}"
        agent.fire("Stop", stop_hook_active=True)
        assert status(folder, home) == ""
    agent.end()
    assert status(folder, home) == ""
    assert silent(agent)
    return agent


def answers(folder: Path, home: Path) -> list[str]:
    """The outputs of all chats recorded there, sorted."""
    return sorted(chat["output"] for chat in records(folder, home, "chats"))


def test_main_work_tree_stays_clean(recording: Path, home: Path) -> None:
    """No Stop hook leaves anything to see in the main work tree, and every turn is recorded."""
    play(recording, home, TURNS)
    assert answers(recording, home) == ["answer 0", "answer 1", "answer 2"]


def test_linked_work_tree_stays_clean(recording: Path, home: Path, tmp_path: Path) -> None:
    """The same in a linked work tree; neither it nor the main one shows anything."""
    linked = tmp_path / "linked"
    run(recording, home, "git", "worktree", "add", "-q", "-b", "side", str(linked))
    play(linked, home, TURNS, project=recording)
    assert status(recording, home) == ""
    assert answers(linked, home) == ["answer 0", "answer 1", "answer 2"]


def test_submodule_stays_clean(recording: Path, home: Path, tmp_path: Path) -> None:
    """The same in a submodule; its superproject shows nothing either."""
    above = tmp_path / "above"
    run(tmp_path, home, "git", "init", "-q", "above")
    run(above, home, "git", "submodule", "--quiet", "add", str(recording), "sub")
    run(above, home, "git", "commit", "-q", "-m", "with a submodule")
    run(above / "sub", home, "gitml", "init")
    if status(above / "sub", home):
        run(above / "sub", home, "git", "commit", "-q", "-m", "record here too")
        run(above, home, "git", "commit", "-q", "-a", "-m", "the submodule moved")
    play(above / "sub", home, TURNS, project=recording)
    assert status(above, home) == ""
    assert answers(above / "sub", home) == ["answer 0", "answer 1", "answer 2"]


def test_sessions_that_stop_at_once(recording: Path, home: Path) -> None:
    """Ten sessions whose Stop hooks run at the same moment, turn for turn: every turn is there, no line is torn."""
    agents = [session(recording, home) for _ in range(AT_ONCE)]
    together = threading.Barrier(AT_ONCE)
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(TURNS):
                together.wait(60)
                agents[number].turn(f"prompt {number}.{turn}", [], f"answer {number}.{turn}")
        except BaseException as error:
            failures.append(error)
            together.abort()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert all(silent(agent) for agent in agents)
    assert answers(recording, home) == sorted(f"answer {n}.{turn}" for n in range(AT_ONCE) for turn in range(TURNS))
    assert len(records(recording, home, "sessions")) == AT_ONCE
    assert status(recording, home) == ""
    for file in (recording / ".git" / "gitml" / "spool").rglob("*.jsonl"):
        text = file.read_bytes()
        assert text.endswith(b"\n")
        for line in text.splitlines():
            assert json.loads(line)["id"]


def test_what_waits_rides_with_the_next_commit(recording: Path, home: Path) -> None:
    """After sessions that stopped at once, one ordinary commit carries every turn, and leaves nothing behind."""
    for number in range(2):
        session(recording, home).turn(f"prompt {number}", [], f"answer {number}")
    (recording / "a.txt").write_text("two\n")
    run(recording, home, "git", "commit", "-q", "-a", "-m", "more")
    assert status(recording, home) == ""
    chats = ".git-ml/tracked/live/**/chats.jsonl"
    carried = run(recording, home, "git", "grep", "-a", "-h", "answer", "HEAD", "--", chats)
    assert sorted(json.loads(line)["output"] for line in carried.stdout.splitlines()) == ["answer 0", "answer 1"]
