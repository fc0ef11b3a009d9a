"""Sessions of Grok CLI on their way into the records: messages in pieces, secrets cut in two, sub-agents."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from support.grok_files import PROJECT, SESSION, START, Scribe, events, put, rows, source
from support.other_agents import Taking, of_whole
from support.secrets_made import made as secrets

from gitml.agents import registry
from gitml.ops.digesting import plan as digest
from gitml.ops.forgetting import forget as forgetting
from gitml.ops.forgetting.targets import by_ids
from gitml.ops.raw.seen import latest

SECRET = secrets(5)["github-token"]
CHILD = "019e0000-0000-7000-8000-00000000000c"


@pytest.fixture
def taking(tmp_path: Path) -> Taking:
    return Taking(tmp_path / "one", "grok", SESSION)


def conversation(turns: int = 3) -> list[dict[str, Any]]:
    scribe, made = Scribe(), []
    for turn in range(turns):
        made += [
            scribe.user(f"please do step {turn} of the work", turn),
            scribe.call(f"call-{turn}", "run_terminal_cmd", command=f"make step-{turn}"),
            scribe.result(f"call-{turn}", f"made step {turn}"),
            *scribe.answer("step ", f"{turn} is", " done, and done well"),
            scribe.done(f"p-{turn}", inputTokens=100, outputTokens=10, cachedReadTokens=60),
        ]
    return made


def test_a_log_that_grows_is_what_it_came_to(taking: Taking, tmp_path: Path) -> None:
    """However often it was taken in while it grew, between the pieces of a message, too: the records are those of one
    run over all of it; and an answer is in one piece, in the records and in the copy."""
    data = rows(conversation())
    for size in [*range(0, len(data), len(data) // 17), len(data)]:
        put(taking.root, data[:size])
        taking.sync()
    assert taking.lines() == of_whole(tmp_path / "two", taking)
    chats = taking.records()["chats"]
    assert [chat["output"] for chat in chats] == [f"step {turn} is done, and done well" for turn in range(3)]
    assert {chat["status"] for chat in chats} == {"complete"} and not any(chat["usage_lower_bound"] for chat in chats)
    assert chats[0]["usage"] == {"input": 40, "output": 10, "cache_read": 60, "cache_write_5m": 0, "cache_write_1h": 0}
    assert taking.raw().count(b"step 1 is done, and done well") == 1


def test_a_secret_cut_in_two_is_seen(taking: Taking) -> None:
    """The pieces of a message are put together before it is searched: no half of a secret is left anywhere."""
    scribe = Scribe()
    said = scribe.answer(f"the token is {SECRET[:9]}", f"{SECRET[9:30]}", f"{SECRET[30:]}, keep it")
    ran = [scribe.call("c", "run_terminal_cmd", command="cat .env"), scribe.printed("c", f"it is {SECRET}")]
    put(taking.root, rows([scribe.user("what is the token?", 0), *ran, *said, scribe.done()]))
    taking.sync()
    everything = b"\n".join(line for lines in taking.lines().values() for line in lines) + taking.raw()
    assert everything.count(b"the token is [redacted:github-token:1], keep it") == 2
    assert str(list(SECRET.encode()))[1:20] not in everything.decode().replace(",", ", ")
    assert not [at for at in range(0, len(SECRET) - 8, 4) if SECRET[at : at + 8].encode() in everything]


@pytest.mark.parametrize("background", [False, True])
def test_sub_agents_are_no_sessions(taking: Taking, background: bool) -> None:
    """Their logs lie among the others; what they did is their session's. What they cost is in the turn that waited for
    them; where none did, it is their own."""
    scribe, below = Scribe(), Scribe(CHILD)
    asked = [scribe.user("have it looked for", 0), scribe.call("task-1", "spawn_subagent", prompt="look for it")]
    began = f"Subagent started in background.\nsubagent_id: {CHILD}" if background else f"b.py\nsubagent_id: {CHILD}"
    found = [scribe.result("task-1", began), *scribe.answer("in b.py")]
    path = put(taking.root, rows([*asked, *found, scribe.done(inputTokens=90, outputTokens=9)]))
    log = put(
        taking.root,
        rows([below.user("look for it"), below.call("grep-1", "grep", pattern="it"), below.result("grep-1", "b.py"),
              *below.answer("b.py"), below.done("p-9", inputTokens=50, outputTokens=5)]),
        cwd="/work/tree of its own", session=CHILD, session_kind="subagent",
    )  # fmt: skip
    meta = path.parent / "subagents" / CHILD / "meta.json"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"subagent_id": CHILD, "child_session_id": CHILD, "subagent_type": "explore"}, indent=1))
    adapter = registry.adapter("grok")
    assert [one.session_id for one in adapter.discover(str(taking.root))] == [SESSION]
    assert adapter.locate(CHILD, str(taking.root)) is None and adapter.at(str(log), str(taking.root)) is None
    taking.sync()
    records = taking.records()
    inner = next(action for action in records["actions"] if action["id"] == "grep-1")
    assert inner["agent_id"] == CHILD and inner["chat_id"] == records["chats"][0]["id"] and len(records["chats"]) == 1
    (batch,) = records["orchestration"]
    (agent,) = batch["agents"]  # type: ignore[misc]
    assert (batch["id"], agent["id"], agent["type"]) == ("orch-task-1", CHILD, "explore")  # type: ignore[index]
    assert records["sessions"][0]["usage"]["output"] == (14 if background else 9)  # type: ignore[index]
    assert b"look for it" in taking.raw()
    for gone in (path, log):
        gone.unlink()
    report = digest.apply(taking.context, digest.plan(taking.context, time.time(), named=[SESSION]), time.time())
    assert report.errors == [] and report.made[0]["basis"] == "raw" and report.made[0]["tools"].get("grep") == 1
    assert report.made[0]["usage"]["output"] == (14 if background else 9)


def test_a_resumed_session_counts_anew(taking: Taking) -> None:
    """The client numbers its records from the start again: no prompt is taken for an earlier one, and each can be
    forgotten by itself."""
    first, again = Scribe(), Scribe()
    made = [first.user("the violet prompt, once", 0), *first.answer("well"), first.done()]
    again.count = 0
    later = [again.user("the violet prompt, again", 1), *again.answer("well well"), again.done()]
    for record in later:
        record["timestamp"] += 3600
        record["params"]["_meta"]["agentTimestampMs"] += 3_600_000
    put(taking.root, rows([*made, *later]))
    taking.sync()
    chats = taking.records()["chats"]
    assert [chat["input"] for chat in chats] == ["the violet prompt, once", "the violet prompt, again"]
    plan = forgetting.plan(taking.context, by_ids(taking.context, [str(chats[0]["id"])]), time.time())
    forgetting.apply(taking.context, plan)
    taking.sync()
    assert b"violet prompt, once" not in taking.raw() and b"violet prompt, again" in taking.raw()


def test_commands_end_as_their_exit_code_says(taking: Taking) -> None:
    """The client calls each that ran completed."""
    scribe = Scribe()
    ran = []
    for id, code, more in (("a", 0, {}), ("b", 2, {}), ("c", 137, {"timed_out": True})):
        ran += [scribe.call(id, "run_terminal_command", command="make"), scribe.printed(id, "made", code, **more)]
    done = scribe.update("turn_completed", True, prompt_id="p", stop_reason="end_turn", elapsed_ms=4321)
    put(taking.root, rows([scribe.user("make it", 0), *ran, *scribe.answer("done"), done]))
    taking.sync()
    records = taking.records()
    assert [action["status"] for action in records["actions"]] == ["ok", "error", "timeout"]
    (chat,) = records["chats"]
    assert (chat["duration_ms"], chat["model"], chat["status"]) == (4321, "grok-made-up", "complete")


def test_where_a_session_was(taking: Taking) -> None:
    """The summary tells the folder, or the name of the group, or a note in it; what is no whole path tells nothing."""
    data, adapter = rows(conversation(1)), registry.adapter("grok")

    def cwds(group: str, **summary: Any) -> list[str]:
        session = f"{len(list(taking.root.iterdir())):08d}-0000"
        path = put(taking.root, data, cwd="x", session=session, **summary)
        folder = taking.root / group
        if not folder.exists():
            folder.mkdir()
        moved = folder / session
        path.parent.rename(moved)
        found = adapter.at(str(moved / "updates.jsonl"), str(taking.root))
        assert found is not None and found.session_id == session
        return adapter.cwds(found)

    assert cwds(quote(PROJECT, safe="")) == [PROJECT]
    assert cwds("%2Fa", info={"cwd": "/w/b"}) == ["/w/b", "/a"]
    assert cwds("C%3A%5Cwork") == ["C:\\work"]
    for hostile in ("%2e%2e", "%2Fa%2F..%2Fb", "%2Fa%00b", "plain", "%zz", "%2e%2e%2fb", "%"):
        assert cwds(hostile) == []
    assert cwds("%2Fok%FF") == ["/ok\ufffd"]
    (taking.root / "long-0123456789abcdef").mkdir()
    (taking.root / "long-0123456789abcdef/.cwd").write_text("/very/long\n")
    assert cwds("long-0123456789abcdef") == ["/very/long"]


def test_older_and_odd_records(taking: Taking) -> None:
    """Without envelope, ids or times; a turn that was stopped, one that failed, prompts typed while it was busy."""
    scribe = Scribe()
    bare = {
        "sessionId": SESSION,
        "update": {"sessionUpdate": "user_message_chunk", "content": {"type": "text", "text": "hi"}},
    }
    made = [
        bare,
        scribe.user("the first that is numbered", 0),
        scribe.user("the second", 1),
        *scribe.answer("well"),
        scribe.user("wait, one more thing"),
        scribe.update("user_message_chunk", content={"type": "text", "text": "the host's"}, _meta={"hostTurn": True}),
        scribe.user("<system-reminder>mind the time</system-reminder>"),
        scribe.done("p", "cancelled"),
        scribe.done("p", "rate_limit"),
        scribe.update("retry_state", True, type="failed", error_type="auth", message="sign in again"),
        scribe.update("available_commands_update", availableCommands=[]),
        {**scribe.done("p", inputTokens=1, outputTokens=1, usageIsIncomplete=True), "timestamp": 10**18},
    ]
    made[-1]["params"]["_meta"]["agentTimestampMs"] = -1
    found = events(put(taking.root, rows(made)), taking.root)
    assert [(e.payload["text"], e.payload["origin"], "queued" in e.payload) for e in found if e.kind == "user"] == [
        ("hi", "prompt", False),
        ("the first that is numbered", "prompt", False),
        ("the second", "prompt", False),
        ("wait, one more thing", "prompt", True),
        ("<system-reminder>mind the time</system-reminder>", "meta", False),
        ("", "interrupt", False),
    ]
    assert [e.payload["category"] for e in found if e.kind == "error"] == ["rate_limit", "auth"]
    assert found[0].timestamp == "" and found[1].timestamp > "2026" and found[0].uuid == f"{SESSION}.at.0"
    assert "final" not in found[-1].payload and found[-1].timestamp == ""
    assert START and source(taking.root / quote(PROJECT, safe="") / SESSION / "updates.jsonl", taking.root)


def test_sessions_of_one_minute_are_told_apart(taking: Taking) -> None:
    """Ids that begin with the time begin alike: no session takes another's place in the records."""
    others = [f"019e0000-0000-7000-8000-00000000000{number}" for number in (1, 2, 3)]
    for session in others:
        scribe = Scribe(session)
        taking.session = session
        put(
            taking.root,
            rows([scribe.user(f"the prompt of {session}", 0), *scribe.answer("done"), scribe.done()]),
            session=session,
        )
        taking.sync()
    assert sorted(str(record["session_id"]) for record in taking.records()["sessions"]) == others


