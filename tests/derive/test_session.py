"""What derivation makes of events: chats, actions, batches of sub-agents, the session."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitml.derive.session import SessionDeriver
from gitml.derive.settings import Settings
from gitml.model.events import SessionEvent
from gitml.model.times import of_epoch

UID = "claude:11111111-2222-4333-8444-555555555555"
Records = dict[str, list[dict[str, Any]]]


class Story:
    """Builds events one after the other, a second apart."""

    def __init__(self) -> None:
        self.events: list[SessionEvent] = []

    def add(self, kind: str, **payload: Any) -> Story:
        at = len(self.events)
        stamp = of_epoch(1_767_000_000 + at)
        payload = {"cwd": "/work/app", "branch": "main", "version": "2.1.40", **payload}
        self.events.append(SessionEvent(UID, at, kind, stamp, f"uuid-{at}", "", False, payload))
        return self

    def prompt(self, text: str, origin: str = "prompt", **more: Any) -> Story:
        return self.add("user", text=text, origin=origin, **more)

    def reply(
        self, text: str, response: str = "", output: int = 5, stop: str | None = "end_turn", **more: Any
    ) -> Story:
        return self.add("assistant", text=text, **self.spent(response, output, stop), **more)

    def call(self, tool_id: str, name: str, response: str = "", **given: Any) -> Story:
        more = {key: given.pop(key) for key in ("agent_id", "parent_tool_id") if key in given}
        return self.add(
            "tool_use", tool_id=tool_id, name=name, input=given, **self.spent(response, 3, "tool_use"), **more
        )

    def result(self, tool_id: str, status: str = "ok", **more: Any) -> Story:
        return self.add("tool_result", tool_id=tool_id, status=status, text="said", **more)

    def spent(self, response: str, output: int, stop: str | None) -> dict[str, Any]:
        usage = {"input": 2, "output": output, "cache_read": 10, "cache_write_5m": 0, "cache_write_1h": 1}
        key = response or f"msg_{len(self.events)}"
        return {"response": key, "usage": usage, "model": "claude-opus-4-6", "stop_reason": stop}

    def derive(self, **options: Any) -> Records:
        deriver = SessionDeriver(UID, options.pop("settings", Settings()), **options)
        for event in self.events:
            deriver.feed(event)
        return grouped(deriver)


def grouped(deriver: SessionDeriver) -> Records:
    made: Records = {"chats": [], "actions": [], "orchestration": [], "sessions": []}
    for stream, record in deriver.records():
        made[stream].append(record)
    return made


def test_a_chat_is_a_prompt_up_to_the_next_one() -> None:
    """Each prompt opens a chat; its output is what the agent finally said, not what it said on the way."""
    made = Story().prompt("one").reply("on my way", stop="tool_use").call("t1", "Read", file_path="/work/app/x.py")
    chats = made.result("t1").reply("done").prompt("two").reply("also").derive()["chats"]
    assert [(chat["input"], chat["output"], chat["tools"], chat["files"]) for chat in chats] == [
        ("one", "done", ["Read"], ["x.py"]),
        ("two", "also", [], []),
    ]
    assert chats[0]["id"].startswith("chat-20251229-092000-")
    assert chats[0]["duration_ms"] == 4000


def test_chunks_of_one_response_are_one_answer_and_count_once() -> None:
    """Text in two chunks of one response belongs together; the usage repeated on each counts once, the largest."""
    made = Story().prompt("x").reply("first", "msg_a", output=2, stop=None).reply("second", "msg_a", output=9).derive()
    (chat,) = made["chats"]
    assert chat["output"] == "first\n\nsecond"
    assert chat["usage"] == {"input": 2, "output": 9, "cache_read": 10, "cache_write_5m": 0, "cache_write_1h": 1}
    assert made["sessions"][0]["usage"] == chat["usage"]
    assert chat["usage_lower_bound"] is False


def test_a_response_that_never_stopped_is_a_lower_bound() -> None:
    """Without any stop_reason the number of output tokens is a mid-stream value, and marked as such."""
    made = Story().prompt("x").reply("half", "msg_a", output=2, stop=None).derive()
    assert made["chats"][0]["usage_lower_bound"] is True
    assert made["sessions"][0]["usage_lower_bound"] is True


@pytest.mark.parametrize(
    ("story", "status"),
    [
        (Story().prompt("x"), "unfinished"),
        (Story().prompt("x").reply("done"), "complete"),
        (Story().prompt("x").reply("let me look", stop="tool_use"), "unfinished"),
        (Story().prompt("x").call("t", "Bash", command="ls"), "unfinished"),
        (Story().prompt("x").call("t", "Bash", command="ls").result("t"), "unfinished"),
        (Story().prompt("x").call("t", "Bash", command="ls").result("t", "interrupted"), "interrupted"),
        (Story().prompt("x").reply("do").prompt("[stop]", "interrupt"), "interrupted"),
        (Story().prompt("x").add("error", text="API Error", category="rate_limit"), "error"),
        (Story().prompt("x").add("error", text="again", retry=True).reply("done"), "complete"),
        (Story().prompt("x").reply("done").add("system", subtype="stop_hook_summary"), "complete"),
    ],
)
def test_how_a_chat_ended(story: Story, status: str) -> None:
    """complete, interrupted, error, or unfinished: nothing says yet how it ended."""
    assert story.derive()["chats"][0]["status"] == status


def test_a_command_is_a_chat_only_if_a_model_answers() -> None:
    """`/model` is answered by the client alone; `/review` starts a turn."""
    made = Story().prompt("/model opus", "command").prompt("/review 7", "command").prompt("body", "meta").reply("fine")
    chats = made.derive()["chats"]
    assert [(chat["input"], chat["origin"]) for chat in chats] == [("/review 7", "command")]
    assert made.derive()["sessions"][0]["chat_count"] == 1
    assert made.derive()["sessions"][0]["summary"] == "/review 7"


def test_what_is_no_prompt_opens_no_chat() -> None:
    """Reminders, notifications, summaries and teammates belong to the chat they arrive in."""
    story = Story().prompt("x")
    for origin in ("meta", "notification", "teammate", "local_output", "compact_summary", "agent_prompt"):
        story.prompt("not typed", origin)
    assert len(story.reply("y").derive()["chats"]) == 1


def test_answers_before_any_prompt_are_kept() -> None:
    """A file that begins after a compaction has answers to nothing; they are not lost."""
    (chat,) = Story().prompt("so far", "compact_summary").reply("going on").derive()["chats"]
    assert (chat["input"], chat["output"], chat["origin"]) == ("", "going on", "continued")


def test_an_action_is_its_call_and_then_its_result() -> None:
    """Pending until the result is known; a result that comes in a later chat still belongs to the call's chat."""
    story = Story().prompt("x").call("t1", "Bash", command="make  all\n").prompt("meanwhile")
    (pending,) = story.derive()["actions"]
    assert (pending["ok"], pending["status"], pending["target"]) == (None, "pending", "make all")
    made = story.result("t1", "error").derive()
    (action,) = made["actions"]
    assert (action["ok"], action["status"], action["summary"]) == (False, "error", "said")
    assert action["chat_id"] == pending["chat_id"] == made["chats"][0]["id"]
    assert action["duration_ms"] == 2000
    assert action["rev"] > pending["rev"]


