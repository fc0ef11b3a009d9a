"""The shell text itself: silent, harmless under every shell and option, and a good neighbour in a shared hook."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from support.riding import HOOKS, LIVE, TEXT, Clone, opted_in


@pytest.fixture
def clone(repo: Path) -> Clone:
    clone = opted_in(repo)
    clone.chat(1)
    clone.change("b.txt", "two\n")
    return clone


SHELLS = [shell for shell in ("dash", "bash", "busybox", "ksh", "zsh", "mksh") if shutil.which(shell)]


@pytest.mark.parametrize("name", HOOKS)
@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_reads_it(shell: str, name: str) -> None:
    """No syntax that only one shell knows."""
    command = [shell, *(["sh"] if shell == "busybox" else []), "-n"]
    subprocess.run(command, input=TEXT.replace("@NAME@", name).encode(), check=True, capture_output=True)


LINES = ["set -e\n", "set -u\n", "set -euf\n", "IFS=/\n", "set -- x y\n", "unset HOME\n", "cd /\n"]


@pytest.mark.parametrize("line", LINES, ids=str.strip)
def test_a_hook_with_options_of_its_own(clone: Clone, line: str) -> None:
    """The user's lines above ours set shell options; ours runs all the same, and theirs stay as they were."""
    out = clone.root.parent / "options"
    clone.install(before=line, after=f'echo "$-|$IFS|$*" > {out}\n')
    if line == "cd /\n":  # then this is no work tree of anybody's, and nothing happens
        assert clone.git("commit", "-q", "-m", "x") == ""
        return
    assert clone.git("commit", "-q", "-m", "x") == ""
    assert clone.ids() != []
    flags = out.read_text().split("|")[0]
    assert ("e" in flags) == ("e" in line.split(" -")[-1] and "set -" in line)


def test_the_users_hook_runs_once_before_ours(clone: Clone) -> None:
    """What it does is done once, with its arguments; what it stages is the user's."""
    count = clone.root.parent / "count"
    clone.install(after=f'echo run >> {count}\ngit add -u\ntest -z "$(git ls-files {LIVE})" || exit 9\n')
    clone.write("b.txt", "three\n")
    assert clone.git("commit", "-q", "-m", "x") == ""
    assert count.read_text() == "run\n"
    assert clone.git("show", "HEAD:b.txt") == "three\n"
    assert clone.ids() != []
    assert clone.status() == ""


def test_a_hook_that_ends_in_exec(clone: Clone) -> None:
    """The pre-commit framework's hook replaces the shell by itself."""
    clone.install(after="exec true\n")
    assert clone.git("commit", "-q", "-m", "x") == ""
    assert clone.ids() != []


def test_a_hook_that_stashes(clone: Clone) -> None:
    """The framework's way: unstaged changes are saved as a patch, taken out, and put back after its checks."""
    patch = clone.root.parent / "patch"
    clone.install(
        after=f"git diff --binary --no-color --no-ext-diff > {patch}\n"
        "git checkout -q -- .\ngrep -q unstaged a.txt && exit 9\n"
        f"git apply --whitespace=nowarn {patch}\n"
    )
    clone.write("a.txt", "unstaged\n")
    assert clone.git("commit", "-q", "-m", "x") == ""
    assert clone.ids() != []
    assert clone.status() == " M a.txt\n"
    clone.settled()
    assert clone.status() == " M a.txt\n"
    assert (clone.root / "a.txt").read_text() == "unstaged\n"


@pytest.mark.parametrize("executable", [True, False])
@pytest.mark.parametrize("fails", [True, False])
def test_under_husky(clone: Clone, executable: bool, fails: bool) -> None:
    """husky's own hook runs ``sh -e .husky/pre-commit``: a failing line stops it, though the file says no ``set -e``.

    The process that started our shell is husky's, and ends long before git does.
    """
    block = TEXT.replace("@NAME@", "pre-commit")
    clone.write(".husky/pre-commit", f"{block}\n{'false' if fails else 'true'}\ntrue\n")
    (clone.root / ".husky" / "pre-commit").chmod(0o755 if executable else 0o644)
    clone.write(".husky/_/pre-commit", '#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n')
    (clone.root / ".husky/_/pre-commit").chmod(0o755)
    clone.write(".husky/_/h", 's=$(dirname "$(dirname "$0")")/pre-commit\nsh -e "$s" "$@"\nc=$?\nexit $c\n')
    clone.write(".gitignore", ".husky\n")
    clone.git("add", ".gitignore")
    clone.git("config", "core.hooksPath", ".husky/_")
    slow = clone.root.parent / "editor"
    slow.write_text('#!/bin/sh\nsleep 0.3\necho message > "$1"\n')
    slow.chmod(0o755)
    clone.git("commit", "-q", code=1 if fails else 0, GIT_EDITOR=str(slow))
    if not fails:
        clone.settled()
        assert clone.ids() != []
        assert clone.status() == ""
        assert clone.git("ls-files", LIVE) != ""


