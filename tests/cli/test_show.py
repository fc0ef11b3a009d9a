"""``gitml show``: a session as a person reads it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import records

Gitml = Callable[..., "subprocess.CompletedProcess[str]"]
Golden = Callable[[str, str], None]


def test_what_people_read(gitml: Gitml, store: Path, golden: Golden) -> None:
    """Prompts, tool calls folded, sub-agents, answers, statuses, commits."""
    golden("show.txt", gitml(store, "show", "13a84f73").stdout)


@pytest.mark.parametrize("id", ["13a8", "2026-11-20_13", "claude:13a", "chat-20261120-150002", "toolu_03", "1f1f1f"])
def test_any_id_of_it_will_do(gitml: Gitml, store: Path, id: str) -> None:
    """The session's own, or that of a chat, an action, a commit in it."""
    assert gitml(store, "show", id).stdout.startswith("2026-11-20_13a84f73  ")


def test_ids_that_fit_several_or_nothing(gitml: Gitml, store: Path) -> None:
    """Exit code 2 with the candidates, 4 for none, 4 for a commit no session is known of."""
    several = gitml(store, "show", "2026-11-")
    assert several.returncode == 2 and "13a84f73" in several.stderr and "27b95c84" in several.stderr
    assert gitml(store, "show", "nope").returncode == 4
    assert gitml(store, "show", records.SHA_TWO).returncode == 4


def test_long_texts_are_cut_unless_asked_for(gitml: Gitml, repo: Path) -> None:
    """What is missing is counted, and --full has it."""
    records.write_config(repo)
    long = "\n".join(f"line {number}" for number in range(100))
    chat = records.chat(1, records.ALPHA, "2026-11-20", long, long)
    actions = [records.action(f"toolu_{number:03}", chat, "Read", f"f{number}") for number in range(50)]
    records.write_part(repo, {"chats": [chat], "actions": actions})
    short, full = gitml(repo, "show", "13a8").stdout, gitml(repo, "show", "13a8", "--full").stdout
    assert short.count("line ") == 11 + 29 and "89 more lines (--full)" in short and "31 more tool calls" in short
    assert full.count("line ") == 200 and full.count("▸") == 50 and "(--full)" not in full


def test_a_transcript_cannot_drive_the_terminal(gitml: Gitml, repo: Path) -> None:
    """Control characters in every place a transcript reaches are made visible."""
    records.write_config(repo)
    bad = "a\x1b[2J\x07\x9b31m\u202eb"
    chat = records.chat(1, records.ALPHA, "2026-11-20", bad, bad, model=bad, status="error")
    agent = {"id": "a", "type": bad, "model": bad, "tools": 1, "usage": None, "tokens": 5, "ok": True}
    records.write_part(
        repo,
        {
            "sessions": [records.session(records.ALPHA, "2026-11-20", bad, branch=bad, agent=bad)],
            "chats": [chat],
            "actions": [records.action("t1", chat, bad, bad + "\n" + bad)],
            "orchestration": [records.batch("o1", chat, [agent])],
            "commits": [records.commit(records.SHA_ONE, "2026-11-20", bad, records.ALPHA)],
        },
    )
    out = gitml(repo, "show", "13a8").stdout
    assert not [c for c in out if ord(c) < 0x20 and c != "\n"] and not set(out) & set("\x9b\u202e\x7f")
    assert "␛[2J" in out


def test_records_of_any_shape_are_shown(gitml: Gitml, repo: Path) -> None:
    """Missing keys, nulls and wrong types (another version's, a hand's) never fail the page."""
    records.write_config(repo)
    base = {"session_id": records.ALPHA, "timestamp": None}
    records.write_part(
        repo,
        {
            "sessions": [{"id": "s", "session_id": records.ALPHA, "commits": "x", "started_at": 5, "summary": ["a"]}],
            "chats": [
                {"id": "c1", **base},
                {"id": "c2", **base, "usage": [], "commits": {}, "duration_ms": "x", "input": 5},
            ],
            "actions": [{"id": "a1", **base}, {"id": "a2", **base, "ok": "maybe", "chat_id": 7, "status": 3}],
            "orchestration": [
                {"id": "o1", **base, "agents": 5},
                {"id": "o2", **base, "agents": [{}, 7, {"tokens": "x"}]},
            ],
            "commits": [{"id": "c0ffee", **base, "insertions": "many"}],
        },
    )
    for arguments in (["show", "13a8"], ["show", "13a8", "--full"], ["show", "13a8", "--json"], ["list"]):
        done = gitml(repo, *arguments)
        assert done.returncode == 0, done.stderr


def test_a_session_without_its_record_is_shown_from_the_rest(gitml: Gitml, repo: Path) -> None:
    """A repository may keep chats only."""
    records.write_config(repo)
    records.write_part(repo, {"chats": [records.chat(1, records.ALPHA, "2026-11-20", "Hello?", "Yes.")]})
    assert "> Hello?" in gitml(repo, "show", "13a8").stdout


def test_json_keys_are_stable(gitml: Gitml, store: Path) -> None:
    """session, chats, actions, orchestration, commits; records as they are stored."""
    found = json.loads(gitml(store, "show", "13a8", "--json").stdout)
    assert list(found) == ["session", "chats", "actions", "orchestration", "commits"]
    assert found["chats"] == records.story()["chats"][:2]
    assert [commit["id"] for commit in found["commits"]] == [records.SHA_ONE]


def test_commits_are_found_from_either_side(gitml: Gitml, repo: Path) -> None:
    """By the commit's word, by a short sha of session or chat; never one that says it was made elsewhere."""
    records.write_config(repo)
    three, four = "3d" * 20, "4c" * 20
    chat = records.chat(1, records.ALPHA, "2026-11-20", "x", "y", commits=["2e2e2e2", "9999999"])
    records.write_part(
        repo,
        {
            "sessions": [records.session(records.ALPHA, "2026-11-20", "x", commits=["3d3d3d3", "4c4c4c4"])],
            "chats": [chat],
            "commits": [
                records.commit(records.SHA_ONE, "2026-11-20", "one", records.ALPHA),
                records.commit(records.SHA_TWO, "2026-11-20", "two"),
                records.commit(three, "2026-11-20", "three"),
                records.commit(four, "2026-11-20", "four", records.BETA),
            ],
        },
    )
    found = json.loads(gitml(repo, "show", "13a8", "--json").stdout)["commits"]
    assert {commit["id"] for commit in found} == {records.SHA_ONE, records.SHA_TWO, three, "9999999"}
    for sha in (records.SHA_ONE, three):
        for arguments in (["show", sha], ["cat", "sessions", sha]):
            assert "13a84f73" in gitml(repo, *arguments).stdout
    assert gitml(repo, "show", four[:9]).stdout.startswith(records.BETA)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_unicode_is_no_error(gitml: Gitml, store: Path, encoding: str) -> None:
    """What it cannot show is a question mark."""
    for arguments in (["show", "13a8"], ["list"], ["status"]):
        done = gitml(store, *arguments, env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"})
        assert done.returncode == 0 and done.stderr == ""


def test_what_was_cut_when_recorded_is_said(gitml: Gitml, repo: Path) -> None:
    """--full cannot bring it back."""
    records.write_config(repo)
    chat = records.chat(1, records.ALPHA, "2026-11-20", "x", "y", truncated={"output": 200_000})
    records.write_part(repo, {"chats": [chat]})
    assert "output cut when recorded, of 200 kB" in gitml(repo, "show", "13a8").stdout
