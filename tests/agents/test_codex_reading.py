"""What a rollout's records become: prompts, calls, results, tokens, and what is none of these."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.codex_files import SESSION, Rollout, events, put, source

from gitml.agents.registry import adapter
from gitml.model.events import SessionEvent

PATCH = """*** Begin Patch
*** Add File: docs/new.md
+hello
*** Update File: src/old.py
*** Move to: src/new.py
@@
-a
+b
*** Delete File: gone.txt
*** End Patch"""
TOUCHED = ["docs/new.md", "src/old.py", "src/new.py", "gone.txt"]


def of_kind(found: list[SessionEvent], kind: str) -> list[dict[str, Any]]:
    return [event.payload for event in found if event.kind == kind]


def prompts(found: list[SessionEvent]) -> list[str]:
    return [event.payload["text"] for event in found if event.payload.get("origin") == "prompt"]


def result_of(root: Path, output: Any, command: str = "make", kind: str = "function_call_output") -> dict[str, Any]:
    made = Rollout()
    made.calls("call_1", "shell", command=["bash", "-lc", command])
    made.answers("call_1", output, kind)
    (found,) = of_kind(events(root, made), "tool_result")
    return found


def test_a_prompt_is_told_once(tmp_path: Path) -> None:
    """The item and its echo are one prompt; what is written in a person's name is none."""
    made = Rollout()
    for injected in ("<environment_context>x</environment_context>", "# AGENTS.md instructions for /x", "<skill>y"):
        made.message("user", injected)
    made.turn("mend it")
    made.says("mended")
    made.turn("again")
    found = events(tmp_path, made)
    assert prompts(found) == ["mend it", "again"]
    assert [one["text"] for one in of_kind(found, "assistant")] == ["mended"]


def test_without_any_echo_the_items_tell(tmp_path: Path) -> None:
    """Some recordings have the items alone: every prompt that is answered is there, in its place, and nothing else."""
    made = Rollout()
    made.message("user", "<user_instructions>be kind</user_instructions>")
    made.message("user", "one")
    made.message("user", "and two")
    made.message("assistant", "both")
    made.message("user", "three")
    made.calls("call_1", "update_plan", plan=[])
    found = events(tmp_path, made)
    kinds = [event.payload.get("text") or event.kind for event in found]
    assert kinds == ["system", "one", "and two", "both", "three", "tool_use"]
    assert found[1].timestamp < found[2].timestamp < found[3].timestamp


def test_what_an_editor_has_open_is_no_part_of_a_prompt(tmp_path: Path) -> None:
    """The extension puts its context before the request."""
    made = Rollout()
    made.turn("# Context from my IDE setup:\n\n## Open tabs:\n- a.py\n\n## My request for Codex:\nmend it\n")
    assert prompts(events(tmp_path, made)) == ["mend it"]


def test_images_and_words_while_the_agent_is_busy(tmp_path: Path) -> None:
    """A second prompt of a turn was typed while the agent was at work; a picture alone is a prompt."""
    made = Rollout()
    made.turn("look")
    made.told("user_message", message="", images=["data:image/png;base64,AAAA"], local_images=["/x.png"])
    first, second = [event.payload for event in events(tmp_path, made) if event.kind == "user"]
    assert (first["images"], second["images"], first.get("queued"), second["queued"]) == (0, 2, None, True)


def test_a_copied_prompt_keeps_its_id(tmp_path: Path) -> None:
    """A fork copies what was said under another session's id and at other times: a prompt is known by its turn."""
    made = Rollout()
    made.turn("first")
    made.told("user_message", message="and more")
    fork = Rollout("019c4b43-ffff-7af3-be4c-5576369bf1ba", forked_from_id=SESSION)
    fork.lines += [{**line, "timestamp": "2026-04-01T00:00:00.000Z"} for line in made.lines]
    uuids = [event.uuid for event in events(tmp_path / "a", made) if event.kind == "user"]
    path = fork.put(tmp_path / "b")
    copied = [event for step in adapter("codex").read(source(path, tmp_path / "b"), str(path)) for event in step.events]
    assert [event.uuid for event in copied if event.kind == "user"] == uuids
    assert len(set(uuids)) == 2
    parents = [event.payload.get("forked_from") for event in copied if event.payload.get("subtype") == "session_start"]
    assert parents == [SESSION, SESSION]


