"""The local branch, the index and the work tree follow a commit of gitml's own."""

import os

from gitml.errors import GitmlError
from gitml.git import moving, placing, process, reflog, staging
from gitml.git.moving import Copy, Step
from gitml.git.objects import contents
from gitml.git.transaction import NotMoved
from gitml.ops.persist.ground import Waits, still
from gitml.ops.riding import journal, takeback
from gitml.ops.riding.carry import opted_in
from gitml.store.layout import DATA
from gitml.store.lock import hold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from gitml.ops.context import Context
    from gitml.ops.persist.aim import Aim
    from gitml.ops.persist.ground import Ground

REASON = "gitml: records"
"""What the branch's log says of the move."""


class Follow:
    """Entering it writes the journal, puts the files in place and prepares the index; ``go`` moves; leaving it mends
    what is half done. A kill at any point leaves a journal, and the next hook mends.

    Where the branch is not to follow, nothing of all that is done. ``why`` it stayed, where it did.
    """

    __slots__ = ("_blobs", "_context", "_copy", "_files", "_follows", "_moved", "_ride", "_step", "why")

    def __init__(
        self, context: "Context", ground: "Ground", commit: str, aim: "Aim", files: "dict[str, bytes]",
        blobs: "dict[str, str]",
    ) -> None:  # fmt: skip
        self._context = context
        self._follows = aim.move and commit != ground.head
        self._files = files
        self._blobs = {**aim.bring, **blobs} if self._follows else {}
        self._copy: Copy | None = None
        self._moved = False
        pid = os.getpid()
        log = reflog.size(context.where.git_dir)
        self._ride = journal.Ride(pid, process.started(pid), True, self._blobs, log)
        absent = dict(self._blobs) if self._follows and _is_sparse(context) else {}
        paths = [path for path in self._blobs if path not in absent]
        self._step = Step(ground.ref, ground.head, commit, REASON, paths, absent, lambda: still(context, ground.branch))
        self.why = "" if self._follows or commit == ground.head else "the local branch stays behind the remote's"

    def __enter__(self) -> "Follow":
        if not self._follows:
            return self
        with hold(self._context.layout.lock):
            journal.write(self._context.layout, self._ride)
        try:
            self._place()
            self._copy = self._prepared()
        except BaseException:
            self._mend()
            raise
        return self

    def __exit__(
        self, kind: "type[BaseException] | None", error: "BaseException | None", trace: "TracebackType | None"
    ) -> None:
        if self._follows:
            moving.release(self._context.where.git_dir)
            self._mend()

    def go(self) -> float:
        """Move; the seconds between branch and index, 0 where the branch stays. Raises GitFailed, OSError."""
        if self._copy is None:
            return 0.0
        where = self._context.where
        try:
            window = moving.move(where.root, where.git_dir, self._step, self._copy)
            self._moved = True
            return window
        except NotMoved as error:
            self.why = error.what
            return 0.0

    def _place(self) -> None:
        root = self._context.where.root
        theirs = [self._blobs[path] for path in self._step.paths if path not in self._files]
        brought = contents(root, theirs) if theirs else {}
        for path in self._step.paths:
            data = self._files[path] if path in self._files else brought.get(self._blobs[path])
            if data is None or not placing.place(root, path, data):
                raise Waits(f"something else lies at {path}" if data else "a part of others is not in this clone")

    def _prepared(self) -> Copy:
        """The index to come. It must hold just what the commit holds, whatever filters a person has set up."""
        where = self._context.where
        copy = moving.copied(where.root, where.git_dir, self._step)
        held = staging.staged(where.root, DATA, copy.path)
        if not opted_in(held):
            raise Waits("the index has no store")
        if any(held.get(path) != blob for path, blob in self._blobs.items()):
            raise Waits("git's settings would change the files of a part")
        return copy

    def _mend(self) -> None:
        """Where the branch still is where it was moved to, there is nothing to mend."""
        layout = self._context.layout
        try:
            if self._moved and self._step.may():
                journal.drop(layout, self._ride)
            else:
                takeback.mend(self._context, self._ride)
        except (GitmlError, OSError):  # the journal stays for the next hook
            return


def _is_sparse(context: "Context") -> bool:
    """Whether a sparse work tree leaves the store out."""
    where = context.where
    if not os.path.exists(os.path.join(where.git_dir, "info", "sparse-checkout")):
        return False
    return f"{DATA}/config.toml" in staging.left_out(where.root, DATA)
