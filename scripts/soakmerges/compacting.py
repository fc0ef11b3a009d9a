"""The step that compacts, as soon as there is a command for it."""

from __future__ import annotations

from gitml.cli.main import COMMANDS
from soakmerges.discarding import put_away
from soakmerges.git import start
from soakmerges.kinds import step
from soakmerges.world import Broken, Tree

REFUSED = (0, 1, 2, 4, 5)
"""Exit codes of a compaction that did nothing wrong: done or nothing to do, or refused with its reason."""

if "compact" in COMMANDS:

    @step(7)
    def compact(tree: Tree) -> None:
        """On the default branch at the remote's state, as the nightly job does; at times without pushing it at once."""
        put_away(tree)
        tree.git("checkout", "-q", "main")
        tree.git("fetch", "-q", "origin")
        tree.git("merge", "-q", "--ff-only", "origin/main")
        age = tree.rng.choice([["--older-than", "0s"], ["--older-than", "0s"], ["--older-than", "30d"], []])
        ended = start(tree.root, "gitml", "compact", "--commit", *age)
        tree.note(f"gitml compact --commit {' '.join(age)} -> {ended.code}", ended)
        tree.round.counts["compactions" if ended.code == 0 else "compactions refused"] += 1
        if ended.code not in REFUSED or "Traceback" in ended.said:
            raise Broken(f"{tree.root.name}: compact ended with {ended.code}: {ended.said}")
        if tree.round.chance(0.8):
            tree.git("push", "-q", "origin", "main")
