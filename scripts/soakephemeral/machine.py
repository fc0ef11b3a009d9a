"""What goes on on one machine: it clones, an agent's session runs, somebody works beside it."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from pathlib import Path

from gitml.ops.demo.session import Session
from soakephemeral import work
from soakephemeral.git import Ended, environ, settle_in, start
from soakephemeral.journal import Broken, note
from soakephemeral.server import WORK

PATIENCE = 30.0
"""Seconds to wait for the remote to be there at all, and for a push aside."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One machine: its ``name``, the ``folder`` that goes with it, the ``journal`` that stays, the ``branch`` it works
    on, how many ``turns``; ``cloud``: CLAUDE_CODE_REMOTE=true is set there."""

    name: str
    seed: int
    way: str
    branch: str
    cloud: bool
    turns: int
    folder: Path
    journal: Path
    remote: Path

    @property
    def root(self) -> Path:
        return self.folder / "clone"


class Machine:
    """The machine from inside. ``life``: how often it was started again after a crash."""

    def __init__(self, spec: Spec, life: int = 0) -> None:
        self.spec = spec
        self.life = life
        self.root = spec.root
        self.rng = random.Random(f"{spec.seed} {spec.name} {life}")
        self.environ = environ(spec.folder, spec.cloud)
        self.turn = 0

    def git(self, *arguments: str) -> Ended:
        """What somebody types. A crash in the middle of it leaves git's own locks."""
        note(self.spec.journal, "git", command=arguments)
        ended = start(self.root, self.environ, "git", *arguments)
        note(self.spec.journal, "git-done", code=ended.code, said=ended.said[-300:] if ended.code else "")
        return ended

    def live(self) -> None:
        """All of it: clone, session, turns with work between them."""
        if not self.life:
            self._clone()
        work.tidy(self)
        self._begin()
        for _ in range(self.spec.turns):
            work.something(self)
            self.ask()
            if self.spec.way == "with-commits":
                work.publish(self)
        self.fire("SessionEnd", reason="other")
        note(self.spec.journal, "done")

    def last(self) -> None:
        """One more turn of a machine that lived to see the end, with the remote up: all it holds is delivered."""
        work.tidy(self)
        work.aside(self)
        self._begin()
        self.ask()
        if self.spec.way == "with-commits":
            work.publish(self)
        note(self.spec.journal, "last")

    def ask(self) -> None:
        """One turn of the agent, its Stop hook at the end, at times another event's before."""
        self.turn += 1
        answer = f"{self.spec.name} answers, life {self.life}, turn {self.turn}"
        self.session.transcript.prompt(f"{self.spec.name} is asked, life {self.life}, turn {self.turn}")
        if self.rng.random() < 0.2:
            self.fire("PreCompact", trigger="auto")
        self.session.transcript.answer(answer)
        begun = time.monotonic()
        self.fire("Stop", answer, stop_hook_active=False, last_assistant_message=answer)
        ended = time.monotonic()
        done = self._waited() if self.spec.way == "side-branch" and not self.spec.cloud else ended
        note(self.spec.journal, "stop", answer=answer, begun=begun, hook=ended - begun, ended=done)

    def fire(self, event: str, answer: str = "", **more: object) -> None:
        """One hook: it says nothing, fails at nothing, and changes nothing of anybody's."""
        before = work.state(self)
        note(self.spec.journal, "hook", event=event, answer=answer)
        for fired in self.session.fire(event, **more):
            if fired.code or fired.stdout or fired.stderr:
                raise Broken(f"{event} ended with {fired.code}, said {fired.stdout + fired.stderr!r}")
        note(self.spec.journal, "hook-done", event=event)
        work.same(self, event, before)

    def _clone(self) -> None:
        settle_in(self.spec.folder)
        deadline = time.monotonic() + PATIENCE
        while True:
            ended = start(
                self.spec.folder, self.environ, "git", "clone", "-q", "-b", WORK, str(self.spec.remote), "clone"
            )
            if ended.code == 0:
                break
            if time.monotonic() > deadline:
                raise Broken(f"no clone: {ended.said}")
            time.sleep(0.1)
        if self.spec.branch != WORK and self.git("switch", "-q", self.spec.branch).code:
            self.git("switch", "-q", "--no-track", "-c", self.spec.branch)
        note(self.spec.journal, "cloned")

    def _begin(self) -> None:
        self.session = Session(str(self.root), self.environ)
        self.fire("SessionStart", source="startup")

    def _waited(self) -> float | None:
        """Until what is sent aside is at the remote: when, or None where it does not get there."""
        wanted = self.root / ".git" / "gitml" / "side-push.wanted"
        deadline = time.monotonic() + 3
        while wanted.exists():
            if time.monotonic() > deadline:
                return None
            time.sleep(0.02)
        return time.monotonic()