@pytest.mark.parametrize("turn_id", ["1", "turn-1", "", None])
def test_a_turn_of_many_sessions_is_no_id(tmp_path: Path, turn_id: object) -> None:
    """Turns that are numbered are the same in every session: their prompts must not be taken for copies."""
    found = []
    for session in (SESSION, SESSION.replace("019c", "019d")):
        made = Rollout(session)
        made.add("turn_context", {"turn_id": turn_id, "model": "m"})
        made.told("user_message", message="same")
        path = made.put(tmp_path / session)
        steps = adapter("codex").read(source(path, tmp_path / session), str(path))
        found += [event.uuid for step in steps for event in step.events if event.kind == "user"]
    assert len(set(found)) == 2 and all(found)


OUTPUTS = [
    ("Exit code: 0\nWall time: 1.5 seconds\nOutput:\nfine\n", ("ok", "fine\n", 1500, None)),
    ("Exit code: 2\nWall time: 0 seconds\nTotal output lines: 9\nOutput:\nbad", ("error", "bad", 0, 2)),
    ("Exit code: 124\nWall time: 10 seconds\nOutput:\ncommand timed out after 10000 milliseconds\nx", ("timeout",)),
    (json.dumps({"output": "fine", "metadata": {"exit_code": 0, "duration_seconds": 0.25}}), ("ok", "fine", 250, None)),
    (json.dumps({"output": "bad", "metadata": {"exit_code": 1, "duration_seconds": 2}}), ("error", "bad", 2000, 1)),
    ("Plan updated", ("ok", "Plan updated", None, None)),
    ("execution error: Io(Custom)", ("error", "execution error: Io(Custom)", None, None)),
    ("exec command rejected by user", ("rejected",)),
    ("aborted by user after 2.5s", ("interrupted",)),
    ("Chunk ID: a1\nWall time: 0.5 seconds\nProcess exited with code 0\nOutput:\nfine", ("ok", "fine", 500, None)),
    ("Chunk ID: a1\nWall time: 0.5 seconds\nProcess exited with code 3\nOutput:\nbad", ("error", "bad", 500, 3)),
    ("Chunk ID: a1\nWall time: 9 seconds\nProcess running with session ID 7\nOutput:\n", ("ok", "", 9000, None)),
    (
        [{"type": "input_text", "text": "fine"}, {"type": "input_image", "image_url": "data:"}],
        ("ok", "fine", None, None),
    ),
    ({"content": "bad", "success": False}, ("error", "bad", None, 1)),
    ("Output:\nExit code: 1\n is what it printed", ("ok",)),
    ("Wall time: 0.1 seconds\nOutput:\nExit code: 1\nWall time: 0 seconds\nOutput:\nbad", ("error", "bad", 100, 1)),
    (
        "Wall time: 0.1 seconds\nOutput:\n" + json.dumps({"output": "fine", "metadata": {"exit_code": 0}}),
        ("ok", "fine", 100, None),
    ),
    ('Chunk ID: 1\nProcess exited with code 0\nOutput:\n{"output":"x","metadata":{"exit_code":1}}', ("ok",)),
]


