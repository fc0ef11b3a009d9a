"""A clone with whole records, and ``verify`` run on it in this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from support.riding import LIVE, Clone

from gitml.ops.verifying import checks, repair
from gitml.ops.verifying.checks import Verified
from gitml.ops.verifying.repair import Repaired
from gitml.ops.verifying.secrets import secrets
from gitml.redact.gate import seal
from gitml.store import spool
from gitml.store.fold import fold

NOW = 1795177500.0
"""2026-11-20T12:25:00Z"""
QUICK = frozenset([secrets])


def a_chat(number: int | str, **more: Any) -> dict[str, Any]:
    """A chat that fits its schema."""
    return {
        "id": f"chat-20261120-150332-{number:0>6}", "timestamp": "2026-11-20T15:03:32.000Z", "session_id": "s1",
        "input": f"prompt {number}", "output": "done", "tools": [], "files": [], "uuid": f"uuid-{number}", **more,
    }  # fmt: skip


def line(record: dict[str, Any]) -> bytes:
    """A record as gitml writes it, with its newline."""
    return seal("chats", record).data + b"\n"


def record(clone: Clone, *numbers: int | str, **more: Any) -> None:
    """Put chats into the spool."""
    spool.append(clone.context.layout, [seal("chats", a_chat(number, **more)) for number in numbers])


def commit(clone: Clone, *numbers: int | str) -> list[Path]:
    """Commit chats; the stream files of the parts that carry them."""
    before = set(clone.files())
    record(clone, *numbers)
    clone.change("a.txt", f"{numbers}\n")
    clone.git("commit", "-q", "-m", "work")
    clone.settled()
    return [clone.root / LIVE / name for name in clone.files() if name not in before]


def verify(clone: Clone, *, quick: bool = True) -> Verified:
    """What ``gitml verify`` finds."""
    return checks.verify(checks.subject(str(clone.root)), leave_out=QUICK if quick else frozenset())


def mend(clone: Clone) -> Repaired:
    """``gitml verify --repair``"""
    subject = checks.subject(str(clone.root))
    return repair.apply(subject, checks.verify(subject, leave_out=QUICK), NOW, QUICK)


def damage(verified: Verified) -> list[str]:
    """Its damage, as short texts: check, path, line, what."""
    found = [one for one in verified.findings if one.severity == "damage"]
    return [f"{one.check} {one.path}:{one.line} {one.says}" for one in found]


def numbers(clone: Clone) -> list[str]:
    """The prompts that the fold gives out, by their numbers."""
    found = fold(clone.context.layout, "chats").records()
    return sorted(str(record.get("input")).removeprefix("prompt ") for record in found)


def letters(clone: Clone) -> list[dict[str, Any]]:
    """The dead letters."""
    files = sorted(Path(clone.context.layout.dlq).glob("*.jsonl"))
    return [json.loads(text) for file in files for text in file.read_text().splitlines()]
