"""Tombstones: out of every view at once, out of what is local, and for good (invariant 2, its last sentence)."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from support.stores import NOON, a_layout, chat, chats, files_below, ids, put_file, sealed

from gitml.model.jsonl import encode
from gitml.store import kept, spool, tombstones
from gitml.store import lines as store_lines
from gitml.store.fold import fold, fold_lines
from gitml.store.layout import Layout
from gitml.store.tombstones import Tombstones, load, purge


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return a_layout(tmp_path)


def grave(stream: str, target: str, **more: Any) -> dict[str, Any]:
    """A tombstone."""
    return {
        "id": f"tombstone-{stream}-{target}",
        "timestamp": "2026-11-20T13:00:00.000Z",
        "session_id": "",
        "from": None,
        "to": "tombstone",
        "by": "a tester",
        "notes": "",
        "stream": stream,
        "target": target,
    } | more


def test_one_record(layout: Layout) -> None:
    """A record that has a tombstone is in no view; others of its stream, and its id in other streams, are."""
    spool.append(layout, [*chats([1, 2]), sealed("actions", chat(1)), sealed("lifecycle", grave("chats", "chat-1"))])
    assert ids(fold(layout, "chats").lines) == ["chat-2"]
    assert ids(fold(layout, "actions").lines) == ["chat-1"]
    assert ids(fold(layout, "chats", hidden=True).lines) == ["chat-1", "chat-2"]
    assert len(fold(layout, "lifecycle").lines) == 1


def test_a_session(layout: Layout) -> None:
    """With stream "*" all of a session is hidden, its stages too, but never a tombstone itself."""
    stage = {"id": "s1-raw", "timestamp": "1", "session_id": "s1", "from": None, "to": "raw"}
    session = {"id": "x", "session_id": "s1"}
    spool.append(layout, [*chats([1]), sealed("chats", chat(2, "s2")), sealed("sessions", session)])
    spool.append(layout, [sealed("lifecycle", stage), sealed("lifecycle", grave("*", "s1", session_id="s1"))])
    assert ids(fold(layout, "chats").lines) == ["chat-2"]
    assert fold(layout, "sessions").lines == []
    assert ids(fold(layout, "lifecycle").lines) == ["tombstone-*-s1"]


def test_copies_stay_hidden() -> None:
    """The copy that a resumed session made of a hidden chat does not come forward in its place."""
    original = chat(1, "s1", uuid="u", timestamp="2026-11-20T12:00:00.000Z")
    copy = chat(2, "s2", uuid="u", timestamp="2026-11-20T12:30:00.000Z")
    for hidden in (("chats", "chat-1"), ("*", "s1"), ("chats", "u")):
        assert fold_lines(map(encode, [copy, original]), "chats", Tombstones([hidden])).lines == []
    assert fold_lines([encode(copy)], "chats", Tombstones([("chats", "u")])).lines == []


@pytest.mark.parametrize(
    "record", [{}, {"id": None}, {"id": ["chat-1"]}, {"id": "", "session_id": ""}, {"session_id": 5}, {"uuid": {}}]
)
def test_odd_records(record: dict[str, Any]) -> None:
    """Records without usable names are hidden by no tombstone, not even an odd one."""
    graves = tombstones.of_records([grave("chats", "chat-1"), grave("*", ""), {"to": "tombstone"}, grave("chats", "")])
    assert graves.pairs == {("chats", "chat-1")}
    assert not graves.hides("chats", record)


def test_wherever_it_lies(layout: Layout) -> None:
    """A tombstone counts from the base, an archive, a live part and the spool of another work tree."""
    places = ["lifecycle.jsonl", "archive/2026-10/lifecycle.jsonl", "live/20261120/150332Z-7f3a9c/lifecycle.jsonl"]
    for number, place in enumerate(places):
        put_file(Path(layout.tracked, place), grave("chats", f"chat-{number}"))
    spool.append(layout.of("other"), [sealed("lifecycle", grave("chats", "chat-3"))])
    assert {target for _, target in load(layout).pairs} == {f"chat-{number}" for number in range(4)}


def settle(layout: Layout) -> None:
    """Make every file old enough for the cache to trust."""
    past = time.time() - 3600
    for root in (layout.local, layout.data):
        for folder, _, names in os.walk(root):
            for name in [*names, "."]:
                os.utime(os.path.join(folder, name), (past, past))


def cache(layout: Layout) -> Path:
    """The local copy of the tombstones."""
    return Path(layout.local, "tombstones", "main.json")


NEW = grave("chats", "new")

CHANGES: dict[str, Any] = {
    "base": lambda layout: put_file(Path(layout.tracked, "lifecycle.jsonl"), NEW),
    "archive": lambda layout: put_file(Path(layout.tracked, "archive/2026-10/lifecycle.jsonl"), NEW),
    "new part": lambda layout: put_file(Path(layout.live, "20261120/160000Z-aaaaaa/lifecycle.jsonl"), NEW),
    "new in an old part, by git": lambda layout: (
        put_file(Path(layout.live, "20261120/150332Z-7f3a9c/lifecycle.jsonl"), NEW),
        put_file(Path(layout.git_dir, "index"), b"written anew"),
    ),
    "somewhere else": lambda layout: put_file(Path(layout.tracked, "a/b/lifecycle.jsonl"), NEW),
    "spool": lambda layout: spool.append(layout, [sealed("lifecycle", NEW)]),
    "other spool": lambda layout: spool.append(layout.of("other"), [sealed("lifecycle", NEW)]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_cache_notices(layout: Layout, change: str) -> None:
    """Wherever a tombstone is added, the next load has it, though the local copy was fresh."""
    put_file(Path(layout.live, "20261120", "150332Z-7f3a9c", "chats.jsonl"), chat(1))
    spool.append(layout, [sealed("lifecycle", grave("chats", "old"))])
    spool.append(layout.of("other"), chats([5]))
    settle(layout)
    assert load(layout).pairs == {("chats", "old")}
    assert cache(layout).exists()
    CHANGES[change](layout)
    assert load(layout).pairs == {("chats", "old"), ("chats", "new")}


def test_a_read_that_fails_is_not_remembered(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tombstones that a disk kept back once are there the next time: nothing is cached of what was not read whole."""
    put_file(Path(layout.tracked, "lifecycle.jsonl"), grave("chats", "old"))
    spool.append(layout, chats([1]))
    settle(layout)
    real, failed = store_lines.open_plain, list[str]()

    def failing(path: str) -> object:
        if not failed and "lifecycle.jsonl" in path:
            failed.append(path)
            raise OSError(5, "Input/output error", path)
        return real(path)

    monkeypatch.setattr(store_lines, "open_plain", failing)
    load(layout)
    assert failed
    assert load(layout).pairs == {("chats", "old")}


