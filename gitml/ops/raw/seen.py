"""What is known of a session's transcript when it is captured: how far it was searched, for which secrets, by which
rules; and whether the copy that is there will do."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from gitml.agents import documents
from gitml.model.times import of_epoch
from gitml.ops.record import cursor as cursors_of
from gitml.ops.record.late import Late
from gitml.ops.record.learning import Learning
from gitml.ops.redacting.gates import gate_of
from gitml.store import cursors
from gitml.store.raw import reading

if TYPE_CHECKING:
    from gitml.agents.base import Adapter, Source
    from gitml.ops.context import Context
    from gitml.redact.gate import Gate
    from gitml.store.layout import Layout
    from gitml.store.raw.manifests import Manifest
    from gitml.store.tombstones import Tombstones

TAIL = 64 * 1024
NOWHERE = "queued-"
"""How ids of prompts begin that stand in no transcript. Others that an adapter made have a number behind a dot, and
what is before it does."""
_TIME = re.compile(rb'"timestamp": ?"([0-9T:.Z-]{20,30})"')
_MILLIS = re.compile(rb'"agentTimestampMs": ?([0-9]{13})\b')


class Seen:
    """``rules`` and ``secrets`` (places in the transcript) of the last sync; ``places``: how far that read each file,
    {"" for the main one, else the agent's id: mark}."""

    def __init__(self, context: Context, adapter: Adapter, source: Source, cursor: dict[str, Any]) -> None:
        self.context = context
        self.adapter = adapter
        self.source = source
        self.rules = str(cursor["rules"])
        self.secrets: list[list[Any]] = cursor["secrets"]
        self.places: dict[str, Any] = {"": cursor["main"], **cursor["agents"]}

    def gate(self) -> Gate | None:
        """A gate that knows the session's secrets; None where a sync has to come first: the rules are others by now, or
        what the secrets were read from is gone."""
        gate = gate_of(self.context)
        try:
            Learning(self.adapter, self.source, gate.vault, lambda: None).recall(self.secrets)
        except (LookupError, OSError):
            return None
        return gate if gate.rules == self.rules else None

    def until(self, agent_id: str, path: str) -> int:
        """Bytes of a file that were searched; 0 where that was another file, or a document that was saved since: what
        stands in it may be anything by now."""
        place: Any = self.places.get(agent_id)
        if documents.is_one(path) and not cursors_of.unchanged(place, path, os.stat(path)):
            return 0
        return int(place["size"]) if cursors_of.holds(place, path) else 0


class Gone(Seen):
    """The same where the transcript is gone: rules of today, and secrets that the copy itself gives away."""

    def __init__(self, context: Context, adapter: Adapter) -> None:
        self.context = context
        self.adapter = adapter
        self.secrets = []
        self.places = {}
        self._gate = gate_of(context)
        self.rules = self._gate.rules

    def gate(self) -> Gate | None:
        """The gate of today. It has no numbers for what it finds."""
        return self._gate


def look(
    context: Context, adapter: Adapter, agent: str, session_id: str, source: Source | None, copy: Manifest | None
) -> Seen | None:
    """What is known; None where the session is to be synced first, or there is nothing of it."""
    if source is None:
        return Gone(context, adapter) if copy is not None else None
    cursor = cursors_of.current(cursors.load(context.layout, agent, session_id))
    return Seen(context, adapter, source, cursor) if cursor is not None else None


def size(source: Source) -> int:
    """Bytes of all its files."""
    return sum(os.path.getsize(path) for path in (source.path, *(agent.path for agent in source.agents)))


def latest(source: Source) -> str:
    """The latest time near the end of the main file, in words or in milliseconds; of one that has neither, when it was
    written."""
    with open(source.path, "rb") as file:
        file.seek(max(0, os.path.getsize(source.path) - TAIL))
        tail = file.read(TAIL)
        times = [found.decode("ascii") for found in _TIME.findall(tail)]
        times += [f"{of_epoch(int(found[:-3]))[:-4]}{found[-3:].decode()}Z" for found in _MILLIS.findall(tail)]
        return max(times, default="") or of_epoch(os.fstat(file.fileno()).st_mtime)


def unchanged(copy: Manifest, source: Source) -> bool:
    """Whether every file of the session is as it was when it was captured."""
    marks = {file["source"].get("path"): file["source"] for file in copy["files"]}
    paths = (source.path, *(agent.path for agent in source.agents))
    return all(cursors_of.unchanged(marks.get(path), path, os.stat(path)) for path in paths)


def outdated(
    context: Context,
    adapter: Adapter,
    copy: Manifest,
    now: Seen,
    gate: Gate,
    graves: Tombstones,
    stay_out: str,
) -> bool:
    """Whether all of the copy is to be made again: other rules, secrets that were recognised late and stand in it, or
    something in it was forgotten. Raises Damaged, OSError."""
    if copy["rules"] != now.rules:
        return True
    if isinstance(now, Gone):
        return holds_any(context.layout, copy, graves)
    known = copy["secrets"]
    if now.secrets[: len(known)] != known:
        return True
    late = Late(copy["session_id"], gate.vault.secrets[len(known) :])
    return (bool(late) and _gives_away(context, adapter, copy, late)) or (
        copy["graves"] != stay_out and holds_any(context.layout, copy, graves)
    )


def _gives_away(context: Context, adapter: Adapter, copy: Manifest, late: Late) -> bool:
    return any(
        late.hides("", {"session_id": late.session_id, "line": record})
        for line in reading.lines(context.layout, copy)
        for record in adapter.records(line)[0]
    )


def holds_any(layout: Layout, copy: Manifest, graves: Tombstones) -> bool:
    """Whether the text may name anything that was forgotten: prompts by their uuid, tool calls by their id."""
    told = {target for stream, target in graves.pairs if stream != "*"}
    if any(target.startswith(NOWHERE) for target in told):
        return True
    told |= {target.rpartition(".")[0] for stream, target in graves.pairs if stream == "chats"}
    targets = [target.encode("utf-8", "surrogatepass") for target in told if target]
    return any(target in block for block in reading.text(layout, copy) for target in targets)
