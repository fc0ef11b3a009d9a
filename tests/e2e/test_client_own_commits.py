"""The real client, offline, on a machine that is thrown away: a commit of gitml's own a turn, and a check beside it.

The check runs at Stop, as cloud machines have one, in parallel with gitml's hook. A complaint is one model turn more.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
from pathlib import Path

import pytest
from support import claude_client
from support.model_server import ModelServer, Turn
from support.scripted_session import records, run, set_up
from support.stop_check import StopCheck, wait_until

ROUNDS = int(os.environ.get("STOP_CHECK_ROUNDS") or 2)
PROMPT = "Please write hello.txt, commit it and push it"
ANSWER = "Done: hello.txt is pushed."
CLOUD = {"CLAUDE_CODE_REMOTE": "true"}
BRANCH = "claude/hello-x1"


class Cloud:
    """A repository with gitml set up on a bare remote; machines come and go."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self.home = home
        self.remote = folder / "remote.git"
        self.check = StopCheck(home / ".claude")
        self.check.install()
        self.repo = folder / "repo"

    def machine(self, name: str, branch: str = BRANCH) -> Path:
        """A fresh clone, on a branch that the remote does not have unless it is ``main``."""
        root = self.folder / name
        run(self.folder, self.home, "git", "clone", "-q", str(self.remote), name)
        if branch != "main":
            run(root, self.home, "git", "switch", "-q", "-c", branch)
        return root

    def ask(self, root: Path, turns: list[Turn], prompt: str = PROMPT, *more: str) -> int:
        """A headless session; how often the model was asked. Fails the test where the client fails."""
        with ModelServer(turns) as model:
            arguments = ("-p", prompt, *more, "--allowedTools", "Bash", "Write", "Agent")
            done = claude_client.run(root, self.home, *arguments, model=model.url, **CLOUD)
            assert done.returncode == 0, done.stdout + done.stderr
        return len(model.requests)

    def answers(self, branch: str = BRANCH) -> list[str]:
        """What a fresh clone of the remote's branch on another machine says that the agent answered."""
        elsewhere = self.folder / "elsewhere"
        shutil.rmtree(elsewhere, ignore_errors=True)
        elsewhere.mkdir()
        run(elsewhere, elsewhere, "git", "clone", "-q", "-b", branch, str(self.remote), "clone")
        return [chat["output"] for chat in records(elsewhere / "clone", elsewhere, "chats")]

    def level(self, root: Path) -> bool:
        """Whether a work tree is clean and its HEAD is what the remote's branch is at."""
        there = run(self.remote, self.home, "git", "for-each-ref", "--format=%(objectname)", "refs/heads").stdout
        here = run(root, self.home, "git", "rev-parse", "HEAD").stdout.strip()
        clean = run(root, self.home, "git", "status", "--porcelain", "--untracked-files=all").stdout == ""
        return clean and here in there.split()


@pytest.fixture
def cloud(repo: Path, home: Path) -> Cloud:
    """Skips where there is no client."""
    claude_client.client()
    run(repo.parent, home, "git", "init", "-q", "--bare", "-b", "main", "remote.git")
    run(repo, home, "git", "remote", "add", "origin", "../remote.git")
    set_up(repo, home)
    run(repo, home, "git", "push", "-q", "-u", "origin", "main")
    return Cloud(repo.parent, home)


