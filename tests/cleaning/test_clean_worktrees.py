"""Agents' work trees: what stays, and why; what goes, how, and what that frees."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support import sweeping
from support.grove import Grove, cleaned, git, items, planned, used
from support.spoken import projects
from support.transcript import Transcript

from gitml.ops.cleaning import worktrees
from gitml.ops.cleaning.item import Wanted
from gitml.ops.context import open_at
from gitml.ops.record.sync import sync_all
from gitml.ops.registry import register as registering
from gitml.ops.registry.caller import Caller
from gitml.store.reclaiming import Changed

Harm = Callable[[Grove, Path], object]


@pytest.fixture
def grove(tmp_path: Path) -> Grove:
    return Grove(tmp_path)


def test_merged_and_pushed_goes_with_its_branch(grove: Grove) -> None:
    """One that is merged, pushed and left alone goes: folder, git's record and branch; what that frees was foretold to
    the byte, with what git ignores and hard links counted as they are freed."""
    tree = grove.done("one")
    (tree / "build").mkdir()
    (tree / "build" / "big").write_bytes(b"x" * 100_000)
    os.link(tree / "build" / "big", tree / "build" / "again")
    os.link(tree / "a.txt", grove.root.parent / "elsewhere")
    admin = grove.root / ".git" / "worktrees"
    with (tree / "build" / "sparse").open("wb") as file:
        file.truncate(1 << 30)
    plan = planned(grove.context)
    before = used(grove.root / ".claude" / "worktrees", admin) - os.stat(admin).st_blocks * 512
    kept = os.stat(grove.root.parent / "elsewhere").st_blocks * 512
    done = cleaned(grove.context)
    assert done.failures == [] and [item.subject for item in done.gone] == ["one"]
    left = used(grove.root / ".claude" / "worktrees")
    assert plan.freed()["worktrees"] == done.freed("worktrees") == before - left - kept
    assert not tree.exists() and not admin.exists() and grove.branches() == ["main"]
    assert git(grove.root, "fsck", "--strict") is not None


def test_squashed_and_rebased_count_as_merged_and_keep_their_branch(grove: Grove) -> None:
    """What the default branch has as one commit, or under other ids, is merged; git would not delete the branch, so it
    stays."""
    one, two = grove.tree("one"), grove.tree("two")
    for number in range(3):
        grove.commit(one, f"f{number % 2}.txt", f"{number}\n")
        grove.commit(two, f"g{number}.txt", f"{number}\n")
    grove.commit(grove.root, "meanwhile.txt", "x\n")
    git(grove.root, "merge", "-q", "--squash", "worktree-one")
    git(grove.root, "commit", "-q", "-m", "squashed")
    git(grove.root, "cherry-pick", "main..worktree-two")
    git(grove.root, "push", "-q")
    assert {name: item.goes for name, item in items(grove.context).items()} == {"one": True, "two": True}
    assert cleaned(grove.context).failures == [] and not one.exists() and not two.exists()
    assert grove.branches() == ["main", "worktree-one", "worktree-two"]


def test_another_indentation_is_not_merged(grove: Grove) -> None:
    """A squash that differs from the branch by white space alone is not that branch's work."""
    tree = grove.tree("one")
    grove.commit(tree, "p.py", "if x:\n    a()\n    b()\n")
    grove.commit(grove.root, "p.py", "if x:\n    a()\nb()\n")
    git(grove.root, "push", "-q")
    assert items(grove.context)["one"].why == "1 commit is not merged into main"


def test_pictures_are_not_told(grove: Grove) -> None:
    """Of two changed binary files the patches say the same: nothing is concluded from it."""
    tree = grove.tree("one")
    for folder, last in ((tree, b"a"), (grove.root, b"b")):
        (folder / "p.bin").write_bytes(b"\0" * 50 + last)
        git(folder, "add", "p.bin")
        git(folder, "commit", "-q", "-m", "a picture")
    git(grove.root, "push", "-q")
    assert not items(grove.context)["one"].goes


def _hidden(grove: Grove, tree: Path) -> None:
    git(grove.root, "config", "status.showUntrackedFiles", "no")
    (tree / "n").write_text("mine")


def _unseen(flag: str) -> Harm:
    def harm(grove: Grove, tree: Path) -> None:
        git(tree, "update-index", flag, "a.txt")
        (tree / "a.txt").write_text("mine")

    return harm


def _noted(name: str, text: str = "") -> Harm:
    """A file that git leaves in the work tree's own git directory while it is at something."""
    return lambda grove, tree: Path(git(tree, "rev-parse", "--git-path", name).strip()).write_text(text)


