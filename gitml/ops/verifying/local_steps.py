"""Mending what is local: spools, kept copies, cursors, journals. No commit carries any of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gitml.errors import Busy
from gitml.ops.riding import journal
from gitml.ops.riding.journal import LIVE
from gitml.ops.verifying.act import Act
from gitml.store import part as part_files
from gitml.store import spool, tombstones
from gitml.store.files import remove_files, remove_if_empty
from gitml.store.lock import hold
from gitml.store.names import is_part
from gitml.store.part import Part
from gitml.store.sifting import records, sift

if TYPE_CHECKING:
    from gitml.ops.verifying.surgery import Surgery
    from gitml.store.layout import Layout


class Sift(Act):
    """Lines of a local part that are no records go to the dead letters."""

    name = "move lines that are no records into dlq/"

    def __init__(self, path: str, stream: str) -> None:
        super().__init__(path)
        self.stream = stream

    def apply(self, surgery: Surgery) -> None:
        """Letters first. A closed part of a spool gets a new name: a commit that runs now may carry the old one."""
        layout = surgery.context.layout
        with hold(layout.lock):
            part = part_of(layout, self.path)
            if part is None or not os.path.lexists(self.path):
                return
            _not_riding(layout, part)
            bad: list[tuple[int, str, bytes]] = []
            for _ in records(self.path, lambda *one: bad.append(one)):
                pass
            for number, why, line in bad:
                surgery.letter(self.path, number, why, line)
            if part.worktree and not part.open:
                part = part_files.renamed(layout.of(part.worktree), part)
            sift(part.file(self.stream))
            if not part.streams() and not part.open:
                part_files.remove(part)


class TakeIn(Act):
    """A stream file in a spool that lies in no part: its records go where a commit finds them, then it goes."""

    name = "take its records into the open part"

    def __init__(self, path: str, stream: str) -> None:
        super().__init__(path)
        self.stream = stream

    @property
    def paths(self) -> list[str]:
        """The file itself: it goes."""
        return [self.path]

    def apply(self, surgery: Surgery) -> None:
        """Records are durable before the file goes; it stays where one of them cannot be written again."""
        bad: list[tuple[int, str, bytes]] = []
        with hold(surgery.context.layout.lock):
            lines = [line for _, line, _ in records(self.path, lambda *one: bad.append(one))]
            refused = surgery.save(self.stream, lines)
            for number, why, line in bad:
                surgery.letter(self.path, number, why, line)
            if not refused and all(number for number, _, _ in bad):
                remove_files([self.path])
                remove_if_empty(os.path.dirname(self.path))


class Purge(Act):
    """What was forgotten leaves local copies."""

    name = "take forgotten records out of spools and kept copies"

    def apply(self, surgery: Surgery) -> None:
        """As ``gitml forget`` does it."""
        tombstones.purge(surgery.context.layout, tombstones.load(surgery.context.layout))


class Drop(Act):
    """A damaged cursor goes; its session is read from the start again, to the same records."""

    name = "remove it; the session is read from its start again"

    def apply(self, surgery: Surgery) -> None:
        """Remove the file."""
        remove_files([self.path])


class Reap(Act):
    """A torn file of the registry goes; the session that it stood for registers again with its next turn."""

    name = "remove it; its session registers again"

    def apply(self, surgery: Surgery) -> None:
        """As ``gitml session reap`` does it."""
        from gitml.ops.registry.register import reap

        reap(surgery.context, "gitml verify --repair")


class Settle(Act):
    """What ended commits left behind is taken back."""

    name = "settle what ended commits left"
    phase = 0

    def apply(self, surgery: Surgery) -> None:
        """As every hook does it."""
        from gitml.ops.riding.settle import settle

        settle(surgery.context, patience=5.0)


class Heal(Act):
    """A compaction that was cut off is finished or undone."""

    name = "finish or undo what a compaction left"
    phase = 0

    def apply(self, surgery: Surgery) -> None:
        """As the next compaction would do it."""
        from gitml.ops.compacting.placing import heal

        heal(surgery.context)


def part_of(layout: Layout, path: str) -> Part | None:
    """The part a file of a spool or of the kept copies is in; None where it is in none. ``worktree`` "": kept."""
    for root in (layout.kept, layout.spools):
        if not path.startswith(os.path.join(root, "")):
            continue
        *above, day, name, _ = ["", "", *os.path.relpath(path, root).split(os.sep)]
        tree = [piece for piece in above if piece]
        if not is_part(f"{day}/{name}") or len(tree) != (root == layout.spools):
            return None
        return _found(layout, root, f"{day}/{name}", tree[0] if tree else "")
    return None


def _found(layout: Layout, root: str, name: str, worktree: str) -> Part:
    folder = os.path.join(root, worktree) if worktree else root
    is_open = bool(worktree) and any(one.name == name and one.open for one in spool.parts(layout.of(worktree)))
    return Part(folder, name, worktree, is_open)


def _not_riding(layout: Layout, part: Part) -> None:
    """Raises Busy where a commit that runs right now carries the part."""
    if not part.worktree:
        return
    riding = {path for ride in journal.rides(layout.of(part.worktree)) if ride.running for path in ride.blobs}
    if any(path.startswith(f"{LIVE}/{part.name}/") for path in riding):
        raise Busy(f"part {part.name} rides on a commit that is running now", hint="run this again when it has ended")
