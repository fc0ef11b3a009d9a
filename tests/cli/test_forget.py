"""``gitml forget``: what goes, what stays, and how hard it is to make it take the wrong thing."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support import records

from gitml.git.where import at
from gitml.ops.context import open_store
from gitml.ops.reading import views
from gitml.redact.gate import seal
from gitml.store import spool
from gitml.store.layout import Layout

Gitml = Callable[..., "subprocess.CompletedProcess[str]"]
Git = Callable[..., str]
CHAT = "chat-20261120-150001-abc001"
STREAMS = ("commits", "sessions", "chats", "actions", "orchestration", "lifecycle", "digests")


def seen(root: Path) -> dict[str, list[str]]:
    """Ids of every stream, tombstones apart."""
    context = open_store(str(root))
    return {
        stream: [record["id"] for record in views.records(context, stream) if record.get("to") != "tombstone"]
        for stream in STREAMS
    }


def layout_of(root: Path) -> Layout:
    where = at(str(root))
    assert where is not None
    return Layout(where.root, where.git_dir, where.common_dir, where.name)


def local_bytes(root: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted((root / ".git" / "gitml").rglob("*")) if path.is_file())


@pytest.fixture
def spooled(repo: Path) -> Path:
    """The same two sessions, still in the spool."""
    records.write_config(repo)
    lines = [seal(stream, record) for stream, members in records.story().items() for record in members]
    spool.append(layout_of(repo), lines)
    return repo


def test_a_chat_takes_its_own_along_and_nothing_else(gitml: Gitml, store: Path) -> None:
    """Its tool calls and sub-agents go; the other chat, the session, the commits stay, in every view at once."""
    before = seen(store)
    assert gitml(store, "forget", CHAT, "--yes").returncode == 0
    after = seen(store)
    assert after == {
        **before,
        "chats": [id for id in before["chats"] if id != CHAT],
        "actions": [],
        "orchestration": [],
    }
    assert "Make the parser strict." not in gitml(store, "show", "13a8", "--full").stdout
    assert json.loads(gitml(store, "status", "--json").stdout)["recorded"]["chats"] == 2
    assert gitml(store, "forget", CHAT, "--yes").returncode == 4


def test_a_session_goes_whole_and_alone(gitml: Gitml, store: Path) -> None:
    """Everything of that session, nothing of the other."""
    before = seen(store)
    assert gitml(store, "forget", "--session", "2026-11-20_13a84f73", "--yes").returncode == 0
    after = seen(store)
    assert after == {
        **before,
        "sessions": ["2026-11-19_27b95c84"],
        "chats": ["chat-20261119-150003-abc003"],
        "actions": [],
        "orchestration": [],
        "commits": [records.SHA_TWO],
    }
    assert gitml(store, "show", "13a84f73").returncode == 4


def test_a_time_range_ends_where_it_ends(gitml: Gitml, store: Path) -> None:
    """Both ends count; commits are git's and stay; a session that lies whole in it goes with it."""
    before = seen(store)
    done = gitml(store, "forget", "--since", "2026-11-20T15:00:02", "--until", "2026-11-20T15:00:02", "--yes")
    assert done.returncode == 0
    assert seen(store) == {**before, "chats": [id for id in before["chats"] if "150002" not in id]}
    assert gitml(store, "forget", "--since", "2026-11-19", "--until", "2026-11-19", "--yes").returncode == 0
    left = seen(store)
    assert (left["sessions"], left["commits"]) == (["2026-11-20_13a84f73"], before["commits"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 2),
        (["", "--yes"], 2),
        (["chat-20261120", "--yes"], 2),
        (["chat-20", "--yes"], 2),
        (["toolu_0", "--yes"], 2),
        (["nope-nope", "--yes"], 4),
        ([CHAT, "nope-nope", "--yes"], 4),
        (["13a84f73", "--yes"], 2),
        (["2026-11-20_13a84f73", "--yes"], 2),
        ([records.ALPHA, "--yes"], 2),
        (["--session", "", "--yes"], 2),
        (["--session", "1", "--yes"], 2),
        (["--session", "2026-11-", "--yes"], 2),
        (["--session", CHAT, "--yes"], 2),
        (["--session", "*", "--yes"], 4),
        (["*", "--yes"], 4),
        ([CHAT, "--session", records.BETA, "--yes"], 2),
        (["--since", "2026-11-01", "--yes"], 2),
        (["--until", "2026-11-30", "--yes"], 2),
        (["--since", "2026-11-30", "--until", "2026-11-01", "--yes"], 2),
        (["--since", "soon", "--until", "later", "--yes"], 2),
        (["--since", "2020", "--until", "2030", "--yes"], 2),
        (["--session", records.BETA, "--since", "1d", "--until", "today", "--yes"], 2),
        ([CHAT], 2),
        ([CHAT, "--json"], 2),
        (["--session", "../../x-long-enough", "--yes"], 4),
    ],
)
def test_what_is_not_told_exactly_takes_nothing(gitml: Gitml, store: Path, arguments: list[str], code: int) -> None:
    """Empty, short, ambiguous, mixed, or unconfirmed: not a byte changes, and the reason is said."""
    before = seen(store)
    done = gitml(store, "forget", *arguments, input="y\n")
    assert done.returncode == code and done.stderr.startswith(("error: ", "{")), (done.stdout, done.stderr)
    assert seen(store) == before and not (store / ".git" / "gitml" / "spool").exists()