def _in_git(*arguments: str) -> Harm:
    return lambda grove, tree: git(tree, *arguments)


def _written(name: str, text: str = "mine") -> Harm:
    return lambda grove, tree: (tree / name).write_text(text)


def _staged(grove: Grove, tree: Path) -> None:
    (tree / "new").write_text("mine")
    git(tree, "add", "new")


def _unmerged(*after: str) -> Harm:
    def harm(grove: Grove, tree: Path) -> None:
        grove.commit(tree, "b.txt", "b")
        git(*((grove.root, *after) if after and after[0] == "merge" else (tree, *(after or ("status",)))))

    return harm


def _detached(grove: Grove, tree: Path) -> None:
    git(tree, "checkout", "-q", "--detach")
    grove.commit(tree, "b.txt", "b")


def _submodule(grove: Grove, tree: Path) -> None:
    git(tree, "update-index", "--add", "--cacheinfo", f"160000,{git(tree, 'rev-parse', 'HEAD').strip()},sub")
    git(tree, "commit", "-q", "-m", "a submodule")
    (tree / "sub").mkdir()
    grove.land("one")


HARMS: dict[str, tuple[Harm, str]] = {
    "changed": (_written("a.txt"), "not committed: a.txt"),
    "untracked": (_written("new"), "not committed: new"),
    "staged": (_staged, "not committed: new"),
    "hidden by a setting": (_hidden, "not committed: n"),
    "assumed": (_unseen("--assume-unchanged"), "assume that a.txt is unchanged"),
    "not looked at": (_unseen("--skip-worktree"), "not to look at a.txt"),
    "unmerged": (_unmerged(), "1 commit is not merged into main"),
    "pushed, unmerged": (_unmerged("push", "-q", "origin", "HEAD"), "1 commit is not merged into main"),
    "unpushed": (_unmerged("merge", "-q", "worktree-one"), "1 commit is not pushed"),
    "on no branch": (_detached, "1 commit is not merged into main"),
    "bisecting": (_in_git("bisect", "start"), "rebase or bisect is under way"),
    "merging": (_noted("MERGE_HEAD", "0" * 40 + "\n"), "rebase or bisect is under way"),
    "git at work": (_noted("index.lock"), "git is at work"),
    "refs of its own": (_in_git("update-ref", "refs/worktree/mine", "HEAD"), "refs of its own"),
    "locked": (_in_git("worktree", "lock", "--reason", "on a stick", "."), "it is locked: on a stick"),
    "locked without a word": (_in_git("worktree", "lock", "."), "it is locked"),
    "settings": (_written(".env", "KEY=1\n"), ".env, which git ignores, is not the same in the main work tree"),
    "another inside": (lambda grove, tree: grove.tree("two", tree / ".claude/worktrees/two"), "another work tree"),
    "a repository inside": (_in_git("init", "-q", "build/lib"), "a repository of its own in it, build/lib"),
    "a submodule": (_submodule, "it has a submodule, sub"),
    "a commit running": (lambda grove, tree: _committing(grove), "a commit is under way"),
    "moved": (_written(".git", "gitdir: /nowhere\n"), "not the one that git knows"),
}


def _committing(grove: Grove) -> None:
    folder = Path(grove.context.layout.local) / "committing"
    folder.mkdir(parents=True)
    waiting = subprocess.Popen(["git", "cat-file", "--batch"], cwd=grove.root, stdin=subprocess.PIPE)
    (folder / f"one.{waiting.pid}").touch()
    grove.running = waiting  # type: ignore[attr-defined]


@pytest.mark.parametrize("harm", HARMS)
def test_stays(grove: Grove, harm: str) -> None:
    """Whatever holds work of anybody, or may, stays; the reason is told; and what came in between plan and deed is
    noticed, by git again where gitml would have missed it."""
    tree = grove.done("one")
    early = items(grove.context)["one"]
    assert early.goes
    act, why = HARMS[harm]
    act(grove, tree)
    item = items(grove.context)["one"]
    assert not item.goes and why in item.why, item.why
    with pytest.raises(Changed, match=r"."):
        worktrees.take(grove.context, early)
    assert tree.exists()
    running = getattr(grove, "running", None)
    if running is not None:
        running.communicate()


def test_current_main_and_a_persons_own_are_left_alone(grove: Grove, tmp_path: Path) -> None:
    """The main work tree and one that no agent worked in are no items; the one gitml stands in, or that holds the
    folder one is in, stays."""
    mine = grove.tree("mine", tmp_path / "mine")
    theirs = grove.done("theirs")
    assert list(items(grove.context)) == ["theirs"]
    assert items(open_at(str(theirs)))["theirs"].why == "it is the one you are in"
    before = os.getcwd()
    os.chdir(theirs)
    try:
        assert items(grove.context)["theirs"].why == "it is the one you are in"
    finally:
        os.chdir(before)
    assert mine.exists()


