"""Small records written by hand, and stores made of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Record = dict[str, Any]
ALPHA = "13a84f73-0000-4000-8000-00000000000a"
BETA = "27b95c84-0000-4000-8000-00000000000b"
SHA_ONE = "1f" * 20
SHA_TWO = "2e" * 20


def usage(input: int = 0, output: int = 0, cache_read: int = 0) -> Record:
    return {"input": input, "output": output, "cache_read": cache_read, "cache_write_5m": 0, "cache_write_1h": 0}


def session(session_id: str, day: str, summary: str, **more: Any) -> Record:
    started = more.pop("started_at", f"{day}T15:00:00.000Z")
    return {
        "id": f"{day}_{session_id[:8]}",
        "started_at": started,
        "ended_at": f"{day}T15:12:04.000Z",
        "summary": summary,
        "chat_count": 1,
        "commits": [],
        "session_id": session_id,
        "session_uid": f"claude:{session_id}",
        "schema_version": 1,
        "agent": "claude",
        "agent_version": "2.1.300",
        "repo": "example/repo",
        "domain": None,
        "branch": "main",
        "models": ["opus"],
        "usage": usage(900, 90),
        "usage_lower_bound": False,
        "cost": None,
        "parent": None,
        "updated_at": f"{day}T15:12:04.000Z",
        "deriver": 1,
        "rev": 9,
        **more,
    }


def chat(number: int, session_id: str, day: str, input: str, output: str, **more: Any) -> Record:
    return {
        "id": f"chat-{day.replace('-', '')}-1500{number:02d}-abc{number:03d}",
        "timestamp": f"{day}T15:00:{number:02d}.000Z",
        "session_id": session_id,
        "input": input,
        "output": output,
        "tools": ["Edit"],
        "files": ["src/x.py"],
        "branch": "main",
        "model": "opus",
        "usage": usage(1000, 200, 10_000),
        "usage_lower_bound": False,
        "duration_ms": 45_000,
        "status": "complete",
        "commits": [],
        "uuid": f"uuid-{day}-{number}",
        "origin": "prompt",
        "updated_at": f"{day}T15:01:{number:02d}.000Z",
        "deriver": 1,
        "rev": 4,
        **more,
    }


def action(id: str, of: Record, tool: str, target: str, status: str = "ok", **more: Any) -> Record:
    return {
        "id": id,
        "timestamp": of["timestamp"],
        "session_id": of["session_id"],
        "chat_id": of["id"],
        "tool": tool,
        "target": target,
        "ok": {"ok": True, "pending": None}.get(status, False),
        "duration_ms": 12,
        "summary": f"{tool} {target}",
        "status": status,
        "updated_at": of["updated_at"],
        "deriver": 1,
        "rev": 2,
        **more,
    }


def batch(id: str, of: Record, agents: list[Record]) -> Record:
    return {
        "id": id,
        "timestamp": of["timestamp"],
        "session_id": of["session_id"],
        "chat_id": of["id"],
        "execution": "parallel",
        "agents": agents,
        "depth": 1,
        "updated_at": of["updated_at"],
        "deriver": 1,
        "rev": 2,
    }


def commit(sha: str, day: str, subject: str, session_id: str | None = None, **more: Any) -> Record:
    return {
        "id": sha,
        "timestamp": f"{day}T15:05:00.000Z",
        "author": "A Tester",
        "subject": subject,
        "branch": "main",
        "parents": [],
        "files": [{"path": "src/x.py", "insertions": 3, "deletions": 1}],
        "insertions": 3,
        "deletions": 1,
        "session_id": session_id,
        "updated_at": f"{day}T15:05:00.000Z",
        "deriver": 1,
        "rev": 1,
        **more,
    }


def write_part(root: Path, records: dict[str, list[Record]], name: str = "20261120/150332Z-7f3a9c") -> Path:
    """A published part of these records, as a commit would carry it, in a work tree."""
    folder = root / ".git-ml" / "tracked" / "live" / name
    folder.mkdir(parents=True, exist_ok=True)
    for stream, members in records.items():
        lines = (json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n" for record in members)
        (folder / f"{stream}.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


def write_config(root: Path, text: str = "") -> None:
    (root / ".git-ml").mkdir(exist_ok=True)
    (root / ".git-ml" / "config.toml").write_text(text)


def story() -> dict[str, list[Record]]:
    """Two sessions, one of them with tool calls, sub-agents and a commit."""
    one = chat(
        1,
        ALPHA,
        "2026-11-20",
        "Make the parser strict.\nIt eats anything.",
        "It refuses rubbish now.",
        commits=[SHA_ONE[:7]],
    )
    two = chat(
        2,
        ALPHA,
        "2026-11-20",
        "Does it still take empty files?",
        "Yes, as before.",
        tools=[],
        files=[],
        usage_lower_bound=True,
        status="interrupted",
        duration_ms=2_500,
    )
    other = chat(3, BETA, "2026-11-19", "Write the notes.", "Done.", model="sonnet")
    agent = {
        "id": "a1",
        "type": "Explore",
        "model": "haiku",
        "tools": 12,
        "tokens": 900,
        "usage": usage(500, 70),
        "duration_ms": 8_000,
        "ok": True,
    }
    return {
        "sessions": [
            session(ALPHA, "2026-11-20", "Make the parser strict", chat_count=2, commits=[SHA_ONE[:7]]),
            session(BETA, "2026-11-19", "Write the notes", branch="docs/notes"),
        ],
        "chats": [one, two, other],
        "actions": [
            action("toolu_01", one, "Read", "src/x.py"),
            action("toolu_02", one, "Edit", "src/x.py"),
            action("toolu_03", one, "Bash", "pytest -q", "error"),
            action("toolu_04", one, "Grep", "strict", agent_id="a1"),
        ],
        "orchestration": [batch("orch-1", one, [agent, {**agent, "id": "a2", "ok": False}])],
        "commits": [
            commit(SHA_ONE, "2026-11-20", "parser: refuse what is no JSON", ALPHA),
            commit(SHA_TWO, "2026-11-18", "start"),
        ],
        "lifecycle": [
            {
                "id": f"{BETA}-analyzed",
                "timestamp": "2026-11-19T16:00:00.000Z",
                "session_id": BETA,
                "from": "raw",
                "to": "analyzed",
                "by": "sync",
                "notes": None,
            },
        ],
    }
