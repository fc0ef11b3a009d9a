"""Thinning: old chats lose their texts at compaction, if the config says so."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.compacting import NAMES, OLD, Store, chat
from support.digesting import digested, one, recorded
from support.ingesting import SESSION
from support.transcript import varied

from gitml.model.canonical import canonical
from gitml.model.jsonl import decode, encode
from gitml.ops.compacting.thinning import Thinning, thinned
from gitml.redact.gate import seal
from gitml.store.fold import fold_lines

CONFIG = 'default_branch = "main"\n[retention]\nchat_bodies_days = 30\n'
YOUNG = "29990101/000000Z-ffffff"


def said(number: int, day: str, **more: Any) -> dict[str, Any]:
    """A chat with both texts."""
    return chat(number, day, output=f"answer {number}", updated_at=f"{day}T13:00:00.000Z", **more)


def digest(session: str = "s1", until: str = "2021-10-21T00:00:00.000Z") -> dict[str, Any]:
    return {
        "id": f"claude:{session}", "timestamp": "2021-08-01T00:00:00.000Z", "session_id": session,
        "outcome": "success", "updated_at": until, "deriver": 1, "rev": 1,
    }  # fmt: skip


@pytest.fixture
def bare(repo: Path) -> Store:
    return Store(repo).opt_in(CONFIG)


@pytest.fixture
def store(bare: Store) -> Store:
    """Chats of September and October in four parts, and a digest in a young one."""
    for name in NAMES:
        day = f"{name[:4]}-{name[4:6]}-{name[6:8]}"
        bare.part(name, [said(number, day) for number in range(3)])
    bare.part(YOUNG, [digest()], "digests")
    bare.commit("records")
    return bare


def chats(store: Store) -> dict[str, dict[str, Any]]:
    return {record["id"]: record for record in map(json.loads, store.lines("chats.jsonl"))}


def test_old_chats_lose_their_texts(store: Store) -> None:
    """Those of days more than 30 days before the newest chat; what is left says how long they were and their hash, by
    which git's history can be searched; all else stays."""
    before = {record["id"]: record for record in map(json.loads, store.cat().splitlines())}
    assert "6 old chats lost input and output" in store.gitml("compact", "--commit")
    after = chats(store)
    assert after.keys() == before.keys()
    for id, whole in before.items():
        if whole["timestamp"] >= "2021-09-20":
            assert after[id] == whole
            continue
        thin = dict(after[id])
        told = thin.pop("thinned")
        assert thin == {**whole, "input": None, "output": None}
        for key in ("input", "output"):
            text = whole[key].encode()
            assert told[key] == {"bytes": len(text), "sha256": hashlib.sha256(text).hexdigest()}
    assert "prompt 1" in store.git("log", "-p", "--text", "--", ".git-ml")
    assert "nothing to compact" in store.gitml("compact", "--commit")


def test_what_was_taken_out_is_told(store: Store) -> None:
    """``show`` says how much there was and where it is, a dry run what would go; the records still pass verify."""
    assert json.loads(store.gitml("compact", "--dry-run", "--json"))["thinned"] == 6
    store.gitml("compact", "--commit")
    shown = store.gitml("show", "s1", code=None)
    assert "> (8 B, in git's history)" in shown and "(8 B, in git's history)" in shown.replace("> (", "")
    assert "thinned" not in store.gitml("verify", code=None)


@pytest.mark.parametrize("until", [None, "2021-09-01T12:30:00.000Z"])
def test_never_before_the_digest(bare: Store, until: str | None) -> None:
    """Without a digest, or with one that does not know of the chat yet, its texts stay."""
    bare.part(OLD, [said(1, "2021-09-01"), said(2, "2021-12-01")])
    bare.part(YOUNG, [digest("another")] + ([digest(until=until)] if until else []), "digests")
    bare.commit()
    bare.gitml("compact", "--commit")
    assert [record["input"] for record in chats(bare).values()] == ["prompt 1", "prompt 2"]


def test_off_unless_asked_for(repo: Path) -> None:
    """By default nothing is thinned, however old it is."""
    store = Store(repo).opt_in()
    store.part(OLD, [said(1, "2011-09-01"), said(2, "2021-12-01")])
    store.part(YOUNG, [digest()], "digests")
    store.commit()
    store.gitml("compact", "--commit")
    assert all(record["input"] for record in chats(store).values())


def test_in_one_step_or_in_several(store: Store) -> None:
    """What counts as old follows from the records: two steps come to the bytes of one."""
    store.gitml("compact", "--branch", "at-once", "--older-than", "2021-11-01")
    store.gitml("compact", "--commit", "--older-than", "2021-10-10")
    assert not any("thinned" in record for record in chats(store).values() if record["timestamp"] > "2021-09-01T23")
    store.gitml("compact", "--commit", "--older-than", "2021-11-01")
    assert store.tree() == store.tree("at-once")


def test_a_whole_copy_comes_back_until_the_next_compaction(store: Store) -> None:
    """A branch that still has a chat whole is merged: whole it wins in every view; compaction thins it again, to the
    same bytes."""
    store.gitml("compact", "--commit")
    thin, tree = chats(store), store.tree()
    again = [said(number, "2021-09-01") for number in range(3)]
    store.part("20211021/000000Z-00000b", again)
    store.commit("a branch that still had it")
    seen = {record["id"]: record for record in map(json.loads, store.cat().splitlines())}
    assert all(seen[one["id"]]["input"] == one["input"] for one in again)
    store.gitml("compact", "--commit")
    assert chats(store) == thin and store.tree() == tree