def test_a_process_inside_keeps_it(grove: Grove) -> None:
    """A shell somebody left standing in it keeps it."""
    tree = grove.done("one")
    with subprocess.Popen(["sleep", "60"], cwd=tree) as process:
        try:
            assert items(grove.context)["one"].why == f"process {process.pid} works in it"
        finally:
            process.kill()
    assert items(grove.context)["one"].goes


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="only /proc tells who has a file open")
def test_a_process_that_has_a_file_open_keeps_it(grove: Grove) -> None:
    """A server that was started elsewhere and writes its log there keeps it."""
    tree = grove.done("one")
    (tree / "build").mkdir()
    with (tree / "build" / "server.log").open("a"):
        assert items(grove.context)["one"].why == f"process {os.getpid()} has a file open in it"
    assert items(grove.context)["one"].goes


def test_age_is_the_last_commit_or_change(grove: Grove) -> None:
    """Young ones stay; a change to any file, ignored ones too, counts; a week is the default."""
    tree = grove.done("one")
    assert items(grove.context, None)["one"].why.endswith("kept for 7d")
    later = time.time() + 8 * 86400
    assert items(grove.context, None, later)["one"].goes
    (tree / "build").mkdir()
    (tree / "build" / "x").touch()
    os.utime(tree / "build" / "x", (later - 3600, later - 3600))
    assert items(grove.context, None, later)["one"].why == "changed 1h ago, kept for 7d"


def test_without_a_remote_merged_is_enough(tmp_path: Path) -> None:
    """Where there is nowhere to push to, nothing is unpushed."""
    grove = Grove(tmp_path, remote=False)
    grove.done("one")
    grove.worked("two")
    assert {name: item.goes for name, item in items(grove.context).items()} == {"one": True, "two": False}


def test_a_record_without_a_folder(grove: Grove) -> None:
    """Git's record of a work tree somebody deleted goes, that one alone; not where a commit would be lost with it, or
    something is staged."""
    for name in ("done", "lost", "staged", "branch"):
        grove.worked(name)
    trees = grove.root / ".claude" / "worktrees"
    git(trees / "lost", "checkout", "-q", "--detach")
    grove.commit(trees / "lost", "only.txt", "here\n")
    (trees / "staged" / "s").write_text("s")
    git(trees / "staged", "add", "s")
    grove.land("done")
    subprocess.run(["rm", "-r", *(str(trees / name) for name in ("done", "lost", "staged", "branch"))], check=True)
    found = items(grove.context)
    assert {name: item.goes for name, item in found.items()} == {
        "branch": True, "done": True, "lost": False, "staged": False,
    }  # fmt: skip
    assert found["done"].bytes > 0 and found["done"].why == "its folder is gone"
    cleaned(grove.context)
    assert sorted(os.listdir(grove.root / ".git" / "worktrees")) == ["lost", "staged"]
    assert "worktree-branch" in grove.branches() and "worktree-done" not in grove.branches()


def test_links_are_not_followed(grove: Grove, tmp_path: Path) -> None:
    """A link inside goes as a link; a work tree that is reached through one stays."""
    tree = grove.done("one")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x").write_text("x")
    (tree / "build").symlink_to(tmp_path / "mine")
    (tree / ".git").read_text()
    git(grove.root, "config", "core.excludesFile", str(tmp_path / "ignore"))
    (tmp_path / "ignore").write_text("build\n")
    cleaned(grove.context)
    assert not tree.exists() and (tmp_path / "mine" / "x").exists()
    moved = grove.done("two")
    moved.rename(tmp_path / "two")
    moved.symlink_to(tmp_path / "two")
    assert items(grove.context)["two"].why == "its folder is reached through a link"
    assert cleaned(grove.context).gone == [] and (tmp_path / "two" / "two.txt").exists()


def test_git_is_the_second_guard(grove: Grove, monkeypatch: pytest.MonkeyPatch) -> None:
    """What gitml missed git still sees: the removal is not forced, and looks at untracked files whatever is set."""
    from gitml.git import dirt

    tree = grove.done("one")
    git(grove.root, "config", "status.showUntrackedFiles", "no")
    (tree / "new").write_text("mine")
    monkeypatch.setattr(dirt, "changes", lambda root: ([], []))
    done = cleaned(grove.context)
    assert [item.subject for item, _ in done.failures] == ["one"] and (tree / "new").exists()


