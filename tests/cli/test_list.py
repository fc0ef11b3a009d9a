"""``gitml list``: sessions, newest first."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support import records

Gitml = Callable[..., "subprocess.CompletedProcess[str]"]
Golden = Callable[[str, str], None]


def names(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.returncode == 0, done.stderr
    return [row["id"] for row in json.loads(done.stdout)]


def test_what_people_read(gitml: Gitml, store: Path, golden: Golden) -> None:
    """The table, at 100 columns."""
    golden("list.txt", gitml(store, "list").stdout)


@pytest.mark.parametrize("columns", [40, 60, 79, 140])
def test_it_fits_the_terminal(gitml: Gitml, store: Path, columns: int) -> None:
    """No line is wider than the terminal, whatever its width."""
    lines = gitml(store, "list", env={"COLUMNS": str(columns)}).stdout.splitlines()
    assert len(lines) == 3 and max(map(len, lines)) <= columns


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ([], ["2026-11-20_13a84f73", "2026-11-19_27b95c84"]),
        (["-n", "1"], ["2026-11-20_13a84f73"]),
        (["--branch", "docs/notes"], ["2026-11-19_27b95c84"]),
        (["--agent", "codex"], []),
        (["--since", "2026-11-20"], ["2026-11-20_13a84f73"]),
        (["--until", "2026-11-19"], ["2026-11-19_27b95c84"]),
        (["--since", "2026-11-19T15:10:00"], ["2026-11-20_13a84f73", "2026-11-19_27b95c84"]),
        (["--since", "2026-11-19T15:13:00", "--until", "2026-11-20T14:00:00"], []),
    ],
)
def test_filters(gitml: Gitml, store: Path, arguments: list[str], found: list[str]) -> None:
    """By time (sessions going on within it), branch, agent, and number."""
    assert names(gitml(store, "list", "--json", *arguments)) == found


def test_tokens_are_counted_once(gitml: Gitml, store: Path) -> None:
    """Chats plus sub-agents; what a fork copied counts where it was first, whatever its session record sums up."""
    before = sum(row["tokens"] for row in json.loads(gitml(store, "list", "--json").stdout))
    assert before == 3 * 11_200 + 2 * 570
    fork = "cccccccc-0000-4000-8000-000000000001"
    copies = [
        {**chat, "session_id": fork, "id": chat["id"] + "c", "timestamp": "2027" + chat["timestamp"][4:]}
        for chat in records.story()["chats"][:2]
    ]
    session = records.session(fork, "2027-01-02", "Again", usage=records.usage(99_999, 99_999))
    records.write_part(store, {"chats": copies, "sessions": [session]}, "20270102/000000Z-000001")
    rows = json.loads(gitml(store, "list", "--json").stdout)
    assert sum(row["tokens"] for row in rows) == before
    assert (rows[0]["chats"], rows[0]["tokens"], rows[0]["parent"]) == (0, 0, records.ALPHA)


def test_json_keys_are_stable(gitml: Gitml, store: Path) -> None:
    """Programs rely on them; docs/reference.md lists them."""
    assert list(json.loads(gitml(store, "list", "--json").stdout)[0]) == [
        "id",
        "session_id",
        "session_uid",
        "agent",
        "branch",
        "started_at",
        "ended_at",
        "duration_ms",
        "chats",
        "commits",
        "tokens",
        "usage",
        "usage_lower_bound",
        "cost",
        "unpriced",
        "summary",
        "parent",
    ]


def test_nothing_yet(gitml: Gitml, repo: Path) -> None:
    """An empty store is no error; as JSON it is an empty list."""
    records.write_config(repo)
    assert "no sessions yet" in gitml(repo, "list").stdout
    assert gitml(repo, "list", "--json").stdout == "[]\n"
    assert gitml(repo, "list", "-q").stdout == ""


def test_a_summary_cannot_drive_the_terminal(gitml: Gitml, repo: Path) -> None:
    """Escape sequences, line ends and overrides in a transcript stay inside their cell."""
    records.write_config(repo)
    nasty = "\x1b]0;owned\x07\x1b[2Jone\r\ntwo\u202ethree"
    records.write_part(repo, {"sessions": [records.session(records.ALPHA, "2026-11-20", nasty, branch="\x1b[31mx")]})
    out = gitml(repo, "list", env={"COLUMNS": "200"}).stdout
    assert len(out.splitlines()) == 2 and "\x1b" not in out and "\x07" not in out and "\u202e" not in out


def test_what_is_shown_of_an_id_can_be_typed() -> None:
    """Ids of version 7 begin alike for all that began within a minute; an id with something behind it is shown whole,
    for its beginning is another session's id."""
    from gitml.ops.reading.prefix import prefix

    assert prefix("13a84f73-5c0e-4d3b-9a41-7d1f6a2b9c55") == "13a84f73"
    assert prefix("019c4b43-1451-7af3-be4c-5576369bf1ba") == "019c4b43-1451"
    later = "7c9e6679-7425-40de-944b-e07fc1f90ae7.2026-03-01T11-00"
    assert prefix(later) == later and prefix("s1") == "s1"
