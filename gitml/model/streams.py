"""The streams, the order of their keys, and which version of a record wins.

The hook path imports this module: no typing, no dataclasses.
"""

TYPE_CHECKING = False  # importing typing costs the hook path 3 ms; type checkers read this name as true
if TYPE_CHECKING:
    from typing import Any

    Record = dict[str, Any]

SCHEMA_VERSION = 1
DERIVER_VERSION = 1
"""Raised whenever derivation changes what it makes of the same transcript."""

KEYS: "dict[str, tuple[str, ...]]" = {
    "commits": (
        "id",
        "timestamp",
        "author",
        "subject",
        "branch",
        "parents",
        "files",
        "insertions",
        "deletions",
        "session_id",
        "superseded_by",
        "updated_at",
        "deriver",
        "rev",
    ),
    "sessions": (
        "id",
        "started_at",
        "ended_at",
        "summary",
        "chat_count",
        "commits",
        "session_id",
        "session_uid",
        "schema_version",
        "agent",
        "agent_version",
        "repo",
        "domain",
        "branch",
        "models",
        "usage",
        "usage_lower_bound",
        "cost",
        "parent",
        "redacted",
        "updated_at",
        "deriver",
        "rev",
    ),
    "chats": (
        "id",
        "timestamp",
        "session_id",
        "input",
        "output",
        "tools",
        "files",
        "branch",
        "model",
        "usage",
        "usage_lower_bound",
        "duration_ms",
        "status",
        "commits",
        "uuid",
        "origin",
        "images",
        "truncated",
        "thinned",
        "updated_at",
        "deriver",
        "rev",
    ),
    "actions": (
        "id",
        "timestamp",
        "session_id",
        "chat_id",
        "tool",
        "target",
        "ok",
        "duration_ms",
        "summary",
        "status",
        "files",
        "agent_id",
        "updated_at",
        "deriver",
        "rev",
    ),
    "orchestration": (
        "id",
        "timestamp",
        "session_id",
        "chat_id",
        "execution",
        "agents",
        "depth",
        "updated_at",
        "deriver",
        "rev",
    ),
    "lifecycle": ("id", "timestamp", "session_id", "from", "to", "by", "notes", "forced", "stream", "target", "marks"),
    "digests": (
        "id",
        "timestamp",
        "session_id",
        "outcome",
        "evidence",
        "basis",
        "chats",
        "duration_ms",
        "active_ms",
        "cost",
        "unpriced",
        "usage",
        "usage_lower_bound",
        "models",
        "tools",
        "mcp",
        "errors",
        "failed",
        "retries",
        "interventions",
        "rejections",
        "compactions",
        "agents",
        "snippets",
        "files",
        "files_changed",
        "commits",
        "left_out",
        "raw_bytes",
        "raw_sha256",
        "forgotten",
        "updated_at",
        "deriver",
        "rev",
    ),
}
"""Key order a stream. Unknown keys follow, in the order they came."""

STREAMS = tuple(KEYS)

COPY_KEY = {"chats": "uuid", "actions": "id", "orchestration": "id"}
"""Resumed and forked sessions copy old records under new session ids and times (4,758 of 4,981 copies differ in
both). Versions of one record in one session: the newest wins. The same record in several sessions, told by this
key: the earliest wins."""

EARLIEST = frozenset({"lifecycle"})
"""Streams in which, of lines with one id, the earliest counts: two clones that come to the same transition by
themselves, under its one id, agree on when it was first seen. One by hand has its time in its id."""


def in_order(stream: str, record: "Record") -> "Record":
    """The record with the stream's keys in their documented order; unknown keys follow, untouched."""
    known = KEYS.get(stream, ())
    ordered = {key: record[key] for key in known if key in record}
    ordered.update((key, value) for key, value in record.items() if key not in ordered)
    return ordered


def rank(record: "Record", line: bytes) -> "tuple[str, int, int, int, bytes]":
    """What decides between two lines with one id; the greater wins, whatever the order they are read in.

    (latest time in the source, deriver version, how many source records went into it, how much is redacted, bytes);
    a thinned chat counts as redacted as its texts were, and loses against a whole one that is as much.
    The third settles what times cannot: in 596 of 1,691 real transcripts time goes backwards, so a later state of a
    chat can carry the same latest time as an earlier one.
    """
    updated = record.get("updated_at") or record.get("timestamp") or record.get("started_at")
    return (
        updated if isinstance(updated, str) else "",
        _int(record.get("deriver")),
        _int(record.get("rev")),
        _redacted(record, line),
        line,
    )


def _redacted(record: "Record", line: bytes) -> int:
    marks, thinned = line.count(b"[redacted:"), record.get("thinned")
    return 2 * marks + 1 if not isinstance(thinned, dict) else 2 * (marks + max(_int(thinned.get("redacted")), 0))


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0
