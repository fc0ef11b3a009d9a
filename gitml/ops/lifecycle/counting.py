"""How many sessions are in which stage."""

from __future__ import annotations

from collections import Counter

from gitml.ops.lifecycle.safety import Safety
from gitml.ops.lifecycle.stages import STAGES


def counts(safety: Safety) -> dict[str, int]:
    """Keys: total_sessions, raw_count … implemented_count, safe_to_cleanup_count."""
    ids = [str(record.get("session_id")) for record in safety.sessions]
    stages = Counter(safety.of(session_id).stage for session_id in ids)
    found = {"total_sessions": len(ids)} | {f"{stage}_count": stages[stage] for stage in STAGES}
    return found | {"safe_to_cleanup_count": sum(not safety.against(record) for record in safety.sessions)}
