"""The demonstration itself: record, commit, push, destroy, clone, read, and count whether anything is missing."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from typing import Any

from gitml.errors import GitmlError
from gitml.ops.demo import script
from gitml.ops.demo.session import Session
from gitml.ops.demo.stage import Stage, newest

SHOWN = 84
"""Characters of a prompt or an answer that are printed."""


@dataclass
class Count:
    """What was made on the first machine, and what was found in the clone on the second."""

    what: str
    made: int
    found: int

    @property
    def fits(self) -> bool:
        """Whether nothing is missing and nothing was made up."""
        return self.made == self.found


def play(stage: Stage) -> list[Count]:
    """Play it all; the counts. Raises GitmlError where a command fails."""
    token = script.made_up_token()
    turns = script.turns(token)
    clone = _set_up(stage)
    session = _work(stage, clone, turns)
    counts = [_quiet_hooks(session), _clean(stage, clone)]
    _publish(stage, clone)
    _destroy(stage)
    clone = _clone_anew(stage)
    return counts + _recovered(stage, clone, session, turns) + [_secret(stage, clone, token)]


def _set_up(stage: Stage) -> str:
    stage.tell.step("A machine, a repository, a remote")
    stage.machine("machine-1")
    clone = os.path.join(stage.home, "project")
    stage.sh(stage.base, "git init --quiet --bare remote.git")
    stage.sh(stage.home, "git clone --quiet ../remote.git project")
    with open(os.path.join(clone, "README"), "w", encoding="utf-8") as file:
        file.write("A project.\n")
    stage.sh(clone, "git add README && git commit --quiet -m 'a project'")
    stage.sh(clone, "gitml init")
    stage.sh(clone, "git commit --quiet -m 'record agent sessions'")
    return clone


def _work(stage: Stage, clone: str, turns: list[script.Turn]) -> Session:
    stage.tell.step("An agent works there; its hooks call gitml")
    session = Session(clone, stage.environ())
    session.start()
    for turn in turns:
        session.turn(turn.prompt, turn.calls, turn.answer)
        stage.tell.note(f"> {_short(turn.prompt)}")
        stage.tell.note(f"  {_plural(len(turn.calls), 'tool call')}. {_short(turn.answer)}")
    session.end()
    return session


def _quiet_hooks(session: Session) -> Count:
    """A hook that prints or fails disturbs the agent: of all that ran, none may."""
    well = sum(1 for fired in session.fired if fired.code == 0 and not fired.stdout and not fired.stderr)
    if not session.fired:
        raise GitmlError("gitml init registered no hooks", where=session.folder)
    return Count("hooks run, quiet and successful", len(session.fired), well)


def _clean(stage: Stage, clone: str) -> Count:
    status = stage.sh(clone, "git status --porcelain")
    stage.tell.note(status or "(nothing: what is recorded waits in the git directory)")
    return Count("files that recording left in the work tree", 0, len(status.splitlines()))


def _publish(stage: Stage, clone: str) -> None:
    stage.tell.step("An ordinary commit and an ordinary push")
    stage.sh(clone, "echo 'Run: sh greet.sh NAME' >> README")
    stage.sh(clone, "git commit --quiet -a -m 'readme: how to run it'")
    stage.sh(clone, "git push --quiet origin main")
    files = stage.quietly(clone, "git ls-tree -r --name-only HEAD .git-ml/tracked/live").splitlines()
    stage.tell.note(f"{_plural(len(files), 'file')} of records went along")


def _destroy(stage: Stage) -> None:
    stage.tell.step("The machine is destroyed: the clone, the home, the agent's transcripts")
    stage.destroy()
    stage.tell.note(f"left: {' '.join(sorted(os.listdir(stage.base)))}")


def _clone_anew(stage: Stage) -> str:
    stage.tell.step("Another machine clones the repository")
    stage.machine("machine-2")
    stage.sh(stage.home, "git clone --quiet ../remote.git project")
    return os.path.join(stage.home, "project")


def _recovered(stage: Stage, clone: str, session: Session, turns: list[script.Turn]) -> list[Count]:
    tool = "jq" if shutil.which("jq") else "Python (jq is not installed)"
    stage.tell.step(f"The records, read with find and {tool}; gitml is not needed")
    chats = _records(stage.sh(clone, newest("chats")))
    for chat in sorted(chats, key=lambda chat: str(chat["timestamp"])):
        stage.tell.note(f"> {_short(chat['input'])}")
        stage.tell.note(f"  {_short(chat['output'])}")
    answers = {turn.answer for turn in turns}
    linked = [one for one in _stream(stage, clone, "commits") if one.get("session_id") == session.id]
    return [
        Count("sessions played", 1, len(_stream(stage, clone, "sessions"))),
        Count("turns played", len(turns), len(chats)),
        Count("final answers, word for word", len(answers), len(answers & {chat["output"] for chat in chats})),
        Count("tool calls", sum(len(turn.calls) for turn in turns), len(_stream(stage, clone, "actions"))),
        Count("commits made by the agent, linked to its session", 1, len(linked)),
        Count("turns that gitml itself reads there", len(turns), len(_cat(stage, clone, "chats"))),
    ]


def _secret(stage: Stage, clone: str, token: str) -> Count:
    """The token stood in a prompt. It may be nowhere in the clone, and in no commit of it."""
    commits = stage.quietly(clone, f"git log --all --format=%H -S{token}").splitlines()
    return Count("commits that give away the token somebody typed", 0, len(commits))


def _stream(stage: Stage, clone: str, stream: str) -> list[dict[str, Any]]:
    return _records(stage.quietly(clone, newest(stream)))


def _cat(stage: Stage, clone: str, stream: str) -> list[dict[str, Any]]:
    return _records(stage.sh(clone, f"gitml cat {stream}"))


def _records(lines: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.splitlines()]


def _plural(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
