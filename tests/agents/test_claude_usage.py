"""Responses: one key a response, usage as the contract has it, and what is no response at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.claude_files import Scribe, brief, read, said

KEYS: dict[str, tuple[dict[str, Any], str]] = {
    "the API's own id": ({"id": "msg_1", "requestId": "req_1"}, "msg_1"),
    "two ids below one request": ({"id": "msg_2", "requestId": "req_1"}, "msg_2"),
    "an id a chunk, from a proxy": ({"id": "0f0f-chunk", "requestId": "req_1"}, "req_1"),
    "no request": ({"id": "0f0f", "requestId": None}, "0f0f"),
    "neither": ({"id": None, "requestId": None}, "00000001-0000"),
}


@pytest.mark.parametrize("name", KEYS)
def test_response_key(name: str, tmp_path: Path) -> None:
    """All records of one response share a key, whatever the back end calls them."""
    own, key = KEYS[name]
    (event,) = read(tmp_path, [Scribe().assistant(said("hi"), **own)])
    assert str(event.payload["response"]).startswith(key)


USAGE: dict[str, tuple[dict[str, Any], list[int]]] = {
    "before the split": (
        {"input_tokens": 1, "output_tokens": 2, "cache_creation_input_tokens": 3, "cache_read_input_tokens": 4},
        [1, 2, 4, 3, 0],
    ),
    "split": (
        {
            "input_tokens": 1,
            "output_tokens": 2,
            "cache_creation_input_tokens": 9,
            "cache_read_input_tokens": 4,
            "cache_creation": {"ephemeral_5m_input_tokens": 3, "ephemeral_1h_input_tokens": 6},
        },
        [1, 2, 4, 3, 6],
    ),
    "an hour alone": (
        {"cache_creation_input_tokens": 6, "cache_creation": {"ephemeral_1h_input_tokens": 6}},
        [0, 0, 0, 0, 6],
    ),
    "iterations are not added": (
        {"input_tokens": 1, "output_tokens": 2, "iterations": [{"input_tokens": 1, "output_tokens": 2}]},
        [1, 2, 0, 0, 0],
    ),
    "wrong types": (
        {"input_tokens": "1", "output_tokens": True, "cache_read_input_tokens": -4, "cache_creation": [1]},
        [0, 0, 0, 0, 0],
    ),
    "huge": ({"input_tokens": 10**30, "output_tokens": 2}, [0, 2, 0, 0, 0]),
}


@pytest.mark.parametrize("name", USAGE)
def test_usage(name: str, tmp_path: Path) -> None:
    """Tokens in the contract's order: input, output, cache read, cache written for 5 minutes, for an hour."""
    numbers, expected = USAGE[name]
    (event,) = read(tmp_path, [Scribe().assistant(said("hi"), usage=numbers)])
    assert list(event.payload["usage"].values()) == expected


def test_each_record_of_a_response_carries_it(tmp_path: Path) -> None:
    """Chunks of a response with other records between share key and model; only the last has a stop reason."""
    scribe = Scribe()
    events = read(
        tmp_path,
        [
            scribe.assistant({"type": "thinking", "thinking": "", "signature": "c2ln"}, id="msg_7"),
            scribe.assistant(
                {"type": "tool_use", "id": "toolu_1", "name": "Read", "input": {"file_path": "a"}}, id="msg_7"
            ),
            scribe.result("toolu_1"),
            scribe.assistant(said("so"), id="msg_7", stop="end_turn", usage={"output_tokens": 99}),
        ],
    )
    assert brief(events) == [("thinking", ""), ("tool_use", "Read"), ("tool_result", "ok"), ("assistant", "so")]
    chunks = [event.payload for event in events if event.kind != "tool_result"]
    assert {chunk["response"] for chunk in chunks} == {"msg_7"}
    assert [chunk.get("stop_reason") for chunk in chunks] == [None, None, "end_turn"]
    assert [chunk["usage"]["output"] for chunk in chunks] == [2, 2, 99]


def test_blocks_that_are_not_known(tmp_path: Path) -> None:
    """A block of an unknown type is passed over, but what its response cost is not; a redacted thought is a thought."""
    scribe = Scribe()
    events = read(
        tmp_path,
        [
            scribe.assistant({"type": "hologram"}, id="msg_1"),
            scribe.assistant({"type": "redacted_thinking", "data": "x"}, id="msg_2"),
            scribe.assistant({"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}, id="msg_3"),
        ],
    )
    assert brief(events) == [("assistant", ""), ("thinking", ""), ("tool_use", "web_search")]
    assert all("usage" in event.payload for event in events)


ERRORS: dict[str, tuple[str, dict[str, Any], str]] = {
    "named": ("API Error: 429", {"isApiErrorMessage": True, "error": "rate_limit"}, "rate_limit"),
    "unnamed": ("Prompt is too long", {"isApiErrorMessage": True}, "unknown"),
    "a limit, unnamed": ("Claude AI usage limit reached|1760000000", {"isApiErrorMessage": True}, "rate_limit"),
    "a limit of later": ("You're out of extra usage · resets 5pm", {"isApiErrorMessage": True}, "rate_limit"),
    "by its text alone": ("API Error: Connection error.", {}, "unknown"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_api_errors(name: str, tmp_path: Path) -> None:
    """An API error is an error of its category, has its text, and cost nothing."""
    text, own, category = ERRORS[name]
    (event,) = read(tmp_path, [Scribe().assistant(said(text), model="<synthetic>", stop="stop_sequence", **own)])
    assert (event.kind, event.payload["category"], event.payload["text"]) == ("error", category, text)
    assert not {"usage", "model"} & set(event.payload)


def test_no_response_requested_is_no_error(tmp_path: Path) -> None:
    """The client's filler after a local command is neither an answer nor an error."""
    events = read(tmp_path, [Scribe().assistant(said("No response requested."), model="<synthetic>")])
    assert brief(events) == [("system", "no_response")]


def test_retries_are_errors_that_go_on(tmp_path: Path) -> None:
    """A retry says that it is one, with the API's own category and text where it gives them."""
    scribe = Scribe()
    inner = {"status": 529, "error": {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}}
    events = read(
        tmp_path,
        [
            scribe.record("system", subtype="api_error", error=inner, retryAttempt=1, maxRetries=10),
            scribe.record("system", subtype="api_error", error={"cause": {"code": "ECONNRESET"}}),
        ],
    )
    assert brief(events) == [("error", "overloaded_error"), ("error", "unknown")]
    assert all(event.payload["retry"] is True for event in events)
    assert events[0].payload["text"] == "Overloaded"
