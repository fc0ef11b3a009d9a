"""A chat that is one document, saved again and again: what a run reads is what is new, and what it makes is what one
run over all of it makes."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.gemini_files import SESSION, answer, call, clock, document, head, put, tokens, user
from support.other_agents import Taking
from support.secrets_made import made as secrets

from gitml.agents.gemini import layout
from gitml.agents.lines import Line
from gitml.ops.record import cursor as cursors_of
from gitml.store import cursors

Message = dict[str, Any]
TOKENS = [secrets(seed)["github-token"] for seed in range(4)]
WORDS = st.sampled_from(["plain words", "é 漢 🐍", '\n    {"id": "nested"}', "], {", "x" * 3000, *TOKENS])


@pytest.fixture
def taking(tmp_path: Path) -> Taking:
    return Taking(tmp_path / "one", "gemini", SESSION)


def turn(number: int, asked: str, printed: str, finished: bool = True) -> list[Message]:
    """A prompt, a command, and an answer where the turn is finished."""
    shell = call(f"run-{number}", "run_shell_command", printed, command=f"make step-{number}")
    begun = [user(number, asked), answer(number + 1, "", tokens(100, 10), toolCalls=[shell])]
    return [*begun, answer(number + 2, f"done {number}", tokens(200, 20))] if finished else begun


def save(taking: Taking, messages: list[Message], second: int, **behind: Any) -> Path:
    """As the client does: all of it, with the time of the save before the messages."""
    told = {**head(), "lastUpdated": clock(second), "messages": messages, **behind}
    return put(taking.root, json.dumps(told, indent=2, ensure_ascii=False).encode())


def shown(lines: list[Line]) -> list[tuple[int, int, bytes | None]]:
    return [(line.offset, line.end, line.data) for line in lines]


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, max_size=5), st.booleans(), st.sampled_from([None, 0, 2, 4]), st.integers(0, 40))
def test_from_any_line_on_it_is_the_rest(said: list[str], told: bool, indent: int | None, cut: int) -> None:
    """Reading from where a line begins gives the lines that reading all gives from there, however the document is
    laid out, and nothing where its end is cut."""
    behind = {"summary": "s", "files": [{"a": [{"b": 1}]}]} if told else {}
    made = {**head(), "messages": [user(n, [{"text": word}, {"more": [{"x": word}]}]) for n, word in enumerate(said)]}
    data = json.dumps({**made, **behind}, indent=indent, ensure_ascii=False).encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "session-a.json"
        path.write_bytes(data)
        whole = shown(list(layout.lines(str(path))))
        assert len(whole) == 1 + len(said) + told
        for place, (offset, _, _) in enumerate(whole):
            layout._LAST = layout._Last()  # nothing is known from before
            assert shown(list(layout.lines(str(path), offset))) == whole[place:]
            assert shown(list(layout.lines(str(path), offset + 1))) == whole[place + 1 :]
        path.write_bytes(data[: len(data) - cut])
        of_cut = shown(list(layout.lines(str(path))))
        for offset, _, _ in whole:
            layout._LAST = layout._Last()
            assert shown(list(layout.lines(str(path), offset))) == [line for line in of_cut if line[0] >= offset]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS, st.booleans()), min_size=1, max_size=5))
def test_saves_make_what_one_run_makes(steps: list[tuple[str, str, bool]]) -> None:
    """Turns with secrets in them, saved half and then whole: records, numbers of secrets and the raw copy are those of
    one run over what it came to, and no secret is in any of it."""
    folder = Path(tempfile.mkdtemp())
    try:
        taking = Taking(folder / "one", "gemini", SESSION)
        messages: list[Message] = []
        for number, (asked, printed, halved) in enumerate(steps):
            if halved:
                save(taking, messages + turn(10 * number, asked, "", finished=False), 10 * number + 5)
                taking.sync()
            messages += turn(10 * number, asked, printed)
            save(taking, messages, 10 * number + 9)
            taking.sync()
        whole = Taking(folder / "whole", "gemini", SESSION)
        whole.root = taking.root
        whole.sync()
        assert _without_revisions(taking) == _without_revisions(whole)
        assert taking.raw() == whole.raw()
        everything = b"".join(path.read_bytes() for path in (folder / "one/repo/.git/gitml").rglob("*.json*"))
        assert not any(token.encode() in everything + taking.raw() for token in TOKENS)
    finally:
        shutil.rmtree(folder)


def _without_revisions(taking: Taking) -> dict[str, list[dict[str, object]]]:
    """Records, but for how often a line was written."""
    return {
        stream: [{key: value for key, value in record.items() if key != "rev"} for record in records]
        for stream, records in taking.records().items()
    }


def place_of(taking: Taking) -> dict[str, Any]:
    cursor = cursors.load(taking.context.layout, "gemini", SESSION)
    assert cursor is not None
    place: dict[str, Any] = cursor["main"]
    return place


def test_only_the_last_turn_is_read_again(taking: Taking) -> None:
    """A save with a new turn leaves what was read standing; so it does where only the time of the save is another."""
    first = turn(0, "one", "x") + turn(10, "two", "y")
    path = save(taking, first, 20)
    taking.sync()
    place = place_of(taking)
    assert next(line.data for line in layout.lines(str(path), place["offset"])) == _line(first[3])
    save(taking, first + turn(30, "three", "z"), 40, summary="what it was about")
    assert cursors_of.holds(place, str(path))
    taking.sync()
    assert place_of(taking)["offset"] > place["offset"]
    assert [chat["input"] for chat in taking.records()["chats"]] == ["one", "two", "three"]


def _line(message: Message) -> bytes:
    return json.dumps(message, indent=2, ensure_ascii=False).replace("\n", "\n    ").replace("\n", " ").encode()


@pytest.mark.parametrize("what", ["a word far back", "a message less", "the project"])
def test_what_was_changed_before_is_read_again(taking: Taking, what: str) -> None:
    """A client that changes anything in what was read is read from the start, wherever in it that is."""
    messages = turn(0, "one", "x" * 200_000) + turn(10, "two", "y" * 200_000) + turn(20, "three", "z")
    path = save(taking, messages, 30)
    taking.sync()
    place = place_of(taking)
    told: Message = {}
    if what == "a word far back":
        messages[1]["toolCalls"][0]["result"][0]["functionResponse"]["response"]["output"] = "x" * 199_999 + "w"
    elif what == "a message less":
        del messages[2]
    else:
        told = {"projectHash": "0" * 64}
    save(taking, messages, 40) if not told else path.write_bytes(document(messages, **told))
    assert not cursors_of.holds(place, str(path))
    taking.sync()
    assert _without_revisions(taking)["sessions"][0]["chat_count"] == 3


def test_a_secret_that_moved_keeps_its_number(taking: Taking, tmp_path: Path) -> None:
    """A secret in the turn that goes on: where it stood there are other words by now, which are nobody's secret."""
    messages = turn(0, "one", TOKENS[0]) + turn(10, "look", f"it says {TOKENS[1]}", finished=False)
    save(taking, messages, 20)
    taking.sync()
    response = messages[-1]["toolCalls"][0]["result"][0]["functionResponse"]["response"]
    response["output"] = f"it says nothing {'of any interest to anybody, ' * 3}but {TOKENS[2]} and {TOKENS[1]}"
    save(taking, messages, 21)
    taking.sync()
    save(taking, messages + turn(30, f"nothing of any interest {TOKENS[1]}", TOKENS[3]), 40)
    taking.sync()
    whole = Taking(tmp_path / "whole", "gemini", SESSION)
    whole.root = taking.root
    whole.sync()
    assert taking.raw() == whole.raw() and b"nothing of any interest to anybody, of any" in taking.raw()
    assert not any(token.encode() in taking.raw() for token in TOKENS)
    assert _without_revisions(taking) == _without_revisions(whole)


