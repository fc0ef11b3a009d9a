"""A machine from outside: started, killed at some instant, perhaps thrown away, perhaps started again."""

from __future__ import annotations

import os
import random
import time
import traceback
from collections.abc import Callable
from contextlib import suppress

from gitml.ops.demo.processes import kill_all, of_home
from gitml.store.trees import remove_tree
from soakephemeral.journal import Broken, note, read
from soakephemeral.machine import Machine, Spec
from soakephemeral.server import Server

INSTANTS = ("time", "hook", "stop", "pushing", "pushed", "never")
WEIGHTS = (3, 4, 3, 3, 2, 2)


class Fate:
    """``instant``: after so much time, in a hook, right after a Stop has returned, when the remote is asked to take its
    push or has taken it, or never. ``thrown_away``: its folder goes; else it crashed, and is started again."""

    def __init__(self, spec: Spec, server: Server, rng: random.Random) -> None:
        self.spec = spec
        self.server = server
        self.instant = rng.choices(INSTANTS, WEIGHTS)[0]
        self.thrown_away = rng.random() < 0.7
        self.count = rng.randint(1, spec.turns)
        self.delay = rng.uniform(0.0, {"time": 5.0, "hook": 0.6, "pushing": 0.1, "pushed": 0.1}.get(self.instant, 0.01))
        self.due = 0.0
        self.life = 0
        self.pid = 0
        self.gone = False
        self.start()

    def start(self, work: Callable[[Machine], None] = Machine.live) -> None:
        """Let it run, in a process of its own."""
        self.pid = os.fork()
        if self.pid == 0:
            os._exit(_run(self.spec, self.life, work))

    def look(self) -> None:
        """Kill it if its time has come."""
        if not self.pid or self._ended() or self.instant == "never":
            return
        if not self.due and self._reached():
            self.due = time.monotonic() + self.delay
        if self.due and time.monotonic() >= self.due:
            self.kill()

    def kill(self) -> None:
        """The plug is pulled."""
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)
        self.pid = 0
        hit = kill_all(str(self.spec.folder), str(self.server.folder))
        note(self.spec.journal, "killed", instant=self.instant, processes=hit, thrown_away=self.thrown_away)
        self.instant, self.due = "never", 0.0
        if self.thrown_away or not (self.spec.root / ".git" / "HEAD").exists() or not self._cloned():
            remove_tree(str(self.spec.folder))
            self.gone = True
        else:
            self.life += 1
            self.start()

    def stop(self) -> None:
        """End what is left of it, after a failure elsewhere."""
        if self.pid:
            with suppress(ProcessLookupError):
                os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        kill_all(str(self.spec.folder), str(self.server.folder))

    def finish(self) -> None:
        """A machine that is still there has one more turn; then nothing works there any more."""
        self.life += 1
        self.start(Machine.last)
        while not self._ended():
            time.sleep(0.02)
        while of_home(str(self.spec.folder), str(self.server.folder)):
            time.sleep(0.02)

    def _cloned(self) -> bool:
        return any(one["what"] == "cloned" for one in read(self.spec.journal))

    def _reached(self) -> bool:
        if self.instant == "time":
            return True
        home = str(self.spec.folder)
        if self.instant in ("pushing", "pushed"):
            return self.server.noted(self.instant).count(home) >= self.count
        events = read(self.spec.journal)
        what = "hook" if self.instant == "hook" else "stop"
        return sum(1 for one in events if one["what"] == what) >= self.count

    def _ended(self) -> bool:
        if self.pid and os.waitpid(self.pid, os.WNOHANG)[0]:
            self.pid = 0
            for one in read(self.spec.journal):
                if one["what"] == "broken":
                    raise Broken(f"{self.spec.name}: {one['why']}")
        return not self.pid


def _run(spec: Spec, life: int, work: Callable[[Machine], None]) -> int:
    try:
        work(Machine(spec, life))
    except Broken as broken:
        note(spec.journal, "broken", why=str(broken))
    except Exception:
        note(spec.journal, "broken", why=traceback.format_exc())
    return 0
