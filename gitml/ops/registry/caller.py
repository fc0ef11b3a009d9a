"""Who is asking: whose number is one's own. The hook path imports this.

An agent's session where it is known, else the agent's process, else, for a person, user and work tree.
"""

import os
import re

from gitml.agents.registry import running
from gitml.git import process
from gitml.ops.registry.ancestor import agent_above
from gitml.store.heartbeats import boot_id, name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gitml.ops.registry.holder import Holder

CLAUDE = "claude"
AGENTS = (CLAUDE, "codex", "gemini", "cursor", "grok", "opencode")
"""Whose processes are looked for where nobody says which agent it is."""

GRAIN = 0.02
"""Seconds: the kernel counts a process's start in hundredths, rounded down."""

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class Caller:
    """``agent`` and ``session_id``, "" where unknown · ``pid``, ``started``: the agent's process, 0 and "" where none
    is known · ``user``: the number of the account · ``began``: by the steady clock, when the command was started that
    asks; 0 where that does not matter, or is not known."""

    __slots__ = ("agent", "began", "pid", "session_id", "started", "user")

    def __init__(self, agent: str = "", session_id: str = "", pid: int = 0, started: str = "") -> None:
        self.agent = agent
        self.session_id = session_id
        self.pid = pid
        self.started = started
        self.user = os.getuid()
        self.began = 0.0

    @property
    def by_hand(self) -> bool:
        """Whether no agent is in sight."""
        return not self.session_id and not self.pid

    @property
    def key(self) -> str:
        """What the session is told by; "" where none is known."""
        return name_of(self.agent, self.session_id) if self.session_id else ""


def is_session_id(text: str) -> bool:
    """Whether that may be a session's id: a plain word, as all known agents have it."""
    return _PLAIN.fullmatch(text) is not None


def session_of(agent: str, session_id: str) -> Caller:
    """A session of an agent, in a hook that this agent runs."""
    _, pid, started = agent_above((agent,))
    return Caller(agent, session_id, pid, started)


def of_environment(environ: "Mapping[str, str]", agent: str = "", session_id: str = "") -> Caller:
    """Whoever runs this command. ``session_id`` (and its ``agent``) speaks for a session that may be another's: its
    process is then known only where it is this very session."""
    nearest, pid, started = agent_above(AGENTS)
    mine = next((one for one in running(environ) if nearest in ("", one[0]) and is_session_id(one[1])), ("", ""))
    if session_id and (agent or CLAUDE, session_id) != mine:
        return Caller(agent or CLAUDE, session_id)
    caller = Caller(mine[0] or nearest, mine[1], pid, started)
    caller.began = _began()
    return caller


def own(
    caller: Caller, holders: "Iterable[Holder]", tree: str, near: "list[int]", role: str = "", number: int = 0
) -> "list[Holder]":
    """Which holders are the caller's own, the one that counts first. ``near``: numbers whose processes are among those
    that can be seen from here; ``role`` and ``number`` tell apart what a person registers by hand in one work tree."""
    every = sorted(holders, key=lambda one: (one.held, one.text("registered_at")), reverse=True)
    if caller.session_id:
        mine = [one for one in every if one.key == caller.key]
        return mine or [one for one in every if one.held and not one.key and _same(caller, one, near)][:1]
    if caller.pid:
        return [one for one in every if _same(caller, one, near)][:1]
    mine = [one for one in every if one.held and _by_hand(caller, one, tree) and not _beside(caller, one)]
    return [one for one in mine if one.number == number or (not number and role in ("", one.role))]


def _beside(caller: Caller, holder: "Holder") -> bool:
    """Whether the command was started before that holder had its number: two that are started at once are two."""
    beat = holder.entry.get("beat")
    stated = beat if isinstance(beat, dict) else {}
    steady = stated.get("steady")
    known = caller.began and isinstance(steady, int | float) and stated.get("boot") == boot_id()
    return bool(known and steady is not None and caller.began + GRAIN < steady)


def _began() -> float:
    """When this process was started, by the steady clock; 0.0 where the system does not say."""
    ticks = process.started(os.getpid())
    return int(ticks) / os.sysconf("SC_CLK_TCK") if ticks.isdigit() else 0.0


def _same(caller: Caller, holder: "Holder", near: "list[int]") -> bool:
    same = (holder.pid, holder.text("started")) == (caller.pid, caller.started)
    return bool(caller.pid) and same and holder.number in near


def _by_hand(caller: Caller, holder: "Holder", tree: str) -> bool:
    if holder.pid or holder.key:
        return False
    return holder.entry.get("user") == caller.user and holder.tree == tree