def test_the_cache_is_used(layout: Layout) -> None:
    """With nothing changed the tombstones come from the copy; files too young to be told apart are not trusted."""
    spool.append(layout, [sealed("lifecycle", grave("chats", "old"))])
    assert load(layout).pairs == {("chats", "old")}
    assert not cache(layout).exists()
    settle(layout)
    load(layout)
    cache(layout).write_bytes(cache(layout).read_bytes().replace(b"old", b"odd"))
    assert load(layout).pairs == {("chats", "odd")}


def test_a_new_index_alone_reads_nothing_again(layout: Layout) -> None:
    """An index that changed with nothing of ours in it leaves the copy good."""
    put_file(Path(layout.live, "20261120", "150332Z-7f3a9c", "chats.jsonl"), chat(1))
    spool.append(layout, [sealed("lifecycle", grave("chats", "old"))])
    settle(layout)
    load(layout)
    cache(layout).write_bytes(cache(layout).read_bytes().replace(b"old", b"odd"))
    put_file(Path(layout.git_dir, "index"), b"written anew")
    assert load(layout).pairs == {("chats", "odd")}


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b"{}", b'{"days":"x","parts":"y","pairs":5}', b'{"stamp":"x","pairs":[]}', b"\xff"]
)
def test_damaged_cache(layout: Layout, damage: bytes) -> None:
    """A damaged copy is as none."""
    spool.append(layout, [sealed("lifecycle", grave("chats", "old"))])
    settle(layout)
    load(layout)
    cache(layout).write_bytes(damage)
    assert load(layout).pairs == {("chats", "old")}


