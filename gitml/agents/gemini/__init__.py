"""Gemini CLI: its chats, as one JSON document each or, from 2026 on, as JSONL."""

from gitml.agents.gemini.adapter import Gemini

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.agents.base import Adapter

ADAPTER: "Adapter" = Gemini()
