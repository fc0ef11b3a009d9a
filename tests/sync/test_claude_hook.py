"""`gitml hook claude` as Claude Code calls it: a process, a payload on stdin, never a trace for the caller."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from support.hook_path import DEAR
from support.transcript import Transcript, varied

from gitml.ops import pause as pausing
from gitml.ops.context import open_at
from gitml.store.fold import fold

SESSION = "11111111-2222-4333-8444-555555555555"
EVENTS = ("SessionStart", "UserPromptSubmit", "Stop", "SubagentStop", "PreCompact", "SessionEnd")


@pytest.fixture
def store(repo: Path) -> Path:
    """A repository that gitml records: it has local state."""
    (repo / ".git" / "gitml").mkdir()
    return repo


@pytest.fixture
def projects(home: Path) -> Path:
    folder = home / ".claude" / "projects"
    folder.mkdir(parents=True)
    return folder


def session(repo: Path) -> Transcript:
    return varied(SESSION, turns=3, cwd=str(repo.resolve()))


def hook(
    folder: Path, event: str = "Stop", stdin: bytes | None = None, extra: dict[str, str] | None = None, **payload: Any
) -> subprocess.CompletedProcess[bytes]:
    """Run the hook; it must end with 0 and print nothing, whatever it was given."""
    given = {"session_id": SESSION, "cwd": str(folder), "hook_event_name": event, **payload}
    done = subprocess.run(
        [sys.executable, "-m", "gitml", "hook", "claude"],
        cwd=folder,
        env=os.environ | (extra or {}),
        input=json.dumps(given).encode() if stdin is None else stdin,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    return done


def chats(repo: Path) -> list[dict[str, Any]]:
    return list(fold(open_at(str(repo)).layout, "chats").records())


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_brings_the_session_up_to_date(store: Path, projects: Path, event: str) -> None:
    """Whichever hook fires last, what the transcript holds by then is recorded."""
    path = session(store).write(projects)
    hook(store, event, transcript_path=str(path))
    assert len(chats(store)) >= 3


def test_an_event_that_was_not_asked_for_does_nothing(store: Path, projects: Path) -> None:
    """Clients know 33 events; those gitml does not register are none of its business."""
    path = session(store).write(projects)
    hook(store, "WorktreeCreate", transcript_path=str(path))
    assert chats(store) == []


def test_stop_waits_for_the_last_message(store: Path, projects: Path) -> None:
    """Stop can fire before the client has written the answer: the hook waits for it, and not longer."""
    made = Transcript(SESSION, str(store.resolve()))
    made.prompt("say it")
    path = made.write(projects)
    made.says('late "words"\nof an answer')

    def write_late() -> None:
        time.sleep(0.4)
        made.write(projects)

    writer = threading.Thread(target=write_late)
    writer.start()
    hook(store, transcript_path=str(path), last_assistant_message='late "words"\nof an answer')
    writer.join()
    assert [chat["output"] for chat in chats(store)] == ['late "words"\nof an answer']


def test_stop_waits_for_a_transcript_that_is_not_there_yet(store: Path, projects: Path) -> None:
    """After a short first turn the client may make the file only once Stop has begun: the turn is recorded."""
    made = Transcript(SESSION, str(store.resolve()))
    made.prompt("say it")
    made.says("said")
    path = made.write(projects)
    late = path.with_name("later")
    path.rename(late)
    writer = threading.Timer(0.3, lambda: late.rename(path))
    writer.start()
    hook(store, transcript_path=str(path), last_assistant_message="said")
    writer.join()
    assert [chat["output"] for chat in chats(store)] == ["said"]


def test_a_message_that_never_comes_is_waited_for_two_seconds(store: Path, projects: Path) -> None:
    """The wait is bounded; what is there is recorded, and the turn is completed by the next event."""
    made = Transcript(SESSION, str(store.resolve()))
    made.prompt("say it")
    path = made.write(projects)
    start = time.monotonic()
    hook(store, transcript_path=str(path), last_assistant_message="never written")
    assert 1.9 < time.monotonic() - start < 10
    assert [chat["status"] for chat in chats(store)] == ["unfinished"]
    made.says("never written")
    made.write(projects)
    hook(store, "UserPromptSubmit", transcript_path=str(path))
    assert [chat["status"] for chat in chats(store)] == ["complete"]


def test_a_client_that_names_no_message_is_waited_for_as_well(store: Path, projects: Path) -> None:
    """Before 2.1.47 the payload has no last message: the hook waits while the file does not end in an answer."""
    made = Transcript(SESSION, str(store.resolve()))
    made.prompt("say it")
    (one,) = made.uses(("Bash", {"command": "ls"}), say="I look")
    made.result(one)
    path = made.write(projects)
    made.says("here it is")

    def write_late() -> None:
        time.sleep(0.25)
        made.write(projects)

    writer = threading.Thread(target=write_late)
    writer.start()
    hook(store, transcript_path=str(path))
    writer.join()
    assert [chat["output"] for chat in chats(store)] == ["here it is"]


def test_a_transcript_that_moved_is_found_by_its_id(store: Path, projects: Path) -> None:
    """The payload's path may be stale: entering a work tree moves the file to another folder."""
    path = session(store).write(projects)
    elsewhere = projects / "-somewhere-else"
    elsewhere.mkdir()
    path.rename(elsewhere / path.name)
    hook(store, transcript_path=str(path))
    assert len(chats(store)) >= 3


