"""Every text of a record that somebody wrote or some program printed; a secret may stand in any of them."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.agents.base import Text

NO_WORDS = frozenset(
    {
        "uuid",
        "parentUuid",
        "logicalParentUuid",
        "sessionId",
        "session_id",
        "messageId",
        "leafUuid",
        "promptId",
        "requestId",
        "timestamp",
        "type",
        "id",
        "tool_use_id",
        "toolUseID",
        "parentToolUseID",
        "sourceToolUseID",
        "sourceToolAssistantUUID",
        "agentId",
        "version",
        "userType",
        "role",
        "model",
        "stop_reason",
        "signature",
        "media_type",
        "base64",
    }
)
"""Keys whose value is an id, a time, a name of the client's own, or binary: 3 of 4 strings in real files."""
SHORTEST = 6
"""Characters. Nothing shorter is taken for a secret wherever it stands."""


def texts(records: "list[dict[str, Any]]") -> "list[Text]":
    """(key, text) of a line's records, each text once, in the order they stand."""
    found: dict[str, str] = {}
    for record in records:
        _walk("", record, found)
    return [(key, text) for text, key in found.items()]


def _walk(key: str, value: "Any", found: "dict[str, str]") -> None:
    if isinstance(value, str):
        if len(value) >= SHORTEST and key not in NO_WORDS:
            found.setdefault(value, key)
    elif isinstance(value, dict):
        if value.get("type") != "base64":  # a pasted image or document
            for name, member in value.items():
                _walk(name, member, found)
    elif isinstance(value, list):
        for member in value:
            _walk(key, member, found)
