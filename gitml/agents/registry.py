"""Every adapter, by the name of its agent. Loaded one at a time, so that a hook imports only its own agent's.

Others can add adapters: an installed package that names one in the entry-point group ``gitml.agents``. Looking for
those costs tens of milliseconds, so it is done only where a name is not one of gitml's own, or all are wanted.
"""

from gitml.errors import AdapterFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitml.agents.base import Adapter
    from gitml.agents.others import Others

BUILT_IN = {
    "claude": ("CLAUDECODE", "CLAUDE_CODE_SESSION_ID"),
    "codex": ("", "CODEX_THREAD_ID"),
    "gemini": ("GEMINI_CLI", ""),
    "grok": ("", ""),
}
"""Agent -> the variables that it sets in the shells it starts: one that is always there, and the one that holds the
running session's id; "" where there is none. An adapter of gitml's own is a module here and a line in this table."""

_found: "list[Others]" = []
"""What was found of the others; looked for once a process."""


def adapter(name: str) -> "Adapter":
    """The adapter of that agent. Raises KeyError for an agent that there is none for."""
    if name not in BUILT_IN:
        return others().adapters[name]
    from importlib import import_module

    made: Adapter = import_module(f"gitml.agents.{name}").ADAPTER
    return made


def knows(name: str) -> bool:
    """Whether there is an adapter for that agent."""
    return name in BUILT_IN or name in others().adapters


def roots(name: str, environ: "Mapping[str, str]") -> "list[str]":
    """The folders of that agent; none where another package's adapter fails to say. Raises KeyError as ``adapter``."""
    try:
        return adapter(name).roots(environ)
    except AdapterFailed:
        return []


def names() -> "tuple[str, ...]":
    """Every agent there is an adapter for: gitml's own first, then the others by name."""
    return (*BUILT_IN, *sorted(others().adapters))


def problems() -> "list[str]":
    """A line for each adapter of another package that cannot be used, and why."""
    return others().problems


def running(environ: "Mapping[str, str]") -> "list[tuple[str, str]]":
    """(agent, session id) of the sessions in whose shell this process runs. Built-in agents only: a hook asks."""
    return [(name, environ[key]) for name, (_, key) in BUILT_IN.items() if key and environ.get(key)]


def shell_of(environ: "Mapping[str, str]") -> str:
    """The agent in whose shell this process runs, "" if in none's."""
    return next((name for name, keys in BUILT_IN.items() if any(environ.get(key) for key in keys)), "")


def others() -> "Others":
    """The adapters of other packages."""
    if not _found:
        from gitml.agents.others import find

        _found.append(find(frozenset(BUILT_IN)))
    return _found[0]
