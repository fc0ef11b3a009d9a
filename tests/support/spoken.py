"""A repository whose sessions lie where the agent keeps them, at any point of their way to being cleaned away."""

from __future__ import annotations

import os
from pathlib import Path

from support.digesting import LATER, digested
from support.grove import cleaned, planned
from support.ingesting import fresh_repo
from support.sweeping import name
from support.transcript import Transcript

from gitml.ops.cleaning.apply import Done
from gitml.ops.cleaning.item import Item
from gitml.ops.context import Context
from gitml.ops.lifecycle import marking
from gitml.ops.record.sync import sync_all

KIND = ("sessions",)


def projects() -> Path:
    """Where the agent keeps its transcripts, as the environment says."""
    return Path(os.environ["CLAUDE_CONFIG_DIR"]) / "projects"


class Speech:
    """Sessions of one repository at ``root``. ``now``: long after their last words."""

    def __init__(self, root: Path) -> None:
        self.context: Context = fresh_repo(root)
        self.root = root
        self.now = LATER
        self.marked = 0
        projects().mkdir(parents=True, exist_ok=True)

    def begin(self, number: int, cwd: str = "") -> Transcript:
        """A session that asked one thing and used one sub-agent; not written yet."""
        made = Transcript(name(number), cwd or str(self.root))
        self.turn(made, agent=f"a{number:07x}")
        return made

    def turn(self, made: Transcript, agent: str = "") -> None:
        """One more prompt with its answer."""
        made.prompt(f"step {len(made.lines)}")
        if agent:
            (task,) = made.uses(("Task", {"prompt": "look", "subagent_type": "Explore", "description": "look"}))
            parent = made.parent
            made.prompt("look", agent)
            made.says("found", agent)
            made.parent = parent
            made.result(task, "found", toolUseResult={"status": "completed", "agentId": agent})
        made.says(f"done {len(made.lines)}")

    def ready(self, number: int, cwd: str = "") -> Path:
        """One that may go. Its main file."""
        path = self.begin(number, cwd).write(projects())
        self.sync()
        self.digest()
        self.mark(number)
        return path

    def sync(self) -> None:
        assert sync_all(self.context).errors == []

    def digest(self) -> None:
        digested(self.context, self.now)

    def mark(self, number: int, stage: str = "implemented") -> None:
        self.marked += 1
        record = marking.plan(self.context, name(number), stage, self.now + self.marked, force=True, by="a person")
        if record is not None:
            marking.apply(self.context, record)

    def items(self, older: float | None = 0.0) -> dict[int, Item]:
        """The sessions by their number."""
        return {int(item.subject[:8]): item for item in planned(self.context, KIND, older, self.now).items}

    def why(self, number: int) -> str:
        """Why a session stays; "" where it goes."""
        item = self.items()[number]
        return "" if item.goes else item.why

    def clean(self) -> Done:
        return cleaned(self.context, KIND, 0.0, self.now)
