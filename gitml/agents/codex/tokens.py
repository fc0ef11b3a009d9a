"""Tokens: totals that grow, told again and again. 1,537 of 3,101 records repeat the one before."""

from gitml.agents.fields import count, mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.memory import Memory

KEYS = ("input_tokens", "cached_input_tokens", "output_tokens", "total_tokens")


def spent(payload: "dict[str, Any]", memory: "Memory") -> "dict[str, int] | None":
    """USAGE_KEYS of what was added since the last record; None where nothing was.

    ``input`` excludes what came from the cache; reasoning is within ``output``. Added up over a file it is the final
    total. Where a total falls, another count has begun, and all of it is new.
    """
    info = mapping(payload.get("info"))
    stated = info.get("total_token_usage")
    if not isinstance(stated, dict):
        return None  # rate limits alone (27 of 3,101)
    now, before = _numbers(stated), memory.now["totals"]
    if len(before) != len(now) or now[3] < before[3]:
        before = [0, 0, 0, 0]
    added = [max(0, one - other) for one, other in zip(now, before, strict=True)]
    memory.now["totals"] = [max(one, other) for one, other in zip(now, before, strict=True)]
    if not any(added[:3]):
        return None
    return {"input": added[0], "output": added[2], "cache_read": added[1], "cache_write_5m": 0, "cache_write_1h": 0}


def _numbers(stated: "dict[str, Any]") -> "list[int]":
    whole, cached, output, total = (count(stated.get(key)) or 0 for key in KEYS)
    return [max(0, whole - cached), cached, output, total or whole + output]
