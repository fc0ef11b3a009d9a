"""Side branches where things go wrong: kills, hangs, races, and whatever a person does to their own branches."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.siding import CONFIG, Env, World
from support.stop_check import wait_until
from support.transcript import Transcript, varied

from gitml.ops.persist import patience, side
from gitml.store.layout import DATA

SESSION = "11111111-2222-4333-8444-555555555555"
SLOW = "#!/bin/sh\nsleep 2\n"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def projects(home: Path) -> Path:
    folder = home / ".claude" / "projects"
    folder.mkdir(parents=True)
    return folder


def hook(env: Env, transcript: Path, event: str = "Stop", **environ: str) -> float:
    """Run the agent's hook to its end and to the end of its pipes; the seconds that took."""
    given = {
        "session_id": SESSION, "cwd": str(env.root), "hook_event_name": event, "transcript_path": str(transcript),
    }  # fmt: skip
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "gitml", "hook", "claude"], cwd=env.root, env=env.environ(**environ),
        input=json.dumps(given).encode(), capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    return time.monotonic() - start


def slow_remote(world: World) -> None:
    path = world.remote / "hooks" / "pre-receive"
    path.parent.mkdir(exist_ok=True)
    path.write_text(SLOW)
    path.chmod(0o755)


@pytest.mark.parametrize("event", ["Stop", "SubagentStop", "PreCompact", "SessionEnd"])
def test_the_hook_does_not_wait_for_the_remote(world: World, projects: Path, event: str) -> None:
    """What the turn left is committed when the hook returns; the push goes on by itself and holds no pipe."""
    env = world.first
    slow_remote(world)
    path = varied(SESSION, turns=2, cwd=str(env.root)).write(projects)
    assert hook(env, path, event) < 2
    assert env.waiting() == 0 and len(env.ids("gitml/main")) >= 2 and world.heads() == ["main"]
    if event == "Stop":
        env.sent()
        assert len(world.on_remote("gitml/main")) >= 2


def test_other_events_commit_nothing(world: World, projects: Path) -> None:
    """A prompt or a start may be the beginning of a turn, not its end."""
    env = world.first
    path = varied(SESSION, turns=2, cwd=str(env.root)).write(projects)
    hook(env, path, "UserPromptSubmit")
    assert env.side_refs() == {} and env.waiting() == 1


def test_where_the_machine_is_thrown_away_the_hook_pushes(world: World, projects: Path) -> None:
    """When it returns, a fresh clone has the turn."""
    env = world.first
    path = varied(SESSION, turns=2, cwd=str(env.root)).write(projects)
    hook(env, path, CLAUDE_CODE_REMOTE="true")
    env.root.rename(env.root.with_name("destroyed"))
    fresh = world.env("fresh", "--single-branch")
    fresh.gitml("pull")
    assert len(fresh.read()) >= 2


