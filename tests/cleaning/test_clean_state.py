"""What sessions, work trees and processes left: it goes only once they are gone, and nothing is lost by it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.cleaning import aged, carried_out, cleaned, names, planned, put, why
from support.ingesting import OTHER, SESSION, fresh_repo, take
from support.rawing import resumed
from support.riding import Clone
from support.secrets_made import made
from support.stores import chats
from support.transcript import varied

from gitml.ops.context import Context, open_at
from gitml.store import cursors, spool
from gitml.store.fold import fold
from gitml.store.layout import Layout

Git = Callable[..., str]
CURSOR = f"cursors/claude/{SESSION}.json"


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return fresh_repo(tmp_path / "repo")


@pytest.fixture
def projects(home: Path) -> Path:
    """Where the agent keeps its transcripts."""
    folder = home / ".claude" / "projects"
    folder.mkdir(parents=True)
    return folder


def recorded(context: Context, projects: Path, days: float = 40) -> Path:
    """A session with secrets in it that was read so many days ago; its transcript."""
    transcript = varied(SESSION, 3, str(context.where.root))
    for secret in [*made().values(), made()["github-token"]]:
        transcript.prompt(f"the key is {secret}")
        transcript.says(f"{secret} it is")
    path = Path(transcript.write(projects))
    take(context, projects)
    aged(Path(context.layout.local, CURSOR), days)
    return path


def gone(path: Path) -> None:
    """The agent deletes a transcript, and what lies beside it."""
    path.unlink()
    shutil.rmtree(path.with_suffix(""), ignore_errors=True)


def test_a_cursor_goes_with_its_transcript(context: Context, projects: Path) -> None:
    """Not while the transcript is there, or before its time; then it does, and nothing else of the session."""
    path = recorded(context, projects)
    assert why(planned(context, "state", older_than=0), CURSOR) == "stays: its transcript is there"
    gone(path)
    before = {stream: fold(context.layout, stream).lines for stream in ("sessions", "chats", "actions")}
    aged(Path(context.layout.local, CURSOR), 29)
    assert why(planned(context, "state"), CURSOR) == "stays: its transcript is gone, changed 29d ago, kept for 30d"
    aged(Path(context.layout.local, CURSOR), 31)
    assert names(cleaned(context, "state")) == [CURSOR]
    assert {stream: fold(context.layout, stream).lines for stream in before} == before


def test_one_that_comes_back_is_not_recorded_twice(context: Context, projects: Path, tmp_path: Path) -> None:
    """Without its cursor it is read from its start, to the very lines that the store has; the same holds for one that
    goes on, and for a session that was resumed from it and is still at work."""
    path = recorded(context, projects)
    lines = path.read_bytes().splitlines(keepends=True)
    (path.parent / f"{OTHER}.jsonl").write_bytes(b"".join(resumed(lines, SESSION, OTHER)))
    take(context, projects, OTHER)
    saved = shutil.copytree(projects, tmp_path / "saved")
    gone(path)
    before = {stream: fold(context.layout, stream).lines for stream in ("sessions", "chats", "actions")}
    assert names(cleaned(context, "state")) == [CURSOR]
    assert take(context, projects, OTHER).appended == 0
    shutil.copytree(saved, projects, dirs_exist_ok=True)
    assert take(context, projects).appended == 0
    assert {stream: fold(context.layout, stream).lines for stream in before} == before


def test_cursors_of_what_is_elsewhere_stay(context: Context, projects: Path, tmp_path: Path) -> None:
    """A transcript that moved to another project's folder, one of which a sub-agent's file is left, one whose agent is
    not known here, one whose agent's folder is not there at all: nobody can say that they are gone."""
    path = recorded(context, projects)
    moved = projects / "elsewhere" / path.name
    moved.parent.mkdir()
    path.rename(moved)
    assert "its transcript is there" in why(planned(context, "state", older_than=0), CURSOR)
    moved.unlink()
    cursor = json.loads(Path(context.layout.local, CURSOR).read_bytes())
    left = tmp_path / "agent.jsonl"
    left.touch()
    put(context, CURSOR, 99, json.dumps({**cursor, "agents": {"a": {"path": str(left)}}}).encode())
    assert "its transcript is there" in why(planned(context, "state", older_than=0), CURSOR)
    left.unlink()
    put(context, "cursors/nobody/x.json", 99, b"{}")
    assert "not known here" in why(planned(context, "state", older_than=0), "cursors/nobody/x.json")
    shutil.rmtree(projects)
    assert "cannot be looked at" in why(planned(context, "state", older_than=0), CURSOR)
    assert not [name for name in names(cleaned(context, "state", older_than=0)) if name.startswith("cursors")]


