"""No secret, and nothing that was forgotten or said in private, is in a raw copy; nor does one stay there."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest
from support.ingesting import OTHER, SESSION, fresh_repo
from support.rawing import again, captured, copy_of, resumed, text_of, values
from support.secrets_made import made as secrets
from support.transcript import Transcript

from gitml.ops import silence
from gitml.ops.context import Context, open_at
from gitml.ops.forgetting import forget as forgetting
from gitml.ops.forgetting.targets import by_ids, by_session
from gitml.ops.raw.every import mend
from gitml.store.fold import fold
from gitml.store.raw import kept, reading

SECRET = secrets(5)["github-token"]


@pytest.fixture
def context(tmp_path: Path) -> Context:
    made = fresh_repo(tmp_path / "repo")
    (tmp_path / "repo/.git/gitml").mkdir()
    return made


def conversation(*words: str, session_id: str = SESSION) -> Transcript:
    """A turn a word: prompt, tool call, result, answer, and the client's note of the last prompt."""
    made = Transcript(session_id)
    for word in words:
        made.prompt(f"please look at the {word} thing")
        (one,) = made.uses(("Bash", {"command": f"cat {word}"}))
        made.result(one, f"content of {word}")
        made.says(f"the {word} thing is fine")
        made.add({"type": "last-prompt", "lastPrompt": f"please look at the {word} thing", "sessionId": session_id})
    return made


def test_secrets_become_marks_everywhere(context: Context, tmp_path: Path) -> None:
    """In values, keys, tool output, JSON in JSON and binary content; the structure stays and every line reads."""
    made = conversation("first")
    (one,) = made.uses(("mcp__x__y", {SECRET: "as a key", "deep": [json.dumps({"token": SECRET})]}))
    made.result(one, SECRET, toolUseResult={"stdout": f"x {SECRET}", "answers": {f"is it {SECRET}?": "yes"}})
    picture = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo" + "A" * 5000}
    image = {"type": "image", "source": picture}
    made.response([{"type": "thinking", "thinking": "hm", "signature": "Eo5kCkYIAbDd+fGh1234" * 12}])
    made.record("user", message={"role": "user", "content": [image]})
    made.write(tmp_path / "projects")
    captured(context, tmp_path / "projects")
    text = text_of(context)
    assert SECRET.encode() not in text
    assert b"[redacted:github-token:1]" in text
    assert b"AAAAAAAA" not in text and b"image/png" in text
    assert b"Eo5kCkYI" not in text
    assert len(values(text)) == len(made.lines)
    assert [value["type"] for value in values(text)] == [json.loads(line)["type"] for line in made.lines]


def test_a_value_recognised_late_leaves_the_copy(context: Context, tmp_path: Path) -> None:
    """A password that stood there as a plain word, until a later line said what it was."""
    word = "Tr0ub4dor-and-3-horses"
    made = conversation("first")
    made.prompt(f"the word is {word}, remember it")
    made.says("I do")
    made.write(tmp_path / "projects")
    captured(context, tmp_path / "projects")
    assert word.encode() in text_of(context)
    (one,) = made.uses(("Bash", {"command": f"PGPASSWORD={word} psql"}))
    made.result(one)
    made.write(tmp_path / "projects")
    captured(context, tmp_path / "projects")
    assert word.encode() not in text_of(context)
    assert len(values(text_of(context))) == len(made.lines)
    assert kept.disk_bytes(context.layout) == sum(one.own_bytes for one in kept.sessions(context.layout))


@pytest.mark.parametrize("source", ["there", "gone"])
def test_changed_rules_reach_what_was_captured(context: Context, tmp_path: Path, source: str) -> None:
    """From the transcript, or, where that is gone, from the copy itself."""
    made = conversation("first", "codeword-zebra")
    made.write(tmp_path / "projects")
    captured(context, tmp_path / "projects")
    (tmp_path / "repo/.git-ml").mkdir()
    (tmp_path / "repo/.git-ml/config.toml").write_text('[redact]\ndeny = ["codeword-[a-z]+"]\n')
    changed = open_at(str(tmp_path / "repo"))
    if source == "gone":
        shutil.rmtree(tmp_path / "projects")
        assert mend(changed).errors == []
    else:
        captured(changed, tmp_path / "projects")
    assert b"codeword-zebra" not in text_of(changed)
    assert len(values(text_of(changed))) == len(made.lines)
    assert reading.flaws(changed.layout, copy_of(changed)) == []
    assert list(Path(changed.layout.raw).glob("unpacked-*")) == []