def test_months_are_archived_when_they_are_thin(repo: Path) -> None:
    """Archives are never written again, so a month waits in the base until it has been thinned."""
    store = Store(repo).opt_in("archive_bytes = 1\n" + CONFIG)
    for month in ("08", "09", "10"):
        store.part(f"2021{month}15/000000Z-abcdef", [said(number, f"2021-{month}-15") for number in range(3)])
    store.part(YOUNG, [digest(until="2021-12-01T00:00:00.000Z")], "digests")
    store.commit()
    store.gitml("compact", "--commit")
    assert [path for path in store.files() if path.startswith("archive/") and path.endswith("chats.jsonl")] == [
        "archive/2021-08/chats.jsonl"
    ]
    assert all("thinned" in text for text in store.lines("archive/2021-08/chats.jsonl"))
    store.part("20211216/000000Z-abcdef", [said(1, "2021-12-16")])
    store.commit()
    store.gitml("compact", "--commit")
    assert all("thinned" in text for month in ("09", "10") for text in store.lines(f"archive/2021-{month}/chats.jsonl"))


def test_a_wrong_clock_makes_nothing_old() -> None:
    """A chat of the year 2999 does not make all others old: none counts as later than now."""
    now = 1_640_000_000.0  # 2021-12-20
    assert Thinning(30, now).limit(b"2999-01-01T00:00:00.000Z") == "2021-11-20T00:00:00.000Z"
    assert Thinning(30, now).limit(b"2021-12-15T11:22:33.000Z") == "2021-11-15T00:00:00.000Z"
    assert Thinning(30, now).limit(b"") == "1970-01-01T00:00:00.000Z"


def test_what_cannot_be_written_anew_stays() -> None:
    """A line that would say something else if it were written again is left whole."""
    for odd in (b'{"id":"c","timestamp":"2021-01-01T00:00:00.000Z","session_id":"s","input":"\\ud800","x":1e400}',
                b'{"session_id":"s","id":"c","input":"x"}'):  # fmt: skip
        assert thinned(odd, {"s": "9"}) == odd


def test_hashes_are_no_secrets() -> None:
    """What stands in place of a text passes the gate as it is."""
    line = thinned(encode({"id": "c", "timestamp": "1", "session_id": "s", "input": "x", "output": "y"}), {"s": "9"})
    assert b"thinned" in line and seal("chats", decode(line)).data == line


TEXTS = st.sampled_from([None, "", " ", "!ls", "a", "[redacted:x]", "[redacted:x] and [redacted:y:2]", "\u00e9\x7f"])
CHATS = st.fixed_dictionaries(
    {
        "id": st.sampled_from("abc"),
        "timestamp": st.sampled_from(["2021-01-01T00:00:00.000Z", "2021-01-02T00:00:00.000Z"]),
        "session_id": st.sampled_from("st"),
        "input": TEXTS,
        "output": TEXTS,
        "uuid": st.sampled_from(["u", "v"]),
        "updated_at": st.sampled_from(["2021-01-03T00:00:00.000Z", "2021-01-04T00:00:00.000Z"]),
        "rev": st.integers(1, 2),
    }
)


def folded(lines: list[bytes]) -> list[bytes]:
    return [canonical("chats", line, decode(line)) for line in fold_lines(lines, "chats").lines]


@given(st.lists(CHATS.map(encode), max_size=8), st.data())
@settings(max_examples=300, deadline=None)
def test_a_thinned_chat_never_wins_over_its_whole_self(made: list[bytes], data: st.DataObject) -> None:
    """Whatever lies beside them, thinned copies of what is there change no view; and what is compacted already comes
    out the same when the whole ones come again."""
    known = {"s": "9", "t": "2021-01-03T00:00:00.000Z"}
    whole = [canonical("chats", line, decode(line)) for line in made]
    thin = [thinned(line, known) for line in whole]
    some = data.draw(st.lists(st.sampled_from(thin), max_size=4)) if thin else []
    assert folded(whole + some) == folded(whole)
    compacted = [thinned(line, known) for line in folded(whole)]
    assert [thinned(line, known) for line in folded(compacted + whole)] == compacted


def test_a_digest_keeps_its_snippets(tmp_path: Path) -> None:
    """Where nothing but thinned records is left of a session, a digest made again has the older one's snippets."""
    context = recorded(tmp_path, varied(SESSION, 3))
    shutil.rmtree(tmp_path / "projects")
    digested(context)
    before = one(context)
    store = Path(context.layout.tracked) / "chats.jsonl"
    spools = list(Path(context.layout.spool).rglob("chats.jsonl"))
    whole = [line for path in spools for line in path.read_bytes().splitlines()]
    store.parent.mkdir(parents=True, exist_ok=True)
    store.write_bytes(b"".join(thinned(line, {SESSION: "9"}) + b"\n" for line in fold_lines(whole, "chats").lines))
    for path in spools:
        path.unlink()
    assert before["snippets"] and b"thinned" in store.read_bytes()
    digested(context, again=True)
    assert one(context) == before
