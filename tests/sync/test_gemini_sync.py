"""Chats of Gemini CLI on their way into the records: documents written anew, secrets, raw copies, forgetting."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from support.gemini_files import (
    SESSION,
    answer,
    call,
    document,
    events,
    hash_of,
    head,
    put,
    rows,
    source,
    thought,
    tokens,
    user,
)  # fmt: skip
from support.other_agents import Taking, of_whole
from support.secrets_made import made as secrets

from gitml.agents import registry
from gitml.ops.digesting import plan as digest
from gitml.ops.forgetting import forget as forgetting
from gitml.ops.forgetting.targets import by_ids
from gitml.ops.raw.seen import latest
from gitml.ops.record.belonging import belongs, folders
from gitml.store.fold import fold

SECRET = secrets(5)["github-token"]
Message = dict[str, Any]


@pytest.fixture
def taking(tmp_path: Path) -> Taking:
    return Taking(tmp_path / "one", "gemini", SESSION)


def conversation(turns: int = 3) -> list[Message]:
    """Turns of a prompt, a tool call and an answer."""
    made = []
    for turn in range(turns):
        number = 10 * turn
        shell = call(f"run-{turn}", "run_shell_command", f"Output: made step {turn}", command=f"make step-{turn}")
        made += [
            user(number + 1, f"please do step {turn} of the work"),
            answer(number + 2, "", tokens(100, 10), thoughts=[thought("Thinking", "about it")], toolCalls=[shell]),
            answer(number + 3, f"step {turn} is done, and done well", tokens(200, 20, 150)),
        ]
    return made


def saved(messages: list[Message], size: int, second: int) -> bytes:
    """The document as the client had saved it at that time."""
    return document(messages[:size], lastUpdated=f"2026-03-01T10:00:{second:02d}.000Z")


def test_a_document_that_grows_is_what_it_came_to(taking: Taking, tmp_path: Path) -> None:
    """However often it was taken in while it was written anew, half written in between: the records are those of one
    run over the last version, none doubled, none gone; and so is the raw copy."""
    messages = conversation()
    for size in range(len(messages) + 1):
        data = saved(messages, size, size)
        put(taking.root, data)
        taking.sync()
        before = taking.lines()
        path = put(taking.root, b"{\n")
        path.write_bytes(data[: len(data) // 2])
        assert taking.sync() == [] and taking.lines() == before
    put(taking.root, saved(messages, len(messages), 59))
    taking.sync()
    assert taking.lines() == of_whole(tmp_path / "two", taking)
    chats = taking.records()["chats"]
    assert [chat["input"] for chat in chats] == [f"please do step {turn} of the work" for turn in range(3)]
    assert {chat["status"] for chat in chats} == {"complete"} and not any(chat["usage_lower_bound"] for chat in chats)
    assert [json.loads(line)["id"] for line in taking.raw().splitlines()[1:]] == [m["id"] for m in messages]


def test_lines_and_the_document_they_came_from_are_one_session(taking: Taking) -> None:
    """A chat that a newer client goes on with as JSONL keeps its records; nothing counts twice."""
    messages = conversation()
    put(taking.root, document(messages[:6]))
    taking.sync()
    put(taking.root, rows([head(kind="main"), *messages[:6], {"$set": {"sessionId": SESSION}}, *messages[6:]]))
    taking.sync()
    assert [json.loads(line).get("id") for line in taking.raw().splitlines()] == [
        None, *(one["id"] for one in messages[:6]), None, *(one["id"] for one in messages[6:]),
    ]  # fmt: skip
    records = taking.records()
    assert len(records["chats"]) == 3 and len(records["actions"]) == 3 and len(records["sessions"]) == 1
    assert records["sessions"][0]["usage"] == {
        "input": 450, "output": 90, "cache_read": 450, "cache_write_5m": 0, "cache_write_1h": 0,
    }  # fmt: skip


def test_damage_in_a_document_costs_what_stands_behind_it(taking: Taking) -> None:
    """It is told with its place; the messages before it are there."""
    data = document(conversation())
    at = data.index(b'"m0000021-0000"')
    broken = data[:at] + b"[}" + data[at:]
    path = put(taking.root, broken)
    (damage,) = taking.sync()
    place = int(damage.removeprefix(f"{path}:").split(":")[0])
    assert 0 < at - place < 20 and len(taking.records()["chats"]) == 2


def test_no_secret_leaves_a_document(taking: Taking) -> None:
    """Neither records nor the copy hold one, when the document was written anew with more before it, too."""
    messages = conversation()
    messages[5]["content"] = f"the token is {SECRET}, keep it"
    put(taking.root, saved(messages, 6, 1))
    taking.sync()
    messages[1]["thoughts"] = [thought("Thinking", "about it"), thought("Then", "about something longer than that")]
    messages[8]["content"] = f"again {SECRET}"
    put(taking.root, saved(messages, 9, 2))
    taking.sync()
    everything = b"\n".join(line for lines in taking.lines().values() for line in lines) + taking.raw()
    assert SECRET.encode() not in everything and everything.count(b"[redacted:github-token:1]") == 4


def test_a_document_that_is_gone_is_read_from_its_copy(taking: Taking, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy is JSON a line, and a digest made of it is the document's."""
    monkeypatch.setenv("GEMINI_CLI_HOME", str(taking.root))
    path = put(taking.root / ".gemini/tmp", document(conversation()))
    taking.sync()
    made = []
    for _ in range(2):
        plan = digest.plan(taking.context, time.time(), named=[SESSION], again=True)
        report = digest.apply(taking.context, plan, time.time())
        assert report.errors == []
        made += report.made
        path.unlink(missing_ok=True)
    assert [one.pop("basis") for one in made] == ["transcript", "raw"]
    assert made[0].pop("rev") <= made[1].pop("rev") and made[0] == made[1]