def test_a_remote_that_hangs_costs_no_hook_more_than_its_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the hook would wait, and the next hook waits less; the push is begun anew aside, and delivers."""
    monkeypatch.setenv("CLAUDE_CODE_REMOTE", "true")
    env = world.first
    slow_remote(world)
    env.write(f"{DATA}/config.toml", f"hook_budget_ms = 2200\n{CONFIG}")
    took = []
    for number in range(2):
        env.chat(number)
        started = time.monotonic()
        side.after_turn(env.context, started)
        took.append(time.monotonic() - started)
    assert 1.5 < took[0] < 3 and took[1] < took[0] - 0.4
    env.sent()
    wait_until(lambda: not patience.is_slow(env.context.layout))


def test_turns_of_one_session_go_one_by_one(world: World, projects: Path) -> None:
    """Each Stop carries what is new; the session reads the same from the side branch alone as from the transcript."""
    env = world.first
    made = Transcript(SESSION, str(env.root))
    for number in range(3):
        made.prompt(f"prompt {number}")
        made.says(f"answer {number}")
        hook(env, made.write(projects))
    env.sent()
    fresh = world.env("fresh")
    fresh.gitml("pull")
    assert fresh.read() == env.read() and len(fresh.read()) == 3
    assert "answer 2" in fresh.gitml("cat", "chats")


def test_killed_anywhere(world: World) -> None:
    """At every instant all records are read; the next run delivers each once, and nothing is left lying about."""
    env, draw = world.first, random.Random(4)
    ids = []
    for number in range(8):
        ids.append(env.chat(number))
        process = subprocess.Popen(
            [sys.executable, "-m", "gitml", "push"], cwd=env.root, env=env.environ(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(draw.uniform(0.05, 0.35))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert env.read() == ids
        for lock in Path(env.root, ".git/refs").rglob("*.lock"):
            lock.unlink()  # git's own, of a git that outlived its parent for a moment at most
    time.sleep(0.3)
    env.gitml("push")
    assert world.on_remote("gitml/main") == sorted(ids) == env.read()
    assert env.git("for-each-ref", "refs/gitml") == "" and env.status() == ""
    env.git("fsck", "--no-dangling")


def test_many_at_once(world: World) -> None:
    """Processes of one clone and of others push at the same time: each record arrives once."""
    envs = [world.env(f"env{number}") for number in range(2)]
    ids = []
    for number in range(2):
        for at, env in enumerate(envs):
            ids.append(env.chat(f"{at}{number}"))
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "gitml", "push"], cwd=env.root, env=env.environ(),
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            for env in (*envs, *envs)
        ]  # fmt: skip
        for process in running:
            process.wait()
    for env in envs:
        env.gitml("push")
    assert world.on_remote("gitml/main") == sorted(ids)


class Life:
    """Somebody who does to a repository whatever git allows."""

    def __init__(self, env: Env, seed: int) -> None:
        self.env = env
        self.draw = random.Random(seed)
        self.ids: list[str] = []
        self.count = 0

    def step(self) -> str:
        name = self.draw.choice([name for name in dir(self) if name.startswith("do_")])
        getattr(self, name)()
        return name

    def git(self, *arguments: str) -> None:
        self.env.git(*arguments, code=None)

    def do_turn(self) -> None:
        self.count += 1
        self.ids.append(self.env.chat(f"{self.count:06d}"))
        if self.draw.random() < 0.8:
            side.record(self.env.context)

    def do_commit(self) -> None:
        self.count += 1
        self.env.write(f"f{self.draw.randrange(3)}.txt", f"{self.count}\n")
        self.git("add", "--", ".", ":!.git-ml")
        self.git("commit", "-qm", f"c{self.count}", *self.draw.choice([[], ["--amend"], ["-a"]]))

    def do_branch(self) -> None:
        self.git("checkout", "-q", "-f", "-B", f"{self.draw.choice('ab')}{self.draw.choice(['', '/x'])}")

    def do_checkout(self) -> None:
        self.git("checkout", "-q", "-f", self.draw.choice(["main", "a", "b", "a/x", "--detach"]))

    def do_merge(self) -> None:
        self.git("merge", "-q", "--no-edit", self.draw.choice(["main", "a", "b"]))
        self.git(self.draw.choice(["merge", "status"]), "--abort")

    def do_rebase(self) -> None:
        self.git("rebase", "-q", "main")
        if self.draw.random() < 0.5:
            self.do_turn()
        self.git("rebase", "--abort")

    def do_reset(self) -> None:
        self.git("reset", "-q", "--hard", "HEAD~1")

    def do_clean(self) -> None:
        self.git("clean", "-fdxq")

    def do_stash(self) -> None:
        self.git("stash", "-q", "-u")

    def do_delete(self) -> None:
        names = [*"ab", "a/x", *(f"gitml/{name}" for name in ("a", "b", "main", "detached"))]
        self.git("branch", "-qD", self.draw.choice(names))

    def do_push(self) -> None:
        self.env.send()

    def do_pull(self) -> None:
        self.env.gitml("pull")

    def do_gc(self) -> None:
        self.git("reflog", "expire", "--all", "--expire=now")
        self.git("gc", "-q", "--prune=now")


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_done_to_working_branches(world: World, seed: int) -> None:
    """No branch but side branches ever holds a record, and no record is ever out of sight."""
    env = world.first
    life = Life(env, seed)
    done = []
    for _ in range(25):
        done.append(life.step())
        env.gitml("status") if done[-1] == "do_delete" else None
        assert env.read() == life.ids, done
        for ref, commit in refs_of(env).items():
            listed = env.git("ls-tree", "-r", "--name-only", commit, "--", f"{DATA}/tracked")
            assert listed == "" or ref.startswith(("refs/heads/gitml/", "refs/remotes/origin/gitml/")), (ref, done)
    env.git("checkout", "-q", "-f", "main")
    env.gitml("push")
    env.gitml("push")
    fresh = world.env("fresh")
    fresh.gitml("pull")
    assert fresh.read() == life.ids, done


def refs_of(env: Env) -> dict[str, str]:
    listed = env.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/remotes")
    return dict(line.rsplit(" ", 1) for line in listed.splitlines())


def test_what_is_forgotten_is_forgotten_everywhere(world: World) -> None:
    """The tombstone goes by the side branch as well, and hides what other clones have of the record."""
    env, other = world.first, world.env("other")
    env.write(f"{DATA}/config.toml", CONFIG.replace('["chats"]', '["chats", "sessions"]'))
    keep, drop = env.turn(1), env.turn(2)
    env.send()
    other.gitml("pull")
    assert other.read() == [keep, drop]
    env.gitml("forget", drop, "--yes")
    env.gitml("push")
    other.gitml("pull")
    assert other.read() == env.read() == [keep]


def test_another_name_from_now_on(world: World) -> None:
    """Side branches of the name before are still read, fetched and pushed."""
    env = world.first
    ids = [env.turn(1)]
    env.write(f"{DATA}/config.toml", CONFIG + '[side_branch]\nref = "records/{branch}"\n')
    env.git("commit", "-qam", "another name")
    env.git("push", "-q", "origin", "main")
    ids.append(env.turn(2))
    assert env.send() == {} and sorted(world.heads()) == ["gitml/main", "main", "records/main"]
    fresh = world.env("fresh", "--single-branch")
    fresh.gitml("pull")
    assert fresh.read() == env.read() == ids


def test_prune(world: World) -> None:
    """What the remote no longer has stays readable here until somebody says otherwise."""
    one = world.first.turn(1)
    world.first.send()
    env = world.env("other")
    env.git("config", "fetch.prune", "true")
    env.gitml("pull")
    world.first.git("push", "-q", "origin", ":gitml/main")
    env.gitml("pull")
    assert env.read() == [one]
    env.gitml("pull", "--prune")
    assert env.read() == [] and list(Path(env.context.layout.side).rglob("*.jsonl")) == []


def test_what_was_taken_out_at_the_remote_stays_out(world: World) -> None:
    """Somebody rewrites the remote's side branch: other clones bring their own new parts alone."""
    env, other = world.first, world.env("other")
    drop = env.turn(1)
    env.send()
    other.gitml("pull")
    other.turn(2)
    other.send()
    index = str(world.folder / "index")
    env.gitml("pull")
    keep = env.git("rev-parse", "origin/gitml/main").strip()
    env.git("read-tree", keep, GIT_INDEX_FILE=index)
    path = next(name for name in env.carried("gitml/main") if drop in env.git("show", f"gitml/main:{name}"))
    env.git("rm", "-q", "--cached", path, GIT_INDEX_FILE=index)
    tree = env.git("write-tree", GIT_INDEX_FILE=index).strip()
    commit = env.git("commit-tree", "-m", "rewritten", tree).strip()
    env.git("push", "-qf", "origin", f"{commit}:refs/heads/gitml/main")
    third = other.turn(3)
    assert other.send() == {}
    left = world.on_remote("gitml/main")
    assert drop not in left and third in left and len(left) == 2


