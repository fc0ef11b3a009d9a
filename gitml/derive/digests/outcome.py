"""How a session ended: a guess by fixed rules, with what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitml.derive.tools import LISTS, SHELLS

if TYPE_CHECKING:
    from gitml.derive.digests.signs import Signs

Record = dict[str, Any]
OUTCOMES = ("success", "abandoned", "interrupted", "error")
NO_ANSWER, COMMITTED_LAST = "the last turn has no final answer", "a commit was the last thing that was done"
UNFINISHED = (NO_ANSWER, COMMITTED_LAST)
"""Evidence that the last turn has no end."""
FAILED = ("error", "timeout")
"""Of a tool call; a rejection is a decision, a cascade another call's fault."""
ASIDE = 300
"""Characters. A longer answer that ends in a question has answered first, and then offers more."""


def outcome(
    chats: list[Record], actions: list[Record], signs: Signs, changed: int, commits: int
) -> tuple[str, list[str]]:
    """(one of OUTCOMES, the evidence in words). The last turn decides, by the first of these that fits:

    it ended in an error of the API: error · a person stopped it: interrupted · it has no final answer: abandoned,
    unless a commit was the last thing it did · its answer is but a question that nobody replied to, in a session that
    changed nothing: abandoned · else: success. ``changed`` files and ``commits`` are of the whole session.
    """
    if not chats:
        return "abandoned", ["no prompt was answered"]
    last, status = chats[-1], chats[-1].get("status")
    said = str(last.get("output", "")).strip()
    told, trail = [_count(len(chats), "turn")], _trail(actions, changed, commits)
    if status == "error":
        return "error", [*told, f"the last turn ended in an error of the API ({signs.category or 'unknown'})", *trail]
    if status == "interrupted":
        return "interrupted", [*told, "a person stopped the last turn", *trail]
    if status != "complete" and _committed(last, actions):
        return "success", [*told, COMMITTED_LAST, *trail]
    if status != "complete":
        return "abandoned", [*told, NO_ANSWER, *trail]
    if said.rstrip(" *_`").endswith("?") and len(said) <= ASIDE and not (changed or commits):
        return "abandoned", [*told, "the last answer is a question, and nobody replied", *trail]
    return "success", [*told, "the last turn came to its final answer", *trail]


def _committed(chat: Record, actions: list[Record]) -> bool:
    """Whether the last call of a turn made a commit: what records a session at each commit keeps it up to there."""
    last = next((action for action in reversed(actions) if action.get("tool") not in LISTS), {})
    by_shell = last.get("tool") in SHELLS and last.get("status") == "ok" and "commit" in str(last.get("target"))
    return bool(chat.get("commits")) and by_shell and last.get("chat_id") == chat.get("id")


def _trail(actions: list[Record], changed: int, commits: int) -> list[str]:
    """What speaks for or against it besides."""
    found = [_count(changed, "file") + " changed"] if changed else ["no file was changed"]
    found += [_count(commits, "commit") + " made"] if commits else []
    ended = [str(action.get("status")) for action in actions if action.get("tool") in SHELLS]
    if ended and ended[-1] in FAILED:
        found.append("the last command failed")
    elif ended and ended[-1] == "ok":
        found.append("the last command went well")
    return found


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
