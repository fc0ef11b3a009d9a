"""Sessions of this repository that were on the machine before gitml was."""

from __future__ import annotations

from gitml.agents.base import Source
from gitml.agents.registry import adapter
from gitml.errors import GitmlError
from gitml.ops.context import Context
from gitml.ops.record.ingest import sync_session
from gitml.ops.record.sync import earlier_sessions

Found = list[tuple[Source, int]]


def find(context: Context) -> Found:
    """Each with its size in bytes; those already taken in are not among them."""
    return earlier_sessions(context)


def total(found: Found) -> int:
    """Bytes of all."""
    return sum(size for _, size in found)


def take(context: Context, found: Found) -> tuple[int, list[str]]:
    """Record them. Returns how many were, and what failed."""
    failures = []
    for source, _ in found:
        try:
            sync_session(context, adapter(source.agent), source)
        except (GitmlError, OSError) as error:
            failures.append(f"{source.uid}: {error}")
    return len(found) - len(failures), failures
