"""Transcripts that are cleaned away while a sync is under way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.spoken import Speech, projects

from gitml.ops.raw.every import capture_all
from gitml.ops.record.running import find_session
from gitml.ops.record.sync import sync_all


@pytest.mark.parametrize("main", [True, False])
def test_a_transcript_that_goes_meanwhile_is_no_error(tmp_path: Path, main: bool) -> None:
    """``gitml clean`` takes sub-agents' files first and the main one last: a sync that had found them reads the rest of
    the sessions, and reports nothing."""
    speech = Speech(tmp_path / "repo")
    kept, gone = (speech.begin(number).write(projects()) for number in (1, 2))
    found = find_session("claude", gone.stem)
    assert found is not None

    def goes(done: int, all: int) -> None:
        for path in (*(agent.path for agent in found[1].agents), *[str(gone)] * main):
            if os.path.exists(path):
                os.unlink(path)

    report = sync_all(speech.context, progress=goes)
    assert report.errors == [] and report.captured == report.sessions == 1
    assert speech.why(1) != "it is not recorded; gitml sync" and kept.exists()
    assert capture_all(speech.context, [found]).errors == []
