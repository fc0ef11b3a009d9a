"""``scripts/soak-crash``: every operation broken at every place, then at random instants; what holds is in ``laws``."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from support.crash import disks, laws
from support.crash.machine import Ended, Hung, Machine
from support.crash.operations import OPERATIONS, Operation

KINDS = ("kill", "full", "broken", "readonly")
DISKS = ("disk", "mount", "limit")
RARELY = 4
MOST = 2000
"""Places in one operation, at which it counts as never coming to its end."""


class Case:
    """One operation on one machine: its start is saved, what it leads to undisturbed is known."""

    def __init__(self, machine: Machine, operation: Operation, quick: bool) -> None:
        self.machine = machine
        self.operation = operation
        self.quick = quick
        self.number = 0
        for folder in (machine.home, machine.repo):
            folder.mkdir(exist_ok=True)
        operation.prepare(machine)
        machine.save(operation.name)
        self.before = laws.folds(machine)
        start = time.monotonic()
        self.check_act(operation.act(machine, ""), broken=False)
        self.seconds = time.monotonic() - start
        operation.heal(machine)
        self.after = laws.folds(machine)
        self.user = laws.of_the_user(machine)
        laws.all_carried(machine, self.after)
        self.told = laws.told(machine)

    def broken_at(self, kind: str, at: int) -> bool:
        """Run it with one failure, then heal it. Whether the failure was met; False: it ran through. Raises
        AssertionError, Hung."""
        self.machine.put_back(self.operation.name)
        ended = self.operation.act(self.machine, f"{kind}:{at}")
        if not ended.met:
            return False
        if kind != "kill":
            laws.quiet(ended, self.operation, broken=True)
        self.mended()
        return True

    def on_a_small_disk(self, pages: int) -> None:
        """Run it with so many pages left on the disk, then heal it with room enough."""
        machine = self.machine
        with disks.small_disk(machine.folder):
            machine.put_back(self.operation.name)
            with disks.filled(machine.folder, pages):
                self._fails_in_words()
                laws.reads_whole(machine, not self.quick)
            self.mended()

    def on_a_read_only_disk(self) -> None:
        """Run it where nothing can be written, then heal it where that can."""
        machine = self.machine
        with disks.small_disk(machine.folder):
            machine.put_back(self.operation.name)
            with disks.read_only(machine.folder):
                self._fails_in_words()
                laws.reads_whole(machine, not self.quick)
            self.mended()

    def with_small_files(self, limit: int) -> None:
        """Run it where no file may grow beyond ``limit`` bytes; the signal that tells of it must kill nobody."""
        machine = self.machine
        machine.put_back(self.operation.name)
        machine.limit = limit
        try:
            self._fails_in_words()
        finally:
            machine.limit = 0
        self.mended()

    def _fails_in_words(self) -> None:
        ended = self.operation.act(self.machine, "")
        if ended.code < 0:
            raise AssertionError(f"it was killed: {ended}")
        if not self.operation.git:  # git's own writes fail as well, and git says so
            laws.quiet(ended, self.operation, broken=True)

    def killed_after(self, seconds: float, whole: bool, choose: Callable[[Sequence[int]], int]) -> None:
        """Run it, and after so long kill all its processes (``whole``), git's own too, or one of them."""
        machine = self.machine
        machine.put_back(self.operation.name)

        def during(beacon: int) -> None:
            time.sleep(seconds)
            machine.kill_holders(beacon, whole, choose)

        machine.during = during  # type: ignore[method-assign]
        try:
            self.operation.act(machine, "")
        finally:
            del machine.during
        for lock in (machine.repo / ".git").glob("**/*.lock"):  # a killed git leaves them, and says how to go on
            lock.unlink()
        self.mended(exactly=False)

    def mended(self, exactly: bool = True) -> None:
        """All the laws, before and after the next run; a quick run makes the next commit only now and then."""
        machine, operation = self.machine, self.operation
        self.number += 1
        laws.reads_whole(machine, not self.quick)
        laws.nothing_lost(machine, self.before, operation)
        laws.nothing_evicted_blindly(machine)
        operation.heal(machine)
        if exactly:
            laws.user_unharmed(machine, self.user)
        laws.healed(machine, self.after, operation)
        if not self.quick or self.number % RARELY == 1:
            laws.all_carried(machine, self.after)
            if exactly:
                laws.all_told(machine, self.told)
            laws.verified(machine)
        laws.nothing_left(machine)

    def check_act(self, ended: Ended, broken: bool) -> None:
        """The operation works where nothing fails."""
        if ended.code:
            raise AssertionError(f"{self.operation.name} fails by itself: {ended}")
        laws.quiet(ended, self.operation, broken)


