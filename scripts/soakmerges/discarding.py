"""Steps that throw work away, or lay it aside."""

from __future__ import annotations

from soakmerges.kinds import step
from soakmerges.world import Tree


@step(8)
def reset(tree: Tree) -> None:
    mode = tree.rng.choice(["--hard", "--hard", "--hard", "--soft", "--mixed"])
    target = tree.rng.choice(["HEAD", "HEAD~1", "HEAD~1", "HEAD~2", "@{1}"])
    tree.loose = tree.loose or mode != "--hard"
    tree.git("reset", "-q", mode, target)


@step(3)
def clean(tree: Tree) -> None:
    tree.git("clean", "-q", "-fdx")


@step(4)
def stash(tree: Tree) -> None:
    """Lay aside, with or without what is untracked or ignored."""
    if tree.round.chance(0.7):
        tree.edit(stage=tree.round.chance(0.5))
    tree.git("stash", "push", "-q", *tree.rng.choice([[], ["-u"], ["-a"], ["--keep-index"], ["--staged"]]))


@step(8)
def unstash(tree: Tree) -> bool:
    """Take it up again, or not."""
    if not tree.lines("stash", "list"):
        return False
    ended = tree.git(
        "stash", *tree.rng.choice([["pop", "-q"], ["pop", "-q", "--index"], ["drop", "-q"], ["apply", "-q"]])
    )
    tree.loose = True
    if ended.code and tree.lines("ls-files", "-u"):
        tree.git("checkout", "-q", "-f", "HEAD", "--", ".")
        tree.git("reset", "-q", "--hard")
        tree.git("stash", "drop", "-q")
    return True


def put_away(tree: Tree) -> None:
    """What a person does before an operation that wants a clean work tree; sometimes they forget."""
    how = tree.rng.choice(["stash", "commit", "reset", "reset", ""])
    if how == "stash":
        tree.git("stash", "push", "-q")
    elif how == "commit":
        tree.git("commit", "-q", "-a", "-m", f"put away {tree.round.next()}")
    elif how == "reset":
        tree.git("reset", "-q", "--hard")
