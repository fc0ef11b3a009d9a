"""What the next commit of gitml's own stands on, whether it is pushed, and whether the local branch may follow.

How the branch stands to where the remote's was last seen decides. "Data": the remote has beyond the common ancestor
only parts that others added.

| the branch is       | on a machine that is thrown away        | elsewhere                                    |
|---------------------|-----------------------------------------|----------------------------------------------|
| not at the remote   | push, move                              | move                                         |
| the same            | push, move                              | push, move                                   |
| ahead               | push all of it, move                    | move; push where all unpushed ones are ours  |
| behind by data      | push on their tip, move                 | the same                                     |
| behind              | push on their tip, the branch stays     | the same                                     |
| diverged by data    | merge, push, move                       | merge, move                                  |
| diverged            | push on their tip, the branch stays     | move                                         |
"""

from gitml.git import relation as relations
from gitml.git.objects import ids
from gitml.git.relation import AHEAD, BEHIND, DIVERGED, SAME
from gitml.git.run import run
from gitml.ops.persist.ground import Waits
from gitml.ops.riding.journal import LIVE
from gitml.store.names import STREAM, is_part, stream_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.ops.persist.ground import Ground


class Aim:
    """A commit with these ``parents`` (the first one's files, or those of ``tree``) and ``blobs`` {path: id} besides.

    ``push``: it goes to the remote, which must be at ``expected`` ("": has no such branch). ``move``: the branch goes
    there, too, and ``bring`` {path: blob id} are files of others that come into the work tree with it. ``owed``:
    parts are in the branch that the remote lacks.
    """

    __slots__ = ("blobs", "bring", "expected", "move", "owed", "parents", "push", "tree")

    def __init__(self, parents: "list[str]", *, push: bool, move: bool, expected: str = "", owed: bool = False) -> None:
        self.parents = parents
        self.push = push
        self.move = move
        self.expected = expected
        self.owed = owed
        self.tree = ""
        self.blobs: dict[str, str] = {}
        self.bring: dict[str, str] = {}


def take(root: str, ground: "Ground", made: "list[str]") -> Aim:
    """Where the next commit goes. ``made``: commits that gitml made. Raises Waits, GitFailed."""
    if ground.upstream is None:
        return _here(root, ground, made)
    if not ground.tip:
        if not ground.cloud:
            return _here(root, ground, made)
        owed = bool(relations.between(root, "--remotes", ground.head, LIVE))
        return Aim([ground.head], push=True, move=True, owed=owed)
    how, base = relations.relation(root, ground.head, ground.tip)
    if how == SAME:
        return Aim([ground.head], push=True, move=True, expected=ground.tip)
    if how == AHEAD:
        return _ahead(root, ground, made)
    if how in (BEHIND, DIVERGED):
        return _on_theirs(root, ground, how, base)
    raise Waits("the remote's branch has another history")


def _here(root: str, ground: "Ground", made: "list[str]") -> Aim:
    """A commit that is not pushed. It takes the place of gitml's own before it where nobody else can have that one."""
    aim = Aim([ground.head], push=False, move=True)
    if ground.head in made and not ground.settings.remotes() and not _held_elsewhere(root, ground):
        parents = relations.parents(root, ground.head)
        tree = ids(root, [f"{ground.head}^{{tree}}"])
        if len(parents) == 1 and tree:
            aim.parents, aim.tree = parents, next(iter(tree.values()))[0]
    return aim


def _held_elsewhere(root: str, ground: "Ground") -> bool:
    listed = run(root, "for-each-ref", "--format=%(refname)", "--contains", ground.head).out.decode().split()
    return any(name != ground.ref for name in listed)


def _ahead(root: str, ground: "Ground", made: "list[str]") -> Aim:
    ours = ground.cloud or set(relations.between(root, ground.tip, ground.head)) <= set(made)
    if not ours:
        return Aim([ground.head], push=False, move=True)
    owed = bool(relations.between(root, ground.tip, ground.head, LIVE))
    return Aim([ground.head], push=True, move=True, expected=ground.tip, owed=owed)


def _on_theirs(root: str, ground: "Ground", how: str, base: str) -> Aim:
    theirs, only_data = relations.added(root, base, ground.tip, LIVE)
    only_data = only_data and all(map(_is_of_part, theirs))
    if only_data and how == BEHIND:
        aim = Aim([ground.tip], push=True, move=True, expected=ground.tip)
        aim.bring = theirs
        return aim
    if only_data:
        owed = ground.cloud and bool(relations.between(root, ground.tip, ground.head, LIVE))
        aim = Aim([ground.head, ground.tip], push=ground.cloud, move=True, expected=ground.tip, owed=owed)
        aim.blobs = aim.bring = theirs
        return aim
    if how == DIVERGED and not ground.cloud:
        return Aim([ground.head], push=False, move=True)
    aim = Aim([ground.tip], push=True, move=False, expected=ground.tip)
    if how == DIVERGED:
        ours = relations.added(root, base, ground.head, LIVE)[0]
        there = ids(root, [f"{ground.tip}:{path}" for path in ours])
        lacking = {path: blob for path, blob in ours.items() if f"{ground.tip}:{path}" not in there}
        aim.blobs = {path: blob for path, blob in lacking.items() if _is_of_part(path)}
        aim.owed = bool(aim.blobs)
    return aim


def _is_of_part(path: str) -> bool:
    """Whether a part has a file of that path. A tree from elsewhere can hold any names, ".." and ".git" among them."""
    part, _, name = path.removeprefix(f"{LIVE}/").rpartition("/")
    return is_part(part) and STREAM.fullmatch(stream_of(name)) is not None
