"""Gemini CLI's adapter keeps the contract of all adapters, in both layouts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.adapter_contract import DocumentContract, LinesContract, Place
from support.gemini_files import answer, call, clock, document, head, put, rows, thought, tokens, user

from gitml.agents.registry import adapter as registered

if TYPE_CHECKING:
    from gitml.agents.base import Adapter

SHELL = {"command": "git add -A && git commit -m 'colours for everybody'", "description": "Commit it"}


def conversation() -> list[dict[str, Any]]:
    """Each message as it ends up."""
    commit = "Output: [main abcdef1] colours for everybody\nProcess Group PGID: 7"
    done = [call("run-1", "run_shell_command", commit, **SHELL), call("read-1", "read_file", "blue", file_path="a.md")]
    wondering = [thought("Considering colours", "I wonder which of them\u2028would do")]
    return [
        user(1, [{"text": "please add the missing colours é"}], displayContent="please add the missing colours é"),
        answer(2, "I shall look at the colours", tokens(100, 10, 60, 5), thoughts=wondering),
        answer(3, "", tokens(200, 20, 150, 6, 2), toolCalls=done),
        {"id": "i", "timestamp": clock(4), "type": "info", "content": "an update is available"},
        answer(5, "the colours are all there now", tokens(300, 30)),
        user(6, "/stats and nothing but the stats"),
        user(7, "thank you, and now the shapes"),
        answer(8, "shapes are a matter of another day", tokens(400, 40)),
    ]


def as_written() -> bytes:
    """The same as the client appends it: messages again when their tokens are known and when tools have finished."""
    first, second, third, info, *rest = conversation()
    begun = {**third, "toolCalls": [{**third["toolCalls"][0], "status": "executing", "result": None}]}
    return rows(
        [
            head(kind="main"),
            first,
            {"$set": {"lastUpdated": clock(1)}},
            {**second, "tokens": None},
            second,
            {**third, "toolCalls": None, "tokens": None},
            {**third, "toolCalls": None},
            begun,
            third,
            {"$set": {"lastUpdated": clock(3)}},
            info,
            third,
            {"$set": {"summary": "Colours and shapes", "messages": [first, third]}},
            *rest,
            {"$rewindTo": rest[-1]["id"]},
        ]
    )


class Gemini:
    """Fixtures of both layouts."""

    @pytest.fixture
    def adapter(self) -> Adapter:
        return registered("gemini")

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        root = tmp_path / "tmp"
        root.mkdir()
        return root

    @pytest.fixture
    def total(self) -> dict[str, int]:
        """Four responses: what is cached is taken off the input, thoughts are output, tools' results input."""
        return {"input": 40 + 52 + 300 + 400, "output": 15 + 26 + 30 + 40, "cache_read": 210} | {
            "cache_write_5m": 0,
            "cache_write_1h": 0,
        }

    @pytest.fixture
    def place(self) -> Place:
        return lambda root, data: put(root, data)


class TestGeminiLines(Gemini, LinesContract):
    """The suite over JSONL."""

    repeats = True

    @pytest.fixture
    def sample(self) -> bytes:
        return as_written()

    @pytest.fixture
    def place(self) -> Place:
        return lambda root, data: put(root, data if not data.startswith(b"{\n") else b" " + data)


class TestGeminiDocument(Gemini, DocumentContract):
    """The suite over one JSON document."""

    @pytest.fixture
    def sample(self) -> bytes:
        return document(conversation())

    @pytest.fixture
    def place(self) -> Place:
        def place(root: Path, data: bytes) -> Path:
            path = put(root, b"{\n")
            path.write_bytes(data)
            return path

        return place
