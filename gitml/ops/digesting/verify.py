"""Whether a digest can be relied on: what deletes a transcript asks this first."""

from __future__ import annotations

from typing import Any

from gitml.derive.digests.outcome import OUTCOMES
from gitml.derive.digests.shape import BASES
from gitml.derive.digests.shrink import LIMIT
from gitml.model.events import USAGE_KEYS
from gitml.model.jsonl import encode

Record = dict[str, Any]
_KINDS: dict[str, tuple[type, ...]] = {
    "tools": (dict,),
    "mcp": (dict,),
    "models": (dict,),
    "snippets": (list,),
    "files": (list,),
    "commits": (list,),
    "agents": (list,),
    "errors": (int,),
    "retries": (int,),
    "interventions": (int,),
    "rev": (int,),
}


def flaw(digest: Record | None, session: Record, raw: Record | None = None) -> str:
    """Why the digest does not stand for the session; "" where it does.

    ``raw`` {raw_bytes, raw_sha256} of the raw copy that is kept, where there is one: the digest must be of that one.
    """
    if digest is None:
        return "it has no digest"
    if digest.get("id") != session.get("session_uid") or digest.get("session_id") != session.get("session_id"):
        return "its digest is of another session"
    if len(encode(digest)) > LIMIT or not _shaped(digest):
        return "its digest is damaged"
    if str(digest.get("updated_at") or "") < str(session.get("updated_at") or ""):
        return "it went on after its digest was made"
    if raw is not None and any(digest.get(key) != value for key, value in raw.items()):
        return "its digest is not of the raw copy that is kept"
    return ""


def _shaped(digest: Record) -> bool:
    usage = digest.get("usage")
    return (
        digest.get("outcome") in OUTCOMES
        and digest.get("basis") in BASES
        and isinstance(usage, dict)
        and all(isinstance(usage.get(key), int) for key in USAGE_KEYS)
        and all(isinstance(digest.get(key), kinds) for key, kinds in _KINDS.items())
    )
