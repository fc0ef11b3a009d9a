"""``gitml cat``: folded records, their own bytes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import records

Gitml = Callable[..., "subprocess.CompletedProcess[str]"]


def ids(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line)["id"] for line in done.stdout.splitlines()]


def test_bytes_are_those_that_were_written(gitml: Gitml, store: Path) -> None:
    """Unknown keys, odd spacing, and the order of keys come through untouched; --json changes nothing."""
    odd = '{ "zz": 1.50,  "id":"x-1", "timestamp":"2026-11-21T00:00:00.000Z","text":"\\u00e9é" }'
    part = records.write_part(store, {}, "20261121/000000Z-000001")
    (part / "actions.jsonl").write_text(odd + "\n", encoding="utf-8")
    for arguments in (["cat", "actions"], ["cat", "actions", "--json"]):
        assert gitml(store, *arguments).stdout.splitlines()[-1] == odd


def test_each_record_once_in_its_newest_version(gitml: Gitml, store: Path) -> None:
    """Two states of a chat in two parts are one line."""
    chat = records.story()["chats"][0]
    newer = {**chat, "output": "newer", "updated_at": "2026-11-22T00:00:00.000Z"}
    records.write_part(store, {"chats": [newer]}, "20261122/000000Z-000001")
    lines = gitml(store, "cat", "chats", chat["id"]).stdout.splitlines()
    assert [json.loads(line)["output"] for line in lines] == ["newer"]


def test_an_unknown_stream_names_the_known_ones(gitml: Gitml, store: Path) -> None:
    """And the one that was probably meant; exit code 2."""
    done = gitml(store, "cat", "chat")
    assert done.returncode == 2 and "orchestration, lifecycle, digests" in done.stderr
    assert "hint: gitml cat chats" in done.stderr


def test_streams_of_later_versions_are_read(gitml: Gitml, store: Path) -> None:
    """A stream this gitml knows nothing of is a stream."""
    records.write_part(store, {"moods": [{"id": "m1", "mood": "good"}]}, "20261122/000000Z-000001")
    assert ids(gitml(store, "cat", "moods")) == ["m1"]
    assert ids(gitml(store, "cat", "moods", "m1")) == ["m1"]


def test_damage_is_told_and_the_rest_is_read(gitml: Gitml, store: Path) -> None:
    """File and line on stderr, exit code 3, and every good line on stdout."""
    part = records.write_part(store, {}, "20261122/000000Z-000001")
    (part / "chats.jsonl").write_text('{"id":"ok-1"}\n{"id": torn\n')
    done = gitml(store, "cat", "chats")
    assert done.returncode == 3 and len(done.stdout.splitlines()) == 4
    assert f"{part / 'chats.jsonl'}:2: " in done.stderr
    for arguments in (["list"], ["show", "13a8"]):
        again = gitml(store, *arguments)
        assert again.returncode == 3 and again.stderr == done.stderr and "13a84f73" in again.stdout


@pytest.mark.parametrize(
    ("stream", "id", "found"),
    [
        ("chats", "chat-20261120-150001", ["chat-20261120-150001-abc001"]),
        ("chats", "13a84", ["chat-20261120-150001-abc001", "chat-20261120-150002-abc002"]),
        ("chats", "claude:27b9", ["chat-20261119-150003-abc003"]),
        ("chats", "2026-11-19_2", ["chat-20261119-150003-abc003"]),
        ("sessions", "2026-11-19", ["2026-11-19_27b95c84"]),
        ("sessions", records.SHA_ONE[:6], ["2026-11-20_13a84f73"]),
        ("commits", "13a84f73", [records.SHA_ONE]),
        ("commits", "2e2e", [records.SHA_TWO]),
        ("actions", "toolu_02", ["toolu_02"]),
        ("actions", "chat-20261120-150001", ["toolu_01", "toolu_02", "toolu_03", "toolu_04"]),
    ],
)
def test_the_beginning_of_any_id_will_do(gitml: Gitml, store: Path, stream: str, id: str, found: list[str]) -> None:
    """Records by their own id, and what belongs to a session or to a commit, in either direction."""
    assert ids(gitml(store, "cat", stream, id)) == found


def test_what_fits_several_lists_them(gitml: Gitml, store: Path) -> None:
    """Exit code 2 and the candidates; what fits nothing is exit code 4."""
    several = gitml(store, "cat", "chats", "chat-20261120")
    assert several.returncode == 2 and "abc001" in several.stderr and "abc002" in several.stderr
    assert gitml(store, "cat", "chats", "nope").returncode == 4
    assert gitml(store, "cat", "chats", "").returncode in (0, 2)


def test_watermarks_join_their_session(gitml: Gitml, store: Path) -> None:
    """The earliest transition to a stage is its watermark; a session without any keeps its bytes."""
    early = {
        "id": "l2",
        "timestamp": "2026-11-19T15:30:00.000Z",
        "session_id": records.BETA,
        "from": None,
        "to": "raw",
        "by": "sweep",
        "notes": None,
    }
    late = {**early, "id": "l3", "timestamp": "2026-11-19T17:30:00.000Z"}
    part = records.write_part(store, {"lifecycle": [late, early]}, "20261122/000000Z-000001")
    beta, alpha = gitml(store, "cat", "sessions").stdout.splitlines()
    joined = json.loads(beta)
    assert (joined["ingested_at"], joined["analyzed_at"]) == ("2026-11-19T15:30:00.000Z", "2026-11-19T16:00:00.000Z")
    written = (part.parent.parent / "20261120" / "150332Z-7f3a9c" / "sessions.jsonl").read_text().splitlines()
    assert alpha == written[0] and beta.startswith(written[1][:-1])


def fork_of(chats: list[dict[str, Any]], session_id: str) -> list[dict[str, Any]]:
    return [
        {
            **chat,
            "id": chat["id"].replace("2026", "2027"),
            "session_id": session_id,
            "timestamp": chat["timestamp"].replace("2026", "2027"),
        }
        for chat in chats
    ]


def test_a_fork_names_its_parent(gitml: Gitml, store: Path) -> None:
    """A session that holds another's chats continues it; resumed twice, it continues the last one."""
    story = records.story()
    first, second = "cccccccc-0000-4000-8000-000000000001", "dddddddd-0000-4000-8000-000000000002"
    own = records.chat(7, first, "2027-01-02", "More.", "There.")
    sessions = [records.session(first, "2027-01-02", "More"), records.session(second, "2027-02-02", "And more")]
    chats = [
        *fork_of(story["chats"][:2], first),
        own,
        *fork_of(story["chats"][:2], second),
        {**own, "id": "chat-20270202-150007-zzz", "session_id": second, "timestamp": "2027-02-02T15:00:07.000Z"},
    ]
    records.write_part(store, {"sessions": sessions, "chats": chats}, "20270202/000000Z-000001")
    found = {r["session_id"]: r["parent"] for r in map(json.loads, gitml(store, "cat", "sessions").stdout.splitlines())}
    assert found == {records.ALPHA: None, records.BETA: None, first: records.ALPHA, second: first}


def test_a_commit_is_read_at_once(gitml: Gitml, git: Callable[..., str], repo: Path) -> None:
    """git only notes a commit; who reads next sees it, whatever the command, and if it cannot be taken in."""
    assert gitml(repo, "init", "--no-import").returncode == 0
    git(repo, "commit", "-q", "-m", "store")
    pending = repo / ".git" / "gitml" / "commits.pending"
    gitml(repo, "status")
    sha = git(repo, "rev-parse", "HEAD").strip()
    for command in (("cat", "commits"), ("list",), ("show", sha)):
        pending.write_text(f"made {sha} main - main\n")
        gitml(repo, *command)
        assert not pending.exists(), command
    assert sha in gitml(repo, "cat", "commits").stdout
    pending.mkdir()
    assert sha in gitml(repo, "cat", "commits").stdout