def test_a_missing_transcript_is_no_error(store: Path, projects: Path) -> None:
    """At SessionStart there is no file yet; with --no-session-persistence there never is one."""
    hook(store, "SessionStart", transcript_path=str(projects / "x" / f"{SESSION}.jsonl"))
    assert not (store / ".git" / "gitml" / "logs").exists()


@pytest.mark.parametrize("session_id", ["../../evil", "/etc/passwd", "", ".", "a/b", "x" * 5000, None, 7, ["x"]])
def test_crafted_ids_and_paths_reach_no_other_file(
    store: Path, projects: Path, tmp_path: Path, session_id: object
) -> None:
    """A transcript path or id from the payload reads nothing outside the agent's own folder."""
    outside = tmp_path / "evil.jsonl"
    outside.write_bytes(b"".join(session(store).lines))
    (projects / "link").symlink_to(tmp_path)
    for path in (
        str(outside),
        str(projects / ".." / ".." / ".." / "evil.jsonl"),
        str(projects / "link" / "evil.jsonl"),
    ):
        hook(store, transcript_path=path, session_id=session_id)
        hook(store, transcript_path=path, session_id="evil")
    assert chats(store) == []


@pytest.mark.parametrize(
    "stdin",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"hook_event_name": 5}', b'{"hook_event_name":"Stop"}', b"[" * 10**5],
)
def test_odd_input_is_survived(store: Path, projects: Path, stdin: bytes) -> None:
    """Whatever stands on stdin, the hook ends with 0 and prints nothing."""
    hook(store, stdin=stdin)


def test_outside_a_store_nothing_is_made(repo: Path, projects: Path) -> None:
    """With hooks at user level, repositories that never asked for gitml get no file of it."""
    path = session(repo).write(projects)
    hook(repo, transcript_path=str(path))
    assert not (repo / ".git" / "gitml").exists()


def test_what_is_said_during_a_pause_stays_out(store: Path, projects: Path) -> None:
    """Between pause and resume nothing is recorded, also not by the hooks that come afterwards; the rest is."""
    made = Transcript(SESSION, str(store.resolve()))
    for word, pause in (("before", False), ("meanwhile", True), ("after", False)):
        if pause:
            pausing.pause(open_at(str(store)), made.clock / 1000)
        made.prompt(f"{word}, please")
        (one,) = made.uses(("Bash", {"command": f"echo {word}"}))
        made.result(one, word)
        made.says(f"{word} it is")
        hook(store, transcript_path=str(made.write(projects)))
        if pause:
            pausing.resume(open_at(str(store)), made.clock / 1000)
    assert [chat["input"] for chat in chats(store)] == ["before, please", "after, please"]
    written = b"".join(path.read_bytes() for path in (store / ".git/gitml/spool").rglob("*.jsonl"))
    assert b"meanwhile" not in written


