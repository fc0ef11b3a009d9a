"""The adapter over real transcripts, counted a second time in the plainest way. Skips where they are absent."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gitml.agents.registry import adapter
from gitml.model.events import KINDS, ORIGINS, STATUSES

SAMPLE = Path(os.environ.get("GITML_TRANSCRIPTS") or Path(__file__).parents[3] / "shared" / "transcripts")
PROJECTS = SAMPLE / "claude" / "projects"
FILES = sorted(PROJECTS.glob("*/*.jsonl"))

pytestmark = pytest.mark.skipif(not FILES, reason=f"no sample of real transcripts in {PROJECTS}")


def plain(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a file, with nothing but json."""
    for line in path.read_bytes().split(b"\n"):
        at = 0
        text = line.decode()
        while at < len(text):
            record, at = json.JSONDecoder().raw_decode(text, at)
            yield record


def counted(path: Path) -> Counter[str]:
    """What must come out of a file: typed prompts, responses, tool calls, results, by the plainest reading of it."""
    found: Counter[str] = Counter()
    responses: dict[str, int] = {}
    for record in plain(path):
        content = record.get("message", {}).get("content") if record["type"] in ("user", "assistant") else None
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content or []
        if record["type"] == "assistant" and record["message"]["model"] != "<synthetic>":
            responses[record["message"]["id"]] = record["message"]["usage"]["output_tokens"]
            found["calls"] += sum(block["type"] == "tool_use" for block in blocks)
        if record["type"] == "user":
            found["results"] += sum(block["type"] == "tool_result" for block in blocks)
            said = [block["text"] for block in blocks if block["type"] == "text"]
            marked = record.get("isMeta") or record.get("isCompactSummary")
            if said and not marked and not said[0].startswith(("<", "[Request interrupted")):
                found["prompts"] += 1
        if record["type"] == "queue-operation" and not record.get("content", "<").startswith("<"):
            found["prompts"] += 1  # in this sample every prompt that was queued was removed, that is delivered
    found["responses"] = len(responses)
    found["output"] = sum(responses.values())
    return +found


def read(path: Path) -> Counter[str]:
    """The same from the adapter's events of the main conversation."""
    claude = adapter("claude")
    source = claude.at(str(path), str(PROJECTS))
    assert source is not None
    found: Counter[str] = Counter()
    responses: dict[str, int] = {}
    for step in claude.read(source, source.path):
        for event in step.events:
            assert event.kind in KINDS
            if event.is_sidechain:
                continue
            payload = event.payload
            found["calls"] += event.kind == "tool_use"
            found["results"] += event.kind == "tool_result"
            found["prompts"] += event.kind == "user" and payload["origin"] == "prompt"
            assert event.kind != "user" or payload["origin"] in ORIGINS
            assert event.kind != "tool_result" or payload["status"] in STATUSES
            if "usage" in payload:
                responses[payload["response"]] = payload["usage"]["output"]
    found["responses"] = len(responses)
    found["output"] = sum(responses.values())
    return +found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[:8])
def test_counts_are_those_of_a_plain_reading(path: Path) -> None:
    """Prompts, responses, output tokens, tool calls and results of every real session are exactly what it holds."""
    assert read(path) == counted(path)


def test_every_session_is_found() -> None:
    """Discovery finds each file of the sample, once, by its id."""
    found = [source.session_id for source in adapter("claude").discover(str(PROJECTS))]
    assert found == sorted(path.stem for path in FILES)
