"""What JSON does not have, and Python's reader lets through, costs no more than itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import codex_files, gemini_files, grok_files
from support.other_agents import Taking

ODD = [
    float("nan"),
    float("-inf"),
    10**40,
    json.loads("[" * 150 + "]" * 150),
    json.loads('{"a":' * 700 + "1" + "}" * 700),
]


def _codex(root: Path, odd: object) -> str:
    made = codex_files.Rollout(odd=odd)
    made.turn("please")
    made.calls("c1", "read", path="a.py", odd=odd)
    made.answers("c1", {"output": "fine", "odd": odd})
    made.says("done")
    made.put(root)
    return codex_files.SESSION


def _gemini_records(odd: object) -> list[gemini_files.Record]:
    call = {**gemini_files.call("c1", "read_file", file_path="a.py"), "odd": odd}
    return [gemini_files.user(1, "please", odd=odd), gemini_files.answer(2, "done", toolCalls=[call], odd=odd)]


def _document(root: Path, odd: object) -> str:
    gemini_files.put(root, gemini_files.document(_gemini_records(odd), odd=odd))
    return gemini_files.SESSION


def _gemini(root: Path, odd: object) -> str:
    gemini_files.put(root, gemini_files.rows([gemini_files.head(odd=odd), *_gemini_records(odd)]))
    return gemini_files.SESSION


def _grok(root: Path, odd: object) -> str:
    scribe = grok_files.Scribe()
    call = [scribe.call("c1", "read_file", path="a.py", odd=odd), scribe.result("c1", "x", rawOutput={"odd": odd})]
    records = [scribe.user("please", 0), *call, *scribe.answer("do", "ne"), scribe.done()]
    for record in records:
        record["params"]["update"]["odd"] = record["params"]["odd"] = odd
    grok_files.put(root, grok_files.rows(records))
    return grok_files.SESSION


MAKERS = {"codex": _codex, "document": _document, "gemini": _gemini, "grok": _grok}


@pytest.mark.parametrize("odd", ODD, ids=["nan", "infinite", "huge", "deep", "deeper"])
@pytest.mark.parametrize("kind", MAKERS)
def test_an_odd_value_costs_nothing_else(tmp_path: Path, kind: str, odd: object) -> None:
    """Wherever it stands in a session, the chat is recorded, its call as well, and there is a raw copy."""
    taking = Taking(tmp_path, kind.replace("document", "gemini"), "")
    taking.session = MAKERS[kind](taking.root, odd)
    taking.sync()
    records = taking.records()
    assert [(chat["input"], chat["output"]) for chat in records["chats"]] == [("please", "done")]
    assert [action["id"] for action in records["actions"]] == ["c1"]
    assert b"please" in taking.raw()


@pytest.mark.parametrize("depth", [900, 1010, 5000])
@pytest.mark.parametrize("kind", ["codex", "gemini", "grok"])
def test_nested_as_deep_as_a_parser_goes(tmp_path: Path, kind: str, depth: int) -> None:
    """Some parsers go deeper than Python itself does: nothing is raised, and lines beside it are recorded."""
    taking = Taking(tmp_path, kind, "")
    taking.session = MAKERS[kind](taking.root, "deep-here")
    for path in taking.root.rglob("*.jsonl"):
        line, *rest = path.read_bytes().splitlines(keepends=True)
        deep = line.replace(b'"deep-here"', b'{"a":' * depth + b"1" + b"}" * depth)
        path.write_bytes(line + b"".join(rest) + deep)
    taking.sync()
    assert [(chat["input"], chat["output"]) for chat in taking.records()["chats"]] == [("please", "done")]
