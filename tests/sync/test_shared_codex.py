"""Recordings of Codex that other projects test with, where they lie beside the checkout: exact counts."""

from __future__ import annotations

import json
import os
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from support.ingesting import fresh_repo

from gitml.agents import registry
from gitml.ops.context import Context
from gitml.ops.record.ingest import sync_session
from gitml.store.fold import fold

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "transcripts"
SAMPLE = Path(os.environ.get("GITML_TRANSCRIPTS") or BESIDE) / "codex" / "sessions"
STREAMS = ("sessions", "chats", "actions")
UUID = "019c4b43-1451-7af3-be4c-5576369bf1ba"

EXPECTED = {
    "codex-session-simple.jsonl": (UUID, 1, 1, 0, ["src/main.rs"], 1),
    "codex-session-updated.jsonl": (UUID, 1, 2, 0, ["src/main.rs"], 1),
    "fc_args_1.jsonl": ("fc-args-1", 1, 1, 0, [], 0),
    "fc_args_2.jsonl": ("fc-args-2", 1, 1, 0, ["internal/parser/codex.go", "internal/parser/parser_test.go"], 0),
    "fc_stdin.jsonl": ("fc-stdin", 1, 1, 0, [], 0),
    "function_calls.jsonl": ("fc-1", 1, 1, 0, [], 0),
    "session-alpha.jsonl": ("session-alpha", 1, 0, 3925, [], 2),
    "standard_session.jsonl": ("abc-123", 1, 0, 0, [], 0),
}
"""Name: (session id, chats, actions, tokens, files, models). ``function_calls`` has two calls with one id, which are
one action; ``session-alpha`` has nothing but totals: they count, though nobody began a turn."""

pytestmark = pytest.mark.skipif(not SAMPLE.is_dir(), reason="the sample of recordings is not on this machine")


def sample() -> dict[str, Path]:
    return {path.name: path for path in sorted(SAMPLE.rglob("*.jsonl"))}


def plainly(path: Path) -> tuple[int, int, int]:
    """(prompts, distinct calls, tokens) by looking at the lines, without any of gitml's code."""
    records = [json.loads(line) for line in path.read_text().splitlines()]
    items = [record["payload"] for record in records if record["type"] == "response_item"]
    prompts = sum(item.get("role") == "user" for item in items)
    calls = {item["call_id"] for item in items if item.get("type") == "function_call"}
    tokens = 0
    for record in records:
        if record["payload"].get("type") == "token_count":
            total = record["payload"]["info"]["total_token_usage"]
            tokens = total["input_tokens"] + total["output_tokens"]
    return prompts, len(calls), tokens


def take(context: Context, folder: Path) -> None:
    for source in registry.adapter("codex").discover(str(folder)):
        assert sync_session(context, registry.adapter("codex"), source).damage == []


def alone(tmp_path: Path, path: Path) -> tuple[Context, Path]:
    folder = tmp_path / "sessions"
    folder.mkdir()
    shutil.copy(path, folder)
    context = fresh_repo(tmp_path / "repo")
    (tmp_path / "repo" / ".git" / "gitml").mkdir()
    return context, folder


def told(context: Context) -> tuple[Any, ...]:
    (session,) = fold(context.layout, "sessions").records()
    chats, actions = (list(fold(context.layout, name).records()) for name in ("chats", "actions"))
    files = [path for chat in chats for path in chat["files"]]
    tokens = sum(sum(chat["usage"].values()) for chat in chats)
    assert tokens == sum(session["usage"].values()) and session["agent"] == "codex"
    return session["session_id"], len(chats), len(actions), tokens, files, len(session["models"])


def test_the_sample_is_the_one_that_was_counted() -> None:
    """Every file of it has its line in the table, and the table says what is plainly in the files."""
    files = sample()
    assert sorted(files) == sorted(EXPECTED)
    for name, (_, chats, actions, tokens, _, _) in EXPECTED.items():
        prompts, calls, spent = plainly(files[name])
        assert (max(prompts, 1), calls, spent) == (chats, actions, tokens), name


@pytest.mark.parametrize("name", EXPECTED)
def test_exact_counts(tmp_path: Path, name: str) -> None:
    """Chats, actions, tokens, files and models of each recording."""
    context, folder = alone(tmp_path, sample()[name])
    take(context, folder)
    assert told(context) == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_growing_prefixes(tmp_path: Path, name: str) -> None:
    """Cut anywhere, as it grows, and read each time: the same as read at once, and no line is written twice."""
    context, folder = alone(tmp_path, sample()[name])
    path, data = folder / name, sample()[name].read_bytes()
    draw = random.Random(name)
    for cut in sorted({draw.randrange(1, len(data)) for _ in range(6)} | {len(data)}):
        path.write_bytes(data[:cut])
        take(context, folder)
    assert told(context) == EXPECTED[name]
    whole = fresh_repo(tmp_path / "whole")
    (tmp_path / "whole" / ".git" / "gitml").mkdir()
    take(whole, folder)
    for stream in STREAMS:
        assert _plain(context, stream) == _plain(whole, stream)


def _plain(context: Context, stream: str) -> list[dict[str, Any]]:
    """Without the name of the repository, which is the folder's own."""
    return [{**record, "repo": ""} for record in fold(context.layout, stream).records()]
