"""What the client notes of a turn and of the session."""

from gitml.agents.fields import count, known, mapping, text
from gitml.agents.names import short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.grok.events import Fact, Told

    Memory = dict[str, Any]


def _turn(told: "Told", memory: "Memory") -> "list[Fact]":
    """The end of a turn: what it cost, sub-agents in the foreground included, how long it took, how it ended."""
    update = told.update
    made = [] if told.free else _spent(mapping(update.get("usage")), told)
    if (took := count(update.get("elapsed_ms"))) is not None:
        made.append(("system", {"subtype": "turn_duration", "duration_ms": took}))
    if update.get("stop_reason") == "cancelled":
        made.append(("user", {"text": "", "origin": "interrupt", "images": 0}))
    if update.get("stop_reason") in ("error", "rate_limit"):
        category = "rate_limit" if update["stop_reason"] == "rate_limit" else "unknown"
        made.append(("error", {"category": category, "text": text(update.get("agent_result"))}))
    return made


def _spent(usage: "dict[str, Any]", told: "Told") -> "list[Fact]":
    if count(usage.get("inputTokens")) is None:
        return []
    models = list(mapping(usage.get("modelUsage")))
    shared = {
        "response": f"turn {text(told.update.get('prompt_id')) or told.response}",
        "usage": _usage(usage),
        **known(model=models[0] if len(models) == 1 else ""),
        **({} if usage.get("usageIsIncomplete") is True else {"final": True}),
    }
    return [("assistant", {"text": "", **shared})]


def _usage(usage: "dict[str, Any]") -> "dict[str, int]":
    """USAGE_KEYS: ``inputTokens`` is the whole prompt, with what was read from the cache and what was written to it;
    ``outputTokens`` holds the reasoning."""
    given, read, written = (
        count(usage.get(key)) or 0 for key in ("inputTokens", "cachedReadTokens", "cacheCreationTokens")
    )
    return {
        "input": max(0, given - read - written),
        "output": count(usage.get("outputTokens")) or 0,
        "cache_read": read,
        "cache_write_5m": written,
        "cache_write_1h": 0,
    }


def _title(told: "Told", memory: "Memory") -> "list[Fact]":
    said = text(told.update.get("session_summary"))
    return [("summary", {"text": said, "source": "title"})] if said else []


def _compacted(told: "Told", memory: "Memory") -> "list[Fact]":
    return [("compaction", {"trigger": "auto" if told.update.get("auto_continue") else "unknown"})]


def _failed(told: "Told", memory: "Memory") -> "list[Fact]":
    update = told.update
    kind = update.get("type")
    if kind not in ("retrying", "exhausted", "failed"):
        return []
    category = "rate_limit" if update.get("is_rate_limited") is True else short(update.get("error_type")) or "unknown"
    said = text(update.get("reason")) or text(update.get("message"))
    return [("error", {"category": category, "text": said, **({"retry": True} if kind == "retrying" else {})})]


def _rewound(told: "Told", memory: "Memory") -> "list[Fact]":
    return [("system", {"subtype": "rewind"})]


FACTS: "Any" = {
    "turn_completed": _turn,
    "session_summary_generated": _title,
    "compaction_checkpoint": _compacted,
    "retry_state": _failed,
    "rewind_marker": _rewound,
}
