"""What must hold between any two steps."""

from __future__ import annotations

from gitml.ops.riding.settle import settle
from soakmerges.git import start
from soakmerges.held import tips
from soakmerges.model import Held, Model, folder_held, lines_held, unite
from soakmerges.recording import observe
from soakmerges.world import LIVE, STORE, Broken, Clone, Round, Tree


def nothing_lost(clone: Clone) -> None:
    """Before anybody looks: every record is in a spool, in a kept copy, or on a branch."""
    held = in_spools(clone)
    unite(held, folder_held(clone.local / "kept"))
    unite(held, on_branches(clone))
    lost(clone, held, "in spools, copies and branches")


def all_returns(clone: Clone) -> None:
    """After a look by gitml: every record is in a spool or on a branch, and our files are not in anybody's way."""
    clone.settled()
    for tree in clone.trees:
        if clone.round.chance(0.1):
            tree.note("gitml status", start(tree.root, "gitml", "status"))
        before = _copies(clone)
        settle(tree.context)
        needed_back(clone, {name: held for name, held in before.items() if name not in _copies(clone)})
        observe(tree)
        in_nobodys_way(tree)
    held = in_spools(clone)
    unite(held, on_branches(clone))
    lost(clone, held, "in spools and branches, after settling")


def needed_back(clone: Clone, gone: dict[str, Held]) -> None:
    """No copy goes back to a spool whose records some branch has in its base: what compaction folded stays away."""
    base = clone.round.blobs.held(clone.root, tips(clone.root), without=LIVE) if gone else {}
    for name, held in gone.items():
        copy = Model()
        copy.saw(held)
        if any(clone.local.glob(f"spool/*/{name}")) and not copy.missing(base):
            clone.round.counts["needless returns"] += 1
            raise Broken(f"{clone.name}: {name} came back, and base files have all of it")


def _copies(clone: Clone) -> dict[str, Held]:
    folder = clone.local / "kept"
    held: dict[str, Held] = {}
    for path in folder.glob("*/*/*.jsonl"):
        lines = path.read_bytes().split(b"\n")
        unite(held.setdefault(str(path.parent.relative_to(folder)), {}), lines_held(path.stem, lines))
    return held


def in_nobodys_way(tree: Tree) -> None:
    """Nothing of ours is changed, staged or untracked, unless the user's own git command left it so."""
    changed = tree.lines("status", "--porcelain", "-uall", "--", STORE)
    lying = tree.lines("ls-files", "--others", "--", LIVE)
    if not changed and not lying:
        tree.loose = False
    elif not tree.loose and not tree.busy:
        raise Broken(f"{tree.root.name}: git status is not clean of ours: {changed or lying}")


def lost(clone: Clone, held: Held, where: str) -> None:
    missing = clone.model.missing(held)
    if missing:
        clone.round.counts["lost"] += len(missing)
        shown = "\n  ".join(missing[:5])
        raise Broken(f"{clone.name}: {len(missing)} of {len(clone.model.held)} records not {where}:\n  {shown}")


def in_spools(clone: Clone) -> Held:
    held: Held = {}
    for folder in (clone.local / "spool").glob("*"):
        unite(held, folder_held(folder))
    return held


def on_branches(clone: Clone) -> Held:
    return clone.round.blobs.held(clone.root, tips(clone.root))


def parts_never_change(round: Round) -> None:
    """In all commits of all repositories a part's file has the same bytes, and no repository is damaged."""
    blobs: dict[str, str] = {}
    for root in (round.remote, *(clone.root for clone in round.clones)):
        listed = start(
            root, "git", "log", "--all", "--reflog", "--raw", "--root", "-m", "--no-renames", "--no-abbrev",
            "--diff-filter=AM", "--format=", "--", LIVE,
        ).out  # fmt: skip
        for line in filter(None, listed.split("\n")):
            meta, path = line.split("\t")
            blob = meta.split(" ")[3]
            if blobs.setdefault(path, blob) != blob:
                raise Broken(f"{root.name}: {path} has changed: {blobs[path]}, {blob}")
        ended = start(root, "git", "fsck", "--no-dangling", "--no-progress")
        if ended.code:
            raise Broken(f"{root.name}: git fsck: {ended.said}")
