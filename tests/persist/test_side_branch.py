"""Records on a branch beside: what is committed where, who can read it, and what becomes of the working branch."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.riding import LIVE
from support.siding import CONFIG, WORKING, Env, World
from support.stop_check import wait_until

from gitml.git import default_branch
from gitml.ops.persist import side
from gitml.ops.record.late import Late, where_recorded
from gitml.store.layout import DATA


class All(Late):
    """Stands for secrets that every record holds."""

    def hides(self, stream: str, record: dict[str, Any]) -> bool:
        return True


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_turn_goes_to_the_side_branch(world: World) -> None:
    """Index, work tree and working branch know nothing of it; the side branch holds settings and parts alone."""
    env = world.first
    before = (env.git("rev-parse", "HEAD"), env.git("ls-files", "-s"))
    one = env.turn(1)
    assert (env.git("rev-parse", "HEAD"), env.git("ls-files", "-s"), env.status()) == (*before, "")
    assert env.ids("gitml/main") == [one] and env.waiting() == 0 and env.read() == [one]
    names = env.git("ls-tree", "-r", "--name-only", "gitml/main").split()
    assert [name for name in names if not name.startswith(LIVE)] == [f"{DATA}/config.toml"]
    assert env.git("log", "--format=%an %s", "gitml/main").strip() == "A Tester Record agent sessions"


def test_each_turn_adds_a_commit(world: World) -> None:
    """One after the other, on one line of history; what is there is never written again."""
    env = world.first
    ids = [env.turn(number) for number in range(4)]
    assert env.read() == env.ids("gitml/main") == ids
    assert env.git("rev-list", "--count", "gitml/main").strip() == "4"
    changed = env.git("log", "--format=", "--name-status", "gitml/main")
    assert {line[0] for line in changed.split("\n") if line} == {"A"}


def test_nothing_waits_nothing_is_made(world: World) -> None:
    """No commit without a part."""
    assert side.record(world.first.context) == 0 and world.first.side_refs() == {}


def test_ordinary_commits_carry_nothing(world: World) -> None:
    """The commit hooks leave the working branch alone, and records wait for the end of a turn."""
    env = world.first
    env.chat(1)
    env.change("code.txt", "more\n")
    env.git("commit", "-qm", "work")
    assert env.carried() == [] and env.waiting() == 1 and env.rides() == []
    assert "gitml push" in env.gitml("seal", code=2) and env.status() == ""


@pytest.mark.parametrize("options", [[], ["--single-branch"], ["--depth=1"], ["--depth=1", "--no-single-branch"]])
def test_a_fresh_clone_reads_all(world: World, options: list[str]) -> None:
    """However it was cloned: ``gitml pull`` names what it fetches."""
    ids = [world.first.turn(number) for number in range(3)]
    assert world.first.send() == {}
    world.first.git("checkout", "-q", "-b", "feature/x")
    ids.append(world.first.turn(3))
    assert world.first.send() == {}
    env = world.env("fresh", *options)
    assert "2 side branches" in env.gitml("pull")
    assert env.read() == ids and env.status() == ""
    assert f'"{ids[3]}"' in env.gitml("cat", "chats")
    assert (env.root / ".git/shallow").exists() == bool(options and "depth" in options[0])
    mine = env.turn(9)
    assert env.send() == {} and world.on_remote("gitml/main") == [*ids[:3], mine]


def test_a_clone_heals_with_what_side_branches_hold(world: World) -> None:
    """The first session in a clone that nobody set up fetches them beside its start, which waits for nothing."""
    one = world.first.turn(1)
    world.first.send()
    root = world.folder / "bare"
    world.first.git("clone", "-q", f"file://{world.remote}", str(root))
    env = Env(root)
    given = {"session_id": "s1", "cwd": str(root), "hook_event_name": "SessionStart", "source": "startup"}
    subprocess.run(
        [sys.executable, "-m", "gitml", "hook", "claude"], cwd=root, env=env.environ(), check=True,
        input=json.dumps(given).encode(), capture_output=True,
    )  # fmt: skip
    wait_until(lambda: env.read() == [one])


def test_a_partial_clone_fetches_what_it_lacks(world: World) -> None:
    """Contents left out by a filter are asked for by ``gitml pull``, and by nothing else."""
    world.first.git("-C", str(world.remote), "config", "uploadpack.allowFilter", "true")
    world.first.git("-C", str(world.remote), "config", "uploadpack.allowAnySHA1InWant", "true")
    ids = [world.first.turn(number) for number in range(3)]
    world.first.send()
    env = world.env("partial", "--filter=blob:none")
    env.gitml("status")
    assert env.read() == []
    env.gitml("pull")
    assert env.read() == ids


def test_a_clone_without_folders_goes_on(world: World) -> None:
    """A clone that left out trees cannot say what a remote's side branch holds; its own records go their way."""
    world.first.git("-C", str(world.remote), "config", "uploadpack.allowFilter", "true")
    one = world.first.turn(1)
    world.first.send()
    env = world.env("treeless", "--filter=tree:0")
    two = env.turn(2)
    assert env.read() == [two] and env.waiting() == 0
    assert env.send() == {} and world.on_remote("gitml/main") == [one]
    (other,) = set(world.heads()) - {"main", "gitml/main"}
    assert world.on_remote(other) == [two]


