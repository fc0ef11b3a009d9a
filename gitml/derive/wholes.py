"""The records that look at a whole session: itself, and its batches of sub-agents."""

from gitml.derive.agents import entry, fold_usage
from gitml.derive.naming import record_id
from gitml.model.streams import DERIVER_VERSION, SCHEMA_VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.derive.session import SessionDeriver


def batch_record(session: "SessionDeriver", batch_id: str, batch: "dict[str, Any]") -> "dict[str, Any]":
    """A batch as it stands, with what is known of each agent by now."""
    runs = [session.run_of(call["tool_id"]) for call in batch["calls"]]
    agents = [
        entry(call, run, session.types.get(run.agent_id, "") if run else "")
        for call, run in zip(batch["calls"], runs, strict=True)
    ]
    known = [run for run in runs if run is not None]
    return {
        "id": batch_id,
        "timestamp": batch["timestamp"],
        "session_id": batch["session_id"],
        "chat_id": batch["chat_id"],
        "execution": "parallel" if len(agents) > 1 else "sequential",
        "agents": agents,
        "depth": batch["depth"],
        "updated_at": max([batch["updated_at"], *(run.latest for run in known)]),
        "deriver": DERIVER_VERSION,
        "rev": batch["rev"] + sum(run.events for run in known),
    }


def internal_record(session: "SessionDeriver", agent_id: str) -> "dict[str, Any]":
    """A fork that the client started for itself, as a batch of its own: its tokens must be counted somewhere."""
    run = session.filed[agent_id]
    call = {"tool_id": "", "type": "", "model": "", "tools": None, "duration_ms": None, "ok": None}
    return {
        "id": f"orch-{agent_id}",
        "timestamp": run.started,
        "session_id": session.session_id,
        "chat_id": "",
        "execution": "sequential",
        "agents": [entry(call, run, session.types[agent_id])],
        "depth": 1,
        "updated_at": run.latest,
        "deriver": DERIVER_VERSION,
        "rev": run.events,
    }


def session_record(session: "SessionDeriver") -> "dict[str, Any]":
    """The session as it stands: the main conversation and all sub-agents together."""
    main, facts = session.main, session.facts
    runs = [*session.filed.values(), *(run for key, run in session.inline.items() if key not in session.filed)]
    usage, lower = fold_usage([main, *runs])
    models, commits = list(main.models), list(main.commits)
    for run in runs:
        models += [model for model in run.models if model not in models]
        commits += [sha for sha in run.commits if sha not in commits]
    answered = session.chat is not None and session.chat.answered
    return {
        "id": record_id(main.started, session.session_id),
        "started_at": main.started,
        "ended_at": main.latest,
        "summary": facts.get("title") or facts.get("first", ""),
        "chat_count": session.chat_count + answered,
        "commits": commits,
        "session_id": session.session_id,
        "session_uid": session.uid,
        "schema_version": SCHEMA_VERSION,
        "agent": session.agent,
        "agent_version": facts.get("version", ""),
        "repo": session.settings.repo,
        "domain": session.settings.domain,
        "branch": facts.get("branch", ""),
        "models": models,
        "usage": usage,
        "usage_lower_bound": lower,
        "cost": None,
        "parent": facts.get("parent"),
        "updated_at": max([main.latest, *(run.latest for run in runs)]),
        "deriver": DERIVER_VERSION,
        "rev": main.events + sum(run.events for run in runs),
    }
