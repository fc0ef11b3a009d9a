"""The remote, which outlives all machines, and its moods."""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

from soakephemeral.git import environ, must, settle_in

WORK = "work"
SETTINGS = {"own-commits": "auto", "side-branch": "side-branch", "with-commits": "with-commits"}
"""``auto`` takes own-commits on a machine that is thrown away."""

HOOK = """\
#!/bin/sh
echo "$HOME" >> ../pushing
refs=$(cat)
case "{mood}" in refuses) exit 1 ;; slow) sleep {seconds} ;; esac
[ -z "{picky}" ] || ! echo "$refs" | grep -v ' refs/heads/\\(work\\|machine-[0-9]*\\|main\\)$' >/dev/null
"""
SEEN = '#!/bin/sh\necho "$HOME" >> ../pushed\n'
BAD = ("refuses", "gone")


def template(folder: Path, way: str) -> None:
    """A bare repository with a store set up for that way, on ``main`` and on ``work``."""
    home = folder / "home"
    settle_in(home)
    world = environ(home, False)
    must(folder, world, "git", "init", "-q", "--bare", "remote.git")
    must(folder, world, "git", "-C", "remote.git", "config", "core.logAllRefUpdates", "always")
    must(folder, world, "git", "clone", "-q", "remote.git", "first")
    first = folder / "first"
    (first / "base.txt").write_text("".join(f"line {number}\n" for number in range(20)))
    must(first, world, "git", "add", ".")
    must(first, world, "gitml", "init", "-q", "--no-import", "--persist", SETTINGS[way])
    must(first, world, "git", "commit", "-q", "-m", "begun")
    must(first, world, "git", "push", "-q", "origin", "main", "main:work")
    shutil.rmtree(first)
    shutil.rmtree(home)


class Server:
    """``folder`` holds the repository and, beside it, what its hooks note: homes ``pushing`` and ``pushed``."""

    def __init__(self, folder: Path, rng: random.Random, picky: bool) -> None:
        self.folder = folder
        self.root = folder / "remote.git"
        self._away = folder / "gone.git"
        self._picky = picky
        self.mood = ""
        self.bad: list[tuple[float, float]] = []
        self._since = 0.0
        self.plan = _plan(rng)
        self._begun = time.monotonic()
        self.be("fair", 0.0)
        seen = self.root / "hooks" / "post-receive"
        seen.write_text(SEEN)
        seen.chmod(0o755)

    def be(self, mood: str, seconds: float) -> None:
        """Change its mood; ``seconds`` are what a slow one takes over a push. Times are taken on the safe side."""
        if mood == self.mood:
            return
        if mood in BAD and self.mood not in BAD:
            self._since = time.monotonic()
        if self._away.exists() and mood != "gone":
            self._away.rename(self.root)
        self._hook(mood, seconds)
        if mood == "gone":
            self.root.rename(self._away)
        if self.mood in BAD and mood not in BAD:
            self.bad.append((self._since, time.monotonic()))
        self.mood = mood

    def pass_time(self) -> None:
        """Follow the plan."""
        while self.plan and time.monotonic() - self._begun >= self.plan[0][0]:
            _, mood, seconds = self.plan.pop(0)
            self.be(mood, seconds)

    def was_up(self, begun: float, ended: float) -> bool:
        """Whether it took pushes all the time between."""
        bad = [*self.bad, *([(self._since, float("inf"))] if self.mood in BAD else [])]
        return all(ended < since or begun > until for since, until in bad)

    def noted(self, name: str) -> list[str]:
        path = self.folder / name
        return path.read_text().splitlines() if path.exists() else []

    def _hook(self, mood: str, seconds: float) -> None:
        where = self.root if self.root.exists() else self._away
        path = where / "hooks" / "pre-receive.new"
        path.parent.mkdir(exist_ok=True)
        path.write_text(HOOK.format(mood=mood, seconds=f"{seconds:.2f}", picky="yes" if self._picky else ""))
        path.chmod(0o755)
        path.rename(path.with_suffix(""))


def _plan(rng: random.Random) -> list[tuple[float, str, float]]:
    """When which mood begins: (seconds since the start, mood, seconds a push takes)."""
    moods = rng.choices(["fair", "slow", *BAD], k=5)
    at, plan = 0.0, []
    for mood in moods:
        plan.append((at, mood, rng.uniform(0.05, 0.8)))
        at += rng.uniform(0.5, 3.0)
    return [*plan, (at, "fair", 0.0)]