@pytest.mark.parametrize("source", ["there", "gone"])
def test_a_forgotten_chat_leaves_every_copy(context: Context, tmp_path: Path, source: str) -> None:
    """Its turn, the sub-agent it started and lines that repeat its prompt; in resumed sessions as well."""
    made = conversation("first", "private", "last")
    made.write(tmp_path / "projects")
    captured(context, tmp_path / "projects")
    other = Transcript(OTHER)
    other.lines = resumed(made.lines, SESSION, OTHER)
    other.write(tmp_path / "projects")
    captured(context, tmp_path / "projects", OTHER)
    chat = next(one for one in fold(context.layout, "chats").records() if "private" in one["input"])
    if source == "gone":
        shutil.rmtree(tmp_path / "projects")
    forgetting.apply(context, forgetting.plan(context, by_ids(context, (chat["id"],)), 1e9))
    for session_id in (SESSION, OTHER):
        text = text_of(context, session_id)
        assert b"private" not in text
        assert b"the first thing is fine" in text and b"the last thing is fine" in text
        assert reading.flaws(context.layout, copy_of(context, session_id)) == []
    if source == "there":
        assert not again(context, tmp_path / "projects")
        for path in Path(context.layout.spools).rglob("lifecycle.jsonl"):
            path.unlink()  # the tombstones ride on another branch
        (tmp_path / "repo/.git-ml").mkdir()
        (tmp_path / "repo/.git-ml/config.toml").write_text('[redact]\ndeny = ["zzz"]\n')
        elsewhere = open_at(str(tmp_path / "repo"))
        assert captured(elsewhere, tmp_path / "projects")
        assert copy_of(elsewhere)["rules"] != copy_of(elsewhere, OTHER)["rules"]
        assert b"private" not in text_of(elsewhere)


def test_a_forgotten_session_has_no_copy(context: Context, tmp_path: Path) -> None:
    """It goes whole, and is not captured again."""
    conversation("first").write(tmp_path / "projects")
    captured(context, tmp_path / "projects")
    forgetting.apply(context, forgetting.plan(context, by_session(context, SESSION), 1e9))
    assert kept.sessions(context.layout) == []
    assert kept.disk_bytes(context.layout) == 0
    assert not captured(context, tmp_path / "projects")


def test_what_is_said_during_a_pause_stays_out(context: Context, tmp_path: Path) -> None:
    """The whole turn, also what of it came after the pause; a session run with GITML=off as a whole."""
    made = conversation("first")
    since = made.time()
    before = len(made.lines)
    made.prompt("something private about horses")
    until = made.time()
    made.says("horses it is")
    made.prompt("back to work")
    made.says("at work")
    silence.add_span(context.layout, since, until)
    made.write(tmp_path / "projects")
    captured(context, tmp_path / "projects")
    text = text_of(context)
    assert b"horses" not in text
    assert len(values(text)) == before + 2
    silence.add_session(context.layout, OTHER)
    conversation("first", session_id=OTHER).write(tmp_path / "projects")
    assert not captured(context, tmp_path / "projects", OTHER)


@pytest.mark.parametrize(
    ("line", "kept_of_it"),
    [
        (b'{"type":"user","message":{"content":"cut ' + SECRET[:20].encode() + b"\n", 0),
        (b'{"type":"summary","summary":"a"}{"type":"summary","summary":"b"}\n', 1),
        (b"\0\0\0\n", 0),
        (b'{"type":"x","n":NaN}\n', 1),
        (b"[1,2]\n\n", 0),
        (b"\xff\xfe\n", 0),
    ],
)
def test_lines_that_are_not_json(context: Context, tmp_path: Path, line: bytes, kept_of_it: int) -> None:
    """Half a secret looks like none, so a line that was cut is counted and left out; the others stay, one with a number
    that JSON does not have without that number."""
    made = conversation("first")
    made.lines.insert(2, line)
    path = made.write(tmp_path / "projects")
    captured(context, tmp_path / "projects")
    text = text_of(context)
    assert text.count(b"\n") == len(made.lines) - 1 + kept_of_it
    assert SECRET[:20].encode() not in text
    assert copy_of(context)["damage"] == (0 if line.startswith(b"[") or kept_of_it else 1)
    path.write_bytes(path.read_bytes() + b'{"type":"last')
    captured(context, tmp_path / "projects")
    assert text_of(context) == text


def test_forgetting_that_was_cut_off_reaches_copies(context: Context, tmp_path: Path) -> None:
    """A kill after the records went and before the copies did: the next hook that settles has it done beside it."""
    from gitml.ops.forgetting import unfinished
    from gitml.ops.riding.settle import settle
    from gitml.store.raw import stale

    made = conversation("first", "private", "last")
    made.write(tmp_path / "projects")
    captured(context, tmp_path / "projects")
    chat = next(one for one in fold(context.layout, "chats").records() if "private" in one["input"])
    plan = forgetting.plan(context, by_ids(context, (chat["id"],)), 1e9)
    unfinished.do(context.layout, plan.graves, [], [])
    assert b"private" in text_of(context) and stale.noted(context.layout)
    settle(context)
    deadline = time.monotonic() + 20
    while stale.noted(context.layout) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert b"private" not in text_of(context)


def test_one_read_that_fails_leaves_nothing_in_copies(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a disk keeps the tombstones back once, what was forgotten goes from the copy all the same."""
    from gitml.ops.forgetting import unfinished
    from gitml.store import lines

    made = conversation("first", "private", "last")
    made.write(tmp_path / "projects")
    captured(context, tmp_path / "projects")
    chat = next(one for one in fold(context.layout, "chats").records() if "private" in one["input"])
    plan = forgetting.plan(context, by_ids(context, (chat["id"],)), 1e9)
    unfinished.do(context.layout, plan.graves, [], [])
    real, failed = lines.open_plain, list[str]()

    def failing(path: str) -> object:
        if not failed and "lifecycle.jsonl" in path:
            failed.append(path)
            raise OSError(5, "Input/output error", path)
        return real(path)

    monkeypatch.setattr(lines, "open_plain", failing)
    forgetting.out_of_copies(context)
    assert failed
    assert b"private" not in text_of(context)
