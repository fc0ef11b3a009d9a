"""A commit: ``hash``, ``message``, ``files_changed``, ``insertions``; its ``hunks`` are left out, for git has them."""

from __future__ import annotations

import re
from typing import Any

from gitml.ops.migrating.shape.old import Old, Record

TIMES = ("timestamp", "date", "committed_at", "authored_at")
HUNKS = "hunks"
_MAIL = re.compile(r"\s*<[^<>]*@[^<>]*>")


def shape(old: Old) -> Record:
    """The record without what every stream has. No e-mail; of the message what its first line does not say."""
    old.left.pop(HUNKS, None)
    message = old.text("message", "subject") or ""
    subject, _, body = message.partition("\n")
    made: Record = {
        "author": _MAIL.sub("", old.text("author", "author_name") or "").strip(),
        "subject": subject.strip(),
        "branch": old.text("branch"),
        "parents": old.names("parents"),
        "files": _files(old),
        "insertions": old.number("insertions"),
        "deletions": old.number("deletions"),
        "session_id": old.text("session_id"),
    }
    old.left.pop("author_email", None)
    old.left.pop("email", None)
    if body.strip():
        made["message"] = message
    return made


def _files(old: Old) -> list[Record]:
    value = old.take("files", "files_changed")
    listed = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    if value is not None and not listed and value != []:
        old.left["files_changed"] = value
    return [_file(one) for one in listed]


def _file(value: Any) -> Record:
    if isinstance(value, str):
        return {"path": value, "insertions": None, "deletions": None}
    if not isinstance(value, dict):
        return {"path": "", "as_given": value}
    path = next((value[key] for key in ("path", "file", "filename") if isinstance(value.get(key), str)), "")
    rest = {key: member for key, member in value.items() if key not in ("path", "file", "filename", HUNKS)}
    counts = {key: _count(rest.pop(key, None)) for key in ("insertions", "deletions")}
    return {"path": path, **counts, **rest}


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
