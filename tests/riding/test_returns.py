"""What history loses comes back to the spool, with its name and its bytes, and rides with the next commit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.riding import Clone, opted_in

from gitml.model.jsonl import encode
from gitml.ops.riding.settle import settle
from gitml.redact.gate import seal
from gitml.store import kept, spool, tombstones
from gitml.store.layout import DATA

CHAT = "chat-20261120-150332-000001"
GRAVE = {
    "id": "forget-1", "timestamp": "2026-11-21T00:00:00.000Z", "session_id": "s1", "from": None, "to": "tombstone",
    "by": "user", "notes": "", "stream": "chats", "target": CHAT,
}  # fmt: skip


@pytest.fixture
def clone(repo: Path) -> Clone:
    """A clone whose last commit carried one chat."""
    clone = opted_in(repo)
    clone.chat(1)
    clone.change("b.txt", "two\n")
    clone.git("commit", "-q", "-m", "work")
    clone.settled()
    assert (clone.waiting(), clone.kept()) == (0, 1)
    return clone


def returned(clone: Clone) -> bool:
    """Whether the part is back in the spool, after gitml looked."""
    settle(clone.context)
    assert clone.waiting() + clone.kept() == 1
    return clone.waiting() == 1


def test_a_returning_part_keeps_name_and_bytes(clone: Clone) -> None:
    """reset --hard: the part rides again under its own name, and folds to the same records."""
    path = clone.carried()[0]
    data = clone.git("show", f"HEAD:{path}")
    clone.git("reset", "-q", "--hard", "HEAD^")
    assert returned(clone)
    clone.change("c.txt", "three\n")
    clone.git("commit", "-q", "-m", "instead")
    clone.settled()
    assert clone.carried() == [path]
    assert clone.git("show", f"HEAD:{path}") == data
    assert not returned(clone)


def test_what_a_reset_left_lying_is_taken_away(clone: Clone) -> None:
    """``reset --mixed`` leaves the files, and git is told not to show them: in a stash of all files they would lie, and
    with the part in the next commit that stash could not be taken up again."""
    clone.git("reset", "-q", "--mixed", "HEAD^")
    assert clone.files() != []
    assert returned(clone)
    assert clone.files() == []
    clone.git("stash", "push", "-q", "--all")
    clone.change("c.txt", "three\n")
    clone.git("commit", "-q", "-m", "instead")
    clone.settled()
    clone.git("stash", "pop", "-q")


def test_what_a_reset_left_staged_stays(clone: Clone) -> None:
    """``reset --soft`` leaves the part in the index: the next commit is to have it."""
    clone.git("reset", "-q", "--soft", "HEAD^")
    assert returned(clone)
    assert clone.files() != []
    clone.git("commit", "-q", "-m", "again")
    settle(clone.context)
    assert (clone.waiting(), clone.kept(), clone.status()) == (0, 1, "")


def test_a_branch_deleted_unmerged(clone: Clone) -> None:
    """Only that branch had the part."""
    clone.git("branch", "side")
    clone.git("reset", "-q", "--hard", "HEAD^")
    assert not returned(clone)
    clone.git("branch", "-q", "-D", "side")
    assert returned(clone)


def test_a_branch_merged_and_deleted(clone: Clone) -> None:
    """The merge has the part."""
    clone.git("branch", "side")
    clone.git("reset", "-q", "--hard", "HEAD^")
    clone.change("c.txt", "three\n")
    clone.git("commit", "-q", "-m", "other")
    clone.git("merge", "-q", "-m", "merged", "side")
    clone.git("branch", "-q", "-D", "side")
    assert not returned(clone)


def test_squash_merged_and_deleted(clone: Clone) -> None:
    """The squashed commit has the part, though not the commit that carried it."""
    clone.git("branch", "side")
    clone.git("reset", "-q", "--hard", "HEAD^")
    clone.git("merge", "-q", "--squash", "side")
    clone.git("commit", "-q", "-m", "squashed")
    clone.git("branch", "-q", "-D", "side")
    assert not returned(clone)


def test_a_revert(clone: Clone) -> None:
    """The revert takes the part out of the tree: history has it still, no branch's tip does."""
    clone.git("revert", "--no-edit", "HEAD")
    assert clone.carried() == []
    assert returned(clone)


