"""A project in the older layouts, with every oddity that real ones have. Small; made of plain files."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

Record = dict[str, Any]
DAY = "2025-12-16"
SESSION = "13a84f73"
SHA = "ab" * 20


def chat(number: int, **more: Any) -> Record:
    """A chat as its tool wrote it: local time without a zone."""
    return {
        "id": f"chat-20251216-15{number // 60:02d}{number % 60:02d}-abc{number:03d}",
        "timestamp": f"{DAY}T15:{number // 60:02d}:{number % 60:02d}.123456",
        "session_id": SESSION,
        "query": f"question {number}",
        "response": f"answer {number}",
        "files_referenced": ["src/a.py"],
        "files_modified": ["src/b.py"],
        "tools_used": ["Read", "Edit"],
        "user_feedback": None,
        "query_tokens": 2,
        "response_tokens": 2,
    } | more


def session(**more: Any) -> Record:
    """A session's file."""
    return {
        "id": SESSION,
        "started_at": f"{DAY}T15:00:00.000001",
        "ended_at": f"{DAY}T16:00:00",
        "chat_ids": [chat(number)["id"] for number in range(3)],
        "action_ids": ["A-20251216-1"],
        "summary": "Made it work.",
    } | more


def commit(**more: Any) -> Record:
    """A commit with what was found out about it."""
    return {
        "hash": SHA,
        "message": "feat: it works\n\nAt last.",
        "author": "A Person <person@example.invalid>",
        "timestamp": f"{DAY} 15:30:00 +0100",
        "branch": "main",
        "files_changed": ["src/b.py"],
        "insertions": 7,
        "deletions": 1,
        "hour_of_day": 15,
        "day_of_week": "Tuesday",
        "session_id": SESSION,
    } | more


def action(**more: Any) -> Record:
    """A call of a tool."""
    return {
        "id": "A-20251216-1",
        "timestamp": f"{DAY}T15:00:01",
        "session_id": SESSION,
        "action_type": "edit",
        "target": "src/b.py",
        "context": {"lines": 3},
        "success": True,
        "result_summary": "done",
    } | more


def orchestration(**more: Any) -> Record:
    """All batches of one session."""
    agent = {
        "agent_id": "a1",
        "model": "m",
        "tools_used": ["Read"],
        "tool_count": 3,
        "duration_ms": 5,
        "has_error": False,
    }
    return {
        "version": 1,
        "extracted_at": f"{DAY}T17:00:00",
        "parent_session_id": SESSION,
        "batches": [
            {"batch_index": 0, "execution_type": "parallel", "agents": [agent, agent | {"agent_id": "a2"}]},
            {
                "batch_index": 1,
                "execution_type": "sequential",
                "agents": [agent | {"agent_id": "a3", "has_error": True}],
            },
        ],
        "success_rate": 66.7,
    } | more


def packed(text: str) -> str:
    """Base64 of zlib."""
    return base64.b64encode(zlib.compress(text.encode())).decode()


def digest(record: Record) -> str:
    """As its tool hashed a record: the first digits of SHA-256 of Python's JSON."""
    return hashlib.sha256(json.dumps(record).encode()).hexdigest()[:16]


def whole_part(record: Record, **more: Any) -> Record:
    """A record in one part, its long texts packed one by one."""
    data = dict(record)
    for key in ("query", "response"):
        if len(str(data.get(key))) > 1000:
            data |= {key: packed(data[key]), f"_{key}_compressed": True}
    return {
        "record_type": "chat", "record_id": record["id"], "timestamp": f"{DAY}T18:00:00", "sequence": 0,
        "total_parts": 1, "compressed": data != record, "content_hash": digest(record), "data": data,
    } | more  # fmt: skip


