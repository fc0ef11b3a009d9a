"""What Codex's records look like, and which strings of them are no words."""

import re

from gitml.agents import parse
from gitml.agents import texts as all_texts
from gitml.agents.fields import mapping
from gitml.model import jsonl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.base import Text

TYPES = (
    "session_meta",
    "response_item",
    "event_msg",
    "turn_context",
    "compacted",
    "world_state",
    "token_usage_record",
)
AHEAD = ("turn_context", "world_state")
STARTS = ("task_started", "turn_started", "thread_settings_applied")

NO_WORDS = frozenset(
    {
        "timestamp",
        "type",
        "id",
        "call_id",
        "turn_id",
        "role",
        "model",
        "model_provider",
        "originator",
        "cli_version",
        "commit_hash",
        "thread_id",
        "session_id",
        "root_turn_id",
        "response_id",
        "encrypted_content",
    }
)


def is_record(value: "dict[str, Any]") -> bool:
    """Whether an object is a line of a rollout, as far as its envelope tells."""
    return value.get("type") in TYPES and isinstance(value.get("payload"), dict)


def is_ahead(record: "dict[str, Any]") -> bool:
    """Whether a record stands before the prompt it belongs to: the turn's own, and what is put beside the prompt."""
    payload = mapping(record.get("payload"))
    if record.get("type") == "response_item":
        return payload.get("type", "message") == "message" and payload.get("role") in ("user", "developer")
    return record.get("type") in AHEAD or payload.get("type") in STARTS


FORM = parse.Form(re.compile(r'\{"(?:timestamp|type|payload)":'), is_record)
"""How records begin; inside a string the quotes would be escaped."""


def objects(line: bytes) -> "tuple[list[dict[str, Any]], str]":
    """``gitml.agents.parse.objects`` of a line of Codex's."""
    return parse.objects(line, FORM)


def texts(records: "list[dict[str, Any]]") -> "list[Text]":
    """Every text of a line's records; of arguments and outputs that are JSON in a string, what is in it."""
    return all_texts.texts([_opened(record) for record in records], NO_WORDS)


def _opened(record: "dict[str, Any]") -> "dict[str, Any]":
    payload = mapping(record.get("payload"))
    inner = {key: decoded(payload.get(key)) for key in ("arguments", "output")}
    return {**record, "payload": {**payload, **{key: value for key, value in inner.items() if value}}}


def decoded(value: object) -> "dict[str, Any]":
    """The object that a string holds as JSON, or that the value is; {} where it is none."""
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        try:
            value = jsonl.decode(value.encode("utf-8", "surrogatepass"))
        except (ValueError, RecursionError):
            return {}
    return mapping(value)
