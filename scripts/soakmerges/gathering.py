"""The end of a round: everything is brought together, and a fresh clone reads it all."""

from __future__ import annotations

import json

from gitml.ops.context import open_at
from gitml.store.fold import fold, streams
from soakmerges import checking, repairing
from soakmerges.git import start
from soakmerges.merging import finish, give_up
from soakmerges.model import Held, lines_held, unite
from soakmerges.world import FILES, Broken, Clone, Round, Tree

PASSES = 3
"""A pass brings all branches together; what only a deleted branch had returns, and goes with the next."""


def gather(round: Round) -> None:
    """Merge and push everything of every clone, until nothing waits that was recorded before. Raises Broken."""
    for clone in round.clones:
        checking.all_returns(clone)
        clone.model.frozen = True
        for tree in clone.trees:
            _end_work(tree)
        for tree in clone.trees[1:]:
            clone.trees[0].git("worktree", "remove", "--force", str(tree.root))
        del clone.trees[1:]
        clone.trees[0].git("worktree", "prune")  # one whose folder was deleted still holds its branch
    for _ in range(PASSES):
        for clone in round.clones:
            _bring_together(clone)
    for clone in round.clones:
        checking.nothing_lost(clone)
    read_by_a_fresh_clone(round)


def _end_work(tree: Tree) -> None:
    give_up(tree)
    if not tree.head():
        tree.git("checkout", "-q", "-b", f"rest-{tree.round.next()}")
    tree.edit()
    tree.git("commit", "-q", "-a", "-m", "the rest")


def _bring_together(clone: Clone) -> None:
    """Of one clone: all its branches into the default branch, that with the remote's, everything else deleted."""
    tree = clone.trees[0]
    tree.git("checkout", "-q", "-f", "main")
    tree.git("reset", "-q", "--hard")
    tree.git("clean", "-f", "-q", "--", *FILES)  # a person's own, that a stash or a reset left: no merge goes over it
    tree.git("fetch", "-q", "--prune", "origin")
    for name in [*clone.branches(), *(f"origin/{name}" for name in clone.remote_branches())]:
        if name != "main":
            _take_in(tree, name)
    clone.settled()
    checking.all_returns(clone)
    tree.edit()
    tree.git("commit", "-q", "-a", "-m", f"all of {clone.name}")
    clone.settled()
    tree.git("push", "-q", "origin", "main")
    for name in clone.branches():
        if name != "main":
            tree.git("branch", "-q", "-D", name)
    for name in clone.remote_branches():
        if name != "main":
            tree.git("push", "-q", "origin", "--delete", name)
    checking.all_returns(clone)


def _take_in(tree: Tree, name: str) -> None:
    """Merge a branch; where the user's files conflict, those of this side."""
    for options in ([], ["-s", "ort", "-X", "ours"]):
        if not tree.git("merge", "-q", "--no-edit", *options, name).code:
            return
        ours = tree.ours_in_conflict()
        if ours and not repairing.excused(tree, revert=False):
            tree.round.counts["conflicts in .git-ml/"] += 1
            raise Broken(f"{tree.root.name}: conflict in {', '.join(ours)}")
        if ours:
            break
        if not options:
            tree.git("merge", "--abort")
    for path in {line.split("\t")[1] for line in tree.lines("ls-files", "-u")}:
        tree.quietly("checkout", "--ours", "--", path)
        tree.quietly("add", "-A", "--", path)
    tree.git("commit", "-q", "--no-edit")
    finish(tree, "merge")


def read_by_a_fresh_clone(round: Round) -> None:
    """All records of all clones are there, each once, and every line could be read."""
    root = round.folder / "fresh"
    start(round.folder, "git", "clone", "-q", "remote.git", "fresh")
    layout = open_at(str(root)).layout
    held: Held = {}
    for stream in streams(layout):
        folded = fold(layout, stream)
        if folded.damage:
            raise Broken(f"fresh: damage: {folded.damage[0]}")
        _each_once(round, stream, folded.lines)
        unite(held, lines_held(stream, folded.lines))
    for clone in round.clones:
        checking.lost(clone, held, "in a fresh clone")
        round.counts["records"] += len(clone.model.held)


def _each_once(round: Round, stream: str, lines: list[bytes]) -> None:
    keys: set[tuple[str, str]] = set()
    for record in map(json.loads, lines):
        for key in ("id", "uuid"):
            if record.get(key):
                if (key, record[key]) in keys:
                    round.counts["duplicates"] += 1
                    raise Broken(f"fresh: {stream} has {key} {record[key]} twice")
                keys.add((key, record[key]))
