"""A chat: ``query``, ``response``, ``files_referenced``, ``files_modified``, ``tools_used``, ``related_commit``."""

from __future__ import annotations

from gitml.ops.migrating.shape.old import Old, Record, named

TIMES = ("timestamp", "created_at", "started_at", "time")


def shape(old: Old) -> Record:
    """The record without what every stream has. Which files were changed and which only read is carried along."""
    made: Record = {
        "session_id": old.text("session_id", "session") or "",
        "input": old.text("input", "query", "prompt", "user"),
        "output": old.text("output", "response", "answer", "assistant"),
        "tools": old.names("tools", "tools_used"),
        "files": _files(old),
    }
    commits = old.commits("commits", "related_commit")
    if commits:
        made["commits"] = commits
    uuid = old.take("uuid", "message_uuid", "prompt_uuid")
    if isinstance(uuid, str):
        made["uuid"] = uuid
    return made


def _files(old: Old) -> list[str]:
    own = old.names("files")
    return list(dict.fromkeys(own + named(old.look("files_modified"))[0] + named(old.look("files_referenced"))[0]))
