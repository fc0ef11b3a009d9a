"""Steps that make commits, or fail to."""

from __future__ import annotations

from soakmerges.kinds import step
from soakmerges.world import FILES, Tree


@step(14)
def commit(tree: Tree) -> None:
    """An ordinary one."""
    tree.edit()
    tree.git(
        "commit",
        "-q",
        "-m",
        f"commit {tree.round.next()}",
        *tree.rng.choice([[], [], ["-a"], ["--include", "one.txt"]]),
    )


@step(4)
def commit_by_path(tree: Tree) -> None:
    """Of one file, from an index that git throws away."""
    name = tree.edit(stage=tree.round.chance(0.5))
    tree.git("commit", "-q", "-m", f"by path {tree.round.next()}", *tree.rng.choice([[], ["--only"]]), "--", name)


@step(4)
def amend(tree: Tree) -> bool:
    """With something staged, or only another message. The first commit of all stays what everybody has in common."""
    if tree.quietly("rev-parse", "-q", "--verify", "HEAD~1").code:
        return False
    if tree.round.chance(0.6):
        tree.edit()
    tree.git("commit", "-q", "--amend", "-m", f"amended {tree.round.next()}")
    return True


@step(2)
def commit_empty(tree: Tree) -> None:
    tree.git("commit", "-q", "--allow-empty", "-m", f"empty {tree.round.next()}")


@step(3)
def commit_fails(tree: Tree) -> None:
    """A commit-msg hook refuses, or the editor was left without a message."""
    tree.edit()
    if tree.round.chance(0.5):
        tree.git("commit", "-q", GIT_EDITOR="false")
        return
    hook = tree.clone.root / ".git" / "hooks" / "commit-msg"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    tree.git("commit", "-q", "-a", "-m", "refused")
    hook.unlink()


@step(3)
def commit_without_hooks(tree: Tree) -> None:
    tree.edit()
    tree.git("commit", "-q", "--no-verify", "-m", f"no verify {tree.round.next()}")


@step(2)
def fixup(tree: Tree) -> None:
    """A commit for autosquash to find."""
    tree.edit()
    tree.git("commit", "-q", "--fixup", tree.rng.choice(["HEAD", "HEAD~1"]))


@step(2)
def edit(tree: Tree) -> None:
    """Work that is not committed yet."""
    tree.edit(stage=tree.round.chance(0.5))
    if tree.round.chance(0.3):
        (tree.root / f"new-{tree.round.next()}.txt").write_text("new\n")


@step(2)
def remove_file(tree: Tree) -> None:
    name = tree.rng.choice(FILES)
    tree.git("rm", "-q", "-f", "--", name)
    tree.git("commit", "-q", "-m", f"removed {name}")
