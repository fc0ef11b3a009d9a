"""Made-up secrets in everything that sessions of other agents say: texts, names of keys, of tools, of files, ids."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support import codex_files, gemini_files, grok_files, old_layout

Record = dict[str, Any]

STRUCTURE = frozenset(
    "type role timestamp id sessionId projectHash startTime lastUpdated call_id turn_id kind status method eventId "
    "sessionUpdate promptId toolCallId agentTimestampMs tool_call_id cwd name prompt_id".split()
)
"""Keys whose values say where a record belongs, so that without them nothing would be read."""


def planted(value: Any, secret: str, key: str = "") -> Any:
    """Beside every text of a record, and as a further key of every object in it."""
    if isinstance(value, dict):
        made = {name: planted(member, secret, name) for name, member in value.items()}
        return made if key in ("", "payload", "params", "update", "_meta", "tokens") else {**made, secret: secret}
    if isinstance(value, list):
        return [planted(member, secret, key) for member in value]
    if not isinstance(value, str) or key in STRUCTURE:
        return value
    return _within(value, secret) if value.startswith(("{", "[")) else f"{value} {secret} {value}"


def _within(text: str, secret: str) -> str:
    """JSON in JSON, as arguments of calls are."""
    try:
        return json.dumps({**planted(json.loads(text), secret, "arguments"), secret: 1})
    except (ValueError, TypeError):
        return f"{text} {secret}"


def codex(home: Path, cwd: Path, secret: str, number: int, *, ids: bool) -> str:
    """A rollout with calls of every shape. ``ids``: in names and ids, too."""
    session = f"019c4b43-1451-7af3-be4c-{number:012x}"
    git = {"commit_hash": "0" * 40, "branch": "topic", "repository_url": "https://me:pw@git.invalid/x.git"}
    made = codex_files.Rollout(session, str(cwd), git=git)
    made.turn("please")
    one = secret if ids else ""
    made.calls(f"c1{one}", "shell", command=["bash", "-lc", "cat x"], workdir=f"{cwd}/{one}")
    made.answers(f"c1{one}", json.dumps({"output": "said", "metadata": {"exit_code": 1, "duration_seconds": 0.1}}))
    made.calls(f"c2{one}", f"tool{one}", path=f"src/{one}/x", nested={"deep": ["x"]})
    made.answers(f"c2{one}", "Exit code: 0\nWall time: 1\nOutput:\nfine")
    patch = f"*** Begin Patch\n*** Add File: src/{one}/a.py\n+x\n*** End Patch"
    made.item("custom_tool_call", name="apply_patch", input=patch, call_id=f"c3{one}", status="completed")
    made.answers(f"c3{one}", "Chunk ID: 1\nProcess exited with code 2\nOutput:\nno", "custom_tool_call_output")
    made.item("reasoning", summary=[{"type": "summary_text", "text": "I think"}], encrypted_content="gAAA")
    made.item("web_search_call", action={"type": "search", "query": "q"}, status="completed")
    made.told("error", message="it failed")
    made.told("of_tomorrow", text="u")
    made.add("of_tomorrow", {"text": "u"})
    made.says("done")
    made.spends(10, 5, 3)
    if ids:
        made.turn("and then", model=f"gpt-{one}")
        made.turns += 1
        made.add("turn_context", {"turn_id": one, "cwd": f"{cwd}/{one}", "model": one})
        made.told("user_message", message="in a turn of that name", images=[])
        made.says("done")
    made.lines = [line if ids and line["type"] == "session_meta" else planted(line, secret) for line in made.lines]
    made.put(home / ".codex" / "sessions")
    return session


def _gemini_messages(cwd: Path, one: str) -> list[Record]:
    calls = [
        gemini_files.call(f"c1{one}", "run_shell_command", command="cat x", dir_path=f"{cwd}/{one}"),
        gemini_files.call(f"c2{one}", f"tool{one}", "no", "error", file_path=f"{cwd}/src/{one}/a.py"),
        gemini_files.call(f"c3{one}", "write_file", file_path=f"{cwd}/src/{one}/b.py", content="c"),
    ]
    return [
        gemini_files.user(1, [{"text": "please"}]),
        gemini_files.answer(2, "I look", gemini_files.tokens(9, 3), toolCalls=calls, model=f"gemini-{one}",
                            thoughts=[gemini_files.thought("subject", "words")]),
        gemini_files.message("error", 3, "it failed"),
        gemini_files.message("info", 4, "by the way"),
        gemini_files.user(5, "and then"),
        gemini_files.answer(6, "done", gemini_files.tokens(9, 3)),
    ]  # fmt: skip


def gemini(home: Path, cwd: Path, secret: str, number: int, *, ids: bool, lines: bool = True) -> str:
    """A chat in either layout; as lines, its answer is first written without its calls, and patched."""
    session = f"{number:08x}-7425-40de-944b-e07fc1f90ae7"
    one = secret if ids else ""
    messages = [planted(message, secret) for message in _gemini_messages(cwd, one)]
    if ids:
        messages[0]["id"] = f"m-{secret}"
    head = gemini_files.head(session, str(cwd), summary=f"about {secret}", directories=[f"{cwd}/{one}"])
    root = home / ".gemini" / "tmp"
    (root / cwd.name).mkdir(parents=True, exist_ok=True)
    (root / cwd.name / ".project_root").write_text(str(cwd))
    first = [{**messages[1], "toolCalls": [], "tokens": None}]
    masked = {"$set": {"messages": messages, secret: secret, "summary": secret}}
    rows = [head, messages[0], *first, *messages[1:], masked, {"$of": secret, secret: {secret: [secret]}}]
    data = gemini_files.rows(rows) if lines else json.dumps({**head, "messages": messages}, indent=2).encode()
    gemini_files.put(root, data, name=cwd.name, session=session)
    return session


def grok(home: Path, cwd: Path, secret: str, number: int, *, ids: bool) -> str:
    """A log whose answers come in pieces that cut the secret, and whose output is told as numbers of bytes."""
    session = f"019e0000-0000-7000-8000-{number:012d}"
    one, half = (secret if ids else ""), len(secret) // 2
    scribe = grok_files.Scribe(session)
    pieces = ["it is ", secret[:half], secret[half:], " they say"]
    records = [
        planted(scribe.user("please", 0), secret),
        *scribe.thought(*pieces),
        *scribe.answer(*pieces),
        planted(scribe.call(f"c1{one}", "run_terminal_cmd", command="cat x", cwd=f"{cwd}/{one}"), secret),
        planted(scribe.printed(f"c1{one}", f"it printed {secret}", 1), secret),
        planted(scribe.call(f"c2{one}", f"tool{one}", target_file=f"{cwd}/src/{one}/a.py", deep={"x": ["y"]}), secret),
        planted(scribe.result(f"c2{one}", "no", "failed"), secret),
        planted(scribe.update("of_tomorrow", True, text="u", bytes=list(secret.encode())), secret),
        *scribe.answer(*secret),
        planted(scribe.done(usage={"inputTokens": 3}), secret),
    ]
    if ids:
        records += [scribe.user("and then", 1), *scribe.answer("done"), scribe.done()]
        for record in records[-3:]:
            record["params"]["_meta"] |= {"eventId": f"{session}-{secret}", "promptId": secret}
            record["params"]["update"]["_meta"] = {"modelId": secret}
    told = {"info": {"id": session, "cwd": str(cwd)}, "session_summary": secret, "current_model_id": f"grok-{secret}"}
    grok_files.put(home / ".grok" / "sessions", grok_files.rows(records), cwd=str(cwd), session=session, **told)
    return session


def document(home: Path, cwd: Path, secret: str, number: int, *, ids: bool) -> str:
    """A chat of Gemini CLI as one JSON document."""
    return gemini(home, cwd, secret, number, ids=ids, lines=False)


MAKERS: dict[str, Callable[..., str]] = {"codex": codex, "gemini": gemini, "document": document, "grok": grok}


def old_project(data: Path, secret: str, number: int) -> None:
    """Each kind of old file, with the secret in every text of it, in keys, in ids of its own and in names of files."""
    name = secret.replace("/", "").split("\n")[0]

    def with_it(record: Record) -> Record:
        return {**{key: _beside(value, secret) for key, value in record.items()}, secret: {secret: [secret]}}

    one = {"id": f"chat-{number}", "session_id": f"s{number}"}
    day = data / "chats" / old_layout.DAY
    for at, chat in enumerate((with_it(old_layout.chat(1)), with_it(old_layout.chat(2)) | one)):
        old_layout.put(day / f"{at}-{number}-{name}.json", chat)
    old_layout.put(day / f"torn-{number}-{name}.json", '{"id": "' + name)
    old_layout.put(data / "sessions" / f"{number}-{name}.json", with_it(old_layout.session()) | {"id": f"s{number}"})
    old_layout.put(data / "actions" / old_layout.DAY / f"A-{number}.json", with_it(old_layout.action()))
    commit = with_it(old_layout.commit(files_changed=[secret, {"path": secret, secret: secret}]))
    old_layout.put(data / "commits" / f"{number}.json", commit | {"hash": f"{number:040x}"})
    old_layout.put(data / "orchestration" / f"{number}.json", with_it(old_layout.orchestration()))
    tracked = data / "tracked"
    for stream, record in (("chats", old_layout.chat(3)), ("sessions", old_layout.session()), ("commits", commit)):
        path = tracked / f"{stream}.jsonl"
        mine = with_it(record) | {"id": f"{stream}-{number}"}
        line = json.dumps(mine).encode() + b"\n" + b'{"query": "torn ' + name.encode() + b"\n"
        path.write_bytes((path.read_bytes() if path.exists() else b"") + line)
    long = with_it(old_layout.chat(4, response="long " * 500)) | {"id": f"packed-{number}"}
    rows = [old_layout.whole_part(long), *old_layout.parts(long | {"id": f"cut-{number}"}, 3)]
    old_layout.put(
        tracked / "chunked" / f"chats-{number}.jsonl", *rows, *old_layout.parts(with_it({"id": name}), 3)[:2]
    )


def _beside(value: Any, secret: str) -> Any:
    if isinstance(value, str):
        return f"{value} {secret}"
    if isinstance(value, list):
        return [_beside(one, secret) for one in value]
    return {key: _beside(one, secret) for key, one in value.items()} if isinstance(value, dict) else value