def test_a_forgotten_turn_leaves_the_copy_of_a_document(taking: Taking) -> None:
    """Its messages go from the copy, the others stay, and it does not come back with the next save."""
    messages = conversation()
    put(taking.root, saved(messages, 9, 1))
    taking.sync()
    chat = taking.records()["chats"][1]
    plan = forgetting.plan(taking.context, by_ids(taking.context, [str(chat["id"])]), time.time())
    forgetting.apply(taking.context, plan)
    put(taking.root, saved(conversation(4), 12, 2))
    taking.sync()
    raw = taking.raw().decode()
    assert "step 1" not in raw and "step-1" not in raw and "step 0" in raw and "step 3" in raw
    assert len(taking.records()["chats"]) == 3


def test_a_patch_repeats_nothing_that_was_forgotten(taking: Taking) -> None:
    """The client writes whole messages again when it masks what the model sees: the copy has their ids alone."""
    first, *rest = [user(1, "well?"), answer(2, "the violet answer is this one", tokens(1, 1)), user(3, "and now on")]
    patch = {"$set": {"messages": [{**first, "content": [{"text": "well?"}]}, *rest], "lastUpdated": "x"}}
    put(taking.root, rows([head(), first, *rest, patch]))
    taking.sync()
    assert taking.raw().count(b"violet") == 1 and taking.raw().count(b"m0000002-0000") == 2
    chat = next(chat for chat in taking.records()["chats"] if chat["input"] == "well?")
    plan = forgetting.plan(taking.context, by_ids(taking.context, [str(chat["id"])]), time.time())
    forgetting.apply(taking.context, plan)
    taking.sync()
    assert b"violet" not in taking.raw() and b"and now on" in taking.raw()


def test_whose_chat_it_is(taking: Taking) -> None:
    """The folder's marker tells the project, or the registry, or the hash that a path must fit; else it is nobody's."""
    adapter, repo = registry.adapter("gemini"), taking.context.where.root
    (taking.root.parent / "projects.json").write_text(json.dumps({"projects": {repo: "mine", "/else/where": "theirs"}}))

    def found(name: str, project: str, marker: str = "") -> tuple[list[str], bool]:
        path = put(taking.root, document(conversation(1), projectHash=hash_of(project)), name=name)
        (path.parent.parent / ".project_root").unlink()
        if marker:
            (path.parent.parent / ".project_root").write_text(f"{marker}\n")
        session = source(path, taking.root)
        cwds = folders(taking.context, adapter, session)
        return cwds, belongs(taking.context, cwds, session.path)

    assert found("marked", repo, repo) == ([repo], True)
    assert found("mine", repo) == ([repo], True)
    assert found("theirs", "/else/where") == (["/else/where"], False)
    assert found(hash_of(repo), repo) == ([repo], True)
    assert found(hash_of("/else/where"), "/else/where") == (["/else/where"], False)
    assert found(hash_of("/not/known"), "/not/known") == ([], False)
    assert found("stale", repo, "/moved/away") == ([repo], True)
    assert found("odd", "/not/known", "../../relative") == ([], False)