def test_a_rejection_is_not_ok_and_not_an_error() -> None:
    """A person said no: that is a decision, and stays told apart."""
    (action,) = Story().prompt("x").call("t", "Bash", command="rm").result("t", "rejected").derive()["actions"]
    assert (action["ok"], action["status"]) == (False, "rejected")


def test_content_of_files_is_not_copied() -> None:
    """What a Read or Grep answered is in the repository already; why one failed is not."""
    story = Story().prompt("x").call("a", "Read", file_path="/work/app/x").result("a")
    story.call("b", "Read", file_path="/work/app/y").result("b", "error").call("c", "Bash", command="ls").result("c")
    assert [action["summary"] for action in story.derive()["actions"]] == ["", "said", "said"]


def test_commits_are_linked_to_chat_and_session() -> None:
    """A commit seen in a result is the chat's and the session's, once."""
    made = Story().prompt("commit").call("t", "Bash", command="git commit")
    made = made.result("t", commits=[{"sha": "abc1234", "kind": "committed"}, {"sha": "abc1234", "kind": "committed"}])
    records = made.reply("done").derive()
    assert records["chats"][0]["commits"] == records["sessions"][0]["commits"] == ["abc1234"]


def test_calls_of_one_response_are_a_parallel_batch() -> None:
    """Two sub-agents started by one response run in parallel; one alone is sequential."""
    story = Story().prompt("x").call("t1", "Task", "msg_a", subagent_type="Explore")
    story.call("t2", "Task", "msg_a", subagent_type="Plan").call("t3", "Agent", "msg_b", subagent_type="Explore")
    parallel, single = story.derive()["orchestration"]
    assert (parallel["id"], parallel["execution"], len(parallel["agents"])) == ("orch-t1", "parallel", 2)
    assert (single["execution"], single["agents"][0]["type"]) == ("sequential", "Explore")
    assert parallel["agents"][0]["tokens"] is None  # no transcript of it: what the result states is no total