def test_the_last_time_in_a_log_tells_whether_it_went_on(taking: Taking) -> None:
    """As with every layout; of a log whose records have none, when it was written."""
    path = put(taking.root, rows(conversation(1)))
    os.utime(path, (START + 9e6, START + 9e6))
    assert latest(source(path, taking.root)) == "2026-03-01T10:00:07.007Z"
    path.write_bytes(path.read_bytes().replace(b"agentTimestampMs", b"otherwiseNamed"))
    os.utime(path, (START, START))
    assert latest(source(path, taking.root)) == "2026-03-01T10:00:00.000Z"


def test_a_fork_copies_and_counts_once(taking: Taking) -> None:
    """It has its parent's records under its own id; what they tell of is the parent's, and whose fork it is, known."""
    first, fork = Scribe(), Scribe("019e0000-0000-7000-8000-0000000000ff")
    made = [first.user("the first prompt", 0), *first.answer("well"), first.done(inputTokens=5, outputTokens=5)]
    fork.count = first.count
    own = [
        fork.user("the forked prompt", 1),
        *fork.answer("well well"),
        fork.done("p-2", inputTokens=7, outputTokens=7),
    ]
    copied = [{**record, "params": {**record["params"], "sessionId": fork.session}} for record in made]
    put(taking.root, rows(made))
    taking.sync()
    taking.session = fork.session
    put(taking.root, rows([*copied, *own]), session=fork.session)
    taking.sync()
    records = taking.records()
    assert [(chat["input"], chat["session_id"]) for chat in records["chats"]] == [
        ("the first prompt", SESSION), ("the forked prompt", fork.session),
    ]  # fmt: skip
    assert {record["session_id"]: record["parent"] for record in records["sessions"]} == {
        SESSION: None, fork.session: f"grok:{SESSION}",
    }  # fmt: skip
