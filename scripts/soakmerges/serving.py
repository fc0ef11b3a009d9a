"""Steps on the server: merging without a work tree and without attributes, as a hosting service does."""

from __future__ import annotations

from soakmerges.kinds import step
from soakmerges.repairing import folded_twice
from soakmerges.world import STORE, Broken, Round, Tree


@step(8)
def merge_on_server(tree: Tree) -> bool:
    """A pull request is merged into the default branch: a merge commit, squashed, or rebased."""
    round = tree.round
    listed = round.server("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads").out.split()
    names = [name for name in listed if name != "main"]
    if not names:
        return False
    name = round.rng.choice(names)
    how = round.rng.choice([_merged, _squashed, _rebased])
    commit = how(round, name)
    if commit:
        round.server("update-ref", "refs/heads/main", commit)
        round.counts[f"server: {how.__name__[1:]}"] += 1
        if round.chance(0.7):
            round.server("update-ref", "-d", f"refs/heads/{name}")
    return True


def _merged(round: Round, name: str) -> str:
    return _commit(round, _united(round, "main", name), "main", name)


def _squashed(round: Round, name: str) -> str:
    return _commit(round, _united(round, "main", name), "main")


def _rebased(round: Round, name: str) -> str:
    """Each commit of the branch anew on the tip; merges are left out, as hosting services do."""
    tip = round.server("rev-parse", "main").out.strip()
    for commit in round.server("rev-list", "--reverse", "--no-merges", f"main..{name}").out.split():
        if not round.server("rev-parse", "-q", "--verify", f"{commit}^").out:
            return ""
        stand_in = _commit(round, round.server("rev-parse", f"{tip}^{{tree}}").out.strip(), f"{commit}^")
        tip = _commit(round, _united(round, stand_in, commit), tip)  # the merge base of the two is commit^
        if not tip:
            return ""
    return tip


def _united(round: Round, ours: str, theirs: str) -> str:
    """The tree of a merge; "" where the user's files conflict. Raises Broken where ours do."""
    ended = round.server("merge-tree", "--write-tree", "--name-only", "-z", "--no-messages", ours, theirs)
    tree, *paths = ended.out.split("\0")
    conflicts = sorted({path for path in paths if path.startswith(STORE)})
    if ended.code == 1 and conflicts:
        base = round.server("merge-base", ours, theirs).out.strip()
        if folded_twice(round, base, ours, theirs):
            round.counts["server: left to a person after two compactions"] += 1
            return ""
        round.counts["conflicts in .git-ml/"] += 1
        raise Broken(f"server: conflict in {', '.join(conflicts)}")
    return tree if ended.code == 0 else ""


def _commit(round: Round, tree: str, *parents: str) -> str:
    if not tree:
        return ""
    named = [word for parent in parents for word in ("-p", parent)]
    return round.server("commit-tree", tree, *named, "-m", f"server {round.next()}").out.strip()