def wants_commits(clone: Clone) -> None:
    """As where commits are recorded, with nothing noted yet."""
    for name in ("commits.off", "commits.pending"):
        (Path(clone.context.layout.local) / name).unlink(missing_ok=True)


def test_post_rewrite_leaves_its_input_to_the_rest(clone: Clone) -> None:
    """git says on stdin which commits became which; the user's lines below ours read it, too."""
    clone.git("commit", "-q", "-m", "x")
    clone.settled()
    wants_commits(clone)
    seen = clone.root.parent / "seen"
    block = TEXT.replace("@NAME@", "post-rewrite")
    clone.hook("post-rewrite", f"set -eu\n{block}\ncat > {seen}\n")
    old = clone.git("rev-parse", "HEAD").strip()
    clone.git("commit", "-q", "--amend", "-m", "y")
    new = clone.git("rev-parse", "HEAD").strip()
    assert seen.read_text() == f"{old} {new}\n"
    noted = (Path(clone.context.layout.local) / "commits.pending").read_text()
    assert f"rewritten {old} {new}\n" in noted


@pytest.mark.parametrize("name", HOOKS)
def test_silent_and_successful_in_a_broken_repository(tmp_path: Path, name: str) -> None:
    """Outside any repository, without a PATH: exit 0, not a word."""
    script = tmp_path / name
    script.write_text("#!/bin/sh\n" + TEXT.replace("@NAME@", name))
    script.chmod(0o755)
    usual = {"PATH": "/usr/bin:/bin"}
    for environ in (usual, {"PATH": str(tmp_path)}, usual | {"GIT_DIR": "/nowhere"}):
        done = subprocess.run(
            ["/bin/sh", str(script)], cwd=tmp_path, env=environ, capture_output=True, input=b"", check=False
        )
        noise = b"" if environ["PATH"] != str(tmp_path) or name != "post-rewrite" else done.stderr
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", noise)


def test_a_commit_inside_the_hook(clone: Clone, tmp_path: Path) -> None:
    """A hook of the user's that commits in another repository: that one's hook does its own work, in its own place."""
    other_root = tmp_path / "other"
    other_root.mkdir()
    clone.git("init", "-q", cwd=other_root)
    other = Clone(other_root)
    other.opt_in()
    other.install()
    other.chat(7)
    clone.install(after=f"unset GIT_INDEX_FILE GIT_DIR\ngit -C {other_root} commit -q -m inner\n")
    clone.git("commit", "-q", "-m", "outer")
    assert clone.ids() == ["chat-20261120-150332-000001"]
    assert other.ids() == ["chat-20261120-150332-000007"]
    for one in (clone, other):
        one.settled()
        assert one.status() == ""


def test_pre_merge_commit_calls_pre_commit(clone: Clone) -> None:
    """git's sample pre-merge-commit runs the pre-commit hook: a merge stays git's own all the same."""
    clone.git("commit", "-q", "-m", "x")
    clone.settled()
    clone.git("checkout", "-q", "-b", "side", "HEAD^")
    clone.change("c.txt", "side\n")
    clone.git("commit", "-q", "-m", "side")
    clone.hook("pre-merge-commit", 'exec "$(git rev-parse --git-path hooks)/pre-commit"\n')
    chat = clone.chat(2)
    assert clone.git("merge", "-q", "-m", "merged", "main") == ""
    assert chat not in clone.ids()
    clone.settled()
    assert clone.status() == ""
    assert clone.waiting() == 1


def test_nothing_to_do_starts_no_process(clone: Clone) -> None:
    """With an empty spool the shell text decides alone: no git, no Python."""
    clone.git("commit", "-q", "-m", "x")
    clone.settled()
    wants_commits(clone)
    log = clone.root.parent / "log"
    for name in ("gitml", "git"):
        trap = clone.root.parent / "traps" / name
        trap.parent.mkdir(exist_ok=True)
        trap.write_text(f"#!/bin/sh\necho {name} >> {log}\n")
        trap.chmod(0o755)
    git = shutil.which("git")
    assert git
    clone.change("b.txt", "three\n")
    subprocess.run(
        [git, "-c", "core.fsmonitor=false", "commit", "-q", "-m", "y"], cwd=clone.root, check=True,
        env=clone.environ(PATH=f"{clone.root.parent / 'traps'}{os.pathsep}{os.environ['PATH']}"),
    )  # fmt: skip
    called = log.read_text() if log.exists() else ""
    assert "gitml" not in called
    assert (Path(clone.context.layout.local) / "commits.pending").read_text().startswith("made ")
