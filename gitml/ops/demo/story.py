"""The demonstration itself: a machine is set up, an agent works there, and the machine is destroyed."""

from __future__ import annotations

import json
import os
import time

from gitml.config import SIDE_BRANCH, WITH_COMMITS
from gitml.errors import GitmlError
from gitml.ops.demo import script
from gitml.ops.demo.count import Count, Told
from gitml.ops.demo.recovery import recover
from gitml.ops.demo.session import Session
from gitml.ops.demo.stage import Stage
from gitml.ops.demo.ways import Way
from gitml.ops.demo.words import plural, short

PATIENCE = 20.0
"""Seconds for a push in the background: on a machine at ease it takes a few tenths of one."""


def play(stage: Stage, way: Way) -> Told:
    """Play it all by that way. Raises GitmlError where a command fails."""
    stage.tell.begin(way.title, way.name)
    token = script.made_up_token()
    turns = script.turns(token)
    clone = _set_up(stage, way)
    session = _work(stage, clone, turns)
    counts = [_quiet_hooks(session), _clean(stage, clone)]
    if way.name == WITH_COMMITS:
        session.end()
        _publish(stage, clone)
    elif way.name == SIDE_BRANCH:
        _wait_for_push(stage, clone)
    _destroy(stage)
    found = recover(stage, way, session, turns, token)
    slowest = max(fired.seconds for fired in session.fired)
    return Told(way, len(turns), found.turns, slowest, counts + found.counts)


def _set_up(stage: Stage, way: Way) -> str:
    stage.tell.step("A machine, a repository, a remote" + (" (CLAUDE_CODE_REMOTE=true)" if way.cloud else ""))
    stage.machine("machine-1")
    clone = os.path.join(stage.home, "project")
    stage.sh(stage.base, "git init --quiet --bare remote.git")
    stage.sh(stage.home, "git clone --quiet ../remote.git project")
    with open(os.path.join(clone, "README"), "w", encoding="utf-8") as file:
        file.write("A project.\n")
    stage.sh(clone, "git add README && git commit --quiet -m 'a project'")
    stage.sh(clone, way.init)
    stage.sh(clone, "git commit --quiet -m 'record agent sessions'")
    if way.name != WITH_COMMITS:
        stage.sh(clone, "git push --quiet origin main")
    if way.branch != "main":
        stage.sh(clone, f"git switch --quiet -c {way.branch}")
    return clone


def _work(stage: Stage, clone: str, turns: list[script.Turn]) -> Session:
    stage.tell.step("An agent works there; its hooks call gitml")
    session = Session(clone, stage.environ())
    session.start()
    for turn in turns:
        session.turn(turn.prompt, turn.calls, turn.answer)
        stage.tell.note(f"> {short(turn.prompt)}")
        hook = session.fired[-1].seconds if session.fired else 0.0
        stage.tell.note(f"  {plural(len(turn.calls), 'tool call')}, an answer, the Stop hook: {hook:.2f} s")
    return session


def _quiet_hooks(session: Session) -> Count:
    """A hook that prints or fails disturbs the agent: of all that ran, none may."""
    well = sum(1 for fired in session.fired if fired.code == 0 and not fired.stdout and not fired.stderr)
    if not session.fired:
        raise GitmlError("gitml init registered no hooks", where=session.folder)
    return Count("hooks run, quiet and successful", len(session.fired), well)


def _clean(stage: Stage, clone: str) -> Count:
    status = stage.sh(clone, "git status --porcelain")
    stage.tell.note(status or "(nothing: no record lies there as a changed or an untracked file)")
    return Count("files that recording left in the work tree", 0, len(status.splitlines()))


def _publish(stage: Stage, clone: str) -> None:
    stage.tell.step("An ordinary commit and an ordinary push")
    stage.sh(clone, "echo 'Run: sh greet.sh NAME' >> README")
    stage.sh(clone, "git commit --quiet -a -m 'readme: how to run it'")
    stage.sh(clone, "git push --quiet origin main")
    files = stage.quietly(clone, "git ls-tree -r --name-only HEAD .git-ml/tracked/live").splitlines()
    stage.tell.note(f"{plural(len(files), 'file')} of records went along")


def _wait_for_push(stage: Stage, clone: str) -> None:
    """The hook did not wait for it, so what it holds is promised only from here on."""
    stage.tell.step("The hook has returned; its push goes on in the background")
    began = time.monotonic()
    while json.loads(stage.quietly(clone, "gitml status --json"))["persist"]["side"]["unpushed"]:
        if time.monotonic() - began > PATIENCE:
            raise GitmlError("the side branch was not pushed", where=clone, hint="gitml demo --keep, then look there")
        time.sleep(0.05)
    stage.tell.note(f"waited for it: {time.monotonic() - began:.1f} s")


def _destroy(stage: Stage) -> None:
    stage.tell.step("The machine is destroyed: all that runs there, the clone, the home, the agent's transcripts")
    killed = stage.destroy()
    ran = plural(killed, "process", "processes") if killed else "nothing did"
    stage.tell.note(f"SIGKILL to whatever still ran ({ran}); left: {' '.join(sorted(os.listdir(stage.base)))}")