def test_a_short_id_that_is_whole_will_do(gitml: Gitml, store: Path) -> None:
    """Streams of others may have short ids; whole, they are exact."""
    records.write_part(store, {"moods": [{"id": "m1"}, {"id": "m12"}]}, "20261122/000000Z-000001")
    assert gitml(store, "forget", "m1", "--yes").returncode == 0
    assert [json.loads(line)["id"] for line in gitml(store, "cat", "moods").stdout.splitlines()] == ["m12"]


def test_a_dry_run_tells_all_and_changes_nothing(gitml: Gitml, spooled: Path) -> None:
    """The same plan, not applied; -q and --json do not apply it either."""
    before, disk = seen(spooled), spool_bytes(spooled)
    for more in ([], ["-q"], ["--json"], ["--yes"]):
        done = gitml(spooled, "forget", CHAT, "--dry-run", *more)
        assert done.returncode == 0, done.stderr
    plan = json.loads(gitml(spooled, "forget", CHAT, "--dry-run", "--json").stdout)
    assert list(plan) == ["records", "sessions", "tombstones", "held", "rewrite", "notes", "purged", "dry_run"]
    assert plan["dry_run"] is True and len(plan["records"]) == 6 and "summary" in plan["notes"][0]
    assert (seen(spooled), spool_bytes(spooled)) == (before, disk)


def test_what_waits_is_deleted_from_disk(gitml: Gitml, spooled: Path) -> None:
    """Not only hidden: no file of the local state has the words any more; the rest of the spool stays."""
    assert b"It eats anything" in local_bytes(spooled)
    done = gitml(spooled, "forget", CHAT, "--yes", "--json")
    assert json.loads(done.stdout)["purged"] == 6
    left = local_bytes(spooled)
    assert b"It eats anything" not in left and b"pytest -q" not in left and b"Write the notes." in left
    assert "rewrite history" not in done.stdout and json.loads(done.stdout)["rewrite"] == ""


def test_kept_copies_are_deleted_too(spooled: Path, gitml: Gitml) -> None:
    """What a commit carried is kept for the case that the commit goes; forgotten records must not return from there."""
    from gitml.store import kept

    layout = layout_of(spooled)
    parts = spool.close(layout)
    for part in parts:
        kept.keep(layout, part)
    assert b"It eats anything" in local_bytes(spooled)
    records.write_part(spooled, records.story(), parts[0].name)
    assert gitml(spooled, "forget", CHAT, "--yes").returncode == 0
    assert b"It eats anything" not in local_bytes(spooled) and b"Write the notes." in local_bytes(spooled)


def test_a_sync_from_the_start_brings_nothing_back(repo: Path, gitml: Gitml) -> None:
    """The transcript still says it; sync passes over it, and over the whole of a forgotten session."""
    source = repo.parent / "home" / ".claude" / "projects" / "-x"
    source.mkdir(parents=True)
    (source / f"{records.ALPHA}.jsonl").write_text("".join(transcript(repo)))
    records.write_config(repo)
    assert gitml(repo, "sync").returncode == 0
    chats = seen(repo)["chats"]
    assert len(chats) == 2
    assert gitml(repo, "forget", chats[0], "--yes").returncode == 0
    assert gitml(repo, "sync", "--full").returncode == 0
    assert seen(repo)["chats"] == chats[1:] and b"done: first secret plan" not in spool_bytes(repo)
    assert gitml(repo, "forget", "--session", records.ALPHA, "--yes").returncode == 0
    assert gitml(repo, "sync", "--full").returncode == 0
    assert not any(seen(repo)[stream] for stream in STREAMS) and b"second secret plan" not in spool_bytes(repo)


def spool_bytes(root: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (root / ".git" / "gitml" / "spool").rglob("*.jsonl"))


