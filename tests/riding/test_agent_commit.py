"""A commit made by an agent: its own turn rides along, and the hook's path stays light."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.hook_path import DEAR
from support.riding import Clone, opted_in
from support.transcript import Transcript

from gitml.store import spool

SESSION = "0f0e0d0c-1111-4222-8333-444455556666"


@pytest.fixture
def clone(repo: Path) -> Clone:
    return opted_in(repo, '[record]\nstreams = ["chats", "commits"]\n')


def running_session(clone: Clone, home: Path) -> Transcript:
    """A session in the middle of its first turn."""
    made = Transcript(SESSION, cwd=str(clone.root))
    made.prompt("write b and commit it")
    made.uses(("Bash", {"command": "git commit -m b"}), say="I commit it.")
    made.write(home / ".claude" / "projects")
    return made


def test_the_turn_that_commits_rides_with_the_commit(clone: Clone, home: Path) -> None:
    """The running session is taken in first, so the spool need not hold anything yet."""
    running_session(clone, home)
    clone.change("b.txt", "two\n")
    assert clone.git("commit", "-q", "-m", "b", CLAUDE_CODE_SESSION_ID=SESSION) == ""
    assert clone.status() == ""
    chats = [name for name in clone.carried() if name.endswith("/chats.jsonl")]
    assert len(chats) == 1
    chat = json.loads(clone.git("show", f"HEAD:{chats[0]}"))
    assert (chat["input"], chat["session_id"]) == ("write b and commit it", SESSION)
    clone.settled()
    assert clone.status() == ""


@pytest.mark.parametrize("session", ["../../../etc/passwd", "no-such-session", "a\nb", "x" * 5000])
def test_a_session_that_is_none(clone: Clone, session: str) -> None:
    """Whatever the variable holds, the commit is made, silently."""
    clone.change("b.txt", "two\n")
    assert clone.git("commit", "-q", "-m", "b", CLAUDE_CODE_SESSION_ID=session) == ""
    assert clone.git("log", "-1", "--format=%s") == "b\n"
    clone.settled()
    assert clone.status() == ""


def test_a_session_of_another_repository(clone: Clone, home: Path, tmp_path: Path, git: Any) -> None:
    """A session that began in another repository, and only commits here, publishes nothing here."""
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    made = Transcript(SESSION, cwd=str(other))
    made.prompt("what nobody here is to read")
    made.uses(("Bash", {"command": f"git -C {clone.root} commit -m b"}), say="I commit it.")
    made.write(home / ".claude" / "projects")
    clone.change("b.txt", "two\n")
    clone.git("commit", "-q", "-m", "b", CLAUDE_CODE_SESSION_ID=SESSION)
    assert not [name for name in clone.carried() if name.endswith("/chats.jsonl")]
    assert not clone.ids()


def test_a_damaged_transcript(clone: Clone, home: Path) -> None:
    """A transcript that cannot be read leaves the commit and what waits alone."""
    running_session(clone, home)
    path = next((home / ".claude").rglob("*.jsonl"))
    path.write_bytes(b"\xff\xfe{{{\n" * 10)
    chat = clone.chat(1)
    clone.change("b.txt", "two\n")
    assert clone.git("commit", "-q", "-m", "b", CLAUDE_CODE_SESSION_ID=SESSION) == ""
    assert chat in clone.ids()


def loaded_by(clone: Clone, name: str, **environ: str) -> set[str]:
    """The modules the hook of that name has loaded at its end."""
    out = clone.root.parent / "loaded"
    code = (
        f"import os, sys; sys.argv = ['gitml', 'hook', 'git', {name!r}, str(os.getppid())]; real = os._exit\n"
        f"def note(code):\n    open({str(out)!r}, 'a').write('\\n'.join(sys.modules) + '\\n'); real(code)\n"
        "os._exit = note\nfrom gitml.__main__ import main; main()"
    )
    subprocess.run([sys.executable, "-I", "-c", code], cwd=clone.root, env=clone.environ(**environ), check=True)
    return set(out.read_text().split("\n"))


def test_the_hooks_path_is_light(clone: Clone) -> None:
    """Everything pre-commit does with records waiting, and what follows the commit, imports nothing dear."""
    clone.chat(1)
    clone.change("b.txt", "two\n")
    sha = clone.git("rev-parse", "HEAD").strip()
    (Path(clone.context.layout.local) / "commits.pending").write_text(f"made {sha} main - main\n")
    assert clone.context.set_up  # makes the JSON copy of the config, as init does
    loaded = loaded_by(clone, "pre-commit", GIT_INDEX_FILE=".git/index")
    assert "gitml.ops.riding.carry" in loaded
    assert clone.git("diff", "--cached", "--name-only", "--", ".git-ml") != ""
    assert loaded & DEAR == set()
    clone.git("commit", "-q", "-m", "x", "--no-verify")
    assert loaded_by(clone, "post-merge") & DEAR == set()
    assert clone.kept() == 1


def test_a_bare_repository_with_work_trees(clone: Clone, tmp_path: Path) -> None:
    """The common folder is no ``.git``; work trees hang on it all the same."""
    bare = tmp_path / "tool.git"
    clone.git("clone", "-q", "--bare", str(clone.root), str(bare))
    clone.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"), cwd=bare)
    linked = Clone(tmp_path / "linked")
    os.mkdir(linked.context.layout.local)
    linked.install()
    chat = linked.chat(1)
    linked.change("b.txt", "two\n")
    assert linked.git("commit", "-q", "-m", "work") == ""
    assert chat in linked.ids()
    linked.settled()
    assert linked.status() == ""
    assert [part for part in spool.parts(linked.context.layout) if "chats" in part.streams()] == []


def test_a_repository_that_records_no_commits_starts_python_once(repo: Path) -> None:
    """Without the commits stream nothing is noted; wanted again, it is."""
    clone = opted_in(repo)
    local = Path(clone.context.layout.local)
    clone.change("b.txt", "0\n")
    clone.git("commit", "-q", "-m", "noted")
    clone.change("b.txt", "1\n")
    clone.git("commit", "-q", "-m", "the note is thrown away")
    clone.change("b.txt", "2\n")
    clone.git("commit", "-q", "-m", "nothing noted")
    assert not (local / "commits.pending").exists()
    assert (local / "commits.off").exists()
    clone.write(".git-ml/config.toml", "")
    clone.chat(1)
    clone.git("commit", "-q", "-a", "-m", "wanted again")
    assert not (local / "commits.off").exists()