@pytest.mark.parametrize(("output", "expected"), OUTPUTS)
@pytest.mark.parametrize("kind", ["function_call_output", "custom_tool_call_output"])
def test_every_shape_of_a_result(tmp_path: Path, output: Any, expected: tuple[Any, ...], kind: str) -> None:
    """Status, text, duration and exit code are told apart in each shape, and never guessed from what was printed."""
    found = result_of(tmp_path, output, kind=kind)
    told = (found["status"], found["text"], found.get("duration_ms"), found.get("exit_code"))
    assert told[: len(expected)] == expected


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("shell", {"command": ["bash", "-lc", "git commit -m x"], "workdir": "/w"}),
        ("shell", {"command": ["git", "commit", "-m", "x"]}),
        ("shell_command", {"command": "cd /w && git commit -m x"}),
        ("exec_command", {"cmd": "git commit -m x", "workdir": "/w"}),
    ],
)
def test_commits_are_read_from_what_git_printed(tmp_path: Path, name: str, given: dict[str, Any]) -> None:
    """Whichever way the shell is spelled; and not from the output of other commands."""
    made = Rollout()
    made.calls("call_1", name, **given)
    made.answers("call_1", "Exit code: 0\nWall time: 0 seconds\nOutput:\n[main 9a558b6] x\n 1 file changed")
    made.calls("call_2", name, cmd="cat log", command="cat log")
    made.answers("call_2", "Exit code: 0\nWall time: 0 seconds\nOutput:\n[main 9a558b7] y\n")
    first, second = of_kind(events(tmp_path, made), "tool_result")
    assert first["commits"] == [{"sha": "9a558b6", "kind": "committed", "branch": "main"}]
    assert "commits" not in second


def test_a_commit_in_a_shell_that_goes_on(tmp_path: Path) -> None:
    """A hook may take its time: then the output comes with a later call that looks into the same shell."""
    made = Rollout()
    made.calls("call_1", "exec_command", cmd="git commit -m x")
    made.answers("call_1", "Chunk ID: 1\nWall time: 10 seconds\nProcess running with session ID 42\nOutput:\nrunning")
    made.calls("call_2", "write_stdin", session_id=42, chars="")
    made.answers("call_2", "Chunk ID: 2\nWall time: 1 seconds\nProcess exited with code 0\nOutput:\n[main 9a558b6] x\n")
    _, second = of_kind(events(tmp_path, made), "tool_result")
    assert [commit["sha"] for commit in second["commits"]] == ["9a558b6"]


@pytest.mark.parametrize(
    ("kind", "name", "given"),
    [
        ("custom_tool_call", "apply_patch", PATCH),
        ("function_call", "apply_patch", json.dumps({"input": PATCH})),
        ("function_call", "apply_patch", {"patch": PATCH}),
        ("function_call", "shell", json.dumps({"command": ["apply_patch", PATCH]})),
        ("function_call", "shell_command", json.dumps({"command": f"cd /x && apply_patch <<'EOF'\n{PATCH}\nEOF"})),
        ("function_call", "exec_command", json.dumps({"cmd": f"apply_patch <<EOF\n{PATCH}\nEOF\n"})),
    ],
)
def test_a_patch_gives_files(tmp_path: Path, kind: str, name: str, given: Any) -> None:
    """Added, updated, moved and deleted ones, in each way a patch is handed over."""
    made = Rollout()
    made.item(kind, name=name, call_id="call_1", **{"input" if kind == "custom_tool_call" else "arguments": given})
    (call,) = of_kind(events(tmp_path, made), "tool_use")
    assert (call["name"], call["files"]) == (name, TOUCHED)


def test_a_command_that_only_speaks_of_patches_writes_nothing(tmp_path: Path) -> None:
    """A patch in a command counts where the program that applies it is called before it."""
    made = Rollout()
    made.calls("call_1", "shell_command", command=f"cat > note.txt <<'EOF'\n{PATCH}\nEOF")
    (call,) = of_kind(events(tmp_path, made), "tool_use")
    assert "files" not in call


@pytest.mark.parametrize("arguments", ["", "{not json", "[1]", None, 7, '"text"'])
def test_arguments_of_any_kind_are_survived(tmp_path: Path, arguments: object) -> None:
    """A call is a call, whatever its arguments are."""
    made = Rollout()
    made.item("function_call", name="shell", call_id="call_1", arguments=arguments)
    (call,) = of_kind(events(tmp_path, made), "tool_use")
    assert call["name"] == "shell" and isinstance(call["input"], dict)


