"""Tokens: totals that grow, told again and again. 1,537 of 3,101 records repeat the one before."""

from gitml.agents.fields import count, mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.memory import Memory

KEYS = ("input_tokens", "cached_input_tokens", "cache_write_input_tokens", "output_tokens", "total_tokens")


def recorded(payload: "dict[str, Any]", memory: "Memory") -> "dict[str, int] | None":
    """USAGE_KEYS of one response, as versions from some 0.150 on tell them; None where that says nothing.

    They repeat them in their next record of totals, which then says nothing new. Where the thread's own total stands
    still, so does this record. The response's id is no help: other servers than OpenAI's give all the same.
    """
    stated, thread = payload.get("usage"), _numbers(mapping(payload.get("thread_token_usage")))
    if not isinstance(stated, dict) or (thread[4] and thread == memory.now["thread"]):
        return None
    memory.now["recorded"], memory.now["thread"] = True, thread
    return _usage(_numbers(stated))


def spent(payload: "dict[str, Any]", memory: "Memory") -> "dict[str, int] | None":
    """USAGE_KEYS of what was added since the last record; None where nothing was.

    ``input`` excludes what the cache had or took; reasoning is within ``output``. Added up over a file it is the final
    total; where another count began, as in sessions that were resumed up to 0.77, the sum of both.
    """
    info = mapping(payload.get("info"))
    stated = info.get("total_token_usage")
    if not isinstance(stated, dict):
        return None  # rate limits alone (27 of 3,101)
    now, before = _numbers(stated), memory.now["totals"]
    if len(before) != len(now) or _begins(now, before, info.get("last_token_usage")):
        before = [0] * len(now)
    added = [max(0, one - other) for one, other in zip(now, before, strict=True)]
    memory.now["totals"] = [max(one, other) for one, other in zip(now, before, strict=True)]
    told, memory.now["recorded"] = memory.now["recorded"], False
    return _usage(added) if any(added[:4]) and not told else None


def _begins(now: "list[int]", before: "list[int]", last: object) -> bool:
    """Whether another count has begun: the total fell, or is all of the last response's though there was more."""
    if now[4] < before[4]:
        return True
    first = _numbers(last) if isinstance(last, dict) else []
    return first == now and before[4] > 0 and now != before and before[4] + first[4] != now[4]


def _usage(numbers: "list[int]") -> "dict[str, int]":
    """Codex tells no time to live of what was written to the cache; the shorter one stands for all."""
    uncached, cached, written, output, _ = numbers
    return {"input": uncached, "output": output, "cache_read": cached, "cache_write_5m": written, "cache_write_1h": 0}


def _numbers(stated: "dict[str, Any]") -> "list[int]":
    whole, cached, written, output, total = (count(stated.get(key)) or 0 for key in KEYS)
    return [max(0, whole - cached - written), cached, written, output, total or whole + output]
