"""Grok CLI's adapter keeps the contract of all adapters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.adapter_contract import Contract, LinesContract, Place
from support.grok_files import Scribe, put, rows

from gitml.agents.contract.laws import opened, whole
from gitml.agents.registry import adapter as registered

if TYPE_CHECKING:
    from gitml.agents.base import Adapter


def session(pieces: bool) -> bytes:
    """A session that uses each part of the reader's memory; its messages in ``pieces``, or each on one line."""
    scribe = Scribe()
    said = ["I shall see to the ", "colours é of every", "body at once"]
    wondered = ["which of them would", " be missing, I wonder"]
    records: list[dict[str, Any]] = [
        scribe.user("please add the missing colours", 0),
        *scribe.thought(*(wondered if pieces else ["".join(wondered)])),
        *scribe.answer(*(said if pieces else ["".join(said)])),
        scribe.call("call-1", "run_terminal_cmd", command="git commit -m 'colours for everybody'"),
        scribe.call("call-2", "read_file"),
        scribe.update("tool_call_update", toolCallId="call-2", title="Read a.md", rawInput={"target_file": "a.md"}),
        scribe.result("call-1", "[main abcdef1] colours for everybody"),
        scribe.result("call-2", "all that is in a.md", locations=[{"path": "/work/my app/a.md"}]),
        *scribe.answer("the colours are all there"),
        scribe.update("compaction_checkpoint", True, checkpoint_id="c", auto_continue={"prompt_text": "go on"}),
        scribe.done(inputTokens=100, outputTokens=10, cachedReadTokens=60, modelUsage={"grok-made-up": {}}),
        scribe.update("session_summary_generated", True, session_summary="Colours for everybody"),
        scribe.user("and now the shapes, if you please", 1),
        scribe.update("retry_state", True, type="retrying", reason="the line was busy for a while", attempt=1),
        scribe.done("p-2", "cancelled", inputTokens=7, outputTokens=1),
    ]
    return rows(records)


class Grok:
    """Fixtures of both."""

    @pytest.fixture
    def adapter(self) -> Adapter:
        return registered("grok")

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        root = tmp_path / "sessions"
        root.mkdir()
        return root

    @pytest.fixture
    def total(self) -> dict[str, int]:
        """Two turns; what came from the cache is part of the input."""
        return {"input": 47, "output": 11, "cache_read": 60, "cache_write_5m": 0, "cache_write_1h": 0}

    @pytest.fixture
    def place(self) -> Place:
        return lambda root, data: put(root, data)


class TestGrok(Grok, LinesContract):
    """The suite over a log whose messages are one line each."""

    @pytest.fixture
    def sample(self) -> bytes:
        return session(pieces=False)


class TestGrokPieces(Grok, Contract):
    """The laws that do not count lines, over a log whose messages come in pieces."""

    @pytest.fixture
    def sample(self) -> bytes:
        return session(pieces=True)

    def test_pieces_make_the_message(self, adapter: Adapter, root: Path, place: Place) -> None:
        """However a message is cut, it is the same message."""
        cut = whole(adapter, opened(adapter, root, place, session(pieces=True)))
        uncut = whole(adapter, opened(adapter, root, place, session(pieces=False)))
        texts = [[event.payload.get("text") for event in events] for events in (cut, uncut)]
        assert texts[0] == texts[1]

    def test_a_message_that_goes_on_waits(self, adapter: Adapter, root: Path, place: Place, sample: bytes) -> None:
        """Wherever a growing file ends, between pieces or within one: no event is lost, doubled or wrong later."""
        found = opened(adapter, root, place, sample)
        expected = whole(adapter, found)
        for cut in range(1, len(sample), 41):
            place(root, sample[:cut])
            reader = adapter.read(found, found.path)
            events, end = [], 0
            for step in reader:
                events += step.events
                end = step.end
            place(root, sample)
            rest = adapter.read(found, found.path, end, reader.state())
            assert not reader.damage and events + [event for step in rest for event in step.events] == expected
