"""Taking sessions in: in pieces, again, at once, killed in between; always the same records."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.transcript import Transcript, varied

from gitml.agents import registry
from gitml.ops.context import Context, open_at
from gitml.ops.record.ingest import Result, sync_session
from gitml.store import spool
from gitml.store.fold import fold

STREAMS = ("sessions", "chats", "actions", "orchestration")
SESSION = "11111111-2222-4333-8444-555555555555"
OTHER = "99999999-2222-4333-8444-555555555555"


def fresh_repo(folder: Path) -> Context:
    """A work tree with nothing but what gitml looks at; starting git for each example would take all the time."""
    for inside in ("objects", "refs"):  # with HEAD all that git asks of a repository
        (folder / ".git" / inside).mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / ".git" / "config").write_text("")
    return open_at(str(folder))


def take(context: Context, projects: Path, session_id: str = SESSION, full: bool = False) -> Result:
    adapter = registry.adapter("claude")
    source = adapter.locate(session_id, str(projects))
    assert source is not None
    return sync_session(context, adapter, source, full=full)


def forked(context: Context, tmp_path: Path) -> int:
    """Take the session in, in another process; its id. Whatever happens there, it never returns into the tests."""
    pid = os.fork()
    if pid == 0:
        try:
            take(context, tmp_path / "projects")
            os._exit(0)
        finally:
            os._exit(1)
    return pid


def folded(context: Context) -> dict[str, list[bytes]]:
    return {stream: fold(context.layout, stream).lines for stream in STREAMS}


def whole(tmp_path: Path, made: Transcript) -> dict[str, list[bytes]]:
    """What one run over all of it folds to."""
    context = fresh_repo(tmp_path / "whole")
    made.write(tmp_path / "whole-projects")
    take(context, tmp_path / "whole-projects", made.session_id)
    return folded(context)


@pytest.mark.parametrize("seed", range(12))
def test_any_growing_prefixes_fold_to_the_whole(tmp_path: Path, seed: int) -> None:
    """A session synced at any instants of its life, its last line cut anywhere, folds to what one run gives."""
    made = varied(SESSION, turns=7, seed=seed)
    expected = whole(tmp_path, made)
    context = fresh_repo(tmp_path / "repo")
    projects = tmp_path / "projects"
    everything = b"".join(made.lines)
    draw = random.Random(seed)
    cuts = sorted(draw.randrange(1, len(everything)) for _ in range(12))
    for cut in [*cuts, len(everything)]:
        path = made.write(projects)
        path.write_bytes(everything[:cut])
        take(context, projects)
    assert folded(context) == expected


@pytest.mark.parametrize("seed", range(6))
def test_sub_agents_growing_on_their_own_fold_to_the_whole(tmp_path: Path, seed: int) -> None:
    """Main file and sub-agents' files grow at different paces; an agent may be read before anything names it."""
    made = varied(SESSION, turns=14, seed=100 + seed)
    assert made.agents
    expected = whole(tmp_path, made)
    context = fresh_repo(tmp_path / "repo")
    projects = tmp_path / "projects"
    draw = random.Random(seed)
    main = b"".join(made.lines)
    sizes = dict.fromkeys(made.agents, 0)
    done = 0
    for last in (False,) * 10 + (True,):
        path = made.write(projects)
        done = len(main) if last else min(len(main), done + draw.randrange(1, len(main) // 5))
        path.write_bytes(main[:done])
        for agent, lines in made.agents.items():
            body = b"".join(lines)
            sizes[agent] = len(body) if last else min(len(body), sizes[agent] + draw.randrange(len(body)))
            (path.parent / SESSION / "subagents" / f"agent-{agent}.jsonl").write_bytes(body[: sizes[agent]])
        take(context, projects)
    assert folded(context) == expected


def test_a_second_run_appends_nothing(tmp_path: Path) -> None:
    """What is recorded is not recorded again: not by another run, not by --full, not when the cursor is lost."""
    context = fresh_repo(tmp_path / "repo")
    varied(SESSION).write(tmp_path / "projects")
    assert take(context, tmp_path / "projects").appended > 10
    assert take(context, tmp_path / "projects").appended == 0
    assert take(context, tmp_path / "projects", full=True).appended == 0
    for folder, _, files in os.walk(context.layout.cursors):
        for name in files:
            os.unlink(os.path.join(folder, name))
    assert take(context, tmp_path / "projects").appended == 0


def test_a_touched_or_moved_file_appends_nothing(tmp_path: Path) -> None:
    """A transcript that moves to another folder (a session entering a work tree) or gets a new inode is the same."""
    context = fresh_repo(tmp_path / "repo")
    made = varied(SESSION)
    path = made.write(tmp_path / "projects")
    take(context, tmp_path / "projects")
    elsewhere = tmp_path / "projects" / "-work-app--claude-worktrees-x"
    elsewhere.mkdir()
    os.rename(path, elsewhere / path.name)
    if (path.parent / SESSION).exists():
        os.rename(path.parent / SESSION, elsewhere / SESSION)
    assert take(context, tmp_path / "projects").appended == 0
    with open(elsewhere / path.name, "ab") as file:
        made.prompt("one more")
        made.says("and answered")
        file.write(b"".join(made.lines[-2:]))
    assert take(context, tmp_path / "projects").appended == 2  # the chat and the session
    assert b"and answered" in fold(context.layout, "chats").lines[-1]


def test_a_rewritten_file_is_read_anew(tmp_path: Path) -> None:
    """Bytes before the cursor that changed are noticed: every chat of the new text is there, and none is lost."""
    context = fresh_repo(tmp_path / "repo")
    varied(SESSION, seed=1).write(tmp_path / "projects")
    take(context, tmp_path / "projects")
    before = {json.loads(line)["id"] for line in fold(context.layout, "chats").lines}
    again = varied(SESSION, seed=2)
    again.write(tmp_path / "projects")
    take(context, tmp_path / "projects")
    after = {json.loads(line)["id"] for line in fold(context.layout, "chats").lines}
    assert after == before | {json.loads(line)["id"] for line in whole(tmp_path, again)["chats"]}


def test_resumed_copies_are_one_chat_the_earliest(tmp_path: Path) -> None:
    """A resumed session that copies its predecessor under new ids and times adds only what is new."""
    first = varied(SESSION, turns=3)
    second = Transcript(OTHER)
    second.clock = first.clock + 3_600_000
    for line in first.lines:
        record = json.loads(line)
        if "uuid" in record:
            record |= {"sessionId": OTHER, "timestamp": second.time()}
        second.add(record)
    second.prompt("only here")
    second.says("yes")
    together = fresh_repo(tmp_path / "together")
    for made in (second, first):  # the copy arrives first: order must not matter
        made.write(tmp_path / "projects")
        take(together, tmp_path / "projects", made.session_id)
    chats = [json.loads(line) for line in fold(together.layout, "chats").lines]
    assert len({chat["uuid"] for chat in chats}) == len(chats)
    assert [chat["session_id"] for chat in chats].count(OTHER) == 1
    alone = fresh_repo(tmp_path / "alone")
    take(alone, tmp_path / "projects", SESSION)
    mine = [line for line in fold(together.layout, "chats").lines if b'"session_id":"%s"' % SESSION.encode() in line]
    assert mine == fold(alone.layout, "chats").lines


def test_two_clones_fold_to_the_same_bytes_as_one(tmp_path: Path) -> None:
    """Two clones sync the same session at different instants; their parts together are what one clone writes."""
    made = varied(SESSION, turns=8, seed=5)
    expected = whole(tmp_path, made)
    one, two = fresh_repo(tmp_path / "one"), fresh_repo(tmp_path / "two")
    for upto in (9, 17, 30, None):
        made.write(tmp_path / "projects", upto)
        take(one, tmp_path / "projects")
    take(two, tmp_path / "projects")
    live = tmp_path / "one" / ".git-ml" / "tracked" / "live"
    for context in (one, two):
        for part in spool.close(context.layout):
            for stream in part.streams():
                target = live / part.name
                target.mkdir(parents=True, exist_ok=True)
                (target / f"{stream}.jsonl").write_bytes(Path(part.path, f"{stream}.jsonl").read_bytes())
    assert folded(one) == expected


@pytest.mark.parametrize("fatal", ["append", "save"])
def test_a_kill_between_records_and_cursor_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fatal: str
) -> None:
    """Killed before the records are durable or before the cursor moves: the next run makes it good."""
    made = varied(SESSION, turns=6, seed=3)
    expected = whole(tmp_path, made)
    context = fresh_repo(tmp_path / "repo")
    made.write(tmp_path / "projects", 12)
    take(context, tmp_path / "projects")
    made.write(tmp_path / "projects")
    target = "gitml.store.spool.append" if fatal == "append" else "gitml.store.cursors.save"
    with monkeypatch.context() as patch:
        patch.setattr(target, lambda *_, **__: os._exit(9))
        assert os.waitstatus_to_exitcode(os.waitpid(forked(context, tmp_path), 0)[1]) == 9
    take(context, tmp_path / "projects")
    assert folded(context) == expected


def test_ten_hooks_at_once_make_one_record_each(tmp_path: Path) -> None:
    """Settings and a plugin may both call the hook: run at once they append each record once."""
    context = fresh_repo(tmp_path / "repo")
    varied(SESSION).write(tmp_path / "projects")
    children = [forked(context, tmp_path) for _ in range(10)]
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0] * 10
    lines = [
        line
        for part in spool.parts(context.layout)
        for stream in part.streams()
        for line in Path(part.path, f"{stream}.jsonl").read_bytes().splitlines()
    ]
    assert len(lines) == len(set(lines))