def test_a_session_begun_during_a_pause_has_no_summary(store: Path, projects: Path) -> None:
    """Without a title the summary is the first prompt, and that was not to be recorded."""
    made = Transcript(SESSION, str(store.resolve()))
    pausing.pause(open_at(str(store)), made.clock / 1000)
    made.prompt("not this")
    made.says("no")
    pausing.resume(open_at(str(store)), made.clock / 1000)
    made.prompt("but this")
    made.says("yes")
    hook(store, transcript_path=str(made.write(projects)))
    (session,) = fold(open_at(str(store)).layout, "sessions").records()
    assert session["summary"] == ""
    assert [chat["input"] for chat in chats(store)] == ["but this"]


def test_a_session_run_with_gitml_off_stays_out(store: Path, projects: Path) -> None:
    """GITML=off keeps a session out as a whole: no later hook or sync takes it in."""
    path = session(store).write(projects)
    hook(store, extra={"GITML": "off"}, transcript_path=str(path))
    hook(store, transcript_path=str(path))
    assert chats(store) == []
    assert (store / ".git/gitml/silences").read_text().count(SESSION) == 1


def test_a_killed_session_is_taken_in_at_the_next_start(store: Path, projects: Path) -> None:
    """An interrupt or a kill fires no hook: the next session's start records what the last one still wrote."""
    made = Transcript(SESSION, str(store.resolve()))
    made.prompt("one")
    made.says("first answer")
    path = made.write(projects)
    hook(store, transcript_path=str(path))
    made.prompt("two")
    made.says("never stopped")
    made.write(projects)
    other = Transcript("99999999-2222-4333-8444-555555555555", str(store.resolve()))
    hook(store, "SessionStart", session_id=other.session_id, transcript_path=str(projects / "none.jsonl"))
    deadline = time.monotonic() + 20
    while len(chats(store)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [chat["output"] for chat in chats(store)] == ["first answer", "never stopped"]


def test_a_session_is_recorded_where_it_began(store: Path, projects: Path, tmp_path: Path, git: Any) -> None:
    """`cd` into another repository that records, too, publishes nothing of this session there."""
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    (other / ".git" / "gitml").mkdir()
    path = session(store).write(projects)
    hook(other, transcript_path=str(path), extra={"CLAUDE_PROJECT_DIR": str(store)})
    assert chats(other) == []
    assert len(chats(store)) >= 3


def test_a_session_begun_above_its_repository_is_recorded_in_it(store: Path, projects: Path, tmp_path: Path) -> None:
    """Cloud machines start in the folder that holds the clone: the tools' paths tell the repository."""
    made = Transcript(SESSION, str(tmp_path.resolve()))
    made.prompt("edit it")
    (one,) = made.uses(("Edit", {"file_path": f"{store.resolve()}/a.txt"}))
    made.result(one)
    made.says("edited")
    path = made.write(projects)
    hook(tmp_path, transcript_path=str(path), extra={"CLAUDE_PROJECT_DIR": str(tmp_path)})
    assert [chat["files"] for chat in chats(store)] == [["a.txt"]]


def test_records_ride_with_the_work_tree_they_were_made_in(store: Path, projects: Path, git: Any) -> None:
    """In a linked work tree the records wait in that tree's spool; the common store shows them all."""
    linked = store.parent / "linked"
    git(store, "worktree", "add", "-q", "-b", "side", str(linked))
    path = session(store).write(projects)
    hook(linked, transcript_path=str(path), extra={"CLAUDE_PROJECT_DIR": str(store)})
    assert (store / ".git" / "gitml" / "spool" / "linked").is_dir()
    assert not (store / ".git" / "gitml" / "spool" / "main").exists()
    assert len(chats(store)) == len(chats(linked)) >= 3


def test_a_failure_leaves_a_line_in_the_log(store: Path, projects: Path) -> None:
    """A hook that fails is silent for its caller, not for `gitml status`."""
    path = session(store).write(projects)
    (store / ".git" / "gitml" / "spool").write_text("in the way")
    hook(store, transcript_path=str(path))
    log = (store / ".git" / "gitml" / "logs" / "gitml.log").read_text().splitlines()
    assert "Error" in json.loads(log[-1])["error"]


def test_secrets_do_not_reach_the_spool(store: Path, projects: Path) -> None:
    """Pasted, printed or used in a command: a key in the transcript is in none of gitml's files."""
    from support.secrets_made import made as secrets

    made = Transcript(SESSION, str(store.resolve()))
    for kind, secret in secrets().items():
        made.prompt(f"use {secret} for {kind}")
        (one,) = made.uses(("Bash", {"command": f"curl -H 'x: {secret}' x.invalid"}))
        made.result(one, f"got {secret}")
        made.says(f"I used {secret}")
    path = made.write(projects)
    hook(store, transcript_path=str(path))
    assert len(chats(store)) == len(secrets())
    written = [Path(folder, name).read_bytes() for folder, _, names in os.walk(store / ".git/gitml") for name in names]
    for secret in secrets().values():
        piece = secret.splitlines()[len(secret.splitlines()) // 2].encode()
        assert not any(piece in data for data in written)


def test_the_stop_hook_imports_only_what_it_needs(store: Path, projects: Path) -> None:
    """The set of modules the Stop hook loads is pinned: everything dear stays out, and gitml's own are these."""
    hook(store)  # the session registers with its first hook; what is measured is any later turn
    path = session(store).write(projects)
    code = (
        "import os, sys; sys.argv = ['gitml', 'hook', 'claude']; "
        "real = os._exit; "
        "os._exit = lambda code: (open(os.environ['LOADED'], 'w').write('\\n'.join(sorted(sys.modules))), real(code)); "
        "from gitml.__main__ import main; main()"
    )
    payload = {"session_id": SESSION, "cwd": str(store), "hook_event_name": "Stop", "transcript_path": str(path)}
    loaded = store.parent / "loaded"
    open_at(str(store))  # makes the JSON copy of the config, as init does
    subprocess.run(
        [sys.executable, "-I", "-c", code],
        cwd=store,
        env=os.environ | {"LOADED": str(loaded)},
        check=True,
        input=json.dumps(payload).encode(),
    )
    assert len(chats(store)) >= 3
    modules = set(loaded.read_text().splitlines())
    assert not modules & DEAR
    layers = {name.split(".")[1] for name in modules if name.startswith("gitml.")}
    assert layers == {
        "__main__",
        "agents",
        "config",
        "derive",
        "errors",
        "git",
        "hooks",
        "model",
        "ops",
        "redact",
        "store",
    }
    assert {name for name in modules if name.startswith(("gitml.ops.", "gitml.git.", "gitml.hooks."))} == {
        "gitml.git.default_branch",
        "gitml.git.remote",
        "gitml.git.run",
        "gitml.git.where",
        "gitml.git.worktrees",
        "gitml.hooks.call",
        "gitml.hooks.claude",
        "gitml.hooks.engine",
        "gitml.hooks.entry",
        "gitml.ops.lifecycle",  # this and its stages at a session's first turn alone
        "gitml.ops.lifecycle.stages",
        "gitml.ops.record",
        "gitml.ops.record.alarm",
        "gitml.ops.record.begun",
        "gitml.ops.record.answer",
        "gitml.ops.record.late",
        "gitml.ops.record.learning",
        "gitml.ops.context",
        "gitml.ops.record.cursor",
        "gitml.ops.record.domains",
        "gitml.ops.hooklog",
        "gitml.ops.silence",
        "gitml.ops.record.feeding",
        "gitml.ops.record.ingest",
        "gitml.ops.record.known",
        "gitml.ops.record.repository",
        "gitml.ops.record.running",
        "gitml.ops.registry",
        "gitml.ops.registry.hooked",
        "gitml.ops.redacting",
        "gitml.ops.redacting.gates",
        "gitml.ops.redacting.rules",
    }