def test_several_files_under_one_id_are_several_sessions(taking: Taking) -> None:
    """The first keeps the id; what began later has its minute in its own, and says whose it is by nothing else."""
    first = put(taking.root, document(conversation(1)))
    later = put(
        taking.root, document([{**one, "id": f"x{one['id']}"} for one in conversation(1)]), minute="2026-03-01T11-30"
    )
    adapter = registry.adapter("gemini")
    found = {one.session_id: one.path for one in adapter.discover(str(taking.root))}
    assert found == {SESSION: str(first), f"{SESSION}.2026-03-01T11-30": str(later)}
    for session_id, path in found.items():
        located = adapter.locate(session_id, str(taking.root))
        assert located is not None and located.path == path
    taking.session = f"{SESSION}.2026-03-01T11-30"
    taking.sync()
    later.unlink()
    report = digest.apply(taking.context, digest.plan(taking.context, 9e9, named=[taking.session]), 9e9)
    (made,) = report.made
    assert report.errors == [] and made["basis"] == "raw"


def test_sub_agents_have_files_of_their_own(taking: Taking) -> None:
    """They are no sessions; what they cost and did is their session's, as the batch that their call started."""
    asked = {"agent_name": "codebase_investigator", "prompt": "where is it?"}
    started = {**call("invoke-1", "invoke_agent", "it is in b.py", **asked), "agentId": "a1"}
    answers = [
        user(1, "where is it?"),
        answer(2, "", tokens(10, 1), toolCalls=[started]),
        answer(3, "in b.py", tokens(20, 2)),
    ]
    path = put(taking.root, rows([head(kind="main"), *answers]))
    below = [
        user(11, "look for it"),
        answer(12, "", tokens(5, 5), toolCalls=[call("grep-1", "grep_search", pattern="it")]),
    ]
    folder = path.parent / SESSION
    folder.mkdir()
    (folder / "a1.jsonl").write_bytes(rows([{**head(session="a1", kind="subagent")}, *below]))
    (path.parent / "session-2026-03-01T10-05-zzzzzzzz.jsonl").write_bytes(
        rows([head(session="zzzzzzzz", kind="subagent")])
    )
    assert [one.session_id for one in registry.adapter("gemini").discover(str(taking.root))] == [SESSION]
    taking.sync()
    records = taking.records()
    (batch,) = records["orchestration"]
    (agent,) = batch["agents"]  # type: ignore[misc]
    assert (agent["id"], agent["type"], agent["tokens"]) == ("a1", "codebase_investigator", 10)  # type: ignore[index]
    inner = next(action for action in records["actions"] if action["id"] == "grep-1")
    assert inner["agent_id"] == "a1" and inner["chat_id"] == records["chats"][0]["id"]
    assert b"look for it" in taking.raw()
    path.unlink()
    (folder / "a1.jsonl").unlink()
    assert fold(taking.context.layout, "sessions").lines
    report = digest.apply(taking.context, digest.plan(taking.context, 9e9, named=[SESSION]), 9e9)
    assert report.errors == [] and report.made[0]["basis"] == "raw" and report.made[0]["usage"]["output"] == 8


