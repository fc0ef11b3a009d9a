"""Steps with branches and work trees."""

from __future__ import annotations

import shutil

from soakmerges.kinds import step
from soakmerges.world import Tree

MOST_BRANCHES = 5
MOST_TREES = 3


@step(8)
def branch(tree: Tree) -> None:
    """A new one, from here or from a little before."""
    if len(tree.clone.branches()) < MOST_BRANCHES:
        start = tree.rng.choice(["HEAD", "HEAD", "HEAD~1", "HEAD~2", "main", "origin/main"])
        tree.git(
            "checkout",
            "-q",
            *tree.rng.choice([[], ["-f"]]),
            "-b",
            f"topic-{tree.clone.name}-{tree.round.next()}",
            start,
        )


@step(6)
def switch(tree: Tree) -> None:
    free = sorted(set(tree.clone.branches()) - tree.clone.taken())
    if free:
        tree.git(
            *tree.rng.choice([["checkout", "-q"], ["checkout", "-q", "-f"], ["switch", "-q", "-m"]]),
            tree.rng.choice(free),
        )


@step(1)
def detach(tree: Tree) -> None:
    tree.git("checkout", "-q", "--detach", tree.rng.choice(["HEAD", "HEAD~1", "main"]))


@step(5)
def delete_branch(tree: Tree) -> bool:
    free = sorted(set(tree.clone.branches()) - tree.clone.taken() - {"main"})
    if not free:
        return False
    tree.git("branch", "-q", "-D", tree.rng.choice(free))
    return True


@step(3)
def add_tree(tree: Tree) -> None:
    """A linked work tree beside the clone."""
    if len(tree.clone.trees) < MOST_TREES:
        number = tree.round.next()
        root = tree.round.folder / f"{tree.clone.name}-tree-{number}"
        if not tree.git(
            "worktree", "add", "-q", "-b", f"tree-{number}", str(root), tree.rng.choice(["HEAD", "main"])
        ).code:
            tree.clone.trees.append(Tree(tree.clone, root))


@step(6)
def remove_tree(tree: Tree) -> bool:
    """With git, or by deleting its folder."""
    linked = tree.clone.trees[1:]
    if not linked:
        return False
    gone = tree.rng.choice(linked)
    tree.clone.trees.remove(gone)
    if tree.round.chance(0.7):
        tree.clone.trees[0].git("worktree", "remove", "--force", str(gone.root))
        return True
    shutil.rmtree(gone.root)
    tree.clone.trees[0].note(f"deleted the folder {gone.root.name}")
    if tree.round.chance(0.5):
        tree.clone.trees[0].git("worktree", "prune")
    return True


@step(1)
def collect_garbage(tree: Tree) -> None:
    if tree.round.chance(0.5):
        tree.git("reflog", "expire", "--expire=now", "--all")
    tree.git("gc", "-q", "--prune=now")
