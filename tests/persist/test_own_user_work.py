"""A commit of gitml's own leaves what a person has staged, changed and set up as it was, byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.persisting import Remote, own, shared, status
from support.riding import LIVE, Clone
from support.users_work import files_of, seen, work

from gitml.ops.persist import state


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Remote, Clone]:
    return shared(tmp_path)


def _nothing(clone: Clone) -> None:
    pass


def _index(*settings: str) -> Callable[[Clone], None]:
    def set_up(clone: Clone) -> None:
        for setting in settings:
            clone.git(*setting.split(" "))

    return set_up


def _fsmonitor(clone: Clone) -> None:
    hook = clone.root.parent / "fsmonitor"
    hook.write_text("#!/bin/sh\nprintf 'token\\0/\\0'\n")
    hook.chmod(0o755)
    clone.git("config", "core.fsmonitor", str(hook))
    clone.git("update-index", "--fsmonitor")


def _filters(clone: Clone) -> None:
    clone.change(".gitattributes", "* text=auto eol=crlf\n*.jsonl filter=lfs diff=lfs merge=lfs\n")
    clone.git("config", "filter.lfs.clean", "sed s/x/y/")
    clone.git("config", "filter.lfs.required", "true")
    clone.git("config", "core.autocrlf", "true")
    clone.git("commit", "-q", "-m", "attributes", "--no-verify")
    clone.git("push", "-q")


SET_UPS: dict[str, Callable[[Clone], None]] = {
    "plain": _nothing,
    "split index": _index("update-index --split-index"),
    "index v4": _index("update-index --index-version 4"),
    "untracked cache": _index("update-index --force-untracked-cache"),
    "many files": _index("config feature.manyFiles true", "update-index --refresh"),
    "fsmonitor hook": _fsmonitor,
    "filters": _filters,
    "shared repository": _index("config core.sharedRepository group"),
    "no reflog": _index("config core.logAllRefUpdates false"),
    "racy": _index("config core.checkStat minimal", "config core.trustctime false"),
}


@pytest.mark.parametrize("name", SET_UPS)
def test_all_kinds_of_work_stay(pair: tuple[Remote, Clone], name: str) -> None:
    """Whatever the index is like: its entries with flags and times, files, stash, logs and settings are unchanged."""
    remote, clone = pair
    SET_UPS[name](clone)
    work(clone)
    clone.git("status")
    before = seen(clone)
    chats = []
    for number in range(2):
        chats.append(clone.chat(number))
        outcome = own(clone)
        assert (outcome.did, outcome.why) == (state.DELIVERED, "")
        assert seen(clone) == before
    assert remote.chats() == chats
    assert clone.git("diff", "--cached", "--name-only", "HEAD", "--", LIVE) == ""
    assert clone.git("diff", "--name-only", "--", LIVE) == ""
    clone.git("stash", "pop", "-q", code=None)
    clone.git("update-index", "--really-refresh", code=None)
    assert "assumed.txt" in clone.git("diff", "--name-only")


def test_a_conflict_in_the_index_stays(pair: tuple[Remote, Clone]) -> None:
    """Stages of a conflict without a merge going on (a stash that did not apply) are a person's to solve."""
    remote, clone = pair
    clone.write("a.txt", "mine\n")
    clone.git("stash", "-q")
    clone.change("a.txt", "other\n")
    clone.git("commit", "-q", "-m", "other", "--no-verify")
    clone.git("push", "-q")
    clone.git("stash", "pop", code=1)
    before = (clone.git("ls-files", "-s", "-u"), (clone.root / "a.txt").read_bytes())
    chat = clone.chat(1)
    assert own(clone).did == state.DELIVERED
    assert (clone.git("ls-files", "-s", "-u"), (clone.root / "a.txt").read_bytes()) == before
    assert remote.chats() == [chat]


def test_an_edit_in_the_instant_of_the_move_is_seen(pair: tuple[Remote, Clone]) -> None:
    """A file changed without changing its size right before or after: git must still notice it."""
    _, clone = pair
    for number in range(5):
        clone.change("same.txt", f"{number}\n")
        clone.chat(number)
        clone.write("same.txt", f"{(number + 5) % 10}\n")
        assert own(clone).did == state.DELIVERED
        assert clone.git("diff", "--name-only") == "same.txt\n"
        assert clone.git("diff", "--cached", "--name-only") == "same.txt\n"


def test_the_next_commit_of_a_person_holds_what_they_staged(pair: tuple[Remote, Clone]) -> None:
    """After a commit of gitml's own, theirs has their files, no file of ours is deleted by it, nothing is left over."""
    _, clone = pair
    clone.change("a.txt", "staged\n")
    clone.chat(1)
    own(clone)
    clone.git("commit", "-q", "-m", "mine")
    clone.settled()
    assert clone.git("show", "--name-status", "--format=", "HEAD") == "M\ta.txt\n"
    assert clone.git("status", "--porcelain") == ""


@pytest.mark.parametrize("cone", [True, False])
def test_a_sparse_work_tree(pair: tuple[Remote, Clone], cone: bool) -> None:
    """What a sparse checkout leaves out stays out of the work tree, and the index is as if git had left it out."""
    remote, clone = pair
    clone.change("src/x.txt", "x\n")
    clone.git("commit", "-q", "-m", "x", "--no-verify")
    clone.git("push", "-q")
    wanted = ["src"] if cone else ["/src/", "/a.txt"]
    clone.git("sparse-checkout", "set", "--cone" if cone else "--no-cone", *wanted)
    assert not (clone.root / ".git-ml").exists()
    before = files_of(clone.root)
    chat = clone.chat(1)
    assert own(clone).did == state.DELIVERED
    assert remote.chats() == [chat]
    assert status(clone) == "## work...origin/work\n"
    assert clone.git("diff-index", "--quiet", "HEAD") == ""
    assert files_of(clone.root) == before
    assert not (clone.root / ".git-ml").exists()


def test_something_of_a_persons_in_the_way(pair: tuple[Remote, Clone]) -> None:
    """A link or a file where parts belong is left alone: the spool waits."""
    remote, clone = pair
    clone.chat(1)
    live = clone.root / LIVE
    live.symlink_to(clone.root.parent)
    before = remote.tip()
    assert own(clone).did == state.WAITS
    assert live.is_symlink() and remote.tip() == before
    live.unlink()
    assert own(clone).did == state.DELIVERED
