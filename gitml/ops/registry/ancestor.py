"""Which process is the agent that runs us: the nearest one above that is called like it. The hook path imports this.

An agent runs a hook, and the commands of its tools, through shells that end at once; a number that hung on one of
those would be free a moment later. So where none of the processes above is the agent's by its name, none is taken.
"""

import os

from gitml.git import process

CLIMB = 12
"""How many processes may stand in between: shells, ``timeout``, a test runner, ``make`` and what it starts."""

RUNTIMES = ("node", "bun", "deno", "MainThread", "node-MainThread")
"""What runs an agent that is a script; node since 23 gives its first thread a name, which is then the process's."""


def agent_above(agents: "tuple[str, ...]", pid: int = 0) -> "tuple[str, int, str]":
    """(which of the ``agents``, its process, when that started) of the nearest one above ``pid``, by default this one;
    ("", 0, "") where there is none."""
    pid = pid or os.getppid()
    for _ in range(CLIMB):
        name, above = process.named(pid)
        found = next((agent for agent in agents if _is(agent, name, pid)), "")
        if found:
            return found, pid, process.started(pid)
        if above < 1:
            break
        pid = above
    return "", 0, ""


def _is(agent: str, name: str, pid: int) -> bool:
    if _called(agent, name):
        return True
    line = process.arguments(pid)
    if not line or _called(agent, os.path.basename(line[0])):
        return bool(line)
    script = next((word for word in line[1:] if not word.startswith("-")), "") if name in RUNTIMES else ""
    return _called(agent, os.path.basename(script)) or _of(agent, script)


def _called(agent: str, name: str) -> bool:
    """``claude``, ``claude.js``, ``claude.exe``, ``cursor-agent``: nothing that only begins so."""
    stem = name.removesuffix(".js").removesuffix(".exe")
    return stem in (agent, f"{agent}-agent", f"{agent}-cli", f"{agent}-code")


def _of(agent: str, script: str) -> bool:
    """Whether a script lies in the agent's own package: ``…/node_modules/@anthropic-ai/claude-code/cli.js``."""
    _, found, package = script.rpartition("/node_modules/")
    folder = package.split("/")[1:2] if package.startswith("@") else package.split("/")[:1]
    own = (agent, f"{agent}-code", f"{agent}-cli", f"{agent}-agent-sdk", f"{agent}-agent")
    return bool(found) and folder[0] in own if folder else False
