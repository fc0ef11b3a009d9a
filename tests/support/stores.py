"""A store in a temporary folder, without git: layouts, sealed lines, parts put in place by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from gitml.model.jsonl import encode
from gitml.model.sealed import Sealed
from gitml.store.layout import Layout

NOON = 1795176000.0
"""2026-11-20T12:00:00Z"""


def a_layout(folder: Path, worktree: str = "main") -> Layout:
    """The layout of a work tree ``folder``/work of a clone whose git directory is there too."""
    root = folder / "work"
    git_dir = root / ".git"
    git_dir.mkdir(parents=True, exist_ok=True)
    return Layout(str(root), str(git_dir), str(git_dir), worktree)


def sealed(stream: str, record: dict[str, Any]) -> Sealed:
    """A record as the gate gives it out."""
    return Sealed(encode(record), stream, str(record.get("id", "")))


def chat(number: int | str, session: str = "s1", **more: Any) -> dict[str, Any]:
    """A small chat record."""
    record = {"id": f"chat-{number}", "timestamp": "2026-11-20T12:00:00.000Z", "session_id": session, "input": "hello"}
    return record | more


def chats(numbers: Iterable[int | str]) -> list[Sealed]:
    """Small chats, sealed."""
    return [sealed("chats", chat(number)) for number in numbers]


def put_file(path: Path | str, *lines: bytes | dict[str, Any], end: bytes = b"\n") -> Path:
    """A stream file with these lines."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else encode(line) for line in lines) + end)
    return path


def files_below(folder: Path | str) -> dict[str, bytes]:
    """Every file below a folder: relative path to bytes."""
    base = Path(folder)
    return {str(path.relative_to(base)): path.read_bytes() for path in sorted(base.rglob("*")) if path.is_file()}


def ids(lines: Iterable[bytes]) -> list[str]:
    """The ids of lines, in their order."""
    return [json.loads(line)["id"] for line in lines]


CALLS = ("open", "write", "fsync", "rename", "mkdir", "unlink", "rmdir", "ftruncate", "utime", "close")


def run_until(action: Callable[[], object], step: int) -> bool:
    """Run ``action`` in a child that is killed before its ``step``-th system call that touches a file.

    A write is done by half before the kill. Returns whether the child was killed; False: it came to its end.
    """
    child = os.fork()
    if child == 0:
        _die_at(step)
        try:
            action()
        except BaseException:
            os._exit(3)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 9), f"the action failed by itself: {status}"
    return status == 9


def _die_at(step: int) -> None:
    left = step

    def wrap(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                if name == "write":
                    real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
                os._exit(9)
            return real(*arguments, **named)

        return call

    for name in CALLS:
        setattr(os, name, wrap(name, getattr(os, name)))