def test_dropped_in_a_rebase(clone: Clone) -> None:
    """The commit that carried it is dropped."""
    clone.change("c.txt", "three\n")
    clone.git("commit", "-q", "-m", "later")
    clone.git("rebase", "-q", "--onto", "HEAD~2", "HEAD~1")
    assert returned(clone)


def test_rebased_and_amended(clone: Clone) -> None:
    """Rewritten commits carry the same part."""
    clone.git("commit", "-q", "--amend", "-m", "reworded")
    assert not returned(clone)
    clone.git("checkout", "-q", "-b", "side", "HEAD^")
    clone.change("c.txt", "three\n")
    clone.git("commit", "-q", "-m", "side")
    clone.git("rebase", "-q", "side", "main")
    assert not returned(clone)


def test_checking_out_another_branch(clone: Clone) -> None:
    """main still has it."""
    clone.git("checkout", "-q", "-b", "old", "HEAD^")
    assert not returned(clone)


def test_a_detached_head_holds(clone: Clone) -> None:
    """So does the HEAD of a work tree that is on no branch; once it moves on, nobody does."""
    clone.git("checkout", "-q", "--detach")
    clone.git("branch", "-f", "main", "HEAD^")
    assert not returned(clone)
    clone.git("checkout", "-q", "main")
    assert returned(clone)


def test_a_remote_branch_holds_until_pruned(clone: Clone, tmp_path: Path) -> None:
    """What was pushed is safe as long as this clone knows it is there."""
    clone.git("init", "-q", "--bare", str(tmp_path / "bare"))
    clone.git("remote", "add", "origin", str(tmp_path / "bare"))
    clone.git("push", "-q", "origin", "main:topic")
    clone.git("reset", "-q", "--hard", "HEAD^")
    assert not returned(clone)
    clone.git("push", "-q", "origin", ":topic")
    clone.git("fetch", "-q", "--prune")
    assert returned(clone)


def test_after_gc(clone: Clone) -> None:
    """Packed refs and pruned objects change nothing: the copy is in gitml's own folder."""
    clone.git("reset", "-q", "--hard", "HEAD^")
    clone.git("reflog", "expire", "--expire=now", "--all")
    clone.git("gc", "-q", "--prune=now")
    assert returned(clone)


def compact(clone: Clone, *, archive: str = "", drop: bool = False) -> None:
    """What compaction leaves: records in base or archive, parts gone."""
    lines = "".join(clone.git("show", f"HEAD:{path}") for path in clone.carried())
    target = f"{DATA}/tracked/{archive}chats.jsonl"
    clone.write(target, "" if drop else lines)
    clone.git("rm", "-q", "-r", f"{DATA}/tracked/live")
    clone.git("add", target)
    clone.git("commit", "-q", "-m", "compacted", "--no-verify")


@pytest.mark.parametrize("archive", ["", "archive/2026-11/"])
def test_compacted(clone: Clone, archive: str) -> None:
    """The part is gone, its records are in the base or in an archive; also when asked again."""
    compact(clone, archive=archive)
    assert not returned(clone)
    clone.git("commit", "-q", "--allow-empty", "-m", "refs move")
    assert not returned(clone)


def test_compacted_into_gzip(clone: Clone) -> None:
    """Archives may be compressed."""
    import gzip

    lines = clone.git("show", f"HEAD:{clone.carried()[0]}")
    path = clone.root / DATA / "tracked/archive/2026-11/chats.jsonl.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(lines.encode()))
    clone.git("rm", "-q", "-r", f"{DATA}/tracked/live")
    clone.git("add", str(path))
    clone.git("commit", "-q", "-m", "compacted", "--no-verify")
    assert not returned(clone)


