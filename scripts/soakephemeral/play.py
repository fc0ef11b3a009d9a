"""One round: a remote, machines that come and go, and at the end what is there."""

from __future__ import annotations

import random
import subprocess
import time
from collections import Counter
from pathlib import Path

from soakephemeral import check
from soakephemeral.fate import Fate
from soakephemeral.journal import Broken
from soakephemeral.machine import Spec
from soakephemeral.server import WORK, Server

PAUSE = 0.01
LONGEST = 240.0
"""Seconds of a round. Hooks have budgets, so that nothing can take so long unless it hangs."""


class Round:
    """Everything follows from ``seed`` but what clocks and other processes decide."""

    def __init__(self, folder: Path, template: Path, seed: int, way: str) -> None:
        self.folder = folder
        self.way = way
        self.seed = seed
        self.rng = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.hooks: list[float] = []
        folder.mkdir(parents=True)
        subprocess.run(["cp", "-a", str(template), str(folder / "server")], check=True)
        self.server = Server(folder / "server", self.rng, picky=way != "side-branch" and self.rng.random() < 0.3)
        self.fates: list[Fate] = []
        self._begun = time.monotonic()
        self._shared = self.rng.random() < 0.6
        self._cloud = way == "own-commits" or (way == "side-branch" and self.rng.random() < 0.5)

    def play(self) -> None:
        """All of it. Raises Broken."""
        try:
            self._run()
            self.server.plan = []
            self.server.be("fair", 0.0)
            for fate in self.fates:
                if not fate.gone:
                    fate.finish()
            check.everything(self)
        finally:
            for fate in self.fates:
                fate.stop()

    def _run(self) -> None:
        coming = sorted(self.rng.uniform(0.0, 2.0) for _ in range(self.rng.randint(1, 4)))
        while coming or any(fate.pid for fate in self.fates):
            if coming and time.monotonic() - self._begun >= coming[0]:
                coming.pop(0)
                self._arrive()
            self.server.pass_time()
            for fate in self.fates:
                was_gone = fate.gone
                fate.look()
                if fate.gone and not was_gone and self.rng.random() < 0.4 and len(self.fates) < 6:
                    coming.insert(0, 0.0)
            if time.monotonic() - self._begun > LONGEST:
                raise Broken("the round does not end")
            time.sleep(PAUSE)

    def _arrive(self) -> None:
        name = f"machine-{len(self.fates) + 1}"
        branch = WORK if self._shared and self.rng.random() < 0.8 else name
        spec = Spec(
            name, self.seed, self.way, branch, self._cloud, self.rng.randint(2, 5), self.folder / name,
            self.folder / f"{name}.jsonl", self.server.root,
        )  # fmt: skip
        self.fates.append(Fate(spec, self.server, self.rng))
