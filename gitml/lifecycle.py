"""The lifecycle of sessions, for programs that analyse them::

    from gitml.lifecycle import Stage, Tracker

    tracker = Tracker("path/to/repository")
    for session in tracker.get_sessions(Stage.RAW):
        ...
        tracker.mark_session(session, Stage.ANALYZED, notes="two flaky tests")

Nothing here raises: an analysis must not break because its bookkeeping did. What goes wrong is logged, as a warning of
the logger ``gitml.lifecycle``, and the answer is False or empty. ``gitml lifecycle`` does the same with exit codes.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from gitml.ops.context import Context
    from gitml.ops.lifecycle.safety import Safety

__all__ = ["Metadata", "Stage", "Tracker"]

_log = logging.getLogger("gitml.lifecycle")


class Stage(StrEnum):
    """The stages of a session, in their order. Each is also a plain text: ``Stage.RAW == "raw"``."""

    RAW = "raw"
    ANALYZED = "analyzed"
    INSIGHTS_GENERATED = "insights_generated"
    IMPLEMENTED = "implemented"


class Metadata(NamedTuple):
    """What is known of one session. Times are RFC 3339 in UTC, "" where the stage was not reached; ``session_file`` is
    the transcript's path, "" where it is not on this machine."""

    session_file: str
    lifecycle_stage: Stage
    created_at: str
    analyzed_at: str
    insights_generated_at: str
    implemented_at: str
    project_name: str
    insights_summary: str
    implementation_notes: str
    is_safe_to_cleanup: bool


T = TypeVar("T")


class Tracker:
    """The sessions of the repository that holds ``folder``.

    ``session`` is wherever it is asked for the session's id, the unique beginning of it, its session_uid, or the path
    of its transcript.
    """

    def __init__(self, folder: str | os.PathLike[str] = ".") -> None:
        self.folder = os.fspath(folder)

    def get_lifecycle_stats(self) -> dict[str, int]:
        """Keys: total_sessions raw_count analyzed_count insights_generated_count implemented_count
        safe_to_cleanup_count. All 0 where it failed."""

        def counted() -> dict[str, int]:
            from gitml.ops.lifecycle.counting import counts

            return counts(self._safety())

        names = ("total_sessions", *(f"{stage}_count" for stage in Stage), "safe_to_cleanup_count")
        return self._quietly("stats", counted, dict.fromkeys(names, 0))

    def mark_session(
        self, session: str | os.PathLike[str], stage: Stage | str, notes: str = "", *, force: bool = False, by: str = ""
    ) -> bool:
        """Move a session one stage forward; with ``force`` to any stage, and the record says so.

        ``by`` is who did it: without it the agent in whose shell this runs, or git's user.name. True where the session
        is at that stage now, and that is durable; False, with the reason in the log, where it is not.
        """

        def marked() -> bool:
            from gitml.ops.lifecycle import marking

            context = self._context()
            session_id = self._named(context, session)
            record = marking.plan(context, session_id, str(stage), time.time(), notes=notes, force=force, by=by)
            if record is not None:
                marking.apply(context, record)
            return True

        return self._quietly(f"mark {os.fspath(session)}", marked, False)

    def get_sessions(self, stage: Stage | str) -> list[str]:
        """Ids of the sessions that stand at a stage, oldest first. Empty where it failed."""

        def standing() -> list[str]:
            from gitml.ops.lifecycle.stages import check

            wanted, safety = check(str(stage)), self._safety()
            ids = [str(record.get("session_id")) for record in safety.sessions]
            return [session_id for session_id in ids if safety.of(session_id).stage == wanted]

        return self._quietly(f"sessions {stage}", standing, [])

    def get_safe_to_cleanup_sessions(self) -> list[str]:
        """Ids of the sessions whose transcripts could go without a loss, oldest first. Empty where it failed."""

        def safe() -> list[str]:
            safety = self._safety()
            return [str(record.get("session_id")) for record in safety.sessions if not safety.against(record)]

        return self._quietly("safe", safe, [])

    def load_metadata(self, session: str | os.PathLike[str]) -> Metadata | None:
        """What is known of one session; None where it is not known, or that failed."""

        def loaded() -> Metadata:
            context = self._context()
            session_id = self._named(context, session)
            safety = self._safety()
            record = next((each for each in safety.sessions if each.get("session_id") == session_id), {})
            return _metadata(context, safety, {"session_id": session_id, **record})

        return self._quietly(f"load {os.fspath(session)}", loaded, None)

    def _context(self) -> Context:
        from gitml.ops.reading.current import open_current

        return open_current(self.folder)

    def _safety(self) -> Safety:
        from gitml.ops.lifecycle.safety import Safety

        return Safety(self._context(), time.time())

    def _named(self, context: Context, session: str | os.PathLike[str]) -> str:
        from gitml.ops.lifecycle.naming import session_named

        return session_named(context, os.fspath(session))

    def _quietly(self, what: str, action: Callable[[], T], otherwise: T) -> T:
        try:
            return action()
        except Exception as error:  # whatever it is: the analysis that called goes on
            _log.warning("%s: %s: %s", what, type(error).__name__, error)
            return otherwise


def _metadata(context: Context, safety: Safety, record: dict[str, Any]) -> Metadata:
    from gitml.ops.digesting.sources import source_of

    standing = safety.of(record["session_id"])
    found = source_of(context, record)
    return Metadata(
        session_file=found[1].path if found else "",
        lifecycle_stage=Stage(standing.stage),
        created_at=str(record.get("started_at") or ""),
        analyzed_at=standing.reached.get("analyzed", ""),
        insights_generated_at=standing.reached.get("insights_generated", ""),
        implemented_at=standing.reached.get("implemented", ""),
        project_name=str(record.get("repo") or ""),
        insights_summary=standing.notes.get("insights_generated", ""),
        implementation_notes=standing.notes.get("implemented", ""),
        is_safe_to_cleanup=not safety.against(record),
    )