def test_a_damaged_archive_holds_nothing(clone: Clone) -> None:
    """Cut off, or no gzip at all but for its first bytes: what cannot be read is not relied on."""
    path = clone.root / DATA / "tracked/archive/2026-11/chats.jsonl.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\x1f\x8b\x08\x00damaged")
    clone.git("rm", "-q", "-r", f"{DATA}/tracked/live")
    clone.git("add", str(path))
    clone.git("commit", "-q", "-m", "compacted", "--no-verify")
    assert returned(clone)


def test_compaction_that_lost_it(clone: Clone) -> None:
    """The base does not have the record: it comes back. A record that only quotes the id does not hold it."""
    compact(clone, drop=True)
    clone.write(f"{DATA}/tracked/chats.jsonl", json.dumps({"id": "x", "output": f'{{"id":"{CHAT}"}}'}) + "\n")
    clone.git("add", DATA)
    clone.git("commit", "-q", "-m", "quoting", "--no-verify")
    assert returned(clone)


def test_held_by_its_copy_key(clone: Clone) -> None:
    """The fold kept the same chat under another session's id: told by uuid, it is held."""
    compact(clone, drop=True)
    clone.write(f"{DATA}/tracked/chats.jsonl", '{"id":"other","uuid":"uuid-1"}\n')
    clone.git("add", DATA)
    clone.git("commit", "-q", "-m", "a copy", "--no-verify")
    assert not returned(clone)


def test_a_later_state_than_the_base_has(clone: Clone) -> None:
    """The base has the record as it was before the turn went on: what came after would be lost with the commit."""
    compact(clone, drop=True)
    time = "2026-11-20T15:00:00.000Z"
    early = {"id": CHAT, "uuid": "uuid-1", "session_id": "s1", "timestamp": time, "updated_at": time}
    clone.write(f"{DATA}/tracked/chats.jsonl", encode(early).decode() + "\n")
    clone.git("add", DATA)
    clone.git("commit", "-q", "-m", "an early state", "--no-verify")
    assert returned(clone)


@pytest.mark.parametrize(("session", "day", "held"), [("s0", 19, True), ("s2", 21, False), ("s1", 20, True)])
def test_held_by_what_the_fold_would_choose(clone: Clone, session: str, day: int, held: bool) -> None:
    """An earlier session's copy stands for ours, a later one's does not; so does a state of ours, if it is later."""
    compact(clone, drop=True)
    time = f"2026-11-{day}T15:03:32.000Z"
    other = {"id": CHAT, "uuid": "uuid-1", "session_id": session, "timestamp": time, "updated_at": time, "rev": 1}
    clone.write(f"{DATA}/tracked/chats.jsonl", encode(other).decode() + "\n")
    clone.git("add", DATA)
    clone.git("commit", "-q", "-m", "another state", "--no-verify")
    assert returned(clone) is not held


def test_a_compaction_that_is_reset_away(clone: Clone) -> None:
    """What was found in a base that is gone again is looked for anew."""
    compact(clone)
    assert not returned(clone)
    clone.git("reset", "-q", "--hard", "HEAD~2")
    assert returned(clone)


def test_forgotten_elsewhere_never_comes_back(clone: Clone) -> None:
    """A tombstone that came with a pull: compaction dropped the record, and this clone's copy must not revive it."""
    compact(clone, drop=True)
    clone.write(f"{DATA}/tracked/lifecycle.jsonl", seal("lifecycle", GRAVE).data.decode() + "\n")
    clone.git("add", DATA)
    clone.git("commit", "-q", "-m", "forgotten", "--no-verify")
    settle(clone.context)
    assert (clone.waiting(), clone.kept()) == (0, 0)