def test_a_sub_agent_inside_the_main_file_is_no_part_of_the_chat() -> None:
    """Its tokens, tools and answers are its own; the session has the sum; its actions name it and the chat."""
    story = Story().prompt("x").call("t1", "Task", subagent_type="Explore")
    inside = {"agent_id": "side-1", "parent_tool_id": "t1"}
    story.prompt("look", "agent_prompt", **inside).call("g1", "Grep", pattern="y", **inside)
    story.result("g1", **inside).reply("found", **inside).result("t1").reply("done")
    made = story.derive()
    (chat,) = made["chats"]
    (batch,) = made["orchestration"]
    assert (chat["output"], chat["tools"], chat["usage"]["output"]) == ("done", ["Task"], 8)
    assert (batch["agents"][0]["id"], batch["agents"][0]["tools"], batch["agents"][0]["usage"]["output"]) == (
        "side-1",
        1,
        8,
    )
    assert made["sessions"][0]["usage"]["output"] == 16
    grep = next(action for action in made["actions"] if action["tool"] == "Grep")
    assert (grep["agent_id"], grep["chat_id"]) == ("side-1", chat["id"])


def test_a_sub_agent_says_what_it_is() -> None:
    """Where the call names no type, the agent's own start may."""
    story = Story().prompt("x").call("t1", "Task")
    story.add("system", subtype="agent_start", type="Explore", agent_id="side-1", parent_tool_id="t1")
    assert story.derive()["orchestration"][0]["agents"][0]["type"] == "Explore"


def test_copies_of_a_sub_agent_with_its_own_file_are_passed_over() -> None:
    """agent_progress repeats what the agent's file has: counted there, and only there."""
    story = Story().prompt("x").call("t1", "Task").reply("copy", agent_id="a1", parent_tool_id="t1", copy=True)
    with_file = story.derive(own_files=frozenset({"a1"}))
    without = story.derive()
    assert without["sessions"][0]["usage"]["output"] == 8
    assert with_file["sessions"][0]["usage"]["output"] == 3


def test_long_text_is_cut_and_says_so() -> None:
    """Input and output have a bound in bytes; the cut is at a character, after redaction, with the whole size told."""
    clean = Settings(max_text_bytes=100, clean=lambda text: text.replace("s" * 60, "[gone]"))
    made = Story().prompt("é" * 70 + "s" * 60).reply("short").derive(settings=clean)
    (chat,) = made["chats"]
    assert len(chat["input"].encode()) <= 100
    assert chat["truncated"] == {"input": 146}
    assert "s" not in chat["input"]


def test_a_title_names_the_session() -> None:
    """The newest title wins over the first prompt."""
    story = Story().prompt("first words").reply("x").add("summary", source="title", text="A title")
    assert story.derive()["sessions"][0]["summary"] == "A title"


def test_a_session_nobody_spoke_in_is_no_record() -> None:
    """68 of 1,691 real files hold no user or assistant record."""
    assert Story().add("summary", source="summary", text="of another session").derive()["sessions"] == []


def test_where_a_session_came_from() -> None:
    """A record of another session in the file tells which one was resumed or forked."""
    assert Story().prompt("x", foreign_session="other").derive()["sessions"][0]["parent"] == "claude:other"
    assert Story().prompt("x").derive()["sessions"][0]["parent"] is None


_STEPS = st.lists(
    st.sampled_from(["prompt", "command", "reply", "chunk", "call", "task", "result", "side", "meta", "stop", "error"]),
    min_size=1,
    max_size=40,
)


def told(steps: list[str]) -> Story:
    story = Story()
    started = ["t-unknown"]
    for at, step in enumerate(steps):
        if step in ("prompt", "command", "meta"):
            story.prompt(f"text {at}", step)
        elif step == "stop":
            story.prompt("stop", "interrupt")
        elif step == "reply":
            story.reply(f"said {at}")
        elif step == "chunk":
            story.reply(f"part {at}", f"msg_{at // 3}", at, None)
        elif step in ("call", "task"):
            started.append(f"t{at}")
            story.call(started[-1], "Task" if step == "task" else "Bash", f"msg_{at // 4}", command="x")
        elif step == "result":
            story.result(started[at % len(started)], commits=[{"sha": f"{at:07x}"}])
        elif step == "side":
            story.reply("aside", agent_id=f"side-{at % 2}", parent_tool_id=started[at % len(started)])
        else:
            story.add("error", text="no", category="unknown")
    return story


@settings(deadline=None)
@given(_STEPS, st.data())
def test_resuming_at_any_turn_makes_the_same_records(steps: list[str], data: st.DataObject) -> None:
    """Whatever happens: a run that resumes from a checkpoint ends with the same records as one over all."""
    import json

    story = told(steps)
    whole = {(stream, record["id"]): record for stream, group in story.derive().items() for record in group}
    kept: dict[tuple[str, str], dict[str, Any]] = {}
    state: dict[str, Any] | None = None
    start = 0
    cuts = data.draw(st.lists(st.integers(0, len(steps)), max_size=4))
    for cut in [*sorted(cuts), len(steps)]:
        deriver = SessionDeriver(UID, Settings(), state=state)
        resume = start
        for index in range(start, cut):
            if deriver.feed(story.events[index]):
                resume, state = index, json.loads(json.dumps(deriver.checkpoint()))
        start = resume
        for stream, record in deriver.records():
            kept[stream, record["id"]] = record
    assert kept == whole