def test_one_that_fails_does_not_stop_the_rest(grove: Grove) -> None:
    """Of two that go one changes meanwhile: it stays and is told of, the other goes."""
    one, two = grove.done("one"), grove.done("two")
    from gitml.ops.cleaning.apply import apply

    plan = planned(grove.context)
    (one / "new").write_text("x")
    done = apply(grove.context, plan, "gitml clean", lambda kind, done, all: None)
    assert [item.subject for item in done.gone] == ["two"] and len(done.failures) == 1
    assert one.exists() and not two.exists()


def test_what_was_noted_under_its_name_goes_with_it(grove: Grove) -> None:
    """Another work tree that gets the name later finds no rides and no last commit of this one's."""
    grove.done("one")
    local = Path(grove.context.layout.local)
    for name in ("riding/one/99999999.json", "own/one.json", "own/one.lock", "riding/main/99999999.json"):
        (local / name).parent.mkdir(parents=True, exist_ok=True)
        (local / name).write_text("{}")
    assert cleaned(grove.context).failures == []
    assert [name for name in ("riding/one", "own/one.json", "own/one.lock") if (local / name).exists()] == []
    assert (local / "riding" / "main" / "99999999.json").exists()


def test_wanted_is_asked_for_its_age(grove: Grove) -> None:
    """``--older-than`` goes before the config."""
    grove.done("one")
    (item,) = worktrees.look(grove.context, Wanted(("worktrees",), 3600.0), time.time())
    assert not item.goes and item.why.endswith("kept for 1h")


def untouched(folder: Path, before: int) -> bool:
    """Whether nothing was taken out of a folder since its time was ``before``."""
    try:
        return os.stat(folder).st_mtime_ns == before
    except FileNotFoundError:
        return False


def test_ctrl_c_waits_until_git_is_done(grove: Grove) -> None:
    """Interrupted while git deletes, by the signal that reaches git as well, a work tree is not left half gone."""
    tree = grove.done("one")
    (tree / "build").mkdir()
    for number in range(4000):
        (tree / "build" / str(number)).write_bytes(b"")
    (Path(grove.context.where.common_dir) / "gitml").mkdir(exist_ok=True)
    before = os.stat(tree / "build").st_mtime_ns
    command = [sys.executable, "-m", "gitml", "clean", "--worktrees", "--force", "--older-than", "0h"]
    with subprocess.Popen(command, cwd=grove.root, start_new_session=True, stdout=subprocess.DEVNULL) as running:
        deadline = time.monotonic() + 20
        while untouched(tree / "build", before) and time.monotonic() < deadline:
            time.sleep(0.001)  # without opening the folder: that would keep the work tree
        os.killpg(running.pid, signal.SIGINT)
        assert running.wait(20) in (0, 130, -signal.SIGINT)  # the last: while the interpreter starts or ends
    assert not tree.exists() and not (grove.root / ".git" / "worktrees").exists()


def test_worked_in_is_told_by_what_is_recorded_and_registered(grove: Grove, tmp_path: Path) -> None:
    """A work tree anywhere is an agent's where a recorded session had its working folder, or an agent a number; one in
    which a person took a number by hand is not."""
    trees = {name: grove.tree(name, tmp_path / name) for name in ("recorded", "agents", "by-hand", "nobodys")}
    for turns, path in ((1, trees["recorded"]), (1, grove.root)):
        made = Transcript(sweeping.name(turns + len(str(path))), str(path))
        made.prompt("look")
        made.says("done")
        aged = made.write(projects())
        os.utime(aged, (1e9, 1e9))
    sync_all(grove.context)
    for name, caller in (("agents", Caller("claude", "s1")), ("by-hand", Caller())):
        context = open_at(str(trees[name]))
        registering.register(context, caller, registering.Asked("a test", str(trees[name])))
    assert sorted(items(grove.context)) == ["agents", "recorded"]
    assert items(grove.context)["agents"].why.endswith("is active in it")
    assert cleaned(grove.context).failures == [] and not trees["recorded"].exists()


def test_a_session_at_work_by_its_times_keeps_it(grove: Grove) -> None:
    """A transcript that names the work tree and was written to just now, or hours ago and nobody knows how it ended."""
    tree = grove.done("one")
    made = Transcript(sweeping.name(1), str(tree))
    made.prompt("look")
    path = made.write(projects())
    for hours, stays in ((0, True), (3, True), (13, False)):
        os.utime(path, (time.time() - hours * 3600,) * 2)
        assert items(grove.context)["one"].goes is not stays
    os.utime(path, (time.time() - 3 * 3600,) * 2)
    assert items(grove.context)["one"].why == "session 00000001 may still be at work in it"
    made.says("done")
    made.write(projects())
    os.utime(path, (time.time() - 3 * 3600,) * 2)
    sync_all(grove.context)
    assert items(grove.context)["one"].goes