def transcript(root: Path) -> Iterator[str]:
    parent = None
    for number, word in enumerate(("first", "second"), 1):
        base = {
            "sessionId": records.ALPHA,
            "cwd": str(root),
            "version": "2.1.300",
            "gitBranch": "main",
            "userType": "external",
            "isSidechain": False,
        }
        asked, answered = f"u{number}", f"a{number}"
        yield (
            json.dumps(
                {
                    **base,
                    "type": "user",
                    "uuid": asked,
                    "parentUuid": parent,
                    "timestamp": f"2026-11-20T15:0{number}:00.000Z",
                    "message": {"role": "user", "content": f"the {word} secret plan"},
                }
            )
            + "\n"
        )
        message = {
            "id": f"msg_{number}",
            "type": "message",
            "role": "assistant",
            "model": "claude-x",
            "content": [{"type": "text", "text": f"done: {word} secret plan"}],
            "stop_reason": "end_turn",
            "usage": {"input_tokens": 5, "output_tokens": 7},
        }
        yield (
            json.dumps(
                {
                    **base,
                    "type": "assistant",
                    "uuid": answered,
                    "parentUuid": asked,
                    "requestId": f"r{number}",
                    "timestamp": f"2026-11-20T15:0{number}:05.000Z",
                    "message": message,
                }
            )
            + "\n"
        )
        parent = answered


def test_the_same_words_do_not_come_back(gitml: Gitml, spooled: Path) -> None:
    """Recorded again (another clone's merge, a sync from the start), under its own id or as a fork's copy: hidden."""
    assert gitml(spooled, "forget", CHAT, "--yes").returncode == 0
    chat = records.story()["chats"][0]
    fork = {
        **chat,
        "id": "chat-20270101-000000-fork01",
        "session_id": "cccccccc-0000-4000-8000-000000000001",
        "timestamp": "2027-01-01T00:00:00.000Z",
    }
    later = {**chat, "output": "said again", "updated_at": "2028-01-01T00:00:00.000Z"}
    records.write_part(spooled, {"chats": [fork, later]}, "20270101/000000Z-000001")
    assert "It eats anything" not in gitml(spooled, "cat", "chats").stdout


def test_a_forgotten_session_does_not_come_back_through_its_fork(gitml: Gitml, spooled: Path) -> None:
    """Its chats are copied by a session that resumed it: those go, the fork's own stay."""
    fork = "cccccccc-0000-4000-8000-000000000001"
    copies = [
        {**chat, "id": chat["id"] + "c", "session_id": fork, "timestamp": "2027" + chat["timestamp"][4:]}
        for chat in records.story()["chats"][:2]
    ]
    actions = [
        {**action, "session_id": fork, "timestamp": "2027" + action["timestamp"][4:]}
        for action in records.story()["actions"]
    ]
    own = records.chat(9, fork, "2027-01-02", "My own.", "Yes.")
    records.write_part(
        spooled,
        {
            "chats": [*copies, own],
            "actions": actions,
            "sessions": [records.session(fork, "2027-01-02", "Again", parent=records.ALPHA)],
        },
        "20270101/000000Z-000001",
    )
    assert gitml(spooled, "forget", "--session", records.ALPHA, "--yes").returncode == 0
    found = seen(spooled)
    assert found["chats"] == ["chat-20261119-150003-abc003", own["id"]] and found["actions"] == []
    assert found["sessions"] == ["2026-11-19_27b95c84", "2027-01-02_cccccccc"]


def test_forgetting_a_fork_leaves_its_parent(gitml: Gitml, spooled: Path) -> None:
    """What a fork copied belongs to the other session and stays."""
    fork = "cccccccc-0000-4000-8000-000000000001"
    copies = [
        {**chat, "id": chat["id"] + "c", "session_id": fork, "timestamp": "2027" + chat["timestamp"][4:]}
        for chat in records.story()["chats"][:2]
    ]
    own = records.chat(9, fork, "2027-01-02", "My own.", "Yes.")
    before = seen(spooled)
    records.write_part(
        spooled,
        {"chats": [*copies, own], "sessions": [records.session(fork, "2027-01-02", "x")]},
        "20270101/000000Z-000001",
    )
    assert gitml(spooled, "forget", "--session", fork, "--yes").returncode == 0
    assert seen(spooled) == before


def test_tombstones_cannot_be_forgotten(gitml: Gitml, store: Path) -> None:
    """Nothing takes away what keeps things away: not by id, not by session."""
    assert gitml(store, "forget", CHAT, "--yes").returncode == 0
    graves = [json.loads(line) for line in gitml(store, "cat", "lifecycle").stdout.splitlines()]
    ids = [grave["id"] for grave in graves if grave["to"] == "tombstone"]
    assert ids and all(gitml(store, "forget", id, "--yes").returncode == 2 for id in ids)
    assert gitml(store, "forget", "--session", records.ALPHA, "--yes").returncode == 0
    after = gitml(store, "cat", "lifecycle").stdout
    assert all(id in after for id in ids)