def test_the_cursor_holds_no_text_of_the_conversation(tmp_path: Path) -> None:
    """Local state is no second transcript: answers and tool output are not in it."""
    context = fresh_repo(tmp_path / "repo")
    made = Transcript(SESSION)
    made.prompt("first words")
    made.says("a private answer")
    made.prompt("second words")
    (one,) = made.uses(("Bash", {"command": "ls"}))
    made.result(one, "private output")
    made.write(tmp_path / "projects")
    take(context, tmp_path / "projects")
    kept = b"".join(
        Path(folder, name).read_bytes() for folder, _, names in os.walk(context.layout.cursors) for name in names
    )
    assert kept
    assert b"private answer" not in kept
    assert b"private output" not in kept


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.data())
def test_damage_in_the_middle_loses_only_the_damaged_line(
    tmp_path_factory: pytest.TempPathFactory, seed: int, data: st.DataObject
) -> None:
    """A line that cannot be read is passed over and named; the rest is recorded."""
    tmp_path = tmp_path_factory.mktemp("damage")
    made = varied(SESSION, turns=4, seed=seed)
    at = data.draw(st.integers(0, len(made.lines) - 1))
    junk = data.draw(st.sampled_from([b"\x00\x00\n", b'{"type":"user\n', b"\xff\xfe\n", b"[]\n", b"17\n", b"\n"]))
    made.lines.insert(at, junk)
    context = fresh_repo(tmp_path / "repo")
    made.write(tmp_path / "projects")
    result = take(context, tmp_path / "projects")
    assert len(fold(context.layout, "chats").lines) >= 4
    assert len(result.damage) == (junk[:1] not in (b"[", b"1", b"\n"))