def parts(record: Record, count: int, hash: str = "", first: int = 1) -> list[Record]:
    """A record packed whole and cut into parts."""
    text = packed(json.dumps(record))
    size = -(-len(text) // count)
    told = hash or hashlib.md5(json.dumps(record).encode(), usedforsecurity=False).hexdigest()
    return [
        {
            "record_type": "chat", "record_id": record["id"], "sequence": number + first, "total_parts": count,
            "compressed": True, "content_hash": told, "data": text[number * size : (number + 1) * size],
        }
        for number in range(count)
    ]  # fmt: skip


def sidecar(name: str, **more: Any) -> Record:
    """What stands beside a transcript."""
    return {
        "session_file": f"/home/somebody/.claude/projects/-p/{name}.jsonl",
        "lifecycle_stage": "implemented",
        "created_at": f"{DAY}T10:00:00",
        "analyzed_at": f"{DAY}T11:00:00",
        "insights_generated_at": f"{DAY}T12:00:00",
        "implemented_at": f"{DAY}T13:00:00",
        "project_name": "p",
        "insights_summary": "retries hide timeouts",
        "implementation_notes": "raised them",
    } | more


def look(day: int, total: int, **more: Any) -> Record:
    """A line of a disk history."""
    return {
        "timestamp": f"2025-12-{day:02d}T10:00:00", "total_mb": total, "session_logs_mb": total // 2,
        "learning_data_mb": 3, "archives_mb": 0, "available_gb": 100, "session_count": day,
    } | more  # fmt: skip


def put(path: Path, *values: Record | list[Any] | str | bytes) -> Path:
    """A file of one value (indented, as its tools wrote it), or of lines where there are several."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if len(values) == 1 and not path.name.endswith(".jsonl"):
        path.write_bytes(_bytes(values[0], indent=2))
    else:
        path.write_bytes(b"".join(_bytes(value) + b"\n" for value in values))
    return path


def _bytes(value: Any, indent: int | None = None) -> bytes:
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value, indent=indent)).encode()


def project(data: Path, secret: str = "") -> None:
    """The whole of it below a ``.git-ml`` folder. ``secret`` stands in an answer with a name and elsewhere without."""
    for number in range(3):
        one = chat(number)
        put(data / "chats" / DAY / f"{one['id']}.json", one)
    put(
        data / "chats" / DAY / "chat-secret.json",
        chat(3, response=f"export API_TOKEN={secret}", note=f"again {secret}"),
    )
    put(data / "chats" / DAY / "chat-bare.json", chat(4, response=f"it was {secret}", user_feedback={"rating": "good"}))
    put(data / "chats" / DAY / "bom.json", b"\xef\xbb\xbf" + json.dumps(chat(5)).replace(", ", ",\r\n").encode())
    put(data / "chats" / DAY / "list.json", [chat(6), "no record", chat(7)])
    ours, theirs = (
        json.dumps({**chat(8), "related_commit": SHA}, indent=1),
        json.dumps({**chat(8), "rating": 5}, indent=1),
    )
    put(data / "chats" / DAY / "both.json", f"<<<<<<< HEAD\n{ours}\n=======\n{theirs}\n>>>>>>> other\n")
    put(data / "chats" / DAY / "torn.json", '{"id": "chat-torn", "query": "ab')
    put(data / "chats" / DAY / "empty.json", "")
    put(data / "chats" / DAY / "latin.json", b'{"id": "\xe9"}')
    put(data / "chats" / DAY / "chat-undated.json", {"id": "../../etc/passwd", "query": 7, "tools_used": "Bash"})
    put(data / "chats" / DAY / "nan.json", '{"id": "chat-nan", "timestamp": 1765897412, "query": "q", "score": NaN}')
    put(data / "chats" / DAY / "notes.txt", "no record")
    put(data / "sessions" / f"{SESSION}.json", session())
    put(data / "current_session.json", {"id": "77aa", "started_at": f"{DAY}T18:00:00", "chat_ids": []})
    put(data / "actions" / DAY / "A-20251216-1.json", action())
    put(
        data / "commits" / f"{SHA[:8]}_{DAY}_x.json",
        commit(hunks=[{"file": "src/b.py", "lines": ["+x"]}], ci_result="pass"),
    )
    put(data / "orchestration" / f"{SESSION}_orchestration.json", orchestration())
    shared(data / "tracked")
    long = chat(20, response="long " * 2000)
    put(data / "tracked" / "chunked" / f"chats-{SESSION}.jsonl", whole_part(long), whole_part(chat(21)), "{torn")
    several = parts(chat(22, response="cut " * 900), 3)
    put(data / "tracked" / "chunked" / "chats-consolidated.jsonl", *reversed(several), several[1])
    put(
        data / "tracked" / "chunked" / "more.jsonl",
        *parts(chat(23), 3)[:2],
        whole_part(chat(24), content_hash="0" * 16),
    )


def shared(tracked: Path) -> None:
    """Files that everybody appended to, after a merge that was not settled."""
    put(
        tracked / "sessions.jsonl",
        {"session_id": SESSION, "timestamp": f"{DAY}T15:00:00", "queries": ["q"], "tools_used": {"Edit": 2}},
        "<<<<<<< HEAD",
        {"session_id": "99aa", "timestamp": f"{DAY}T19:00:00", "exchanges": [], "commits_made": [SHA[:9]]},
        "=======",
        {"session_id": "99bb", "timestamp": f"{DAY}T20:00:00", "queries": ["a", "b"]},
        ">>>>>>> theirs",
        {"session_id": "99bb", "timestamp": f"{DAY}T20:00:00", "queries": ["a", "b"]},
        '{"session_id": "torn',
    )  # fmt: skip
    put(tracked / "commits.jsonl", commit(), commit(ci_result="fail", hash="cd" * 20))
    put(tracked / "chats.jsonl", chat(0, response="otherwise"), chat(30))


IDS = {
    "chats": [
        *(chat(number)["id"] for number in (*range(9), 20, 21, 22, 24, 30)), "../../etc/passwd", "chat-nan",
    ],
    "sessions": [SESSION, "77aa", "99aa", "99bb"],
    "actions": ["A-20251216-1"],
    "commits": [SHA, "cd" * 20],
    "orchestration": [f"orchestration-{SESSION}"],
}  # fmt: skip
"""Every record that can be read in ``project``."""

UNREADABLE = {
    ("list.json", 0), ("torn.json", 0), ("empty.json", 0), ("latin.json", 0), ("sessions.jsonl", 8),
    (f"chats-{SESSION}.jsonl", 3), ("more.jsonl", 1), ("more.jsonl", 3),
}  # fmt: skip
"""What cannot: (file, line)."""
