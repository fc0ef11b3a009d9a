"""The stages, and the records that move a session from one to the next.

``evicted``, ``data_loss`` and ``tombstone`` are facts told in the same stream, and no stages. The hook path imports
this once a session.
"""

from gitml.errors import BadUsage
from gitml.model.digest import hexhash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.config import Config

    Record = dict[str, Any]

STAGES = ("raw", "analyzed", "insights_generated", "implemented")
"""In their order. A session that no record speaks of is ``raw``."""
AUTOMATIC = "gitml"
"""Who moved a session that nobody moved by hand."""


def rank(stage: object) -> int:
    """The place of a stage in their order; -1 for what is none."""
    return STAGES.index(stage) if isinstance(stage, str) and stage in STAGES else -1


def check(stage: str) -> str:
    """The stage. Raises BadUsage for a word that is none."""
    if stage not in STAGES:
        raise BadUsage(f"`{stage}` is no stage", hint=f"one of {', '.join(STAGES)}")
    return stage


def configured(config: "Config", key: str) -> "list[str]":
    """The stages that the config lists under ``key``. Raises BadUsage for a word that is none."""
    named = [str(stage) for stage in config.get(key)]
    for stage in named:
        if stage not in STAGES:
            raise BadUsage(f"{key}: `{stage}` is no stage", hint=f"one of {', '.join(STAGES)}")
    return named


def automatic(session_id: str, before: "str | None", to: str, now: str) -> "Record":
    """A transition that gitml makes itself. Its id is made of session and stage: of several clones' the earliest
    counts. ``now`` is a normal timestamp."""
    return _record(automatic_id(session_id, to), now, session_id, before, to, AUTOMATIC, None)


def automatic_id(session_id: str, to: str) -> str:
    """The id of such a transition."""
    return f"stage-{to}-{session_id}"


def by_hand(session_id: str, before: "str | None", to: str, now: str, by: str, notes: str, forced: bool) -> "Record":
    """A transition that somebody asked for; its time is in its id. ``forced``: it skips a stage or goes back."""
    made = f"stage-{to}-{now}-{hexhash(f'{session_id} {before} {by} {notes}', 12)}"
    record = _record(made, now, session_id, before, to, by, notes or None)
    return {**record, "forced": True} if forced else record


def _record(
    id: str, now: str, session_id: str, before: "str | None", to: str, by: str, notes: "str | None"
) -> "Record":
    return {"id": id, "timestamp": now, "session_id": session_id, "from": before, "to": to, "by": by, "notes": notes}