@pytest.mark.parametrize("place", ["lifecycle.jsonl", "live/20261121/000000Z-abcdef/lifecycle.jsonl"])
def test_forgotten_on_another_branch_never_comes_back(clone: Clone, place: str) -> None:
    """The tombstone came to a branch that is not checked out, in a base or in a part."""
    compact(clone, drop=True)
    clone.write(f"{DATA}/tracked/{place}", seal("lifecycle", GRAVE).data.decode() + "\n")
    clone.git("add", "-f", DATA)
    clone.git("commit", "-q", "-m", "forgotten", "--no-verify")
    clone.git("checkout", "-q", "-b", "side", "HEAD~3")
    settle(clone.context)
    assert (clone.waiting(), clone.kept()) == (0, 0)


def test_a_copy_that_was_purged_returns_under_another_name(clone: Clone) -> None:
    """A branch of somebody else's may have the part as it was: two files of one name and other bytes would conflict."""
    before = kept.names(clone.context.layout)
    kept_two = clone.chat(2)
    clone.chat(3)
    clone.change("c.txt", "three\n")
    clone.git("commit", "-q", "-m", "two chats")
    clone.settled()
    clone.git("branch", "elsewhere")
    (name,) = set(kept.names(clone.context.layout)) - set(before)
    grave = seal("lifecycle", GRAVE | {"target": "chat-20261120-150332-000003"})
    spool.append(clone.context.layout, [grave])
    tombstones.purge(clone.context.layout, tombstones.load(clone.context.layout))
    theirs = clone.git("rev-parse", "elsewhere").strip()
    clone.git("branch", "-q", "-D", "elsewhere")
    clone.git("reset", "-q", "--hard", "HEAD^")
    settle(clone.context)
    clone.change("d.txt", "four\n")
    clone.git("commit", "-q", "-m", "again")
    clone.settled()
    assert kept_two in clone.ids()
    assert not any(name in path for path in clone.carried())
    clone.git("merge", "-q", "-m", "theirs", theirs)


def test_old_copies_expire(clone: Clone) -> None:
    """``keep_sealed_days``: what is older goes, when refs move."""
    clone.write(f"{DATA}/config.toml", 'keep_sealed_days = 0\n[record]\nstreams = ["chats"]\n')
    clone.git("add", DATA)
    clone.git("commit", "-q", "-m", "config", "--no-verify")
    settle(clone.context)
    assert kept.names(clone.context.layout) == []


def test_unchanged_refs_cost_no_git(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no ref moved, settling starts no process: hooks ask all day."""
    import os
    import time

    time.sleep(1.1)  # refs younger than a second are not trusted to be final
    settle(clone.context)

    def refuse(*_: object, **__: object) -> int:
        raise AssertionError("a process was started")

    monkeypatch.setattr(os, "posix_spawnp", refuse)
    settle(clone.context)


def test_carried_by_a_commit_nobody_watched(clone: Clone) -> None:
    """The process that waits was killed after the commit was made: settling later finds the part in a branch."""
    part = spool.close(clone.context.layout)
    assert part == []
    kept.bring_back(clone.context.layout, kept.names(clone.context.layout)[0])
    assert clone.waiting() == 1
    clone.git("checkout", "-q", "-b", "elsewhere", "HEAD^")
    settle(clone.context)
    assert (clone.waiting(), clone.kept()) == (0, 1)


def test_a_part_with_other_bytes_is_not_carried(clone: Clone) -> None:
    """The same name with other bytes in history: the spool's part stays where it is."""
    layout = clone.context.layout
    kept.bring_back(layout, kept.names(layout)[0])
    part = spool.parts(layout)[0]
    Path(part.file("chats")).write_text('{"id":"other"}\n')
    clone.git("commit", "-q", "--allow-empty", "-m", "refs move", "--no-verify")
    settle(clone.context)
    assert (clone.waiting(), clone.kept()) == (1, 0)
