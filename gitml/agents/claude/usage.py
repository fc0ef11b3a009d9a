"""Tokens of a response, and the key that makes its several records one."""

from gitml.agents.fields import count, known, mapping, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SYNTHETIC = "<synthetic>"


def response(record: "dict[str, Any]", message: "dict[str, Any]") -> "dict[str, Any]":
    """The RESPONSE keys of a record. The client's own synthetic messages have neither model nor usage."""
    made = known(response=key(record, message))
    if text(message.get("model")) == SYNTHETIC:
        return made
    numbers = message.get("usage")
    return {
        **made,
        **known(model=text(message.get("model")), stop_reason=text(message.get("stop_reason"))),
        **({"usage": usage(numbers), **known(speed=speed(numbers))} if isinstance(numbers, dict) else {}),
    }


def key(record: "dict[str, Any]", message: "dict[str, Any]") -> str:
    """What all records of one response share.

    ``message.id`` if it is one of the API's own. A proxy gave every chunk an id of its own below one ``requestId``
    (489 requests), and another no ``requestId`` at all (970 ids).
    """
    own, request = text(message.get("id")), text(record.get("requestId"))
    return own if own.startswith("msg_") else request or own or text(record.get("uuid"))


def speed(numbers: "dict[str, Any]") -> str:
    """How fast a response was asked for, where that has a price of its own; "" at the standard one."""
    found = text(numbers.get("speed"))[:20]
    return "" if found == "standard" else found


def usage(numbers: "dict[str, Any]") -> "dict[str, int]":
    """USAGE_KEYS of the API's numbers. ``iterations`` repeat the total and are not added; input excludes the cache."""
    made = count(numbers.get("cache_creation_input_tokens")) or 0
    split = mapping(numbers.get("cache_creation"))
    hour = count(split.get("ephemeral_1h_input_tokens")) or 0
    five = count(split.get("ephemeral_5m_input_tokens")) or 0
    return {
        "input": count(numbers.get("input_tokens")) or 0,
        "output": count(numbers.get("output_tokens")) or 0,
        "cache_read": count(numbers.get("cache_read_input_tokens")) or 0,
        "cache_write_5m": five if five or hour else made,  # before 1.0.80 there was no split, and no other kind
        "cache_write_1h": hour,
    }