def committed(store: Path, git: Git) -> str:
    git(store, "add", "-f", ".git-ml")
    git(store, "commit", "-q", "-m", "data")
    return git(store, "rev-parse", "HEAD").strip()


def test_it_says_what_history_holds(gitml: Gitml, git: Git, store: Path) -> None:
    """The commit by name, whatever branch has it, also where it is gone from the work tree."""
    sha = committed(store, git)
    git(store, "switch", "-q", "-c", "other")
    git(store, "commit", "-q", "--allow-empty", "-m", "nothing")
    plan = json.loads(gitml(store, "forget", CHAT, "--dry-run", "--json").stdout)
    assert plan["held"] == [{"id": CHAT, "commits": [sha], "complete": True}]
    text = gitml(store, "forget", CHAT, "--yes").stdout
    assert f"git history still holds {CHAT}: {sha[:9]}" in text and "git filter-repo" in text
    assert "other clones" in text


def test_the_rewrite_takes_the_record_and_leaves_the_rest(gitml: Gitml, git: Git, store: Path) -> None:
    """The callback it prints, run over the tracked files: the chat and its own go, tombstones and all others stay."""
    committed(store, git)
    child = records.session("cccccccc-0000-4000-8000-000000000001", "2026-11-21", "on", parent=records.ALPHA)
    assert gitml(store, "forget", CHAT, "--yes").returncode == 0
    grave = next(line for line in gitml(store, "cat", "lifecycle").stdout.splitlines() if f'"{CHAT}"' in line)
    for arguments in (["--session", records.ALPHA], ["chat-20261120-150002-abc002"]):
        command = json.loads(gitml(store, "forget", *arguments, "--dry-run", "--json").stdout)["rewrite"]
        words = shlex.split(command)
        assert words[:3] == ["git", "filter-repo", "--blob-callback"]
        lines = [json.dumps(r, separators=(",", ":")) for r in [*records.story()["chats"], child]] + [grave]
        blob = Blob("".join(line + "\n" for line in lines).encode())
        exec(f"def callback(blob):\n{''.join('  ' + line + chr(10) for line in words[3].splitlines())}", scope := {})
        scope["callback"](blob)
        left = blob.data.decode().splitlines()
        assert lines[1] not in left and lines[2:] == left[-3:]


class Blob:
    def __init__(self, data: bytes) -> None:
        self.data = data


def test_many_records_are_looked_up_at_once(gitml: Gitml, git: Git, repo: Path) -> None:
    """The search stays bounded: beyond ten it is one, and says so."""
    records.write_config(repo)
    chats = [records.chat(n, records.ALPHA, "2026-11-20", f"p{n}", "a") for n in range(1, 31)]
    records.write_part(repo, {"chats": chats})
    sha = committed(repo, git)
    done = gitml(repo, "forget", "--since", "2026-11-20", "--until", "2026-11-20", "--dry-run", "--json")
    assert json.loads(done.stdout)["held"] == [{"id": "these 30", "commits": [sha], "complete": True}]


def test_the_cursor_of_a_forgotten_session_goes(gitml: Gitml, spooled: Path) -> None:
    """It may hold the session's last words; the other session's stays."""
    from gitml.redact.gate import seal_state
    from gitml.store import cursors

    layout = layout_of(spooled)
    for session_id in (records.ALPHA, records.BETA):
        cursors.save(layout, "claude", session_id, seal_state({"words": "It eats anything"}))
    assert gitml(spooled, "forget", "--session", records.ALPHA, "--yes").returncode == 0
    assert cursors.load(layout, "claude", records.ALPHA) is None
    assert cursors.load(layout, "claude", records.BETA) is not None


def test_a_person_is_asked(spooled: Path, gitml: Gitml) -> None:
    """On a terminal it shows what goes and asks; anything but yes changes nothing."""
    before = seen(spooled)
    assert on_terminal(spooled, "n\n")[0] == 130 and seen(spooled) == before
    code, said = on_terminal(spooled, "y\n")
    assert code == 0 and "will forget 6 records" in said and "for good?" in said
    assert CHAT not in seen(spooled)["chats"]


def on_terminal(root: Path, answer: str) -> tuple[int, str]:
    import pty
    import sys

    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(root)
        os.execv(sys.executable, [sys.executable, "-m", "gitml", "forget", CHAT])
    os.write(terminal, answer.encode())
    said = b""
    while True:
        try:
            chunk: Any = os.read(terminal, 4096)
        except OSError:
            break
        if not chunk:
            break
        said += chunk
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said.decode("utf-8", "replace")