def test_a_transcript_that_is_back_at_the_last_moment(context: Context, projects: Path) -> None:
    """It is looked for once more before the cursor goes; and a session that is just being read keeps it."""
    path = recorded(context, projects)
    text = path.read_bytes()
    gone(path)
    made = planned(context, "state")
    path.write_bytes(text)
    done = carried_out(context, made)
    assert done.gone == [] and "its transcript is there" in done.failures[0][1]
    gone(path)
    lock = next(Path(context.layout.local, "locks").iterdir())
    with lock.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        done = elsewhere(context)
    assert "holds the lock" in done and cursors.load(context.layout, "claude", SESSION) is not None


def elsewhere(context: Context, *arguments: str) -> str:
    """Cleaned by a process of its own: a lock that this one holds is no lock to itself."""
    done = subprocess.run(
        [sys.executable, "-m", "gitml", "clean", "--state", "--force", "--older-than", "0h", *arguments],
        cwd=context.where.root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.parametrize("text", [b"", b"[]", b'{"main":', b"\xff", b"[" * 100_000])
def test_damaged_cursors(context: Context, projects: Path, text: bytes) -> None:
    """One that cannot be read goes by its name: its session is looked for by that. A link stays."""
    put(context, CURSOR, 99, text)
    put(context, "cursors/claude/long=_00000000000000000000000000000000.json", 99, text)
    link = Path(context.layout.local, "cursors/claude/link.json")
    link.symlink_to("/etc/hostname")
    assert names(cleaned(context, "state")) == [CURSOR]
    varied(SESSION, 1, str(context.where.root)).write(projects)
    put(context, CURSOR, 99, text)
    assert names(cleaned(context, "state")) == [] and link.is_symlink()


class Trees:
    """A repository with a linked work tree that is gone."""

    def __init__(self, repo: Path, git: Git) -> None:
        git(repo, "worktree", "add", "-q", "-b", "side", str(repo.parent / "side"))
        self.layout: Layout = open_at(str(repo.parent / "side")).layout
        self.context = open_at(str(repo))
        self.git = git
        self.repo = repo

    def gone(self) -> None:
        self.git(self.repo, "worktree", "remove", "--force", str(self.repo.parent / "side"))
        for path in sorted(Path(self.context.layout.local).rglob("*"), reverse=True):
            aged(path, 99)


@pytest.fixture
def trees(repo: Path, git: Git) -> Trees:
    return Trees(repo, git)


def test_a_spool_with_records_stays(trees: Trees) -> None:
    """Whatever its age, and wherever in it they lie: no commit carries them. Once one does, it goes."""
    spool.append(trees.layout, chats([1]))
    trees.gone()
    made = planned(trees.context, "state", older_than=0)
    assert why(made, "spool/side") == (
        "stays: it holds records that no commit carries yet; the next commit here takes them"
    )
    assert cleaned(trees.context, "state", older_than=0).gone == []
    assert len(fold(trees.context.layout, "chats").lines) == 1


@pytest.mark.parametrize("name", [".gone-20260101-x/chats.jsonl", "20260101/x/new.jsonl", "stray.jsonl.gz", "notes"])
def test_a_spool_with_anything_unknown_stays(trees: Trees, name: str) -> None:
    """What could be a record, or somebody's file, keeps it; so does a link."""
    put(trees.context, f"spool/side/{name}", 99)
    trees.gone()
    assert "stays" in why(planned(trees.context, "state", older_than=0), "spool/side")


def test_an_empty_spool_goes(trees: Trees) -> None:
    """Folders, an empty stream, the pointer, a half written file; not while its work tree is there, or git holds it for
    a disk that is not plugged in."""
    put(trees.context, "spool/side/20260101/120000Z-aaaaaa/chats.jsonl", 99, b"")
    put(trees.context, "spool/side/open", 99)
    put(trees.context, "spool/side/.open.1.tmp", 99)
    assert "spool/side" not in [item.subject for item in planned(trees.context, "state", older_than=0).items]
    trees.git(trees.repo, "worktree", "lock", str(trees.repo.parent / "side"))
    shutil.rmtree(trees.repo.parent / "side")
    assert "spool/side" not in [item.subject for item in planned(trees.context, "state", older_than=0).items]
    trees.git(trees.repo, "worktree", "unlock", str(trees.repo.parent / "side"))
    trees.git(trees.repo, "worktree", "prune")
    aged(Path(trees.layout.spool), 99)
    assert "spool/side" in names(cleaned(trees.context, "state"))
    assert not os.path.lexists(trees.layout.spool)


def test_a_record_that_comes_at_the_last_moment(trees: Trees) -> None:
    """A spool that got a record since it was looked at stays; so does one whose work tree is back."""
    put(trees.context, "spool/side/open", 99)
    trees.gone()
    aged(Path(trees.layout.spool), 99)
    made = planned(trees.context, "state")
    spool.append(trees.layout, chats([1]))
    done = carried_out(trees.context, made)
    assert "holds records" in done.failures[0][1] and len(fold(trees.context.layout, "chats").lines) == 1
    trees.git(trees.repo, "worktree", "add", "-q", str(trees.repo.parent / "side"), "side")
    assert "work tree is back" in carried_out(trees.context, made).failures[0][1]


def test_a_link_for_a_spool(trees: Trees, tmp_path: Path) -> None:
    """A link among the spools is neither followed nor removed."""
    outside = tmp_path / "outside"
    outside.mkdir()
    Path(trees.context.layout.spools).mkdir(parents=True)
    Path(trees.context.layout.spools, "linked").symlink_to(outside)
    assert why(planned(trees.context, "state", older_than=0), "spool/linked") == "stays: not a folder"


def test_journals_of_gone_work_trees(trees: Trees) -> None:
    """They go, and the copies of tombstones; not those of the work trees that are there, or of a git that runs."""
    for name in (
        "riding/side/4194305.json",
        "riding/main/4194305.json",
        "tombstones/side.json",
        "tombstones/main.json",
    ):
        put(trees.context, name, 99, b"{}")
    sleeper = subprocess.Popen(["sleep", "60"])
    try:
        from gitml.git.process import started

        ride = {"pid": sleeper.pid, "since": started(sleeper.pid), "blobs": {}}
        put(trees.context, f"riding/busy/{sleeper.pid}.json", 99, json.dumps(ride).encode())
        trees.gone()
        assert why(planned(trees.context, "state"), "riding/busy") == "stays: a commit of it is running"
        assert sorted(names(cleaned(trees.context, "state"))) == ["riding/side", "tombstones/side.json"]
    finally:
        sleeper.kill()
        sleeper.wait()


def test_locks(context: Context) -> None:
    """A lock file goes while nobody holds it, the store's own never does; one that is held stays."""
    for name in ("locks/03", "sweep.lock", "raw/locks/01", "own/main.lock", "lock"):
        put(context, name, 99, b"")
    held = Path(context.layout.local, "locks/04")
    put(context, "locks/04", 99, b"")
    with held.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        said = elsewhere(context, "-v")
    assert "locks/04: somebody holds it" in said
    left = {str(path.relative_to(context.layout.local)) for path in Path(context.layout.local).rglob("*")}
    assert {"locks/04", "lock"} <= left
    assert not left & {"locks/03", "sweep.lock", "raw/locks/01", "own/main.lock"}


def test_half_written_files(context: Context) -> None:
    """They go with everything else that is old; none that is younger than an hour, whatever is asked for."""
    put(context, ".refs.json.ab.tmp", 40)
    put(context, "config.json.99.tmp", 0.5 / 24)
    for folder in ("logs", "dlq", "events"):
        put(context, f"{folder}/x.tmp", 40)  # of the type of the folder, and not of two
    assert names(cleaned(context, "state")) == [".refs.json.ab.tmp"]
    assert "kept for 1h" in why(planned(context, "state", older_than=0), "config.json.99.tmp")


def test_what_is_not_known_is_not_looked_at(context: Context) -> None:
    """Nothing goes but what is known to be a leftover: not the config's copy, not what keeps sessions out."""
    for name in ("config.json", "silences", "paused", "refs.json", "kept/20260101/120000Z-aaaaaa/chats.jsonl", "mine"):
        put(context, name, 999)
    assert cleaned(context, "state", older_than=0).gone == []


def test_a_clone_at_work(repo: Path, home: Path) -> None:
    """Cleaned after each step of a clone's life, with every age at 0, its records are as they would be without."""
    clone = Clone(repo)
    clone.opt_in()
    clone.git("commit", "-q", "-m", "records")
    clone.install()
    for number in range(4):
        clone.chat(number)
        cleaned(clone.context, "state", "dlq", "logs", older_than=0)
        if number % 2:
            clone.change("a.txt", str(number))
            clone.git("commit", "-q", "-m", "work")
            clone.settled()
    assert len(clone.ids()) == 4
