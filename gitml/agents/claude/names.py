"""Which files are a session's, and which a sub-agent's: told by their names."""

from gitml.agents.names import is_plain

SUFFIX = ".jsonl"


def session_of(name: str) -> str:
    """The session id in a main file's name, or "" where that is no session's file.

    ``history.jsonl`` is the list of typed prompts of the whole machine, ``journal.jsonl`` a workflow's own.
    """
    stem = name[: -len(SUFFIX)]
    if not name.endswith(SUFFIX) or name in ("history.jsonl", "journal.jsonl") or name.startswith("agent-"):
        return ""
    return stem if is_plain(stem) else ""


def agent_of(name: str) -> str:
    """The agent id in a sub-agent's file name (equal to ``agentId`` in 422 of 422 real files), or ""."""
    if not name.startswith("agent-") or not name.endswith(SUFFIX):
        return ""
    stem = name[len("agent-") : -len(SUFFIX)]
    return stem if is_plain(stem) else ""
