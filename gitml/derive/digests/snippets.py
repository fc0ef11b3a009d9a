"""The few words of a session that tell what it was about."""

from __future__ import annotations

from typing import Any

from gitml.derive.digests.outcome import FAILED

Record = dict[str, Any]
LENGTH = 400
ERRORS = 3


def snippets(chats: list[Record], actions: list[Record]) -> list[Record]:
    """[{kind, text}]: the first prompt, the last answer, the last few errors that differ; bounded."""
    first = next((str(chat["input"]) for chat in chats if chat.get("input")), "")
    last = next((str(chat["output"]) for chat in reversed(chats) if chat.get("output")), "")
    found = [("first_prompt", first), ("last_answer", last), *(("error", text) for text in _errors(chats, actions))]
    return [{"kind": kind, "text": cut(text, LENGTH)} for kind, text in found if text.strip()]


def _errors(chats: list[Record], actions: list[Record]) -> list[str]:
    told = [(str(chat.get("timestamp")), str(chat.get("output"))) for chat in chats if chat.get("status") == "error"]
    for action in actions:
        if action.get("status") in FAILED:
            text = f"{action.get('tool')} {action.get('target')}: {action.get('summary')}"
            told.append((str(action.get("timestamp")), text))
    told.sort(key=lambda item: item[0])
    return list(dict.fromkeys(text for _, text in reversed(told)))[:ERRORS]


def cut(text: str, length: int) -> str:
    """The text on one line, at most ``length`` characters, the cut shown by ``…``."""
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"
