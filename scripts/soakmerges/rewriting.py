"""Steps that make commits anew: rebases, picks, reverts."""

from __future__ import annotations

from soakmerges.discarding import put_away
from soakmerges.kinds import step
from soakmerges.merging import finish
from soakmerges.world import Tree


@step(6)
def rebase(tree: Tree) -> None:
    """Onto another branch, with or without what lies between; an interactive one that squashes fixups or drops."""
    put_away(tree)
    kind = tree.rng.choice(["plain", "plain", "onto", "autosquash", "drop", "apply", "merges"])
    other = tree.rng.choice([*tree.clone.branches(), *(f"origin/{name}" for name in tree.clone.remote_branches())])
    command = {
        "plain": [other],
        "apply": ["--apply", other],
        "merges": ["--rebase-merges", other],
        "onto": ["--onto", other, tree.rng.choice(["HEAD~1", "HEAD~2"])],
        "autosquash": ["-i", "--autosquash", tree.rng.choice(["HEAD~2", "HEAD~3"])],
        "drop": ["-i", tree.rng.choice(["HEAD~2", "HEAD~3"])],
    }[kind]
    more = {"GIT_SEQUENCE_EDITOR": "sed -i -e '1s/^pick/drop/'"} if kind == "drop" else {}
    tree.git("rebase", "-q", *command, **more)
    finish(tree, "rebase")


@step(4)
def cherry_pick(tree: Tree) -> bool:
    others = [name for name in tree.clone.branches() if name != tree.head()]
    if not others:
        return False
    put_away(tree)
    commit = tree.rng.choice(others) + tree.rng.choice(["", "~1", "~2"])
    options = tree.rng.choice([[], ["-x"], ["-n"]])
    if _parents(tree, commit) > 1:
        options = ["-m", "1"]
    tree.loose = tree.loose or options == ["-n"]
    tree.git("cherry-pick", *options, commit)
    finish(tree, "cherry-pick")
    return True


@step(6)
def revert(tree: Tree) -> None:
    """Of one of the last commits, of a merge as well. One that brought the store in would end everything."""
    put_away(tree)
    commit = f"HEAD~{tree.rng.choice([0, 0, 1, 2])}"
    parents = _parents(tree, commit)
    if parents:
        tree.git("revert", "--no-edit", *(["-m", "1"] if parents > 1 else []), commit)
        finish(tree, "revert", folded_excused=True)


def _parents(tree: Tree, commit: str) -> int:
    """How many parents a commit has; 0 where there is no such commit."""
    found = tree.lines("rev-list", "--parents", "-n", "1", commit)
    return len(found[0].split()) - 1 if found else 0
