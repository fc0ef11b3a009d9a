"""What the client calls its files. A chat's name has eight characters of its session's id: the file must be asked."""

import re

from gitml.agents.names import is_plain

SESSION = re.compile(r"session-(?:(\d{4}-\d\d-\d\dT\d\d-\d\d)-)?([A-Za-z0-9_-]{1,180})\.jsonl?\Z")
"""``session-2026-01-10T02-08-faff42ab.json``. Checkpoints of `/chat save` (``checkpoint-*.json``), ``logs.json`` and
what tools printed have other names, or lie in other folders."""

LATER = re.compile(r"(.+)\.(\d{4}-\d\d-\d\dT\d\d-\d\d)\Z")

CHATS = "chats"
SHORT_ID = 8


def is_chat(name: str) -> bool:
    """Whether a file of that name may hold a session."""
    return SESSION.match(name) is not None


def minute(name: str) -> str:
    """When a file was begun, as its name has it; "" where it does not."""
    found = SESSION.match(name)
    return (found[1] or "") if found else ""


def stem(name: str) -> str:
    """The name without its suffix: a chat that goes on as JSONL keeps it."""
    return name.removesuffix(".jsonl").removesuffix(".json")


def short_id(session_id: str) -> str:
    """What names of the session's files end in."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", session_id)[:SHORT_ID]


def agent_of(name: str) -> str:
    """The sub-agent's id in the name of its file, or ""."""
    found = stem(name)
    return found if found != name and is_plain(found) else ""