def test_a_copy_is_never_made_of_what_was_not_searched(taking: Taking) -> None:
    """Saved again between the sync and the copy: the copy waits for the next sync."""
    messages = turn(0, "one", "x")
    path = save(taking, messages, 10)
    taking.sync()
    before = taking.raw()
    messages[-1]["content"] = f"the token is {TOKENS[0]}"
    save(taking, messages, 11)
    os.utime(path, ns=(1, 1))
    taking.capture()
    assert taking.raw() == before
    taking.sync()
    assert taking.raw() != before and TOKENS[0].encode() not in taking.raw()


def test_a_sub_agent_s_document_that_was_changed_before(taking: Taking, tmp_path: Path) -> None:
    """Where a secret of it stood there is something else of the same length: nothing but secrets is hidden."""
    main = save(taking, turn(0, "one", "x"), 10)
    agent = main.parent / SESSION / "sub.json"
    agent.parent.mkdir()
    messages = turn(20, "look", f"it is {TOKENS[0]}") + turn(30, "more", "plain")
    for first in (
        f"it is {TOKENS[0]}",
        f"it is {'nothing but plain words and more of it than that'[: len(TOKENS[0])]}",
    ):
        messages[1]["toolCalls"][0]["result"][0]["functionResponse"]["response"]["output"] = first
        agent.write_bytes(document(messages, sessionId="sub", kind="subagent"))
        taking.sync()
        messages += turn(40, "nothing but plain words", TOKENS[1])
    whole = Taking(tmp_path / "whole", "gemini", SESSION)
    whole.root = taking.root
    whole.sync()
    assert taking.raw() == whole.raw() and b"it is nothing but plain words" in taking.raw()
    assert not any(token.encode() in taking.raw() for token in TOKENS)
