"""Steps that bring branches together, and what a person does about conflicts."""

from __future__ import annotations

from soakmerges import repairing
from soakmerges.kinds import step
from soakmerges.recording import say
from soakmerges.world import FILES, STORE, Broken, Tree


@step(8)
def merge(tree: Tree) -> bool:
    """Fast-forward or not, squashed, several at once."""
    others = [name for name in tree.clone.branches() if name != tree.head()]
    others += [f"origin/{name}" for name in tree.clone.remote_branches()]
    if not others:
        return False
    kind = tree.rng.choice(["", "", "--no-ff", "--ff-only", "--squash", "octopus"])
    names = tree.rng.sample(others, min(len(others), 3 if kind == "octopus" else 1))
    options = [] if kind in ("", "octopus") else [kind]
    message = [] if kind == "--squash" else ["-m", f"merge {tree.round.next()}"]
    tree.git("merge", "-q", *options, *message, *names)
    finish(tree, "merge")
    tree.loose = tree.loose or kind == "--squash"
    if kind == "--squash" and tree.round.chance(0.8):
        tree.git("commit", "-q", "-m", f"squashed {tree.round.next()}")
    return True


def finish(tree: Tree, command: str, folded_excused: bool = False) -> None:
    """End an operation: conflicts in the user's files are resolved or it is given up. Ours must have none.

    ``command`` is git's word for what may be continued. ``folded_excused``: a revert of a commit that compaction has
    folded may leave a conflict among ours.
    """
    for _ in range(20):
        ours = tree.ours_in_conflict()
        if ours and not repairing.excused(tree, folded_excused):
            tree.round.counts["conflicts in .git-ml/"] += 1
            raise Broken(f"{tree.root.name}: conflict in {', '.join(ours)}")
        if not (tree.busy or tree.lines("ls-files", "-u")):
            return
        if tree.round.chance(0.1):
            say(tree)
        how = tree.rng.choice(["continue", "continue", "continue", "abort", *(["skip"] if command != "merge" else [])])
        if how == "continue":
            _resolve(tree)
            tree.git(*(["commit", "-q", "--no-edit"] if command == "merge" else [command, "--continue"]))
        elif how == "abort" and (command != "merge" or tree.busy):
            tree.git(command, "--abort")
        elif how == "skip":
            tree.git(command, "--skip")
        else:
            tree.git("reset", "-q", "--hard")
    tree.git("reset", "-q", "--hard")
    give_up(tree)


def give_up(tree: Tree) -> None:
    """End whatever is going on."""
    for command in ("rebase", "cherry-pick", "revert", "merge"):
        if tree.busy:
            tree.quietly(command, "--abort")
    if tree.busy:
        tree.note("still busy")
        tree.quietly("rebase", "--quit")
        tree.quietly("cherry-pick", "--quit")
        tree.quietly("reset", "-q", "--hard")


def _resolve(tree: Tree) -> None:
    for name in {line.split("\t")[1] for line in tree.lines("ls-files", "-u")}:
        if name.startswith(STORE):
            continue
        if tree.round.chance(0.8) or name not in FILES:
            tree.quietly("checkout", tree.rng.choice(["--ours", "--theirs"]), "--", name)
        else:
            (tree.root / name).write_text(f"resolved {tree.round.next()}\n" * 9)
        tree.quietly("add", "-A", "--", name)
    tree.note("resolved")
