"""Raw copies of Codex, Gemini CLI and Grok CLI: evicted by a policy, and what brings one back."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from support import codex_files, gemini_files, grok_files
from support.digesting import LATER
from support.every_agent import MAKERS
from support.over import Over
from support.sweeping import DAY, copies, facts, swept

from gitml.ops.retention.policy import Policy

OTHERS = sorted(set(MAKERS) - {"claude"})
OLD = Policy(max_age=30 * DAY)


def grow(over: Over, agent: str, path: Path) -> None:
    """One more turn."""
    if agent == "codex":
        more = codex_files.Rollout("019c4b43-1451-7af3-be4c-000000000001", str(over.root))
        more.clock = 60
        more.turn("and more")
        more.says("more is done")
        lines = b"".join(more.data().splitlines(keepends=True)[1:])
    elif agent == "gemini":
        lines = gemini_files.rows([gemini_files.user(50, [{"text": "and more"}]), gemini_files.answer(51, "done")])
    else:
        scribe = grok_files.Scribe(path.parent.name)
        scribe.count = 100
        lines = grok_files.rows([scribe.user("and more", 1), *scribe.answer("more is done"), scribe.done("p-2")])
    path.write_bytes(path.read_bytes() + lines)


def _touch(path: Path) -> None:
    os.utime(path, (LATER + DAY, LATER + DAY))


def _put_back(path: Path) -> None:
    """The same bytes, as another file."""
    shutil.copy(path, path.with_suffix(".bak"))
    os.replace(path.with_suffix(".bak"), path)


@pytest.mark.parametrize("agent", OTHERS)
def test_evicted_once_and_again_when_it_grew(tmp_path: Path, agent: str) -> None:
    """A sweep takes it in, copies and digests it, and evicts the copy. Touched or put back it is not copied again;
    once it went on it is, and is evicted once more; a clone that has nothing but the records does not copy it."""
    over = Over(tmp_path / "repo")
    session_id = MAKERS[agent](over.home, over.root, "do it", 1)
    (path,) = (each for each in over.home.rglob("*.jsonl"))
    report = swept(over.context, None, OLD, remove_all=True)
    assert (report.errors, report.evicted, report.digested) == ([], [session_id], [session_id])
    for disturb in (_touch, _put_back, _touch):
        disturb(path)
        over.sync()
        assert copies(over.context) == [] and swept(over.context, None, OLD, remove_all=True).evicted == []
    grow(over, agent, path)
    over.sync()
    assert copies(over.context) == [session_id]
    again = swept(over.context, None, OLD, remove_all=True)
    assert (again.errors, again.evicted) == ([], [session_id])
    assert facts(over.context, "evicted") == [session_id] * 2
    _forget_all(over)
    over.sync()
    assert copies(over.context) == []


def _forget_all(over: Over) -> None:
    """A clone that has the records, and no state of its own."""
    shutil.rmtree(over.context.layout.raw)
    shutil.rmtree(over.context.layout.cursors)
