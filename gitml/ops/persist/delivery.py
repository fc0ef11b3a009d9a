"""Bringing side branches to the remote, mostly in a process of its own after the hook; the next hook sees to the rest.

The hook path imports this.
"""

import json
import os
import time

from gitml.errors import Busy, GitmlError
from gitml.git import grafting, refs, sending
from gitml.git.asked import Settings, settings
from gitml.git.run import GitFailed, run
from gitml.model.times import of_epoch
from gitml.ops.persist import mirror, patience, side
from gitml.ops.persist.sidenames import HEADS, REMOTES, first_fit, readable
from gitml.ops.riding.settle import settle
from gitml.redact.gate import seal_state
from gitml.store.files import make_dirs, read_bytes, remove_files, write_atomic
from gitml.store.layout import DATA
from gitml.store.lock import hold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.ops.persist.sidenames import Template

LONGEST = 120.0
"""Seconds for one round of pushes: a remote that hangs is left alone then, until the next hook."""

TRIES = 6
"""How often a push is made anew because somebody else was faster."""

STATE, LOCK, QUEUE = "side-push.json", "side-push.lock", "side-push.next"


class Send:
    """One side branch to be brought to a remote: its ``name`` here, its ``tip``, the ``branch`` it is beside, and the
    ``names`` it may have there."""

    __slots__ = ("branch", "name", "names", "tip")

    def __init__(self, name: str, tip: str, known: "list[Template]") -> None:
        self.name = name
        self.tip = tip
        made = next((one for one in known if one.branch(name)), None)
        self.branch = made.branch(name) if made else ""
        self.names = made.candidates(self.branch) if made else [name]


def unsent(context: "Context", known: Settings) -> "list[Send]":
    """The local side branches that no remote is known to have as they are. Raises GitFailed."""
    sides = mirror.side_branches(context, refs.branches(context.where.root))
    known_names = readable(context)
    there = {commit for ref, commit in sides.items() if ref.startswith(REMOTES)}
    found = []
    for ref, commit in sides.items():
        if ref.startswith(HEADS) and commit not in there and known.remotes():
            name = ref[len(HEADS) :]
            found.append(Send(name, commit, known_names))
    return found


def wanted(context: "Context") -> bool:
    """Whether something may have to be sent, from one look at a file."""
    return os.path.exists(os.path.join(context.layout.local, side.WANTED))


def aside(context: "Context") -> None:
    """Deliver in a process of its own; returns at once."""
    from gitml.git.process import detach

    detach(lambda: in_turn(context, LONGEST))


def hurry(context: "Context", seconds: float) -> None:
    """Deliver now, within ``seconds``, and what that did not manage aside."""
    try:
        failed = in_turn(context, seconds)
    except Busy:
        failed = {"": ""}
    if failed:
        aside(context)


def in_turn(context: "Context", seconds: float) -> "dict[str, str]":
    """Deliver all that is unsent, one gitml of the clone at a time. Returns why not, {side branch: reason}.

    One more may wait; whoever comes then leaves it to that one, which looks only once its turn has come. Raises Busy
    where two are ahead; GitFailed, BadUsage, OSError.
    """
    local, deadline = context.layout.local, time.monotonic() + seconds
    with hold(os.path.join(local, QUEUE), 0.0):
        turn = hold(os.path.join(local, LOCK), seconds)
        turn.__enter__()
    try:
        return _deliver(context, deadline)
    finally:
        turn.__exit__(None, None, None)


def trouble(context: "Context") -> "dict[str, dict[str, str]]":
    """What went wrong at the last try: {side branch: {"error", "timestamp"}}."""
    try:
        state = json.loads(read_bytes(os.path.join(context.layout.local, STATE)))
        return {str(name): {"error": str(why), "timestamp": str(when)} for name, why, when in state}
    except (OSError, ValueError, TypeError):
        return {}


def _deliver(context: "Context", deadline: float) -> "dict[str, str]":
    known, started = settings(context.where.root), time.monotonic()
    failed: dict[str, str] = {}
    for one in unsent(context, known):
        try:
            failed[one.name] = _send(context, one, known, deadline)
        except (GitmlError, OSError) as error:
            failed[one.name] = str(error)
    failed = {name: why for name, why in failed.items() if why}
    _remember(context, failed)
    if not failed:
        patience.answered(context.layout)
    elif time.monotonic() > (started + deadline) / 2:
        patience.in_vain(context.layout)
    if not failed and not unsent(context, known):
        remove_files([os.path.join(context.layout.local, side.WANTED)])
    settle(context)  # what came with it from others is to be read
    return failed


