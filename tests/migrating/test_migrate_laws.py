"""Laws of migrating, over made-up histories: where records stand and in what order they are read does not matter."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.ingesting import fresh_repo
from support.migrating import NOW
from support.old_layout import put, whole_part

from gitml.ops.context import Context
from gitml.ops.migrating.migrate import Wanted, migrate
from gitml.ops.migrating.report import Report
from gitml.store.fold import fold

TEXTS = st.sampled_from(["a", "b", "né", "line\nbreak", "[]", "\u2028", "x" * 3000, "\ud800"])
TIMES = st.sampled_from(["2025-12-16T15:00:00", "2025-12-16T15:00:00.5Z", "2025-12-16 15:00:00 +0100", 1765897412])
IDS = st.sampled_from(["chat-20251216-150000-aaaaaa", "chat-20251216-150001-bbbbbb", "../c", "ü"])
VERSION = st.fixed_dictionaries(
    {"id": IDS, "timestamp": TIMES},
    optional={
        "query": TEXTS, "response": TEXTS, "session_id": st.just("s1"), "tools_used": st.lists(TEXTS, max_size=3),
        "user_feedback": st.none() | st.fixed_dictionaries({"rating": TEXTS}), "rating": st.integers(0, 3),
        "duration_ms": st.sampled_from([5, 5.0, 5.5, -1, "fast", True]), "rev": st.just(99), "usage": st.just("much"),
        "migrated": st.just("no"), "\u2028": TEXTS,
    },
)  # fmt: skip
PLACES = st.sampled_from(["file", "list", "shared", "chunked"])
HISTORY = st.lists(st.tuples(VERSION, PLACES), min_size=1, max_size=8)
QUICK = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def laid_out(data: Path, history: list[tuple[dict[str, Any], str]]) -> None:
    """Each version in the place it is given."""
    shared = [version for version, place in history if place == "shared"]
    chunked = [whole_part(version) for version, place in history if place == "chunked"]
    for number, (version, place) in enumerate(history):
        if place in ("file", "list"):
            put(data / "chats" / "2025-12-16" / f"{number}.json", [version] if place == "list" else version)
    put(data / "tracked" / "chats.jsonl", *shared)
    put(data / "tracked" / "chunked" / "chats.jsonl", *chunked)


def taken(context: Context, data: Path) -> Report:
    return migrate(context, Wanted(NOW, os.environ, str(data)))


def folded(context: Context) -> list[bytes]:
    return fold(context.layout, "chats").lines


@QUICK
@given(HISTORY, st.randoms(use_true_random=False))
def test_place_and_order_do_not_matter(history: list[tuple[dict[str, Any], str]], random: Any) -> None:
    """The same versions in other places, in another order, some of them twice, fold to the same bytes; so does another
    run; and every id is found."""
    with tempfile.TemporaryDirectory() as folder:
        one, two = fresh_repo(Path(folder) / "one"), fresh_repo(Path(folder) / "two")
        laid_out(Path(folder) / "a", history)
        report = taken(one, Path(folder) / "a")
        assert report.unreadable == []
        places = ["file", "list", "shared", "chunked"]
        other = [(version, random.choice(places)) for version, _ in [*history, *history[:2]]]
        random.shuffle(other)
        laid_out(Path(folder) / "b", other)
        taken(two, Path(folder) / "b")
        assert folded(one) == folded(two)
        assert taken(one, Path(folder) / "a").sum("new") == taken(one, Path(folder) / "b").sum("new") == 0
        assert folded(one) == folded(two)
        assert {json.loads(line)["id"] for line in folded(one)} == {version["id"] for version, _ in history}


@QUICK
@given(HISTORY)
def test_nothing_is_lost_that_is_not_named(history: list[tuple[dict[str, Any], str]]) -> None:
    """Every value of every version is in the record of its id, or the report names the place and the key."""
    with tempfile.TemporaryDirectory() as folder:
        context = fresh_repo(Path(folder) / "repo")
        laid_out(Path(folder) / "a", history)
        report = taken(context, Path(folder) / "a")
        records = {record["id"]: record for record in fold(context.layout, "chats").records()}
        lost = "\n".join(report.lost)
        for version, _ in history:
            record = records[version["id"]]
            said = json.dumps(record, ensure_ascii=True, sort_keys=True)
            for key, value in version.items():
                if value in (None, [], {}) or key in ("timestamp", "id"):
                    continue
                parts = value if isinstance(value, list) else [value]
                shown = [json.dumps(plain(part), sort_keys=True) for part in parts]
                assert all(one in said for one in shown) or version["id"] in lost, (key, value, said)


@QUICK
@given(HISTORY, st.integers(0, 7))
def test_bit_by_bit(history: list[tuple[dict[str, Any], str]], first: int) -> None:
    """What is taken in while it still grows comes to rest: the last run says nothing new, and no id is missing."""
    with tempfile.TemporaryDirectory() as folder:
        context = fresh_repo(Path(folder) / "repo")
        laid_out(Path(folder) / "a", history[:first])
        taken(context, Path(folder) / "a")
        laid_out(Path(folder) / "a", history)
        taken(context, Path(folder) / "a")
        before = folded(context)
        assert taken(context, Path(folder) / "a").sum("new") == 0 and folded(context) == before
        assert {json.loads(line)["id"] for line in before} == {version["id"] for version, _ in history}


def plain(value: Any) -> Any:
    """A value as a line can hold it: no half of a surrogate pair."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value
