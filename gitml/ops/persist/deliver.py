"""The whole of a commit of gitml's own: look around, build, push, move. Every step can be the last one."""

import os
import time

from gitml.errors import GitmlError
from gitml.git import grafting, moving, pushing, refs
from gitml.git import relation as relations
from gitml.git.objects import blob_id, ids
from gitml.git.quietly import quietly
from gitml.git.worktrees import living
from gitml.model.digest import hexhash
from gitml.ops.persist import aim as aims
from gitml.ops.persist import state
from gitml.ops.persist.follow import Follow
from gitml.ops.persist.ground import Waits, survey
from gitml.ops.persist.state import COMMITTED, DELIVERED, NOTHING, WAITS, Outcome
from gitml.ops.redacting.held import waiting
from gitml.ops.riding import marks
from gitml.ops.riding.carry import files, searched
from gitml.ops.riding.journal import LIVE
from gitml.ops.riding.settle import settle
from gitml.store import spool
from gitml.store.files import read_bytes
from gitml.store.layout import DATA
from gitml.store.lock import hold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.ops.persist.aim import Aim
    from gitml.ops.persist.ground import Ground
    from gitml.store.part import Part

ATTEMPTS = 8
"""Times the remote may have moved while we looked: several environments end their turns on one branch at once."""

SEARCH_SECONDS = 2.0
"""For the second look for secrets at what waits."""

FIRST_SECONDS = 0.1
"""Between the first push of a branch and its move here. Whoever counts unpushed commits asks first whether the remote
has the branch; that answer must not be older than the move."""

ROUNDS = 20
"""Commits of at most 20 MB each in one go: a first import."""


def deliver(context: "Context", seconds: float) -> Outcome:
    """Bring what waits into history and to the remote. Raises Busy where another one is at it for so long; OSError
    where that cannot be noted.

    Never touches what a person has staged or changed; where in doubt the spool waits.
    """
    deadline = time.monotonic() + seconds
    with hold(state.lock(context.layout), seconds):
        outcome = _round(context, deadline)
        for _ in range(ROUNDS - 1):
            if outcome.did not in (DELIVERED, COMMITTED) or not _more(context):
                break
            then = _round(context, deadline)
            if then.did == NOTHING:  # another one held the lock, so that what is delivered still stood in the spool
                break
            then.parts += outcome.parts
            outcome = then
        state.remember(context.layout, outcome)
    return outcome


def _more(context: "Context") -> bool:
    """Whether anything that may go waits still."""
    stay = waiting(context.layout)
    return any(not part.open and part.name not in stay for part in spool.parts(context.layout))


def _round(context: "Context", deadline: float) -> Outcome:
    ground: Ground | None = None
    try:
        _mend(context)
        ground = survey(context)
        return _attempts(context, ground, deadline)
    except Waits as why:
        idle = ground is None and spool.is_empty(context.layout)
        return Outcome(NOTHING) if idle else Outcome(WAITS, str(why))
    except GitmlError as error:
        return Outcome(WAITS, error.what)
    except OSError as error:
        return Outcome(WAITS, f"{error.filename or 'a file'}: {error.strerror or error}")


def _mend(context: "Context") -> None:
    """What a killed one left goes; then the spool is brought into line with history."""
    moving.release(context.where.git_dir)
    marks.ask_for(context.layout)
    with hold(context.layout.lock):
        spool.adopt(context.layout, living(context.where.common_dir))
    settle(context)


def _attempts(context: "Context", ground: "Ground", deadline: float) -> Outcome:
    root = context.where.root
    _check_opted_in(root, ground)
    _drop_outdated(root, ground)
    parts = searched(context, {}, SEARCH_SECONDS)
    for _ in range(ATTEMPTS):
        aim = aims.take(root, ground, state.made(context.layout))
        outcome = _attempt(context, ground, aim, parts, deadline)
        if outcome is not None:
            return outcome
        _look_again(context, ground, aim, deadline)
    return Outcome(WAITS, "the remote's branch keeps moving")


def _check_opted_in(root: str, ground: "Ground") -> None:
    names = [f"{ground.head}:{DATA}/{name}" for name in ("config.toml", ".gitattributes", "tracked/chats.jsonl")]
    if not ids(root, names):
        raise Waits("no commit of this branch has the store yet")


def _drop_outdated(root: str, ground: "Ground") -> None:
    """What gitml pushed ahead of a branch counts only until the tracking ref has moved, or the branch is gone."""
    here = refs.branches(root)
    for ref in here:
        if ref.startswith(f"{refs.PUSHED}/") and f"refs/heads/{ref[len(refs.PUSHED) + 1 :]}" not in here:
            quietly(root, "update-ref", "-d", ref)
    ref = f"{refs.PUSHED}/{ground.branch}"
    if ref not in ground.seen:
        return
    if ground.tracked and relations.relation(root, ground.tracked, ground.tip)[0] == relations.BEHIND:
        return
    quietly(root, "update-ref", "-d", ref)
    ground.tip = ground.tracked


