"""Steps between clones."""

from __future__ import annotations

from soakmerges.discarding import put_away
from soakmerges.kinds import step
from soakmerges.merging import finish
from soakmerges.world import Tree


@step(7)
def push(tree: Tree) -> None:
    """Plainly, or by force with a lease: a person who rewrote what they had pushed."""
    name = tree.head()
    if name:
        options = ["--force-with-lease"] if tree.round.chance(0.2) else []
        tree.git("push", "-q", *options, "-u", "origin", f"HEAD:refs/heads/{name}")


@step(7)
def pull(tree: Tree) -> None:
    """The branch that is checked out, or the default branch into it."""
    put_away(tree)
    name = tree.head() if tree.round.chance(0.6) else "main"
    if tree.round.chance(0.6):
        tree.git("pull", "-q", "--no-rebase", "--no-edit", "origin", name or "main")
        finish(tree, "merge")
    else:
        tree.git("pull", "-q", "--rebase", "origin", name or "main")
        finish(tree, "rebase")


@step(3)
def fetch(tree: Tree) -> None:
    tree.git("fetch", "-q", *tree.rng.choice([[], ["--prune"]]), "origin")


@step(2)
def delete_remote_branch(tree: Tree) -> bool:
    names = [name for name in tree.clone.remote_branches() if name != "main"]
    if not names:
        return False
    tree.git("push", "-q", "origin", "--delete", tree.rng.choice(names))
    return True
