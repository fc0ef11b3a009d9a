"""Checks of raw copies: every piece is what its name says, the whole is what was captured."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gitml.errors import Damaged
from gitml.ops import silence
from gitml.ops.raw import unwanted
from gitml.ops.raw.every import mend
from gitml.ops.raw.remaking import remake
from gitml.ops.raw.seen import holds_any
from gitml.ops.verifying.act import Act
from gitml.ops.verifying.finding import DAMAGE, WARNING, Finding, Subject
from gitml.store import tombstones
from gitml.store.raw import manifests, objects, reading

if TYPE_CHECKING:
    from gitml.ops.verifying.surgery import Surgery

CHECK = "raw"


class Remake(Act):
    """A damaged copy is captured again, or what is left of it kept."""

    name = "capture it again, or keep what can be read of it"

    def apply(self, surgery: Surgery) -> None:
        """Raises Busy, OSError, EngineFailed."""
        remake(surgery.context, self.path)


class Forget(Act):
    """What was forgotten leaves raw copies."""

    name = "take forgotten lines out of raw copies"

    def apply(self, surgery: Surgery) -> None:
        """As a sync does it."""
        mend(surgery.context)


def copies(subject: Subject) -> Iterator[Finding]:
    """Every copy that this machine can read; without the package they are compressed with, that is none."""
    layout = subject.context.layout
    if not os.path.isdir(layout.raw) or not objects.available():
        return
    subject.progress("reading raw copies")
    graves, silent = tombstones.load(layout), silence.load(layout)
    stay_out = unwanted.mark(graves, silent)
    for path in manifests.paths(layout):
        try:
            copy = manifests.read(path)
        except Damaged as error:
            yield Finding(CHECK, DAMAGE, path, error.what, step=Remake(path))
            continue
        subject.files += 1
        flaws = [] if "evicted" in copy else reading.flaws(layout, copy)
        for flaw in flaws:
            yield Finding(CHECK, DAMAGE, path, flaw, step=Remake(path))
        if "evicted" not in copy and not flaws and copy["graves"] != stay_out and holds_any(layout, copy, graves):
            yield Finding(CHECK, WARNING, path, "forgotten lines are still here", step=Forget(layout.raw))
