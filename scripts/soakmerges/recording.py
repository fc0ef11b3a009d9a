"""Steps that record something."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from support.transcript import Transcript

from gitml.git.worktrees import living
from gitml.redact.gate import seal
from gitml.store import spool
from soakmerges.git import start
from soakmerges.kinds import step
from soakmerges.model import folder_held, lines_held
from soakmerges.world import CLONES, Broken, Tree

DAY = 86_400.0
BEGUN = 1_790_000_000
"""Seconds since 1970, in September 2026: when the first chat began. Copies of a record all say when it began."""

MOST_DAYS = 70
"""How far back records go: over several closed months, and to both sides of compaction's fourteen days."""


@step(26)
def say(tree: Tree) -> None:
    """A turn of a session, put straight into the spool: new chats, or an earlier one that grew."""
    now = time.time() - (tree.rng.randrange(MOST_DAYS) * DAY if tree.round.chance(0.5) else 0)
    number = tree.round.next()
    session = f"session-{tree.clone.name}-{number % 5}"
    records = [("chats", _chat(tree, number, now)), ("sessions", _session(tree, session, now))]
    if tree.round.chance(0.3):
        records.append(("actions", _action(tree, number, session, now)))
    sealed = [seal(stream, record) for stream, record in records]
    spool.append(tree.context.layout, sealed, now=now)
    for line in sealed:
        tree.clone.model.saw(lines_held(line.stream, [line.data]))
    tree.note(f"say {number} {session}")


@step(4)
def talk(tree: Tree) -> None:
    """A turn as the agent writes it: the transcript grows, its Stop hook runs."""
    number = tree.round.next()
    made = Transcript(f"{tree.round.rng.getrandbits(32):08x}-0000-4000-8000-{number:012x}", str(tree.root), number)
    for turn in range(tree.rng.randrange(1, 4)):
        made.prompt(f"do step {number}.{turn}")
        (call,) = made.uses(("Edit", {"file_path": str(tree.root / "one.txt"), "old_string": "a"}))
        made.result(call)
        made.says("done")
    path = made.write(Path(os.environ["CLAUDE_CONFIG_DIR"]) / "projects")
    event = {
        "hook_event_name": "Stop", "session_id": made.session_id, "transcript_path": str(path), "cwd": str(tree.root),
        "stop_hook_active": False,
    }  # fmt: skip
    ended = start(tree.root, "gitml", "hook", "claude", input=json.dumps(event), CLAUDE_PROJECT_DIR=str(tree.root))
    tree.note(f"talk {number}", ended)
    prompts = {record["uuid"] for record in map(json.loads, made.lines) if _is_prompt(record)}
    recorded = {key for stream, key in folder_held(tree.clone.local / "spool" / tree.context.where.name)}
    if not prompts <= recorded:
        raise Broken(f"{tree.root.name}: the Stop hook returned, and {sorted(prompts - recorded)} are not in the spool")


def observe(tree: Tree) -> None:
    """Whatever is in a spool by now was recorded by a hook that returned."""
    for name in living(tree.context.where.common_dir) | {tree.context.where.name}:
        tree.clone.model.saw(folder_held(tree.clone.local / "spool" / name))


def _is_prompt(record: dict[str, Any]) -> bool:
    return record.get("type") == "user" and isinstance(record["message"]["content"], str)


def _chat(tree: Tree, number: int, now: float) -> dict[str, Any]:
    """A new chat, or a longer state of an earlier one, or a forked session's copy of it, mostly of this clone's."""
    kind = tree.rng.choice(["new", "new", "new", "longer", "copy"])
    of = number if kind == "new" else tree.rng.randrange(1, number + 1)
    who = tree.rng.choice(CLONES) if tree.round.chance(0.1) else tree.clone.name
    copied = kind == "copy"
    return {
        "id": f"chat-{who}-{of}{'-fork' if copied else ''}", "timestamp": _time(BEGUN + 60 * of + copied * DAY),
        "session_id": f"{'fork' if copied else 'session'}-{who}-{of % 5}",
        "input": f"prompt {of} " + "please " * tree.rng.randrange(9), "output": f"answer {number}",
        "tools": ["Edit"], "files": ["one.txt"], "uuid": f"uuid-{who}-{of}", "updated_at": _time(now),
        "deriver": 1, "rev": number,
    }  # fmt: skip


def _session(tree: Tree, session: str, now: float) -> dict[str, Any]:
    return {
        "id": f"2026-11-20_{session}", "started_at": "2026-11-20T10:00:00.000Z", "ended_at": _time(now),
        "summary": f"Of {session}", "session_id": session, "session_uid": f"claude:{session}", "updated_at": _time(now),
        "deriver": 1, "rev": tree.round.number,
    }  # fmt: skip


def _action(tree: Tree, number: int, session: str, now: float) -> dict[str, Any]:
    return {
        "id": f"toolu_{tree.clone.name}{number}", "timestamp": _time(now), "session_id": session,
        "tool": "Edit", "target": "one.txt", "ok": True, "updated_at": _time(now), "deriver": 1, "rev": 2,
    }  # fmt: skip


def _time(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))