def test_a_clone_of_the_side_branch_is_readable_by_itself(world: World) -> None:
    """With git and grep alone, and with gitml."""
    one = world.first.turn(1)
    world.first.send()
    env = world.env("alone", "-b", "gitml/main", "--single-branch")
    found = subprocess.run(
        ["grep", "-rh", "--include=chats.jsonl", one, f"{DATA}/tracked"], cwd=env.root, capture_output=True, text=True
    )
    assert one in found.stdout and env.read() == [one]


def test_git_fetch_is_enough_where_all_is_fetched(world: World) -> None:
    """An ordinary fetch brings the branch, and the next command that settles makes it readable."""
    env = world.env("other")
    one = world.first.turn(1)
    world.first.send()
    env.git("fetch", "-q")
    env.gitml("status")
    assert env.read() == [one]


def test_two_environments_on_one_branch(world: World) -> None:
    """The slower one's push is rejected, fetched, rebuilt and pushed again; nobody's records are overwritten."""
    one, two = world.env("one"), world.env("two")
    ids = []
    for number in range(3):
        ids += [one.turn(f"1{number}"), two.turn(f"2{number}")]
        assert one.send() == {} and two.send() == {}
    assert world.on_remote("gitml/main") == sorted(ids)
    two.turn("2x")
    one.gitml("pull")
    assert one.read() == sorted(ids)
    old = world.first.git("-C", str(world.remote), "rev-list", "--count", "gitml/main").strip()
    assert int(old) == 6  # what was rebuilt is no merge, and nothing is there twice


def test_a_rejected_push_meets_a_turn(world: World) -> None:
    """What a hook commits while the push is being rebuilt goes along, or with the next push."""
    one, two = world.env("one"), world.env("two")
    ids = [one.turn(1), two.turn(2)]
    one.send()
    ids.append(two.turn(3))
    assert two.send() == {} and world.on_remote("gitml/main") == sorted(ids)
    assert two.read() == sorted(ids)


def test_remote_down(world: World) -> None:
    """Nothing is lost, the reason is told, and the next try delivers and forgets it."""
    env = world.first
    one = env.turn(1)
    hidden = world.remote.with_name("hidden")
    world.remote.rename(hidden)
    said = env.gitml("push", code=3)
    assert "gitml/main" in said
    said = env.gitml("status")
    assert "gitml/main · 1 part not pushed yet" in said and "! side branch: fatal:" in said
    assert env.read() == [one]
    hidden.rename(world.remote)
    assert "pushed gitml/main" in env.gitml("push")
    assert world.on_remote("gitml/main") == [one]
    said = env.gitml("status")
    assert "gitml/main · at origin" in said and "! side branch" not in said
    assert "nothing waits" in env.gitml("push")


def test_no_remote(tmp_path: Path) -> None:
    """Then the side branch is this clone's alone, and nothing complains."""
    world = World(tmp_path)
    world.first.git("remote", "remove", "origin")
    one = world.first.turn(1)
    assert world.first.send() == {} and world.first.read() == [one]
    assert "no remote to push to" in world.first.gitml("status")
    assert "no remote" in world.first.gitml("pull")


def test_working_branches_come_and_go(world: World) -> None:
    """Reset, rebase and deletion of the working branch do not touch what was recorded on it."""
    env = world.first
    env.git("checkout", "-q", "-b", "topic")
    env.change("a.txt", "a\n")
    env.git("commit", "-qm", "a")
    ids = [env.turn(1)]
    env.git("reset", "-q", "--hard", "HEAD~1")
    ids.append(env.turn(2))
    env.git("checkout", "-q", "main")
    env.git("branch", "-qD", "topic")
    env.gitml("status")
    assert env.read() == ids == env.ids("gitml/topic")


def test_a_deleted_side_branch_comes_back(world: World) -> None:
    """What no branch holds any more returns to the spool, and goes onto the next side branch."""
    env = world.first
    ids = [env.turn(1), env.turn(2)]
    env.git("branch", "-qD", "gitml/main")
    env.gitml("status")
    assert env.waiting() == 2 and env.read() == ids
    assert side.record(env.context) == 2 and env.ids("gitml/main") == ids == env.read()


