"""Records that are neither a person's nor a model's: system notes, titles, summaries."""

from gitml.agents.fields import count, known, mapping, text
from gitml.agents.names import short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.claude.state import State

    Fact = tuple[str, dict[str, Any]]

SUMMARIES = {
    "summary": ("summary", "summary"),
    "ai-title": ("aiTitle", "title"),
    "custom-title": ("customTitle", "title"),
    "last-prompt": ("lastPrompt", "last_prompt"),
}
"""Record type -> (key of its text, what the event's ``source`` says)."""

NOTICE = "notice"
"""The subtype given to the 45 records of 1.0.x and 2.0.x that have none."""

ERROR_DEPTH = 4
"""The API's error lies in the client's, in the library's: three deep at most so far."""


def summary(record: "dict[str, Any]") -> "list[Fact]":
    """A title or a summary. ``leaf`` is the record it sums up, in this file 334 times of 1,067."""
    name, source = SUMMARIES[record["type"]]
    said = text(record.get(name))
    return [("summary", {"text": said, "source": source, **known(leaf=text(record.get("leafUuid")))})] if said else []


def pull_request(record: "dict[str, Any]") -> "list[Fact]":
    """A pull request that the session made."""
    url = text(record.get("prUrl"))
    return [("system", {"subtype": "pr_link", "url": url})] if url else []


def facts(record: "dict[str, Any]", state: "State") -> "list[Fact]":
    """(kind, payload) of a system record."""
    subtype = short(record.get("subtype")) or NOTICE
    if subtype == "compact_boundary":
        state.boundary = True
        return [("compaction", _compaction(mapping(record.get("compactMetadata"))))]
    if subtype == "api_error":
        category, said = _error(record.get("error"))
        return [("error", {"category": category, "text": said, "retry": True})]
    return [("system", {"subtype": subtype, **known(duration_ms=count(record.get("durationMs")))})]


def _compaction(metadata: "dict[str, Any]") -> "dict[str, Any]":
    trigger = metadata.get("trigger")
    named = trigger if trigger in ("auto", "manual") else "unknown"
    return {"trigger": named, **known(pre_tokens=count(metadata.get("preTokens")))}


def _error(value: object) -> "tuple[str, str]":
    """(category, text) of the innermost error that says something."""
    category, said = "", text(value)
    for _ in range(ERROR_DEPTH):
        inner = mapping(value)
        named = short(inner.get("type"))
        category = named if named not in ("", "error") else category
        said = text(inner.get("message")) or said
        value = inner.get("error")
    return category or "unknown", said
