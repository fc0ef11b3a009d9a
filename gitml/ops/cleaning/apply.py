"""Carrying out a plan: told first, then done, a few at a time under the store's lock: hooks wait for milliseconds."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from gitml.errors import GitmlError
from gitml.model.times import of_epoch
from gitml.ops.cleaning import kinds
from gitml.ops.cleaning.plan import takes
from gitml.redact.gate import seal_state, seal_states
from gitml.store import audit
from gitml.store.lock import hold

if TYPE_CHECKING:
    from gitml.ops.cleaning.item import Item
    from gitml.ops.cleaning.plan import Plan, Progress
    from gitml.ops.context import Context

AT_ONCE = 50
"""Things that are told of in one durable write."""

HELD = 0.05
"""Seconds after which the lock is given up for a moment; a thing that takes longer is finished."""

PAUSE = 0.006
"""Seconds: whoever waits for the lock looks every five milliseconds."""

END = "clean.end"

TakeAll = Callable[..., "list[int | Exception]"]


class Done:
    """``gone``: what went, each with the bytes that were freed · ``failures``: (item, why it stays) · ``after``: bytes
    on disk, by type."""

    __slots__ = ("after", "failures", "gone")

    def __init__(self) -> None:
        self.gone: list[Item] = []
        self.failures: list[tuple[Item, str]] = []
        self.after: dict[str, int] = {}

    def freed(self, kind: str) -> int:
        """Bytes freed of a type."""
        return sum(item.bytes for item in self.gone if item.kind == kind)


def apply(context: Context, plan: Plan, by: str, progress: Progress) -> Done:
    """Delete what goes, in its order. ``by``: the command that asks, for the audit log. One that fails stays and does
    not stop the rest; nor does a lock that is held, or an audit log that cannot be written, take back what went before.
    Raises Busy, OSError, EngineFailed for these where nothing went."""
    return _Apply(context, plan, by, progress).run()


class _Apply:
    def __init__(self, context: Context, plan: Plan, by: str, progress: Progress) -> None:
        self.context = context
        self.plan = plan
        self.by = by
        self.progress = progress
        self.name = f"{of_epoch(time.time())}-{os.getpid()}"
        self.untold: list[Item] = []
        self.waiting: list[Item] = []
        self.numbers = {id(item): number for number, item in enumerate(plan.going)}
        self.done = Done()

    def run(self) -> Done:
        self.waiting = self.plan.going
        started = bool(self.waiting)
        try:
            self._all()
        except (GitmlError, OSError) as error:
            if not self.done.gone:
                raise
            self.done.failures += [(item, str(error)) for item in self.waiting]
        if started:
            self._end()
        for kind in self.plan.before:
            self.done.after[kind] = self._after(kind)
        return self.done

    def _all(self) -> None:
        for kind, items in groupby(self.plan.going, key=lambda item: item.kind):
            every = list(items)
            self.progress(kind, 0, len(every))
            for start in range(0, len(every), AT_ONCE):
                for done in self._some(kind, every[start : start + AT_ONCE]):
                    self.progress(kind, start + done, len(every))
        if self.untold and not self._told(()):
            self.done.failures += [(item, "it is gone, and there was no room to tell of it") for item in self.untold]

    def _some(self, kind: str, items: Sequence[Item]) -> Iterator[int]:
        """Told of together, so that a kill leaves nothing untold; what it was told of and is still there goes the next
        time. On a full disk the first of them makes the room to tell of it. Yields how many are done with."""
        done = 0
        while items:
            told = self._told(items)
            now, items = (items, ()) if told else (items[:1], items[1:])
            self.untold += () if told else now
            for item, outcome in self._taken(kind, now):
                self.waiting.remove(item)
                if isinstance(outcome, Exception):
                    self._failed(item, outcome)
                else:
                    self.done.gone.append(item._replace(bytes=outcome))
                done += 1
                yield done

    def _told(self, items: Sequence[Item]) -> bool:
        """Whether the audit log tells of them, and of all that it had no room for before."""
        now = of_epoch(time.time())
        lines = seal_states([self._line(item, now) for item in (*self.untold, *items)])
        try:
            with hold(self.context.layout.lock):
                audit.write(self.context.layout, lines)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            return False
        self.untold.clear()
        return True

    def _taken(self, kind: str, items: Sequence[Item]) -> Iterator[tuple[Item, int | Exception]]:
        module = kinds.load(kind)
        take_all = getattr(module, "take_all", None)
        if take_all is not None:
            with hold(self.context.layout.lock):
                outcomes = _attempt_all(take_all, self.context, items)
            yield from zip(items, outcomes, strict=True)
            return
        waiting = list(reversed(items))
        while waiting:
            gone: list[tuple[Item, int | Exception]] = []
            with hold(self.context.layout.lock):
                until = time.monotonic() + HELD
                while waiting and time.monotonic() < until:
                    item = waiting.pop()
                    gone.append((item, _attempt(module, self.context, item)))
            yield from gone  # told without the lock: a terminal may be stopped
            time.sleep(PAUSE if waiting else 0)

    def _failed(self, item: Item, error: Exception) -> None:
        why = str(error)
        hint = getattr(error, "hint", None)
        self.done.failures.append((item, f"{why}; {hint}" if hint else why))
        audit.note(self.context.layout, seal_state({**self._line(item, of_epoch(time.time())), "failed": why}))

    def _line(self, item: Item, now: str) -> dict[str, Any]:
        return {
            "timestamp": now,
            "what": f"clean.{item.kind}",
            "by": self.by,
            "why": item.why,
            "bytes": item.bytes,
            "path": item.path,
            "subject": item.subject,
            "run": self.name,
            "number": self.numbers[id(item)],
        }

    def _end(self) -> None:
        freed = sum(item.bytes for item in self.done.gone)
        told = {
            "timestamp": of_epoch(time.time()),
            "what": END,
            "by": self.by,
            "why": "",
            "bytes": freed,
            "path": "",
            "subject": f"{len(self.done.gone)} removed, {len(self.done.failures)} failed",
            "run": self.name,
        }
        audit.note(self.context.layout, seal_state(told))

    def _after(self, kind: str) -> int:
        left = self.plan.before[kind] - self.done.freed(kind)
        if hasattr(kinds.load(kind), "places"):
            return takes(self.context, kind, [])
        return left


def _attempt_all(take_all: TakeAll, context: Context, items: Sequence[Item]) -> list[int | Exception]:
    try:
        return take_all(context, items)
    except (GitmlError, OSError, ValueError) as error:
        return [error] * len(items)


def _attempt(module: kinds.Kind, context: Context, item: Item) -> int | Exception:
    try:
        return module.take(context, item)
    except (GitmlError, OSError, ValueError) as error:
        return error