def test_interrupts_errors_titles_and_durations(tmp_path: Path) -> None:
    """What is told beside the conversation."""
    made = Rollout()
    made.turn("go")
    made.told("stream_error", message="again", codex_error_info={"http_connection_failed": {}})
    made.told("error", message="no more", codex_error_info="usage_limit_exceeded")
    made.told("thread_name_updated", thread_name="A title")
    made.told("task_complete", duration_ms=1234)
    made.told("turn_aborted", reason="replaced")
    made.told("turn_aborted", reason="interrupted")
    made.add("compacted", {"message": "in short", "replacement_history": [{"type": "message", "role": "user"}]})
    told = [(event.kind, event.payload) for event in events(tmp_path, made)][2:]
    assert [kind for kind, _ in told] == ["error", "error", "summary", "system", "user", "compaction"]
    assert [told[0][1]["retry"], told[0][1]["category"]] == [True, "http_connection_failed"]
    assert told[1][1]["category"] == "usage_limit_exceeded" and "retry" not in told[1][1]
    assert (told[2][1]["text"], told[3][1]["duration_ms"], told[4][1]["origin"]) == ("A title", 1234, "interrupt")


def test_the_model_is_that_of_its_turn(tmp_path: Path) -> None:
    """Only the turn's context names it, and the next one may name another."""
    made = Rollout()
    for model in ("gpt-5-codex", "gpt-5.2"):
        made.turn("go", model)
        made.says("gone")
        made.spends(10, 0, 1)
    found = of_kind(events(tmp_path, made), "assistant")
    assert [one["model"] for one in found] == ["gpt-5-codex", "gpt-5-codex", "gpt-5.2", "gpt-5.2"]


