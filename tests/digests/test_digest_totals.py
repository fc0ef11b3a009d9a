"""Tokens and cost of a digest are those that a count by the rule alone gives, session by session."""

from __future__ import annotations

import json
import os
from fractions import Fraction
from pathlib import Path

import pytest
from support import counting
from support.digesting import digested, one, recorded
from support.ingesting import SESSION, fresh_repo, take
from support.transcript import Transcript, varied

from gitml.model.jsonl import encode
from gitml.ops.reading import sessions, views
from gitml.ops.record.sync import sync_all
from gitml.store.fold import fold

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "transcripts"
SAMPLE = Path(os.environ.get("GITML_TRANSCRIPTS") or BESIDE) / "claude" / "projects"
MILLIONTH = Fraction(1, 10**6)


def check(digest: dict[str, object], main: Path) -> None:
    """Every sum is exactly the file's; the cost to the millionth."""
    found = counting.responses(main)
    spent, unpriced = counting.cost(found)
    assert digest["usage"] == counting.totals(found)
    assert set(digest.get("unpriced", ())) == unpriced  # type: ignore[call-overload]
    priced = any(each["model"] not in unpriced for each in found.values())
    assert (digest["cost"] is not None) == priced
    if digest["cost"] is not None:
        assert abs(Fraction(str(digest["cost"])) - spent) <= MILLIONTH / 2


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the sample of real transcripts is not on this machine")
def test_the_shared_sessions(tmp_path: Path) -> None:
    """21 digests of at most 4 kB, exact; a second run, and one that makes all again, write nothing."""
    context = fresh_repo(tmp_path)
    sync_all(context, source_dir=str(SAMPLE))
    assert len(digested(context).made) == 21
    lines = fold(context.layout, "digests").lines
    assert len(lines) == 21 and max(map(len, lines)) <= 4096
    mains = {path.stem: path for path in SAMPLE.glob("*/*.jsonl")}
    for digest in map(json.loads, lines):
        check(digest, mains[digest["session_id"]])
    assert digested(context).made == digested(context, again=True).made == []
    assert fold(context.layout, "digests").lines == lines
    stages = [json.loads(line) for line in fold(context.layout, "lifecycle").lines]
    assert sorted(each["session_id"] for each in stages if each["to"] == "analyzed") == sorted(mains)


@pytest.mark.parametrize("seed", range(4))
def test_made_up_sessions(tmp_path: Path, seed: int) -> None:
    """With sub-agents, interrupts, late results and odd lines."""
    made = varied(SESSION, 20, seed=seed)
    context = recorded(tmp_path, made)
    digested(context)
    check(one(context), made.write(tmp_path / "projects"))


def test_cost_where_sessions_are_read(tmp_path: Path) -> None:
    """`list` adds up chats and sub-agents at the same prices; a session's record has its digest's cost, until it goes
    on."""
    made = varied(SESSION, 12)
    context = recorded(tmp_path, made)
    digested(context)
    digest = one(context)
    (row,), _ = sessions.overview(context, lambda record: True, None)
    assert (row["cost"], row["unpriced"]) == (digest["cost"], [])
    assert sessions.one(context, SESSION).total.cost == digest["cost"]
    (record,) = views.records(context, "sessions")
    assert record["cost"] == digest["cost"]
    made.prompt("more")
    made.says("here it is")
    made.write(tmp_path / "projects")
    take(context, tmp_path / "projects")
    (record,) = views.records(context, "sessions")
    assert record["cost"] is None


def model(made: Transcript, name: str, **usage: object) -> None:
    """Give the newest response another model and other numbers."""
    record = json.loads(made.lines[-1])
    record["message"]["model"] = name
    record["message"]["usage"].update(usage)
    made.lines[-1] = encode(record) + b"\n"


def test_many_models(tmp_path: Path) -> None:
    """Each at its own price, long requests and an hour's cache dearer; an unknown model, or a mode without a price, is
    named and not guessed."""
    made = Transcript(SESSION)
    made.prompt("go")
    for name, usage in (
        ("claude-sonnet-4-5-20250929", {"cache_read_input_tokens": 250_000}),
        ("claude-haiku-5-5", {"input_tokens": 100_001}),
        ("claude-opus-4-6[1m]", {"cache_creation": {"ephemeral_1h_input_tokens": 7, "ephemeral_5m_input_tokens": 0}}),
        ("claude-sonnet-4-6", {"speed": "fast"}),
        ("glm-5", {}),
    ):
        made.says("so")
        model(made, name, **usage)
    digested(context := recorded(tmp_path, made))
    digest = one(context)
    assert digest["unpriced"] == ["claude-sonnet-4-6 (fast)", "glm-5"]
    assert [name for name, each in digest["models"].items() if "cost" not in each] == digest["unpriced"]
    (row,), _ = sessions.overview(context, lambda record: True, None)
    assert (row["cost"], row["unpriced"]) == (None, ["glm-5"])  # of a chat only its last model is known
    assert digest["models"]["claude-opus-4-6[1m]"]["cost"] == 0.000216  # 215.5 millionths
    assert digest["models"]["claude-haiku-5-5"]["cost"] == pytest.approx(
        (100_001 * 0.5 + 5 * 2.5 + 11 * 0.05 + 7 * 0.625) / 1e6, abs=1e-6
    )
    assert digest["cost"] == pytest.approx(sum(each.get("cost", 0) for each in digest["models"].values()), abs=1e-5)


def test_chunks_far_apart(tmp_path: Path) -> None:
    """A response whose records are 400 others apart is still one."""
    made = Transcript(SESSION)
    made.prompt("go")
    first = made.says("one")
    for number in range(400):
        made.says(str(number))
    made.add(first)
    digested(context := recorded(tmp_path, made))
    check(one(context), made.write(tmp_path / "projects"))
