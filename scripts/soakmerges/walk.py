"""One round: random steps, looked at now and then, brought together in the end."""

from __future__ import annotations

from soakmerges import (
    branching,
    checking,
    committing,
    compacting,
    discarding,
    exchanging,
    gathering,
    merging,
    recording,
    rewriting,
    serving,
)
from soakmerges.kinds import STEPS
from soakmerges.world import Broken, Round, Tree

__all__ = ["walk"]
MODULES = (branching, committing, compacting, discarding, exchanging, merging, recording, rewriting, serving)
"""Loaded for the steps they register."""

STAYS = 0.8
"""How often the next step is taken in the same work tree: work that is not followed up shows little."""

HASTE = 0.05
"""How often nobody waits until a commit's aftermath is over. A seed gives the same steps, not the same instants."""


def walk(round: Round, steps: int) -> None:
    """Take the steps and bring everything together. Raises Broken where a promise does not hold."""
    names = sorted(STEPS)
    weights = [STEPS[name][1] for name in names]
    next_look = round.rng.randrange(2, 8)
    for clone in round.clones:
        if round.chance(0.7):
            clone.trees[0].git("checkout", "-q", "-b", f"topic-{clone.name}")
    tree = round.clones[0].trees[0]
    for _ in range(steps):
        if tree not in tree.clone.trees or not round.chance(STAYS):
            tree = round.rng.choice(round.rng.choice(round.clones).trees)
        while not take(tree, round.rng.choices(names, weights)[0]):
            pass
        next_look -= 1
        if not next_look:
            look(round)
            next_look = round.rng.randrange(2, 8)
    look(round)
    gathering.gather(round)
    checking.parts_never_change(round)


def take(tree: Tree, name: str) -> bool:
    """One step of a kind. Returns whether there was one to take."""
    round = tree.round
    round.log.append(f"-- {name}")
    if STEPS[name][0](tree) is False:
        round.log.pop()
        return False
    round.counts[name] += 1
    if not round.chance(HASTE):
        tree.clone.settled()
    if tree in tree.clone.trees:
        recording.observe(tree)
        _keep_opted_in(tree)
    return True


def look(round: Round) -> None:
    """Check a clone, mostly after gitml has looked; at times all of them."""
    clones = round.clones if round.chance(0.2) else [round.rng.choice(round.clones)]
    for clone in clones:
        checking.nothing_lost(clone)
        if round.chance(0.7):
            checking.all_returns(clone)


def _keep_opted_in(tree: Tree) -> None:
    """No step leads to before the store was set up."""
    if tree.quietly("cat-file", "-e", "HEAD:.git-ml/config.toml").code:
        raise Broken(f"{tree.root.name}: the soak itself left the store")