STEP = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**5), st.integers(0, 2), st.booleans())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=12))
def test_tokens_add_up_to_the_final_totals(tmp_path: Path, steps: list[tuple[int, int, int, int, bool]]) -> None:
    """However often totals are repeated; where another count begins, to the sum of both."""
    made = Rollout()
    expected = [0, 0, 0]
    for uncached, cached, output, repeats, anew in steps:
        if anew and made.totals["input_tokens"] > 1:
            made.totals = dict.fromkeys(made.totals, 0)
            uncached, cached, output = 1, 0, 0  # less than before, or nobody could tell
        made.spends(uncached + cached, cached, output, output // 2)
        expected = [one + more for one, more in zip(expected, (uncached, cached, output), strict=True)]
        for _ in range(repeats):
            made.tells()
    usage = [one["usage"] for one in of_kind(events(tmp_path, made), "assistant")]
    assert [sum(one[key] for one in usage) for key in ("input", "cache_read", "output")] == expected


def test_a_resumed_session_counts_anew(tmp_path: Path) -> None:
    """Up to 0.77 totals begin again when a session is resumed, also where its first response is the largest of all."""
    made = Rollout()
    made.spends(1000, 400, 10)
    made.tells({"input_tokens": 1000, "cached_input_tokens": 400, "output_tokens": 10})
    made.totals = dict.fromkeys(made.totals, 0)
    made.spends(5000, 1000, 20)
    made.spends(100, 0, 1)
    usage = [one["usage"] for one in of_kind(events(tmp_path, made), "assistant")]
    assert [(one["input"], one["cache_read"], one["output"]) for one in usage] == [
        (600, 400, 10),
        (4000, 1000, 20),
        (100, 0, 1),
    ]


def test_what_each_response_spent(tmp_path: Path) -> None:
    """Newer versions tell it by a record of its own, and repeat it in the totals: it counts once, also where an older
    version goes on with the session."""
    made = Rollout()
    spent = {"input_tokens": 100, "cached_input_tokens": 40, "cache_write_input_tokens": 10, "output_tokens": 7}
    for number in (1, 2):
        made.says("so far")
        thread = {key: number * count for key, count in {**spent, "total_tokens": 107}.items()}
        paid = {"response_id": "the same", "usage": {**spent, "total_tokens": 107}, "thread_token_usage": thread}
        for _ in range(number):
            made.add("token_usage_record", paid)
        for key in ("input_tokens", "cached_input_tokens", "output_tokens"):
            made.totals[key] += spent[key]
        made.totals["cache_write_input_tokens"] = made.totals.get("cache_write_input_tokens", 0) + 10
        made.tells()
    made.tells()
    made.spends(1000, 0, 3)
    told = [one for one in of_kind(events(tmp_path, made), "assistant") if "usage" in one]
    assert len({one["response"] for one in told}) == 3
    both = {"input": 50, "output": 7, "cache_read": 40, "cache_write_5m": 10, "cache_write_1h": 0}
    assert [one["usage"] for one in told] == [both, both, {**dict.fromkeys(both, 0), "input": 1000, "output": 3}]


def test_rate_limits_alone_spend_nothing(tmp_path: Path) -> None:
    """27 of 3,101 records have no totals."""
    made = Rollout()
    made.told("token_count", info=None, rate_limits={})
    made.told("token_count", info={"total_token_usage": None, "last_token_usage": {"input_tokens": 5}})
    assert of_kind(events(tmp_path, made), "assistant") == []


def test_names_of_files(tmp_path: Path) -> None:
    """A rollout is known by its name, others by their first line; lists of prompts are no sessions."""
    made = Rollout()
    made.put(tmp_path)
    (tmp_path / "copy.jsonl").write_bytes(Rollout("copied-one").data())
    (tmp_path / "headless.jsonl").write_bytes(b"\n".join(made.data().split(b"\n")[1:]) + json.dumps({"x": 1}).encode())
    (tmp_path / "other.jsonl").write_bytes(b'{"type":"user","sessionId":"x"}\n')
    (tmp_path / "history.jsonl").write_bytes(made.data())
    (tmp_path / "empty.jsonl").write_bytes(b"")
    (tmp_path / "gap.jsonl").write_bytes(b'{"timestamp":"2026-01-01T00:00:00Z","type":"turn_context","payload":{}}\n')
    found = [one.session_id for one in adapter("codex").discover(str(tmp_path))]
    assert found == [SESSION, "copied-one", "gap"]
    for session in found:
        located = adapter("codex").locate(session, str(tmp_path))
        assert located is not None and located.session_id == session


def test_the_newer_of_two_files_counts(tmp_path: Path) -> None:
    """Archiving moves a session; a copy that stayed behind is the older one."""
    import os

    old, new = put(tmp_path / "a", Rollout().data()), put(tmp_path / "b", Rollout().data())
    os.utime(old, (1, 1))
    (found,) = adapter("codex").discover(str(tmp_path))
    assert found.path == str(new.resolve())


def test_roots() -> None:
    """``$CODEX_HOME``, else ``~/.codex``: sessions, and those archived."""
    named = adapter("codex").roots
    assert named({"CODEX_HOME": "/c", "HOME": "/h"}) == ["/c/sessions", "/c/archived_sessions"]
    assert named({"HOME": "/h"}) == ["/h/.codex/sessions", "/h/.codex/archived_sessions"]
    assert named({}) == []


def test_the_folders_of_a_session(tmp_path: Path) -> None:
    """Where it began comes first; also where the agent's instructions fill all that is read."""
    made = Rollout(cwd="/one", base_instructions={"text": "x"})
    made.add("turn_context", {"cwd": "/two", "model": "m"})
    assert adapter("codex").cwds(source(made.put(tmp_path), tmp_path)) == ["/one", "/two"]
    large = Rollout(cwd="/one", base_instructions={"text": "x" * 300_000})
    assert adapter("codex").cwds(source(large.put(tmp_path), tmp_path)) == ["/one"]