def test_a_side_branch_kept_elsewhere_is_not_lost(world: World) -> None:
    """Deleted here, the remote's copy still holds it: nothing is recorded twice."""
    env = world.first
    one = env.turn(1)
    env.send()
    env.git("branch", "-qD", "gitml/main")
    env.gitml("status")
    assert env.waiting() == 0 and env.read() == [one]
    two = env.turn(2)
    assert env.send() == {} and world.on_remote("gitml/main") == [one, two]


def test_names_that_git_cannot_have_together(world: World) -> None:
    """``a`` and ``a/b`` one after the other, also where only the remote has the first: each finds a name."""
    env, other = world.first, world.env("other")
    env.git("checkout", "-q", "-b", "a")
    ids = [env.turn(1)]
    env.send()
    env.git("checkout", "-q", "main")
    env.git("branch", "-qD", "a")
    env.git("checkout", "-q", "-b", "a/b")
    ids.append(env.turn(2))
    assert env.send() == {}
    other.git("checkout", "-q", "-b", "a/b/c")
    ids.append(other.turn(3))
    assert other.send() == {}
    fresh = world.env("fresh")
    fresh.gitml("pull")
    assert fresh.read() == ids
    assert "gitml/a" in world.heads() and len(world.heads()) == 4


def test_a_branch_in_the_way_is_told(world: World) -> None:
    """A branch called ``gitml`` leaves no room for any: records wait, and status says what to do."""
    env = world.first
    env.git("branch", "gitml")
    env.chat(1)
    said = env.gitml("push", code=1)
    assert "gitml/main" in said and "[side_branch] ref" in said
    assert env.waiting() == 1 and "[side_branch] ref" in env.gitml("status")


def test_a_branch_of_the_same_name_is_left_alone(world: World) -> None:
    """Somebody's own branch ``gitml/main``, here or at the remote, gets no record."""
    env, other = world.first, world.env("other")
    env.git("branch", "gitml/main")
    env.git("push", "-q", "origin", "gitml/main")
    before = env.git("rev-parse", "gitml/main")
    ids = [env.turn(1), other.turn(2)]
    assert env.send() == {} and other.send() == {}
    assert (
        env.git("rev-parse", "gitml/main")
        == before
        == world.first.git("-C", str(world.remote), "rev-parse", "gitml/main")
    )
    env.gitml("pull")
    assert env.read() == ids


@pytest.mark.parametrize(
    "ref", ["{branch}", "gitml", "gitml/{branch}{branch}", "{branch}/x", "a b/{branch}", "", "/{branch}", "x..{branch}"]
)
def test_a_name_that_is_none(tmp_path: Path, ref: str) -> None:
    """Records wait, nothing is made, and status and doctor say why."""
    world = World(tmp_path, f'{CONFIG}[side_branch]\nref = "{ref}"\n')
    env = world.first
    env.chat(1)
    assert "cannot name side branches" in env.gitml("push", code=2)
    assert env.waiting() == 1 and env.side_refs() == {} and len(env.read()) == 1
    assert "cannot name side branches" in env.gitml("status")


@pytest.mark.parametrize("ref", ["records-{branch}", "{branch}.records", "x/{branch}/y"])
def test_another_name(tmp_path: Path, ref: str) -> None:
    """The ref is configurable, and is fetched by what is configured."""
    world = World(tmp_path, f'{CONFIG}[side_branch]\nref = "{ref}"\n')
    one = world.first.turn(1)
    assert world.first.send() == {} and ref.replace("{branch}", "main") in world.heads()
    env = world.env("fresh", "--single-branch")
    env.gitml("pull")
    assert env.read() == [one]


def test_detached_and_rebased(world: World) -> None:
    """A rebase belongs to its branch; a HEAD on no branch has a side branch of its own."""
    env = world.first
    env.git("checkout", "-q", "--detach")
    env.turn(1)
    env.git("checkout", "-q", "-b", "topic", "main")
    env.change("code.txt", "mine\n")
    env.git("commit", "-qm", "mine")
    env.git("checkout", "-q", "main")
    env.change("code.txt", "theirs\n")
    env.git("commit", "-qm", "theirs")
    env.git("checkout", "-q", "topic")
    env.git("rebase", "main", code=1)
    env.turn(2)
    env.git("rebase", "--abort")
    assert set(env.side_refs()) == {"refs/heads/gitml/detached", "refs/heads/gitml/topic"}


def test_gc_keeps_everything(world: World) -> None:
    """Refs hold it: pruning and packing take nothing."""
    env = world.first
    ids = [env.turn(number) for number in range(3)]
    env.git("reflog", "expire", "--all", "--expire=now")
    env.git("gc", "-q", "--prune=now")
    env.git("pack-refs", "--all")
    ids.append(env.turn(7))
    assert env.send() == {} and env.read() == ids == world.on_remote("gitml/main")


