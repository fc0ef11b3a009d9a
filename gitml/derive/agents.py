"""What a batch says of each sub-agent, and the tokens of many conversations together."""

from gitml.derive.usage import add, empty
from gitml.model.times import millis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.derive.conversation import Conversation


def entry(call: "dict[str, Any]", run: "Conversation | None", kind: str) -> "dict[str, Any]":
    """One sub-agent of a batch. Tokens come from its own transcript; where there is none they are null, because what
    the tool's result states is the last response alone (3.4 M stated against 23.2 M summed over 60 agents).
    """
    known: dict[str, Any] = {
        "id": "",
        "tool_id": call["tool_id"],
        "type": call["type"] or kind,
        "model": call["model"],
        "tools": call["tools"],
        "tokens": None,
        "usage": None,
        "duration_ms": call["duration_ms"],
        "ok": call["ok"],
    }
    if run is None:
        return known
    known["id"] = run.agent_id
    known["model"] = run.models[-1] if run.models else call["model"]
    known["tools"] = run.tools
    known["usage"] = dict(run.meter.total)
    known["tokens"] = sum(run.meter.total.values())
    if known["duration_ms"] is None and run.started and run.latest:
        known["duration_ms"] = max(0, millis(run.latest) - millis(run.started))
    return known


def fold_usage(conversations: "list[Conversation]") -> "tuple[dict[str, int], bool]":
    """The tokens of all, and whether any response's number is a mid-stream value."""
    total = empty()
    for conversation in conversations:
        add(total, conversation.meter.total)
    return total, any(conversation.meter.open_ended > 0 for conversation in conversations)
