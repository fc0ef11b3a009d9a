"""Random histories of one clone: whatever is done in whatever order, nothing is lost and no carried part changes."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from support.stores import NOON, a_layout, chat, files_below, ids, run_until, sealed

from gitml.store import kept, spool
from gitml.store.fold import fold
from gitml.store.layout import Layout

TREES = ("main", "feature", "fix")
STEPS = st.integers(1, 40)


class History(RuleBasedStateMachine):
    """Three work trees that write, commit, lose commits, are removed; kills in between.

    A commit is modelled as what the git layer does with the store: close, copy to ``live``, keep. One ``tracked``
    stands for the histories of all work trees.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="gitml-history-"))
        self.layout = a_layout(self.folder)
        self.clock = NOON
        self.number = 0
        self.acknowledged: set[str] = set()
        self.carried: dict[str, dict[str, bytes]] = {}

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def tree(self, name: str) -> Layout:
        """One work tree's layout; time goes on."""
        self.clock += 1
        return self.layout.of(name)

    @rule(name=st.sampled_from(TREES), count=st.integers(1, 3))
    def append(self, name: str, count: int) -> None:
        """A turn ends: new records, and a later state of the last one."""
        numbers = [self.number + step for step in range(count)]
        self.number += count - 1
        lines = [sealed("chats", chat(number, rev=self.clock)) for number in numbers]
        assert spool.append(self.tree(name), lines, now=self.clock) == count
        self.acknowledged |= {line.id for line in lines}

    @rule(name=st.sampled_from(TREES), step=STEPS)
    def killed_append(self, name: str, step: int) -> None:
        """A turn ends, and the process is killed while it writes."""
        self.number += 1
        line = sealed("chats", chat(self.number))
        layout = self.tree(name)
        if not run_until(lambda: spool.append(layout, [line], now=self.clock), step):
            self.acknowledged.add(line.id)

    @rule(name=st.sampled_from(TREES), step=STEPS)
    def killed_close(self, name: str, step: int) -> None:
        """A commit begins, and the process is killed."""
        layout = self.tree(name)
        run_until(lambda: spool.close(layout), step)

    @rule(name=st.sampled_from(TREES))
    def commit(self, name: str) -> None:
        """A commit carries all that waits; the parts leave the spool after it."""
        layout = self.tree(name)
        for part in spool.close(layout):
            target = Path(layout.live, part.name)
            assert files_below(target) in ({}, files_below(part.path))
            shutil.copytree(part.path, target, dirs_exist_ok=True)
            self.carried.setdefault(part.name, files_below(target))
            kept.keep(layout, part)

    @rule(name=st.sampled_from(TREES))
    def carried_but_not_kept(self, name: str) -> None:
        """A commit carries all that waits, and the hook after it never runs."""
        layout = self.tree(name)
        for part in spool.close(layout):
            shutil.copytree(part.path, Path(layout.live, part.name), dirs_exist_ok=True)
            self.carried.setdefault(part.name, files_below(part.path))

    @precondition(lambda self: kept.names(self.layout))
    @rule(name=st.sampled_from(TREES), which=st.randoms(use_true_random=False), step=STEPS)
    def commit_lost(self, name: str, which: object, step: int) -> None:
        """A branch is deleted unmerged: its part comes back, or the process is killed while it does."""
        layout = self.tree(name)
        part = which.choice(kept.names(layout))  # type: ignore[attr-defined]
        shutil.rmtree(Path(layout.live, part))
        run_until(lambda: kept.bring_back(layout, part), step)
        kept.bring_back(layout, part)

    @rule(name=st.sampled_from(TREES[1:]), step=STEPS)
    def tree_removed(self, name: str, step: int) -> None:
        """A work tree is removed; the next hook elsewhere adopts its parts, the one after if that is killed."""
        layout = self.tree("main")
        living = set(TREES) - {name}
        run_until(lambda: spool.adopt(layout, living), step)
        spool.adopt(layout, living)
        assert spool.is_empty(layout.of(name))

    @invariant()
    def nothing_is_lost(self) -> None:
        """Every record whose append returned is read."""
        assert self.acknowledged <= set(ids(fold(self.layout, "chats").lines))

    @invariant()
    def no_carried_part_changes(self) -> None:
        """A part that a commit carried has its bytes wherever it lies (invariant 1)."""
        roots = [Path(self.layout.kept), Path(self.layout.live), *(Path(self.layout.of(name).spool) for name in TREES)]
        for name, before in self.carried.items():
            found = [files_below(root / name) for root in roots if (root / name).is_dir()]
            assert found and all(files == before for files in found)


TestHistory = History.TestCase
TestHistory.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
