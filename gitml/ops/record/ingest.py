"""Taking in one session: read what is new of it, derive, redact, append to the spool, then move the cursor.

The Stop hook's whole work, so it imports only what that needs.
"""

import os
import time

from gitml.derive.session import SessionDeriver
from gitml.errors import Busy, GitmlError
from gitml.model.digest import hexhash
from gitml.model.streams import DERIVER_VERSION
from gitml.ops import silence
from gitml.ops.record import alarm
from gitml.ops.record import cursor as cursors_of
from gitml.ops.record.feeding import Feeding
from gitml.ops.record.late import Late, Outdated, where_recorded
from gitml.ops.record.learning import Learning, TooSlow
from gitml.ops.record.repository import settings_of
from gitml.ops.redacting.gates import gate_of
from gitml.redact.engine import EngineFailed
from gitml.redact.gate import seal_state
from gitml.store import cursors, spool, tombstones
from gitml.store.lock import hold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gitml.agents.base import Adapter, Source
    from gitml.model.sealed import Sealed
    from gitml.ops.context import Context

LOCKS = 16
"""Session locks are shared by hash, so that there are never more than these files."""


class Result:
    """``appended``: lines written · ``linked``: commits that newly know this session · ``damage``: "path:offset: why"
    of each unreadable line."""

    __slots__ = ("appended", "damage", "linked")

    def __init__(self) -> None:
        self.appended = 0
        self.linked = 0
        self.damage: list[str] = []


def sync_session(
    context: "Context",
    adapter: "Adapter",
    source: "Source",
    *,
    full: bool = False,
    timeout: float = 10.0,
    deadline: "float | None" = None,
) -> Result:
    """Bring the records of one session up to date. ``full`` reads it from its first byte again.

    Safe to run at any time, any number of times, by several processes at once. ``deadline`` (``time.monotonic``
    seconds) gives up without having moved anything. Raises Busy after ``timeout`` seconds of waiting for another
    gitml or past the deadline, OSError where the transcript or the store cannot be read or written, EngineFailed or
    TooSlow where secrets could not be looked for.
    """
    lock = os.path.join(context.layout.local, "locks", f"{int(hexhash(source.uid, 4), 16) % LOCKS:02d}")
    with hold(lock, timeout):
        try:
            result = _Ingest(context, adapter, source, full, deadline).run(timeout)
        except (EngineFailed, TooSlow) as error:  # fails closed: nothing is written, the next run tries again
            alarm.failed(context.layout, source.uid, error)
            raise
        alarm.worked(context.layout)
        return result