def test_signing(world: World, home: Path) -> None:
    """Commits are signed where git is told to; a key that cannot be used leaves the records waiting."""
    env = world.first
    key = home / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    for name, value in (("gpg.format", "ssh"), ("user.signingkey", str(key)), ("commit.gpgsign", "true")):
        env.git("config", name, value)
    env.turn(1)
    assert "-----BEGIN SSH SIGNATURE-----" in env.git("cat-file", "commit", "gitml/main")
    env.git("config", "user.signingkey", str(home / "none"))
    env.chat(2)
    env.gitml("push", code=1)
    assert env.waiting() == 1 and len(env.read()) == 2


def test_nobody_is_configured(world: World, home: Path) -> None:
    """Records are committed all the same where git knows no name."""
    env = world.first
    (home / ".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
    env.turn(1)
    assert "gitml" in env.git("log", "-1", "--format=%an", "gitml/main")


def test_hooks_of_the_user_are_not_run(world: World) -> None:
    """No pre-push, no reference-transaction hook is called for what is not theirs."""
    env = world.first
    for name in ("pre-push", "reference-transaction"):
        env.hook(name, f"touch {world.folder}/ran-{name}\nexit 1\n")
    env.turn(1)
    assert env.send() == {} and world.heads() == ["gitml/main", "main"]
    assert list(world.folder.glob("ran-*")) == []


def test_a_remote_that_refuses(world: World) -> None:
    """Only the working branch is taken: the reason is told, and nothing is tried for ever."""
    env = world.first
    path = world.remote / "hooks" / "pre-receive"
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\necho only main please >&2\ngrep -q refs/heads/main\n")
    path.chmod(0o755)
    one = env.turn(1)
    assert "rejected" in env.send()["gitml/main"]
    assert "pre-receive hook declined" in env.gitml("status") and env.read() == [one]


def test_a_linked_work_tree_has_its_own(world: World) -> None:
    """Its records go beside its own branch, and all trees read all."""
    env = world.first
    env.git("worktree", "add", "-q", "-b", "topic", "../tree")
    tree = Env(env.root.parent / "tree")
    ids = [env.turn(1), tree.turn(2)]
    assert env.ids("gitml/main") == ids[:1] and env.ids("gitml/topic") == ids[1:]
    assert env.read() == tree.read() == ids
    tree.chat(3)
    env.git("worktree", "remove", "--force", "../tree")
    assert side.record(env.context) == 1 and len(env.read()) == 3


def test_a_branch_that_was_never_opted_in(world: World) -> None:
    """Its records wait for a branch that wants them."""
    env = world.first
    env.git("checkout", "-q", "--orphan", "bare")
    env.git("rm", "-rq", "--cached", ".")
    env.chat(1)
    assert side.record(env.context) == 0 and env.waiting() == 1 and env.side_refs() == {}