def work(root: Path) -> list[Turn]:
    """A file is written, committed and pushed."""
    push = "git add hello.txt && git commit -m 'hello: a file' && git push -u origin HEAD"
    return [
        Turn("I write it.", [("Write", {"file_path": str(root / "hello.txt"), "content": "hello\n"})]),
        Turn("Now it is committed.", [("Bash", {"command": push, "description": "Commit and push"})]),
        Turn(ANSWER),
    ]


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_session_ends_without_one_turn_more(cloud: Cloud, number: int) -> None:
    """Work is pushed, then a question is asked: the check finds nothing, and a clone has the last answer.

    It begins at once or anywhere in the time the hook takes, so before, during and after the commit.
    """
    draw = random.Random(number)
    root = cloud.machine("machine")
    cloud.check.delay(draw.choice([0.0, draw.uniform(0.0, 1.5)]))
    turns = work(root)
    assert cloud.ask(root, turns) == len(turns), cloud.check.said()
    assert cloud.answers() == [ANSWER]
    assert cloud.ask(root, [Turn("It says hello.")], "What does it say?", "--continue") == 1, cloud.check.said()
    assert cloud.answers() == [ANSWER, "It says hello."]
    assert (cloud.check.said(), len(cloud.check.ran())) == ([], 2)
    assert cloud.level(root)


def test_the_check_is_heard(cloud: Cloud) -> None:
    """What a session leaves of its own in the work tree is complained of, once, and gitml's commit takes none of it."""
    root = cloud.machine("machine")
    turns = [*work(root)[:1], Turn("Written."), Turn("I leave it so.")]
    assert cloud.ask(root, turns) == 3
    assert cloud.check.said() == ["untracked"]
    assert run(root, cloud.home, "git", "status", "--porcelain").stdout == "?? hello.txt\n"
    assert cloud.answers()[-1].endswith("I leave it so.")


def test_a_sub_agent_and_a_compaction(cloud: Cloud) -> None:
    """SubagentStop and PreCompact deliver as well, in the middle of a session: no turn more, and all is in a clone."""
    root = cloud.machine("machine")
    start = {"description": "Look", "prompt": "Count the files", "subagent_type": "general-purpose"}
    turns = [Turn("I ask a helper.", [("Agent", start)]), *(Turn("There is one.") for _ in range(8))]
    cloud.ask(root, turns, "How many files are there?")
    assert cloud.check.said() == []
    mark = cloud.check.also("PreCompact")
    cloud.ask(root, [Turn("A summary of it all.")] * 3, "/compact", "--continue")
    assert mark.exists()
    cloud.ask(root, [Turn("Still one.")], "And now?", "--continue")
    assert cloud.check.said() == []
    assert cloud.answers()[0].endswith("There is one.") and cloud.answers()[-1] == "Still one."
    assert cloud.level(root)


def test_on_the_default_branch(cloud: Cloud) -> None:
    """There the records wait: nothing is pushed, the check is content, and the next commit of a person carries them."""
    root = cloud.machine("machine", "main")
    before = run(cloud.remote, cloud.home, "git", "rev-parse", "main").stdout
    assert cloud.ask(root, [Turn("Hello.")], "Hello?") == 1
    assert cloud.check.said() == []
    assert run(cloud.remote, cloud.home, "git", "rev-parse", "main").stdout == before
    (root / "a.txt").write_text("two\n")
    run(root, cloud.home, "git", "commit", "-q", "-a", "-m", "more", **CLOUD)
    run(root, cloud.home, "git", "push", "-q", "origin", "main", **CLOUD)
    assert cloud.answers("main") == ["Hello."]


def test_killed_after_the_turn(cloud: Cloud) -> None:
    """All of the machine is killed right after gitml's Stop hook: a clone has the answer, the next machine goes on."""
    root = cloud.machine("machine")
    cloud.check.delay(600)  # so that the client itself is still there
    with ModelServer([Turn("Hello.")]) as model:
        process = claude_client.start(root, cloud.home, "-p", "Hello?", model=model.url, **CLOUD)
        try:
            wait_until(lambda: run(cloud.remote, cloud.home, "git", "branch", "--list", BRANCH).stdout != "")
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
    assert cloud.answers() == ["Hello."]
    shutil.rmtree(root)
    cloud.check.delay(0)
    again = cloud.machine("again", "main")
    run(again, cloud.home, "git", "switch", "-q", BRANCH)
    assert cloud.ask(again, [Turn("Once more.")], "And again?") == 1, cloud.check.said()
    assert sorted(cloud.answers()) == ["Hello.", "Once more."]
    assert cloud.level(again)