def test_load_without_a_store(layout: Layout) -> None:
    """Loading in a repository that was never set up finds nothing and writes nothing."""
    assert not load(layout)
    assert not os.path.exists(layout.local)


def test_purge(layout: Layout) -> None:
    """Hidden records go from spools and kept copies; what is tracked stays as it is; other bytes are untouched."""
    odd = b'{ "id":"chat-9" ,"timestamp":"1", "x":1.0}'
    kept_line = put_file(Path(layout.kept, "20261119/120000Z-bbbbbb/chats.jsonl"), chat(1), odd, b"{torn")
    live = put_file(Path(layout.live, "20261118/120000Z-cccccc/chats.jsonl"), chat(1))
    before = live.read_bytes()
    spool.append(layout, chats([1, 2]), now=NOON)
    assert len(spool.close(layout)) == 1
    spool.append(layout, [*chats([1, 3]), sealed("actions", chat(1))], now=NOON + 1)
    spool.append(layout.of("other"), chats([1]))
    graves = Tombstones([("chats", "chat-1")])
    assert purge(layout, graves) == 4
    assert purge(layout, graves) == 0
    assert kept_line.read_bytes() == odd + b"\n{torn\n"
    assert live.read_bytes() == before
    assert spool.is_empty(layout.of("other"))
    assert kept.names(layout) == ["20261119/120000Z-bbbbbb"]
    assert b"chat-1" not in b"".join(data for name, data in files_below(layout.spools).items() if "actions" not in name)
    assert ids(Path(spool.close(layout)[-1].file("actions")).read_bytes().splitlines()) == ["chat-1"]


def test_purge_renames_closed_parts(layout: Layout) -> None:
    """A closed part may be in a commit by now: rewritten it gets another name, so that none changes under its name."""
    spool.append(layout, chats([1, 2]))
    (part,) = spool.close(layout)
    spool.append(layout, chats([3]))
    (untouched,) = [part for part in spool.close(layout) if "chat-3" in Path(part.file("chats")).read_text()]
    purge(layout, Tombstones([("chats", "chat-1")]))
    names = {part.name for part in spool.parts(layout)}
    assert part.name not in names and untouched.name in names and len(names) == 2


def test_purge_in_the_open_part(layout: Layout) -> None:
    """The open part goes on under its name, also when nothing is left in it."""
    spool.append(layout, chats([1]))
    assert purge(layout, Tombstones([("*", "s1")])) == 1
    assert spool.is_empty(layout)
    spool.append(layout, [sealed("chats", chat(2, "s2"))])
    assert ids(fold(layout, "chats").lines) == ["chat-2"]


def test_purge_takes_dead_letters(layout: Layout) -> None:
    """What a killed writer tore may hold the words of what is forgotten: it stays only where it names another."""
    hidden, other = encode(chat(1)), encode(chat(2, "s2"))
    spool.append(layout, [sealed("chats", chat(3, "s2"))])
    chats_file = Path(spool.parts(layout)[0].file("chats"))
    chats_file.write_bytes(chats_file.read_bytes() + hidden[:-3])
    stay = [other, other[:-4], encode(chat(1, "s2"))[:-4].replace(b"chat-1", b"chat-4")]
    letters = put_file(Path(layout.dlq, "20261120.jsonl"), hidden, hidden[:-4], hidden[:20], b"ords", *stay)
    gone = put_file(Path(layout.dlq, "20261119.jsonl"), hidden[:-4])
    assert purge(layout, Tombstones([("*", "s1"), ("chats", "uuid-1")])) == 6
    assert letters.read_bytes().splitlines() == stay
    assert not gone.exists()
    assert ids(chats_file.read_bytes().splitlines()) == ["chat-3"]
    assert purge(layout, Tombstones([("*", "s1")])) == 0


def test_no_tombstones_no_work(layout: Layout) -> None:
    """Without tombstones nothing is touched, and no lock taken."""
    assert purge(layout, Tombstones()) == 0
    assert not os.path.exists(layout.local)