class _Ingest:
    """One run over one session."""

    def __init__(
        self, context: "Context", adapter: "Adapter", source: "Source", full: bool, deadline: "float | None"
    ) -> None:
        self.context = context
        self.adapter = adapter
        self.source = source
        self.deadline = deadline
        self.result = Result()
        self.seen = os.stat(source.path)
        self.agents_seen = {agent.agent_id: os.stat(agent.path) for agent in source.agents}
        self.old = None if full else cursors_of.current(cursors.load(context.layout, source.agent, source.session_id))
        if self.old is not None and not cursors_of.holds(self.old.get("main"), source.path):
            self.old = None  # rewritten, or another file under this id: what was read is no longer there
        self.gate = gate_of(context)
        self.late: Late | Outdated = Late(source.session_id, [])
        if self.old is not None and self.old.get("rules") != self.gate.rules:
            self.old = None  # more, or less, is to be removed by now
            self.late = Outdated(source.session_id, self.gate)
        self.known = self._known() if self.old is None else set()
        self.emitted: dict[str, str] = dict(self.old["emitted"]) if self.old else {}
        self.agents: dict[str, Any] = dict(self.old["agents"]) if self.old else {}
        self.linked: list[str] = list(self.old["linked"]) if self.old else []
        self.made_commits: list[str] = []
        self.begun: bool = bool(self.old and self.old.get("begun"))

    def run(self, timeout: float) -> Result:
        if self._nothing_new():
            return self.result
        self._learn()
        own_files = frozenset(self.agents_seen)
        self.deriver = SessionDeriver(
            self.source.uid,
            settings_of(self.context, self.adapter, self.source, self.gate.text),
            own_files,
            self.old["derive"] if self.old else None,
        )
        feeding = Feeding(self.adapter, self.source, self.deriver, self._tick)
        main = feeding.main(self.old["main"] if self.old else None, self.seen)
        feeding.agents(self.agents, self.agents_seen)
        self.result.damage += feeding.damage
        lines, emitted = self._lines()
        if not self.begun and any(key.startswith("sessions/") for key in emitted):
            from gitml.ops.record.begun import begun

            lines += begun(self.context.layout, self.gate, self.source.session_id)
            self.begun = True
        if lines:
            self.result.appended = spool.append(self.context.layout, lines, timeout=timeout)
        if self.late:
            from gitml.store.purging import purge

            purge(self.context.layout, self.late)
        if lines and self.context.config.get("compat.write_local_files"):
            from gitml.ops.compat.writing import write

            write(self.context, lines)
        self._link()
        self._save(main, emitted)
        return self.result

    def _nothing_new(self) -> bool:
        if self.old is None or not cursors_of.unchanged(self.old["main"], self.source.path, self.seen):
            return False
        return all(
            cursors_of.unchanged(self.agents.get(agent.agent_id), agent.path, self.agents_seen[agent.agent_id])
            for agent in self.source.agents
        )

    def _tick(self) -> None:
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise Busy("no time left for this session", where=self.source.path)

    # -- secrets ---------------------------------------------------------------------------------------------------

    def _learn(self) -> None:
        """Find the secrets of all that is new. Where one of them stands in what is recorded already, all is derived
        again, and takes the place of what no commit carries yet; the rest is reported."""
        if self.old is not None and cursors_of.may_have_moved(self._places(), self.old["secrets"]):
            self._start_over()
        learning = Learning(self.adapter, self.source, self.gate.vault, self._tick)
        try:
            learning.recall(self.old["secrets"] if self.old else [])
        except LookupError:
            self._start_over()
            self.gate = gate_of(self.context)
            learning = Learning(self.adapter, self.source, self.gate.vault, self._tick)
        self._search(learning)
        late = Late(self.source.session_id, learning.settle())
        if not late or (self.old is None and not self.known):
            return
        waiting, tracked = where_recorded(self.context.layout, late)
        if tracked:
            alarm.late(self.context.layout, self.source.uid, [secret.kind for secret in late.secrets], tracked)
        if not (waiting or tracked):
            return
        self.late = self.late or late  # outdated lines are more than the late ones: every change counts there
        if self.old is not None:
            self._start_over()
            self._search(learning)
            learning.settle()

    def _places(self) -> "dict[str, tuple[str, Any]]":
        """{"" for the main file, else an agent's id: (path, where its last reading stopped)}."""
        agents = {agent.agent_id: (agent.path, self.agents.get(agent.agent_id)) for agent in self.source.agents}
        return {"": (self.source.path, self.old["main"] if self.old else None), **agents}

    def _search(self, learning: Learning) -> None:
        main = self.old["main"]["offset"] if self.old else 0
        learning.read("", main, self.old["derive"]["main"]["latest"] if self.old and main else "")
        for agent in self.source.agents:
            place: Any = self.agents.get(agent.agent_id)
            whole = not cursors_of.holds(place, agent.path)
            learning.read(agent.agent_id, 0 if whole else place["offset"], "" if whole else place["run"]["latest"])

    def _start_over(self) -> None:
        """Forget what earlier runs kept, but not what the store has."""
        self.old = None
        self.known = self._known()
        self.emitted = {}
        self.agents = {}

    # -- writing ---------------------------------------------------------------------------------------------------

    def _lines(self) -> "tuple[list[Sealed], dict[str, str]]":
        """The lines that are new, and the hashes of all that the next run will derive again."""
        lines: list[Sealed] = []
        emitted: dict[str, str] = {}
        for stream, record, sealed in self._wanted():
            if stream == "sessions":
                self.made_commits = list(record["commits"])
            key, mark = f"{stream}/{record['id']}", hexhash(sealed.data, 12)
            if (stream, record["id"]) in self.deriver.since_checkpoint or stream in ("sessions", "orchestration"):
                emitted[key] = mark
            if self.emitted.get(key) == mark or mark in self.known:
                continue
            lines.append(sealed)
        return lines, emitted

    def _wanted(self) -> "Iterator[tuple[str, dict[str, Any], Sealed]]":
        hidden = tombstones.load(self.context.layout)
        silent = silence.load(self.context.layout)
        for stream, record in self.deriver.records():
            if hidden.hides(stream, record) or silent.hides(stream, record):
                continue
            if self.context.config.records(stream):
                heard = silent.muted(self._counted(record)) if stream == "sessions" else record
                yield stream, heard, self.gate.seal(stream, heard)

    def _counted(self, session: "dict[str, Any]") -> "dict[str, Any]":
        """The session with how many secrets of which kind were taken out of it, where there were any."""
        counts = self.gate.vault.counts()
        return session | {"redacted": counts} if counts else session

    def _link(self) -> None:
        """Tell the commits stream which commits the session made; what fails now is tried again at the next change."""
        new = [sha for sha in self.made_commits if sha not in self.linked]
        if not new:
            return
        from gitml.ops.riding.commits import link

        try:
            self.result.linked = link(self.context, [(sha, self.source.session_id) for sha in new])
        except (GitmlError, OSError):
            return
        self.linked += new

    def _save(self, main: "dict[str, Any]", emitted: "dict[str, str]") -> None:
        state = {
            "v": 1,
            "deriver": DERIVER_VERSION,
            "rules": self.gate.rules,
            "secrets": self.gate.vault.state(),
            "uid": self.source.uid,
            "main": main,
            "derive": self.deriver.checkpoint(),
            "emitted": emitted,
            "linked": self.linked,
            "begun": self.begun,
            "agents": self.agents,
        }
        cursors.save(self.context.layout, self.source.agent, self.source.session_id, seal_state(state))

    def _known(self) -> "set[str]":
        """Hashes of the lines that the store holds of this session already: a clone whose local state is empty, or a
        transcript that is read anew, must not append again what is there."""
        from gitml.ops.record.known import lines_of

        return {hexhash(line, 12) for line in lines_of(self.context.layout, self.source.session_id)}
