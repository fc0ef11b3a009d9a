"""What a second machine finds once the first one is gone."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from typing import Any

from gitml.config import SIDE_BRANCH
from gitml.ops.demo.count import Count
from gitml.ops.demo.script import Turn
from gitml.ops.demo.session import Session
from gitml.ops.demo.stage import Stage, newest
from gitml.ops.demo.ways import Way
from gitml.ops.demo.words import short


@dataclass
class Found:
    """How many ``turns`` came back whole, and all ``counts``."""

    turns: int
    counts: list[Count]


def recover(stage: Stage, way: Way, session: Session, turns: list[Turn], token: str) -> Found:
    """Clone anew, read, count. Raises GitmlError where a command fails."""
    project = _clone_anew(stage, way)
    records = _records_folder(stage, way, project)
    chats = _read(stage, records)
    answers = {turn.answer for turn in turns}
    back = answers & {chat["output"] for chat in chats}
    linked = [one for one in _stream(stage, records, "commits") if one.get("session_id") == session.id]
    counts = [
        Count("sessions played", 1, len(_stream(stage, records, "sessions"))),
        Count("turns played", len(turns), len(chats)),
        Count("final answers, word for word", len(answers), len(back)),
        Count("tool calls", sum(len(turn.calls) for turn in turns), len(_stream(stage, records, "actions"))),
        Count("commits made by the agent, linked to its session", 1, len(linked)),
        Count("turns that gitml itself reads there", len(turns), len(_lines(stage.sh(project, "gitml cat chats")))),
        _secret(stage, project, token),
    ]
    return Found(len(back), counts)


def _clone_anew(stage: Stage, way: Way) -> str:
    stage.tell.step("Another machine clones the repository")
    stage.machine("machine-2")
    wanted = "" if way.branch == "main" else f"--branch {way.branch} "
    stage.sh(stage.home, f"git clone --quiet {wanted}../remote.git project")
    project = os.path.join(stage.home, "project")
    if way.name == SIDE_BRANCH:
        stage.tell.note(stage.sh(project, "gitml pull").splitlines()[0])
    return project


def _records_folder(stage: Stage, way: Way, project: str) -> str:
    """Where files hold the records for who has no gitml: in any clone, or in one of the side branch."""
    tool = "jq" if shutil.which("jq") else "Python (jq is not installed)"
    stage.tell.step(f"The records, read with find and {tool}; gitml is not needed")
    if way.name != SIDE_BRANCH:
        return project
    stage.sh(stage.home, f"git clone --quiet --branch gitml/{way.branch} ../remote.git records")
    return os.path.join(stage.home, "records")


def _read(stage: Stage, records: str) -> list[dict[str, Any]]:
    chats = _lines(stage.sh(records, newest("chats")))
    for chat in sorted(chats, key=lambda chat: str(chat["timestamp"])):
        stage.tell.note(f"> {short(chat['input'])}")
        stage.tell.note(f"  {short(chat['output'])}")
    return chats


def _secret(stage: Stage, project: str, token: str) -> Count:
    """The token stood in a prompt. It may be nowhere in the clone, and in no commit of it."""
    commits = stage.quietly(project, f"git log --all --format=%H -S{token}").splitlines()
    return Count("commits that give away the token somebody typed", 0, len(commits))


def _stream(stage: Stage, records: str, stream: str) -> list[dict[str, Any]]:
    return _lines(stage.quietly(records, newest(stream)))


def _lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]