def test_a_side_branch_that_is_checked_out_is_not_moved(world: World) -> None:
    """Its index would look changed. Records wait, and the work tree stays clean."""
    env = world.first
    env.turn(1)
    env.git("worktree", "add", "-q", "../side", "gitml/main")
    env.chat(2)
    assert "is checked out" in env.gitml("push", code=1)
    assert env.git("status", "--porcelain", cwd=env.root.parent / "side") == "" and env.waiting() == 1
    env.git("worktree", "remove", "../side")
    assert side.record(env.context) == 1


def test_switching_ways(world: World) -> None:
    """What waits goes the new way; what is tracked or on a side branch stays where it is, and is read."""
    env = world.first
    ids = [env.turn(1)]
    env.chat(2)
    env.write(f"{DATA}/config.toml", CONFIG.replace("side-branch", "with-commits"))
    env.git("add", ".git-ml")
    env.git("commit", "-qm", "with commits")
    env.settled()
    assert len(env.carried()) == 1 and env.waiting() == 0 and len(env.read()) == 2
    env.write(f"{DATA}/config.toml", CONFIG)
    env.git("add", ".git-ml")
    env.git("commit", "-qm", "aside")
    ids.append(env.turn(3))
    assert env.ids("gitml/main") == ids and len(env.carried()) == 1 and len(env.read()) == 3


def working_tree(env: Env) -> set[str]:
    return set(filter(None, env.git("ls-tree", "-r", "--name-only", "HEAD", "--", DATA).split("\n")))


def test_links_and_odd_names_reach_no_file(world: World, tmp_path: Path) -> None:
    """A side branch from elsewhere: links, files called like folders, names that are no stream are passed by."""
    one = world.first.turn(1)
    world.first.send()
    env = world.first
    blob = env.git("hash-object", "-w", "--stdin").strip()
    link = (
        subprocess.run(["git", "hash-object", "-w", "--stdin"], cwd=env.root, input=b"/etc/passwd", capture_output=True)
        .stdout.decode()
        .strip()
    )
    entries = "".join(
        f"{mode} {oid}\t{DATA}/tracked/live/20261120/000000Z-abcdef/{name}\n"
        for mode, oid, name in (
            ("120000", link, "chats.jsonl"),
            ("100644", link, ".hidden.jsonl"),
            ("100644", blob, "a b.jsonl"),
        )
    )
    index = str(tmp_path / "index")
    subprocess.run(["git", "read-tree", "gitml/main"], cwd=env.root, env=env.environ(GIT_INDEX_FILE=index), check=True)
    subprocess.run(
        ["git", "update-index", "--add", "--index-info"], cwd=env.root, env=env.environ(GIT_INDEX_FILE=index),
        input=entries.encode(), check=True,
    )  # fmt: skip
    tree = env.git("write-tree", GIT_INDEX_FILE=index).strip()
    commit = env.git("commit-tree", "-p", "gitml/main", "-m", "x", tree).strip()
    env.git("push", "-q", "origin", f"{commit}:refs/heads/gitml/main")
    other = world.env("other")
    other.gitml("pull")
    assert other.read() == [one]
    made = [path for path in Path(other.context.layout.side).rglob("*") if path.is_file() or path.is_symlink()]
    assert [path.name for path in made] == ["chats.jsonl"] and not any(path.is_symlink() for path in made)


def test_only_settings_are_on_the_working_branch(world: World) -> None:
    """After init, too: no base file, no part."""
    env = world.first
    env.gitml("init", "--no-import", "--persist", "side-branch")
    env.git("commit", "-qm", "set up")
    env.turn(1)
    assert working_tree(env) == WORKING | {f"{DATA}/.gitattributes"}
    assert "missing" not in env.gitml("doctor", code=0)


def test_the_default_branch_is_told_without_side_branches(world: World) -> None:
    """Where there is no remote and one branch of no usual name, it stays the only one."""
    env = world.first
    env.git("remote", "remove", "origin")
    shutil.rmtree(env.root / ".git/refs/remotes")
    env.git("branch", "-m", "trunk")
    env.turn(1)
    assert default_branch.find(str(env.root), env.context.where.common_dir)[0] == "trunk"


def test_what_a_side_branch_holds_counts_as_committed(world: World) -> None:
    """A secret that is recognised late is told as one that commits hold, not as one that still waits."""
    env = world.first
    env.turn(1)
    waiting, committed = where_recorded(env.context.layout, All("s1", []))
    assert waiting == 0 and len(committed) == 1
