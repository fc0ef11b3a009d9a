"""Raw copies: the whole text of a session, redacted, each piece once, read back byte for byte."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.ingesting import OTHER, SESSION, fresh_repo
from support.rawing import again, captured, copy_of, resumed, text_of, values
from support.transcript import Transcript, varied

from gitml.errors import Damaged
from gitml.model.jsonl import encode
from gitml.ops.context import Context
from gitml.store.raw import kept, manifests, objects, reading, writing
from gitml.store.raw.lines import common, whole


@pytest.fixture
def context(tmp_path: Path) -> Context:
    made = fresh_repo(tmp_path / "repo")
    (tmp_path / "repo/.git/gitml").mkdir()
    return made


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of 32 kB: a session of megabytes takes seconds to redact."""
    for name, size in (("TARGET", 32768), ("LEAST", 8192), ("MOST", 131072)):
        monkeypatch.setattr(writing, name, size)


def long_session(session_id: str = SESSION, turns: int = 50) -> Transcript:
    """Several pieces long, if they are small."""
    made = Transcript(session_id)
    for turn in range(turns):
        made.prompt(f"do step {turn}")
        (one,) = made.uses(("Bash", {"command": f"make step-{turn}"}))
        words = [
            f"{made.random.choice(('built', 'linked', 'copied'))} unit {made.random.randrange(10**6)}"
            for _ in range(150)
        ]
        made.result(one, "\n".join(words))
        made.says(f"step {turn} is done")
    return made


def test_every_line_of_every_file_comes_back(context: Context, tmp_path: Path) -> None:
    """What stands in main and sub-agents' files is there, in order; sums are those of the text as it is read."""
    made = varied(SESSION, turns=12)
    made.write(tmp_path / "projects")
    assert captured(context, tmp_path / "projects")
    copy = copy_of(context)
    main, *others = copy["files"]
    assert values(text_of(context, name=main["name"])) == values(b"".join(made.lines))
    told = {file["name"].rpartition("agent-")[2].removesuffix(".jsonl"): file["name"] for file in others}
    assert set(told) == set(made.agents)
    for agent, lines in made.agents.items():
        assert values(text_of(context, name=told[agent])) == values(b"".join(lines))
    whole_text = text_of(context)
    assert (copy["raw_bytes"], copy["raw_sha256"]) == (len(whole_text), hashlib.sha256(whole_text).hexdigest())
    assert reading.flaws(context.layout, copy) == []


def test_growing_by_pieces_comes_to_the_same_copy(context: Context, tmp_path: Path, small_pieces: None) -> None:
    """However often a session is captured while it grows, its pieces are those of one captured whole; nothing that
    was read before is read again, and what only a forerunner had is gone."""
    made = long_session()
    for upto in (1, 2, 50, 51, 133, 134, None):
        made.write(tmp_path / "projects", upto)
        captured(context, tmp_path / "projects")
        assert not again(context, tmp_path / "projects")
    elsewhere = fresh_repo(tmp_path / "other")
    captured(elsewhere, tmp_path / "projects")
    pieces = [file["segments"] for file in copy_of(context)["files"]]
    assert pieces == [file["segments"] for file in copy_of(elsewhere)["files"]]
    assert len(pieces[0]) > 2
    assert kept.disk_bytes(context.layout) == kept.disk_bytes(elsewhere.layout)


def test_a_resumed_copy_takes_hardly_any_room(context: Context, tmp_path: Path, small_pieces: None) -> None:
    """A session that goes on from another repeats it under its own id and times: the pieces are shared, and both come
    back as they were. Dropping one frees what only it had."""
    first = long_session()
    first.write(tmp_path / "projects")
    captured(context, tmp_path / "projects")
    alone = kept.disk_bytes(context.layout)
    second = Transcript(OTHER)
    second.lines = resumed(first.lines, SESSION, OTHER)
    second.prompt("and on we go")
    second.says("we go on")
    second.write(tmp_path / "projects")
    captured(context, tmp_path / "projects", OTHER)
    assert kept.disk_bytes(context.layout) < alone * 1.2
    assert values(text_of(context, OTHER)) == values(b"".join(second.lines))
    one, two = kept.sessions(context.layout)
    assert one.shared_bytes == two.shared_bytes > 5 * max(one.own_bytes, two.own_bytes)
    assert kept.drop(context.layout, [("claude", OTHER, None)]) == two.own_bytes
    assert values(text_of(context, SESSION)) == values(b"".join(first.lines))
    assert kept.disk_bytes(context.layout) == alone