def _attempt(
    context: "Context", ground: "Ground", aim: "Aim", parts: "list[Part]", deadline: float
) -> "Outcome | None":
    """None where the remote moved meanwhile."""
    root = context.where.root
    new = _missing(root, aim, parts)
    data = {path: read_bytes(file) for path, file in files(new).items()}
    if new or (aim.owed and aim.parents != [ground.head]):
        commit = _built(context, ground, aim, data)
        state.remember_made(context.layout, commit)
    elif aim.owed or (aim.bring and aim.parents == [ground.tip]):
        commit = aim.parents[0]
    else:
        return Outcome(NOTHING)
    blobs = {path: blob_id(content, len(commit)) for path, content in data.items()}
    follow = Follow(context, ground, commit, aim, data, blobs)
    with follow:
        if aim.push:
            said = _push(context, ground, aim, commit, deadline)
            if said is not None:
                return said if said.did else None
        window = follow.go()
    settle(context)
    return Outcome(DELIVERED if aim.push else COMMITTED, follow.why, commit, window, len(new))


def _built(context: "Context", ground: "Ground", aim: "Aim", data: "dict[str, bytes]") -> str:
    first, *merged = aim.parents
    return grafting.commit(
        context.where.root, {**aim.blobs, **data}, first, context.config.get("own_commits.message"), ground.settings,
        int(time.time()), merged=merged, tree=aim.tree,
    )  # fmt: skip


def _missing(root: str, aim: "Aim", parts: "list[Part]") -> "list[Part]":
    """The parts that what the commit stands on does not have."""
    named = {f"{parent}:{LIVE}/{part.name}": part.name for parent in aim.parents for part in parts}
    there = {named[name] for name in ids(root, named)}
    return [part for part in parts if part.name not in there and os.path.isdir(part.path)]


def _push(context: "Context", ground: "Ground", aim: "Aim", commit: str, deadline: float) -> "Outcome | None":
    """None: done. An outcome without a word: the remote has moved."""
    assert ground.upstream is not None
    root = context.where.root
    if commit == ground.tip:  # it is there; only the tracking ref may not know
        if ground.tracked != commit:
            quietly(root, "update-ref", ground.upstream.tracking, commit)
        return None
    did, said = pushing.push(
        root, ground.settings, ground.upstream, commit, aim.expected,
        seconds=max(1.0, deadline - time.monotonic()), by_url=not aim.move,
    )  # fmt: skip
    if did == pushing.MOVED:
        return Outcome("", said)
    if did == pushing.UNREACHABLE:
        return Outcome(WAITS, f"the remote cannot be reached: {said}")
    _note_pushed(root, ground, aim, commit)
    if not ground.tip:
        time.sleep(FIRST_SECONDS)
    return None


def _note_pushed(root: str, ground: "Ground", aim: "Aim", commit: str) -> None:
    """git moved the tracking ref, where its refspecs have one; else a branch would look as if it had to be pushed."""
    assert ground.upstream is not None
    if not aim.move:
        quietly(root, "update-ref", f"{refs.PUSHED}/{ground.branch}", commit)
    elif ground.cloud and not _follows(root, ground.upstream.tracking, commit):
        quietly(root, "update-ref", ground.upstream.tracking, commit)


def _follows(root: str, tracking: str, commit: str) -> bool:
    return refs.ids_of(root, [tracking]).get(tracking) == commit


def _look_again(context: "Context", ground: "Ground", aim: "Aim", deadline: float) -> None:
    """After a refused push: fetch where the branch is. Raises Waits where it did not move on, or went backwards."""
    assert ground.upstream is not None
    root, seconds = context.where.root, max(1.0, deadline - time.monotonic())
    into = f"{pushing.THEIRS}/{hexhash(context.layout.worktree.encode('utf-8', 'surrogateescape'), 8)}"
    tip = pushing.fetch(root, ground.settings, ground.upstream, into, seconds=seconds)
    quietly(root, "update-ref", "-d", into, check=False)
    if tip is None:
        raise Waits("the remote cannot be reached")
    if not tip or tip == aim.expected:
        raise Waits("the remote refuses" if tip else "the remote's branch is gone")
    if ground.tip and relations.relation(root, ground.tip, tip)[0] != relations.BEHIND:
        raise Waits("the remote's branch was rewritten")
    ground.tip = tip