def test_kinds_of_messages(taking: Taking) -> None:
    """Commands, what the client puts there, interrupts, failed and declined tools, an exit code, a model's silence."""
    shell = call("1", "run_shell_command", "Output: no\nExit Code: 2\nProcess Group PGID: 9", command="make")
    printed = "Command was automatically cancelled because it exceeded the timeout of 5.0 minutes without output."
    slow = call("6", "run_shell_command", f"<untrusted_context>\n{printed}\n</untrusted_context>", command="sleep")
    printed = "Output: [main abcdef1] done\n 1 file changed\nProcess Group PGID: 9"
    commit = call(
        "7", "run_shell_command", f"<untrusted_context>\n{printed}\n</untrusted_context>", command="git commit"
    )
    stopped = call("2", "run_shell_command", "[Operation Cancelled] Reason: User cancelled", "cancelled", command="ls")
    denied = call(
        "3", "write_file", "[Operation Cancelled] Reason: User did not allow tool call", "cancelled", file_path="a"
    )
    failed = call("4", "read_file", "File not found", "error", absolute_path="/x")
    edit = {
        **call("5", "replace", "ok", file_path="b.py"),
        "resultDisplay": {"fileDiff": "…", "filePath": "/work/app/b.py"},
    }
    made = [
        user(1, [{"text": "look at "}, {"text": "@a.md"}, {"text": "content of a.md"}], displayContent="look at @a.md"),
        user(2, [{"functionResponse": {"id": "9", "response": {"output": "x"}}}]),
        user(3, "System: Please continue."),
        user(4, [{"text": "see"}, {"inlineData": {"mimeType": "image/png", "data": "aGVsbG8="}}]),
        answer(5, "", None, toolCalls=[shell, stopped, denied, failed, edit, slow, commit]),
        {"id": "i", "timestamp": "2026-03-01T10:00:06.000Z", "type": "info", "content": "Request cancelled."},
        {"id": "e", "timestamp": "2026-03-01T10:00:07.000Z", "type": "error", "content": "[API Error: no]"},
    ]
    found = events(put(taking.root, document(made)), taking.root)
    told = [(e.payload["text"], e.payload["origin"], e.payload["images"]) for e in found if e.kind == "user"]
    assert told == [
        ("look at @a.md", "prompt", 0),
        ("System: Please continue.", "meta", 0),
        ("see", "prompt", 1),
        ("Request cancelled.", "interrupt", 0),
    ]
    results = {e.payload["tool_id"]: e.payload for e in found if e.kind == "tool_result"}
    assert [results[id]["status"] for id in "1234567"] == [
        "error", "interrupted", "rejected", "error", "ok", "timeout", "ok",
    ]  # fmt: skip
    assert [made["sha"] for made in results["7"]["commits"]] == ["abcdef1"]
    assert results["1"]["exit_code"] == 2 and results["5"]["files"] == ["/work/app/b.py"]
    assert found[-1].kind == "error" and found[-1].payload["text"] == "[API Error: no]"


def test_calls_say_what_they_were_about(taking: Taking) -> None:
    """Whatever a tool calls the file it works on: that is the action's target, below the repository, and the chat's."""
    repo = taking.context.where.root
    given = [
        ("read_file", {"absolute_path": f"{repo}/src/a.py"}),
        ("list_directory", {"dir_path": f"{repo}/src"}),
        ("replace", {"file_path": "src/b.py", "instruction": "mend it"}),
        ("grep_search", {"pattern": "def .*", "dir_path": "src"}),
        ("run_shell_command", {"command": "make all", "description": "Make it"}),
        ("google_web_search", {"query": "how to make it"}),
    ]
    calls = [call(f"call-{number}", name, "done", **args) for number, (name, args) in enumerate(given)]
    put(taking.root, document([user(1, "please do all of it"), answer(2, "", tokens(1, 1), toolCalls=calls)]))
    taking.sync()
    records = taking.records()
    assert [action["target"] for action in records["actions"]] == [
        "src/a.py", "src", "src/b.py", "src", "make all", "how to make it",
    ]  # fmt: skip
    assert records["chats"][0]["files"] == ["src/a.py", "src/b.py"]


def test_a_copy_that_was_evicted_elsewhere_is_not_made_again(taking: Taking) -> None:
    """Whether the session went on since is told by the last time in it, in either layout."""
    path = put(taking.root, document(conversation()))
    assert latest(source(path, taking.root)) == "2026-03-01T10:00:50.000Z"
