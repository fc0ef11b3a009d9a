"""The command line: rounds one after the other, in several processes, and what came of them."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from soakmerges import template
from soakmerges.git import settle_in
from soakmerges.kinds import STEPS
from soakmerges.walk import walk
from soakmerges.world import Broken, Round

ZEROS = ("conflicts in .git-ml/", "lost", "duplicates")


class Outcome(NamedTuple):
    """Of one round: its ``seed``, how long, ``counts``; of one that failed ``why``, and which folder is ``kept``."""

    seed: int
    seconds: float
    counts: Counter[str]
    why: str
    kept: str


def main(arguments: list[str] | None = None) -> int:
    """Run the soak. Returns 0 where every promise held in every round, else 1."""
    options = _options(arguments)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    base = Path(tempfile.mkdtemp(prefix="soak-merges-", dir=options.folder))
    print(f"seeds {seed} to {seed + options.rounds - 1}, {options.steps} steps a round, in {base}", flush=True)
    settle_in(base / "home")
    template.make(base / "template-0")
    template.make(base / "template-1", template.SMALL)
    work = [(base, seed + number, options.steps) for number in range(options.rounds)]
    outcomes = []
    with multiprocessing.get_context("fork").Pool(options.jobs, maxtasksperchild=50) as pool:
        for outcome in pool.imap_unordered(_round, work):
            outcomes.append(outcome)
            _tell(outcome, len(outcomes), options.rounds)
            if outcome.why and options.stop:
                pool.terminate()
                break
    if not any(outcome.why for outcome in outcomes):
        shutil.rmtree(base, ignore_errors=True)
    return _sum_up(outcomes)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="soak-merges", description="Random git histories: no record is lost.")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, help="of the first round; the next one's is one more (random)")
    parser.add_argument("--steps", type=int, default=40, help="of a round")
    parser.add_argument("--jobs", type=int, default=1, help="rounds at a time")
    parser.add_argument("--folder", default=_fast(), help="where the repositories are made")
    parser.add_argument("--stop", action="store_true", help="at the first round that fails")
    return parser.parse_args(arguments)


def _fast() -> str | None:
    """Memory, where it can be had: the soak is about order, not about disks."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) and shutil.disk_usage("/dev/shm").free > 2**30 else None


def _round(work: tuple[Path, int, int]) -> Outcome:
    base, seed, steps = work
    folder = base / f"round-{seed}"
    begun = time.monotonic()
    template.copy(base / f"template-{seed % 2}", folder)
    os.environ["CLAUDE_CONFIG_DIR"] = str(folder / "claude")
    round = Round(folder, seed)
    why = ""
    try:
        walk(round, steps)
    except Broken as broken:
        why = str(broken)
    except Exception:
        why = traceback.format_exc()
    if why:
        (folder / "log.txt").write_text("\n".join([*round.log, why, ""]))
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return Outcome(seed, time.monotonic() - begun, round.counts, why, str(folder) if why else "")


def _tell(outcome: Outcome, done: int, rounds: int) -> None:
    if outcome.why:
        print(f"seed {outcome.seed} FAILED, kept in {outcome.kept} (log.txt):\n{outcome.why}", flush=True)
    elif sys.stdout.isatty() or done % 25 == 0 or done == rounds:
        print(f"{done}/{rounds} rounds, seed {outcome.seed}: {outcome.seconds:.1f} s", flush=True)


def _sum_up(outcomes: list[Outcome]) -> int:
    total: Counter[str] = Counter()
    for outcome in outcomes:
        total.update(outcome.counts)
    failed = [outcome.seed for outcome in outcomes if outcome.why]
    steps = {name: total.pop(name) for name in sorted(STEPS) if name in total}
    seconds = [outcome.seconds for outcome in outcomes]
    print(f"\n{len(outcomes)} rounds, {sum(seconds) / len(seconds):.2f} s a round (longest {max(seconds):.1f})")
    print("steps: " + ", ".join(f"{name} {count}" for name, count in steps.items()))
    print(", ".join(f"{name} {total.get(name, 0)}" for name in (*ZEROS, *sorted(set(total) - set(ZEROS)))))
    print(f"{len(failed)} rounds failed{': seeds ' + ', '.join(map(str, failed)) if failed else ''}")
    return 1 if failed else 0