class Tally:
    """What was tried of one operation and what of it failed."""

    def __init__(self, operation: Operation) -> None:
        self.name = operation.name
        self.counts = dict.fromkeys((*KINDS, *DISKS, "random"), 0)
        self.failures: list[str] = []

    def attempt(self, kind: str, where: str, work: Callable[[], Any]) -> bool:
        """Do it, and note what fails. False where the operation ran through."""
        try:
            met = work() is not False
        except (AssertionError, Hung) as error:
            met = True
            self.failures.append(f"{self.name}, {kind} {where}: {error}")
            print(f"  FAILED {self.failures[-1]}", file=sys.stderr, flush=True)
        self.counts[kind] += met
        return met


def boundaries(case: Case, tally: Tally, kinds: Sequence[str], every: int) -> None:
    """Every ``every``-th place of each kind of failure, until the operation runs through."""
    for kind in kinds:
        for at in range(1, MOST, every):
            if not tally.attempt(kind, str(at), lambda kind=kind, at=at: case.broken_at(kind, at)):  # type: ignore[misc]
                break
            _progress(f"{tally.name}: {kind} at {at}")


def on_disks(case: Case, tally: Tally) -> None:
    """Disks that are really full or read-only, and files that may not grow."""
    if disks.available():
        for pages in disks.FREE:
            tally.attempt("disk", f"{pages} pages", lambda pages=pages: case.on_a_small_disk(pages))  # type: ignore[misc]
        tally.attempt("mount", "read-only", case.on_a_read_only_disk)
    if not case.operation.git:
        for limit in disks.LIMITS:
            tally.attempt("limit", f"{limit} B", lambda limit=limit: case.with_small_files(limit))  # type: ignore[misc]


def at_random(case: Case, tally: Tally, rounds: int, dice: random.Random) -> None:
    """SIGKILL at ``rounds`` random instants."""
    for number in range(rounds):
        after, whole = dice.uniform(0, case.seconds * 1.1), dice.random() < 0.5
        where = f"{after:.4f} s {'all' if whole else 'one'}"
        tally.attempt("random", where, lambda a=after, w=whole: case.killed_after(a, w, dice.choice))  # type: ignore[misc]
        _progress(f"{tally.name}: random kill {number + 1} of {rounds}")


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def run(options: argparse.Namespace) -> Iterator[Tally]:
    """One operation after the other, each on a machine of its own."""
    dice = random.Random(options.seed)
    for name in options.only or OPERATIONS:
        every = options.every if name not in options.whole else 1
        with tempfile.TemporaryDirectory(prefix="gitml-crash-", dir=options.folder) as folder:
            operation = OPERATIONS[name]
            tally = Tally(operation)
            start = time.monotonic()
            case = Case(Machine(Path(folder).resolve()), operation, options.quick)
            if options.at:
                kind, _, at = options.at.partition(":")
                tally.attempt(kind, at, lambda case=case, kind=kind, at=at: case.broken_at(kind, int(at)))  # type: ignore[misc]
            else:
                boundaries(case, tally, options.kinds, every)
                if not options.no_disks:
                    on_disks(case, tally)
                at_random(case, tally, options.rounds // len(options.only or OPERATIONS), dice)
            print(f"{row(tally)}  {time.monotonic() - start:6.1f} s", flush=True)
            yield tally


HEADER = f"{'operation':16}{''.join(f'{kind:>10}' for kind in (*KINDS, *DISKS, 'random'))}{'failures':>10}"


def row(tally: Tally) -> str:
    """One line of the table."""
    return f"{tally.name:16}{''.join(f'{count:10}' for count in tally.counts.values())}{len(tally.failures):10}"


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="soak-crash", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="random kills, shared out among the operations")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", choices=sorted(OPERATIONS), help="this operation; may be repeated")
    parser.add_argument("--kinds", nargs="+", default=KINDS, choices=KINDS, help="these failures")
    parser.add_argument("--every", type=int, default=1, help="every N-th place")
    parser.add_argument("--whole", action="append", default=[], help="an operation of which every place is tried")
    parser.add_argument("--at", help="one failure alone, for looking into it: kill:17")
    parser.add_argument(
        "--quick", action="store_true", help="read with the library, not with commands, and commit rarely"
    )
    parser.add_argument("--no-disks", action="store_true", help="mount nothing")
    parser.add_argument("--folder", help="where to work; a file system in memory makes it fast")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Run, print the table, and give the exit code: 1 where anything failed."""
    options = parsed(arguments)
    if not options.no_disks:
        disks.enter(["-m", "support.crash.soak", *arguments])
        if not disks.available():
            print("no disk can be mounted here: full and read-only ones are only acted", file=sys.stderr)
    print(f"seed {options.seed}\n{HEADER}", flush=True)
    tallies = list(run(options))
    failures = [failure for tally in tallies for failure in tally.failures]
    for failure in failures:
        print(f"FAILED {failure}")
    tried = sum(sum(tally.counts.values()) for tally in tallies)
    print(f"broken {tried} times, {len(failures)} against a law")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
