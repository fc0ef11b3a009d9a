"""Which names from outside are plain: they can reach no other file and carry no text."""

import re

PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}\Z")
"""A session's or an agent's id, as a file name without its suffix."""

SHORT = re.compile(r"[A-Za-z0-9_@-][A-Za-z0-9._:@-]{0,99}\Z")
"""Tool ids, agent ids and types, versions: what may be kept in a cursor."""

SUFFIX = ".jsonl"


def is_plain(name: object) -> bool:
    """Whether the name can stand for one file in one folder and nothing else."""
    return isinstance(name, str) and PLAIN.match(name) is not None


def short(value: object) -> str:
    """The value where it is a short plain name, else ""."""
    return value if isinstance(value, str) and SHORT.match(value) else ""


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
