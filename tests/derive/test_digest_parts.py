"""The pure parts of a digest: prices, outcome, counts, shrinking."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gitml
from gitml.derive.digests import doing
from gitml.derive.digests.outcome import outcome
from gitml.derive.digests.shrink import LIMIT, SHRINKS, shrunk
from gitml.derive.digests.signs import Signs
from gitml.derive.digests.tree import tree
from gitml.derive.prices import PICO, Prices, usd
from gitml.model.events import USAGE_KEYS
from gitml.model.jsonl import encode

TABLE = json.loads((Path(gitml.__file__).parent / "prices.json").read_text())
PRICES = Prices(TABLE["models"])


def usage(**numbers: int) -> dict[str, int]:
    return {**dict.fromkeys(USAGE_KEYS, 0), **numbers}


def test_the_table_is_whole() -> None:
    """Dated, with its source; each model has all five prices, and a last one without an end."""
    assert TABLE["date"] and TABLE["source"] and TABLE["unit"] == "USD per million tokens"
    for name, listed in TABLE["models"].items():
        assert [("until" in price) for price in listed] == [True] * (len(listed) - 1) + [False], name
        for price in listed:
            for each in (price, price.get("long", price)):
                assert {*USAGE_KEYS} <= set(each), name
                assert 0 < each["cache_read"] < each["input"] <= each["cache_write_1h"] <= each["output"], name
                assert each["input"] < each["cache_write_1h"] or not name.startswith("claude-"), name
            assert ("long" in price) == ("above" in price)


@pytest.mark.parametrize(
    ("model", "numbers", "timestamp", "dollars"),
    [
        ("claude-opus-4-6", usage(input=1_000_000), "", "5"),
        ("claude-opus-4-5-20251101", usage(output=1_000_000), "", "25"),
        ("gpt-5-codex", usage(input=1_000_000, cache_read=1_000_000, output=1_000_000), "", "11.375"),
        ("claude-opus-4-6[1m]", usage(cache_read=1), "", "0.0000005"),
        ("claude-opus-4-6 (fast)", usage(input=1_000_000), "", "30"),
        ("claude-opus-4-8-20260601[1m] (fast)", usage(output=1_000_000), "", "50"),
        ("claude-sonnet-4-5-20250929", usage(input=200_000, output=10), "", "0.60015"),
        ("claude-sonnet-4-5-20250929", usage(input=1, cache_read=200_000), "", "0.120006"),
        ("claude-sonnet-5-5", usage(cache_read=1_000_000), "2026-10-06T23:59:59.999Z", "0.2"),
        ("claude-sonnet-5-5", usage(cache_read=1_000_000), "2026-10-07T00:00:00.000Z", "0.1"),
        ("claude-sonnet-5-5", usage(cache_read=1_000_000), "", "0.1"),
        ("claude-haiku-4-5-20251001", usage(cache_write_5m=8, cache_write_1h=1), "", "0.000012"),
    ],
)
def test_prices(model: str, numbers: dict[str, int], timestamp: str, dollars: str) -> None:
    """By kind of token, release date and window passed over, dearer above a length, as they were at the time."""
    pico = PRICES.pico(model, numbers, timestamp)
    assert pico is not None and Fraction(pico, PICO**2) == Fraction(dollars)


@pytest.mark.parametrize(
    "model", ["", "unknown", "glm-5", "claude-opus", "claude-sonnet-4-6 (fast)", "claude-opus-4-6-x"]
)
def test_nothing_is_guessed(model: str) -> None:
    """What is not in the table has no price, however near its name."""
    assert PRICES.pico(model, usage(input=1)) is None and not PRICES.knows(model)


def test_sums_have_no_length() -> None:
    """Of many requests together it is not known how long each was: they count as short."""
    assert PRICES.pico("claude-sonnet-4-5", usage(input=1_000_000), one=False) == 3 * PICO**2


def test_rounding() -> None:
    """To the millionth, halves up."""
    assert (usd(0), usd(499_999), usd(500_000), usd(1_234_567_800_000)) == (0.0, 0.0, 0.000001, 1.234568)


def chat(status: str = "complete", output: str = "Done.", **more: Any) -> dict[str, Any]:
    return {"id": "c1", "status": status, "output": output, "commits": [], **more}


def action(status: str = "ok", tool: str = "Bash", target: str = "make", **more: Any) -> dict[str, Any]:
    return {"id": f"{tool}{target}", "tool": tool, "target": target, "status": status, "ok": status == "ok", **more}


@pytest.mark.parametrize(
    ("chats", "actions", "changed", "expected", "evidence"),
    [
        ([], [], 0, "abandoned", "no prompt was answered"),
        ([chat()], [], 0, "success", "the last turn came to its final answer"),
        ([chat("error")], [], 3, "error", "the last turn ended in an error of the API (rate_limit)"),
        ([chat("error"), chat()], [], 0, "success", "2 turns"),
        ([chat(), chat("interrupted")], [], 1, "interrupted", "a person stopped the last turn"),
        ([chat("unfinished")], [action()], 0, "abandoned", "the last turn has no final answer"),
        ([chat("unfinished")], [action("error")], 0, "abandoned", "the last command failed"),
        (
            [chat("unfinished", commits=["abc1234"])],
            [action(target="git commit -m x", chat_id="c1"), action(tool="TaskUpdate", chat_id="c1")],
            1,
            "success",
            "a commit was the last thing that was done",
        ),
        (
            [chat("unfinished", commits=["abc1234"])],
            [action(target="git commit -m x", chat_id="c1"), action("error", chat_id="c1")],
            1,
            "abandoned",
            "the last command failed",
        ),
        ([chat(output="Shall I go on?")], [], 0, "abandoned", "the last answer is a question, and nobody replied"),
        ([chat(output="**Shall I go on?**")], [], 0, "abandoned", "no file was changed"),
        ([chat(output="Shall I go on?")], [], 1, "success", "1 file changed"),
        ([chat(output="All is well. " * 40 + "Anything else?")], [], 0, "success", "1 turn"),
    ],
)
def test_outcome(
    chats: list[dict[str, Any]], actions: list[dict[str, Any]], changed: int, expected: str, evidence: str
) -> None:
    """The rules of docs/digests.md, each with the words that say so."""
    signs = Signs()
    signs.category = "rate_limit"
    found, words = outcome(chats, actions, signs, changed, 0)
    assert found == expected and evidence in words


def test_counts() -> None:
    """Histograms begin with the most used; rejections and cascades are no failures; a retry follows a failure."""
    calls = [
        action("error"), action("ok"), action("ok"), action("timeout", target="x"), action("error", target="x"),
        action("rejected", tool="Edit"), action("cascade", tool="Read"),
        action(tool="mcp__git__log"), action(tool="mcp__git__show"), action(tool="mcp__a b__c"),
    ]  # fmt: skip
    assert next(iter(doing.histogram(calls).items())) == ("Bash", 5)
    assert doing.servers(calls) == {"git": 2, "a b": 1}
    assert doing.failures(calls) == {"Bash": 3}
    assert doing.repeats(calls) == 2


def test_written_files_come_first() -> None:
    """Once each; a write that failed wrote nothing."""
    calls = [
        action(tool="Write", target="b"),
        action("error", tool="Edit", target="c"),
        action(tool="Edit", target="b"),
    ]
    assert doing.files([{"files": ["a", "b", "c"]}, {"files": ["a"]}], calls) == (["b", "a", "c"], 1)


def test_the_tree_of_agents() -> None:
    """Agents of agents stand below them; those whose start is not known stand at the top; a circle ends."""
    batches = [
        {"id": "o1", "timestamp": "1", "agents": [{"id": "a", "tool_id": "t1", "type": "A"}, {"id": "b", "type": "B"}]},
        {"id": "o2", "timestamp": "2", "agents": [{"id": "c", "tool_id": "t2", "type": "C"}]},
        {"id": "o3", "timestamp": "3", "agents": [{"id": "d", "tool_id": "t3", "type": "D"}, "odd"]},
        {"id": "o4", "timestamp": "4", "agents": None},
    ]
    actions = [{"id": "t1"}, {"id": "t2", "agent_id": "a"}, {"id": "t3", "agent_id": "d"}]
    found = [(agent["depth"], agent["type"]) for agent in tree(batches, actions)]
    assert found == [(1, "A"), (2, "C"), (1, "B")]


texts = st.text(max_size=300)
names = st.text(max_size=80)
snippets = st.lists(st.fixed_dictionaries({"kind": st.just("error"), "text": st.text(max_size=400)}), max_size=5)
fat = st.fixed_dictionaries(
    {
        **{key: st.lists(texts, max_size=60) for key in ("agents", "commits", "evidence", "files", "unpriced")},
        **{key: st.dictionaries(names, st.integers(0), max_size=60) for key in ("failed", "mcp", "tools", "models")},
        "snippets": snippets,
        "errors": st.integers(0),
    }
)


@given(fat)
def test_it_always_fits(record: dict[str, Any]) -> None:
    """At most 4 kB, the front of each list, the rest counted; what fits is left alone, so twice is as once."""
    made = shrunk(record, lambda each: len(encode(each)))
    assert len(encode(made)) <= LIMIT and made["errors"] == record["errors"]
    if len(encode(record)) <= LIMIT:
        assert made == record
    for key in SHRINKS:
        if key != "snippets":
            assert list(made[key]) == list(record[key])[: len(made[key])]
        assert made.get("left_out", {}).get(key, 0) == len(record[key]) - len(made[key])
    assert shrunk(record, lambda each: len(encode(each))) == made
