"""Which strings of Claude Code's records are no words."""

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