def test_a_transcript_that_is_gone_leaves_its_copy(context: Context, tmp_path: Path) -> None:
    """Nor does one that was emptied, or lost a sub-agent's file."""
    made = varied(SESSION, turns=12)
    path = made.write(tmp_path / "projects")
    captured(context, tmp_path / "projects")
    before = text_of(context)
    shutil.rmtree(path.with_suffix(""))
    captured(context, tmp_path / "projects")
    assert text_of(context) == before
    path.write_bytes(b"")
    captured(context, tmp_path / "projects")
    assert text_of(context) == before
    path.unlink()
    assert not again(context, tmp_path / "projects")
    assert text_of(context) == before


def test_evicted_stays_away_until_it_grows(context: Context, tmp_path: Path) -> None:
    """What was dropped as evicted is not captured again while its source is as it was, and is once it grew."""
    from gitml.ops.raw.evicting import evict

    made = varied(SESSION)
    made.write(tmp_path / "projects")
    captured(context, tmp_path / "projects")
    assert evict(context, "claude", SESSION) > 0
    assert not captured(context, tmp_path / "projects")
    assert kept.sessions(context.layout) == []
    assert kept.disk_bytes(context.layout) == 0
    made.prompt("once more")
    made.says("again")
    made.write(tmp_path / "projects")
    assert captured(context, tmp_path / "projects")
    assert values(text_of(context, name=f"{SESSION}.jsonl"))[-1]["message"]["content"][0]["text"] == "again"


@pytest.mark.parametrize("how", ["gone", "cut", "other"])
def test_damage_is_told(context: Context, tmp_path: Path, how: str) -> None:
    """A piece that is missing, cut or changed is found, and is never read as if it were whole."""
    varied(SESSION).write(tmp_path / "projects")
    captured(context, tmp_path / "projects")
    copy = copy_of(context)
    path = Path(objects.path_of(context.layout, next(manifests.pieces(copy))))
    data = path.read_bytes()
    path.unlink()
    if how != "gone":
        path.write_bytes(data[:-9] if how == "cut" else data[:40] + bytes([data[40] ^ 1]) + data[41:])
    assert len(reading.flaws(context.layout, copy)) == 1
    with pytest.raises(Damaged):
        text_of(context)


def test_garbage_is_swept_and_nothing_else(context: Context, tmp_path: Path) -> None:
    """Pieces that a killed capture left go after an hour; those that a manifest names, and fresh ones, stay."""
    varied(SESSION).write(tmp_path / "projects")
    captured(context, tmp_path / "projects")
    before = text_of(context)
    lost = objects.put(context.layout, b"left behind\n")
    assert kept.sweep(context.layout) == 0
    assert kept.sweep(context.layout, objects_time(context, lost) + 2 * kept.AGE) == 1
    assert objects.size(context.layout, lost) == -1
    assert text_of(context) == before


def objects_time(context: Context, name: str) -> float:
    return Path(objects.path_of(context.layout, name)).stat().st_mtime


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=8), st.text(max_size=60), max_size=4), max_size=6), st.data())
def test_what_is_taken_out_of_a_line_is_put_back(records: list[dict[str, Any]], data: st.DataObject) -> None:
    """Whatever a line says, also the session's id and times in odd places."""
    for record in records:
        if data.draw(st.booleans()):
            record["timestamp"] = data.draw(st.sampled_from(["2026-01-01T00:00:00.000Z", "no time", ""]))
            record["x"] = f"of {SESSION} {SESSION}"
        line = encode(record)
        body, times = common(line, SESSION.encode())
        assert SESSION.encode() not in body
        assert whole(body, SESSION.encode(), times) == line
