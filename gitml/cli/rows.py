"""A session as one row of a table."""

from __future__ import annotations

from typing import Any

from gitml.cli.text import duration, moment, one_line, short_number

HEADER = ["session", "started", "took", "chats", "commits", "tokens", "cost", "branch", "summary"]
RIGHT = frozenset({"took", "chats", "commits", "tokens", "cost"})


def cells(row: dict[str, Any], header: list[str]) -> list[str]:
    """The cells of one row of ``ops.sessions.overview``, for these columns."""
    tokens = ("≥" if row["usage_lower_bound"] else "") + short_number(row["tokens"]) if row["tokens"] else ""
    known = {
        "session": one_line(row["id"]),
        "started": moment(row["started_at"]),
        "took": duration(row["duration_ms"]),
        "chats": str(row["chats"]),
        "commits": str(len(row["commits"])) if row["commits"] else "",
        "tokens": tokens,
        "cost": f"${row['cost']:.2f}" if row["cost"] is not None else "",
        "branch": one_line(row["branch"]),
        "summary": one_line(row["summary"]),
    }
    return [known[name] for name in header]