def test_one_that_cannot_be_looked_at_does_not_stop_the_rest(grove: Grove) -> None:
    """A work tree whose index is damaged stays and says so; the other one goes."""
    grove.done("one")
    grove.done("two")
    (grove.root / ".git" / "worktrees" / "one" / "index").write_bytes(b"no index")
    assert "it cannot be looked at: git status failed" in items(grove.context)["one"].why
    assert [item.subject for item in cleaned(grove.context).gone] == ["two"]


def test_settings_that_the_main_work_tree_has_do_not_keep_it(grove: Grove) -> None:
    """A copy of the main work tree's settings goes; two work trees that have the same ones both stay."""
    trees = [grove.done("one"), grove.done("two")]
    for tree in trees:
        (tree / ".env").write_text("KEY=1\n")
    assert [item.goes for item in items(grove.context).values()] == [False, False]
    (grove.root / ".env").write_text("KEY=1\n")
    assert [item.goes for item in items(grove.context).values()] == [True, True]


def test_settings_in_a_folder_that_is_ignored_keep_it(grove: Grove) -> None:
    """git names the folder alone; what a tool installed in one is nobody's settings."""
    tree = grove.done("one")
    with (grove.root / ".git" / "info" / "exclude").open("a") as file:
        file.write("/config/\n/node_modules/\n")
    for folder in ("config", "node_modules"):
        (tree / folder).mkdir()
    (tree / "node_modules" / ".env").write_text("KEY=1\n")
    assert items(grove.context)["one"].goes
    (tree / "config" / ".env.local").write_text("KEY=1\n")
    assert items(grove.context)["one"].why.startswith("config/.env.local, which git ignores, is not the same")


def test_a_database_keeps_a_work_tree_that_a_person_made(grove: Grove, tmp_path: Path) -> None:
    """What git ignores goes with an agent's own work tree; in one that an agent was only put into, a database stays."""
    with (grove.root / ".git" / "info" / "exclude").open("a") as file:
        file.write("*.sqlite3\n")
    trees = {"one": grove.done("one"), "mine": grove.tree("mine", tmp_path / "mine")}
    made = Transcript(sweeping.name(1), str(trees["mine"]))
    made.prompt("look")
    made.says("done")
    os.utime(made.write(projects()), (1e9, 1e9))
    sync_all(grove.context)
    assert items(grove.context)["mine"].goes
    for tree in trees.values():
        (tree / "app.sqlite3").write_bytes(b"rows")
    found = items(grove.context)
    assert found["one"].goes and not found["mine"].goes
    assert found["mine"].why.startswith("app.sqlite3, which git ignores, is a database")


def test_one_that_holds_the_agents_own_folder_stays(grove: Grove, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the agent was told to keep its sessions in a work tree, where git ignores them, they would go with it."""
    tree = grove.done("one")
    (tree / "build" / "agent" / "projects").mkdir(parents=True)
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tree / "build" / "agent"))
    assert items(grove.context)["one"].why == "where an agent keeps its sessions lies in it, build/agent/projects"


def test_a_merged_branch_goes_whatever_git_compares_it_with(grove: Grove) -> None:
    """``git branch -d`` asks the branch's own upstream, or else the branch one happens to be on; the default branch
    decides. Its settings go, too. One that moved on, or that another work tree is on, stays."""
    behind, twice = grove.worked("behind"), grove.worked("twice")
    git(behind, "push", "-q", "-u", "origin", "worktree-behind")
    grove.commit(behind, "more.txt", "more\n")
    git(grove.root, "checkout", "-q", "-b", "aside")
    git(grove.root, "checkout", "-q", "main")
    grove.land("behind")
    grove.land("twice")
    git(grove.root, "checkout", "-q", "aside")
    git(grove.root, "worktree", "add", "-q", "--force", str(grove.root.parent / "mine"), "worktree-twice")
    assert items(grove.context)["behind"].why.endswith("; its branch worktree-behind goes")
    done = cleaned(grove.context)
    assert done.failures == [] and not behind.exists() and not twice.exists()
    assert grove.branches() == ["aside", "main", "worktree-twice"]
    assert "worktree-behind" not in (grove.root / ".git" / "config").read_text()
