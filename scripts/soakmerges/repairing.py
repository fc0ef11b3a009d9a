"""What ``gitml verify --repair`` is for: a conflict among the store's own files."""

from __future__ import annotations

from gitml.cli.main import COMMANDS
from soakmerges.git import start
from soakmerges.world import Broken, Tree


def repaired(tree: Tree, paths: list[str]) -> bool:
    """Unite a conflict that may be. Gives the operation up where the command does not exist."""
    tree.round.counts["conflicts of a folded revert"] += 1
    if "verify" not in COMMANDS:
        tree.git("reset", "-q", "--hard")
        return True
    ended = start(tree.root, "gitml", "verify", "--repair")
    tree.note(f"gitml verify --repair: {', '.join(paths)} -> {ended.code}", ended)
    left = tree.ours_in_conflict()
    if left:
        raise Broken(f"{tree.root.name}: verify --repair left {', '.join(left)} in conflict: {ended.said}")
    return True