def _send(context: "Context", one: Send, known: Settings, deadline: float) -> str:
    """Push one side branch. Returns why not, "" where the remote has it."""
    root = context.where.root
    remote = known.remote_for(one.branch)
    if not remote:
        return "more than one remote, and none is called origin · git config remote.pushDefault NAME"
    target, why = one.name, ""
    for _ in range(TRIES):
        why = sending.push(root, remote, one.tip, target, _left(deadline), known)
        if not why:
            _track(context, remote, target, one.tip)
            return ""
        try:
            there = sending.heads(root, remote, _left(deadline), known)
        except GitFailed:  # it cannot be reached, as the push has said already
            return why
        before, target = target, first_fit(one.names, there)
        if not target:
            return f"{remote} can have no `{one.name}` beside its branches · name others in side_branch.ref"
        if target in there:
            if not _rebuilt(context, one, remote, target, known, deadline):
                return why
        elif target == before:  # nothing stands in its way: the remote does not want it
            return why
    return why


def _rebuilt(context: "Context", one: Send, remote: str, target: str, known: Settings, deadline: float) -> bool:
    """Put what is only ours onto the remote's tip. Returns False where that has nothing new: it refuses for itself.

    A branch of another sort is left alone, and its name is no choice any more.
    """
    root, tracking = context.where.root, f"{REMOTES}{remote}/{target}"
    before = refs.branches(root).get(tracking, "")
    specs = [f"+{HEADS}{target}:{tracking}"]
    sending.fetch(root, context.where.common_dir, remote, specs, _left(deadline), known=known)
    theirs = refs.branches(root)[tracking]
    if not mirror.side_branches(context, {tracking: theirs}):
        one.names.remove(target)
        return bool(one.names)
    if sending.contains(root, one.tip, theirs):
        return False
    while True:
        new = _united(root, one.tip, theirs, before, known)
        try:
            side.move(context, one.name, new, one.tip)
        except GitFailed:
            now = refs.branches(root).get(HEADS + one.name, "")
            if now in ("", one.tip):
                raise
            one.tip = now  # a hook has put something on it meanwhile
            continue
        one.tip = new
        return True


def _united(root: str, mine: str, theirs: str, before: str, known: Settings) -> str:
    """A commit on ``theirs`` with the files that only ``mine`` has. What the remote had at ``before`` and has no more
    was taken out there on purpose."""
    ours = _only(root, theirs, mine)
    if before:
        since = _only(root, before, mine)
        ours = {path: blob for path, blob in ours.items() if path in since}
    if not ours:
        return theirs
    return grafting.commit(root, dict(ours), theirs, side.MESSAGE, known, int(time.time()))


def _only(root: str, one: str, other: str) -> "dict[str, str]":
    """{path: blob} of the files ``other`` has and ``one`` has not."""
    out = run(root, "diff-tree", "-r", "-z", "--no-renames", "--diff-filter=A", one, other, "--", DATA).out
    fields = out.decode("utf-8", "surrogateescape").split("\0")[:-1]
    return {path: meta.split(" ")[3] for meta, path in zip(fields[::2], fields[1::2], strict=True)}


def _track(context: "Context", remote: str, name: str, commit: str) -> None:
    """Note that the remote has it. git does so itself only where it fetches all of the remote's branches."""
    try:
        grafting.move(context.where.root, f"{REMOTES}{remote}/{name}", commit, "")
    except GitFailed:  # a stale branch of the remote stands in the way: it will be pushed again, to no effect
        return


def _left(deadline: float) -> float:
    return max(0.1, deadline - time.monotonic())


def _remember(context: "Context", failed: "dict[str, str]") -> None:
    path = os.path.join(context.layout.local, STATE)
    if not failed:
        remove_files([path])
        return
    make_dirs(context.layout.local)
    when = of_epoch(time.time())
    write_atomic(path, seal_state([[name, why, when] for name, why in sorted(failed.items())]).data, 0o600)
