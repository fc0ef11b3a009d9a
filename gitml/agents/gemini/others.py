"""Messages that are no model's: a person's, and notes of the client."""

from gitml.agents.fields import text
from gitml.agents.gemini.content import said_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.agents.gemini.events import Fact, Record

CLIENTS = ("<session_context>", "<hook_context>", "System: Please continue.")
"""How texts begin that the client puts there in the user's name."""
COMMANDS = ("/", "?")
CANCELLED = ("Request cancelled.", "User cancelled the request.")
"""The notes that the client writes when a person interrupts."""


def facts(message: "Record", kind: str, aside: bool) -> "list[Fact]":
    """The events of the message; ``aside``: it stands in a sub-agent's file."""
    said = said_in(message.get("content"))
    if kind == "user":
        return _user(message, aside)
    if kind == "error":
        return [("error", "", {"category": "unknown", "text": said.text})]
    if kind == "info" and said.text.strip() in CANCELLED:
        return [("user", "", {"text": said.text, "origin": "interrupt", "images": 0})]
    return [("system", "", {"subtype": kind})] if kind in ("info", "warning") else []


def _user(message: "Record", aside: bool) -> "list[Fact]":
    """``displayContent`` is what was typed where the client put more into what it sent (files named with `@`)."""
    sent, typed = said_in(message.get("content")), said_in(message.get("displayContent"))
    said = typed.text if typed.text.strip() else sent.text
    if sent.results or not (said.strip() or sent.images):
        return []
    return [("user", "", {"text": said, "origin": _origin(said, aside), "images": sent.images})]


def _origin(said: str, aside: bool) -> str:
    start = text(said).lstrip()
    if start.startswith(CLIENTS):
        return "meta"
    if aside:
        return "agent_prompt"
    return "command" if start.startswith(COMMANDS) else "prompt"
