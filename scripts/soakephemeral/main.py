"""The command line: rounds, in several processes, and what came of them."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from soakephemeral.journal import Broken
from soakephemeral.play import Round
from soakephemeral.server import SETTINGS, template

DROPPED = ("CLAUDE", "GIT_", "GITML", "XDG_", "PYTHON")


class Outcome(NamedTuple):
    """Of one round: its ``seed``, the ``way``, how long, ``counts``, seconds of each Stop hook, ``why`` it failed."""

    seed: int
    way: str
    seconds: float
    counts: Counter[str]
    hooks: list[float]
    why: str


def main(arguments: list[str] | None = None) -> int:
    """Run the soak. Returns 0 where every promise held in every round, else 1."""
    options = _options(arguments)
    _end_well()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    base = Path(tempfile.mkdtemp(prefix="soak-ephemeral-", dir=options.folder))
    print(f"seeds {seed} to {seed + options.rounds - 1} in {base}", flush=True)
    for name in [name for name in os.environ if name.startswith(DROPPED)]:
        del os.environ[name]
    ways = options.way or list(SETTINGS)
    for way in ways:
        template(base / way, way)
    work = [(base, seed + number, ways[(seed + number) % len(ways)]) for number in range(options.rounds)]
    outcomes = []
    with multiprocessing.get_context("fork").Pool(options.jobs, _end_well, maxtasksperchild=20) as pool:
        for outcome in pool.imap_unordered(_round, work):
            outcomes.append(outcome)
            _tell(outcome, len(outcomes), options.rounds, base)
            if outcome.why and options.stop:
                break
    if not any(outcome.why for outcome in outcomes):
        shutil.rmtree(base, ignore_errors=True)
    return _sum_up(outcomes, ways)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="soak-ephemeral", description="Machines destroyed at random instants.")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, help="of the first round; the next one's is one more (random)")
    parser.add_argument("--way", action="append", choices=list(SETTINGS), help="only this one (all, in turn)")
    parser.add_argument("--jobs", type=int, default=1, help="rounds at a time")
    parser.add_argument("--folder", default=_fast(), help="where the machines are made")
    parser.add_argument("--stop", action="store_true", help="at the first round that fails")
    return parser.parse_args(arguments)


def _fast() -> str | None:
    """Memory, where it can be had: the soak is about order, not about disks."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > 2**30 else None


def _end_well() -> None:
    """Who is told to end ends what it has started first: the workers their machines, and this process the workers."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


def _round(work: tuple[Path, int, str]) -> Outcome:
    base, seed, way = work
    folder = base / f"round-{seed}"
    begun = time.monotonic()
    round = Round(folder, base / way, seed, way)
    why = ""
    try:
        round.play()
    except Broken as broken:
        why = str(broken)
    except Exception:
        why = traceback.format_exc()
    if not why:
        shutil.rmtree(folder, ignore_errors=True)
    return Outcome(seed, way, time.monotonic() - begun, round.counts, round.hooks, why)


def _tell(outcome: Outcome, done: int, rounds: int, base: Path) -> None:
    if outcome.why:
        kept = base / f"round-{outcome.seed}"
        print(f"seed {outcome.seed}, {outcome.way}, FAILED, kept in {kept}:\n{outcome.why}", flush=True)
    elif sys.stdout.isatty() or done % 10 == 0 or done == rounds:
        print(f"{done}/{rounds} rounds, seed {outcome.seed}: {outcome.seconds:.1f} s", flush=True)


def _sum_up(outcomes: list[Outcome], ways: list[str]) -> int:
    for way in ways:
        of_way = [one for one in outcomes if one.way == way]
        if of_way:
            _sum_up_way(way, of_way)
    failed = [outcome.seed for outcome in outcomes if outcome.why]
    seconds = [outcome.seconds for outcome in outcomes]
    print(f"\n{len(outcomes)} rounds, {sum(seconds) / len(seconds):.1f} s a round (longest {max(seconds):.1f})")
    print(f"{len(failed)} rounds failed{': seeds ' + ', '.join(map(str, failed)) if failed else ''}")
    return 1 if failed else 0


def _sum_up_way(way: str, outcomes: list[Outcome]) -> None:
    total: Counter[str] = Counter()
    for outcome in outcomes:
        total.update(outcome.counts)
    hooks = sorted(one for outcome in outcomes for one in outcome.hooks) or [0.0]
    print(f"\n{way}: {len(outcomes)} rounds")
    print(", ".join(f"{name} {total[name]}" for name in sorted(total)))
    shown = ((name, hooks[int(len(hooks) * share)]) for name, share in (("p50", 0.5), ("p95", 0.95)))
    print(f"Stop hooks: {', '.join(f'{name} {one:.2f} s' for name, one in shown)}, longest {hooks[-1]:.2f} s")
