"""Capturing one session: what is new of its files, redacted, as pieces; then the manifest that names them."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from gitml.errors import Damaged
from gitml.model.digest import hexhash
from gitml.ops import silence
from gitml.ops.raw import seen, unwanted
from gitml.ops.raw.copying import Copying
from gitml.ops.raw.pieces import Pieces
from gitml.ops.raw.session import missing, names, together, unpacked
from gitml.redact.gate import seal_state
from gitml.store import tombstones
from gitml.store.lock import hold
from gitml.store.raw import kept, manifests, objects, reading

if TYPE_CHECKING:
    from gitml.agents.base import Adapter, Source
    from gitml.ops.context import Context
    from gitml.store.raw.manifests import Manifest

LOCKS = 16
"""Locks are shared by hash, as those of the sessions' records are."""


def wanted(context: Context) -> bool:
    """Whether this clone keeps raw copies, and can."""
    on = bool(context.config.get("raw.enabled"))
    return on and not context.paused and not context.taken_out and objects.available()


def capture(
    context: Context,
    adapter: Adapter,
    agent: str,
    session_id: str,
    source: Source | None,
    *,
    timeout: float = 10.0,
    evicted_at: str = "",
    pieces: Pieces | None = None,
) -> bool:
    """Bring the raw copy of a session up to date with what is recorded of it. Returns whether anything was written.

    ``source`` None: its transcript is gone; then the copy itself is brought up to date with rules and tombstones. What
    is not recorded yet is not searched for secrets yet, and waits. A copy that was evicted stays away unless the source
    grew; ``evicted_at``: when another clone did that, as the lifecycle tells, "" if none did. ``pieces``: what a run
    over many sessions knows of others.

    Raises Busy, OSError, Damaged; EngineFailed, TooSlow where secrets cannot be looked for: the copy stays as it was.
    """
    number = int(hexhash(f"{agent}:{session_id}", 4), 16) % LOCKS
    with hold(os.path.join(context.layout.raw, "locks", f"{number:02d}"), timeout):
        known = pieces or Pieces(context.layout)
        return _Capture(context, adapter, agent, session_id, source, known).run(evicted_at)


class _Capture:
    """One run over one session, under its lock."""

    def __init__(
        self,
        context: Context,
        adapter: Adapter,
        agent: str,
        session_id: str,
        source: Source | None,
        pieces: Pieces,
    ) -> None:
        self.pieces = pieces
        self.context = context
        self.layout = context.layout
        self.adapter = adapter
        self.agent = agent
        self.session_id = session_id
        self.source = source
        self.graves = tombstones.load(context.layout)
        self.silent = silence.load(context.layout)
        self.stay_out = unwanted.mark(self.graves, self.silent)

    def run(self, evicted_at: str) -> bool:
        old = self._old()
        if ("*", self.session_id) in self.graves.pairs:
            return self._drop()
        if self.session_id in self.silent.sessions or self._stays_evicted(old, evicted_at):
            return False
        copy = None if old is None or "evicted" in old else old
        if copy is not None:  # another work tree's branch may not have the tombstone of what is gone from here
            told = {(str(stream), str(target)) for stream, target in copy.get("forgotten", ())}
            self.graves = tombstones.Tombstones(self.graves.pairs | told)
        now = seen.look(self.context, self.adapter, self.agent, self.session_id, self.source, copy)
        if now is None or (copy is not None and self._nothing_new(copy, now)):
            return False
        return self._bring(copy, now)

    def _old(self) -> Manifest | None:
        """What is there; a damaged manifest is as good as none, unless nothing else is left of the session."""
        try:
            return manifests.load(self.layout, self.agent, self.session_id)
        except Damaged:
            if self.source is None:
                raise
            return None

    def _stays_evicted(self, old: Manifest | None, evicted_at: str) -> bool:
        if self.source is None:
            return old is None or "evicted" in old
        if old is not None:
            return "evicted" in old and seen.size(self.source) <= kept.captured(old)
        return bool(evicted_at) and seen.latest(self.source) <= evicted_at

    def _drop(self) -> bool:
        if not os.path.exists(manifests.path_of(self.layout, self.agent, self.session_id)):
            return False
        kept.drop(self.layout, [(self.agent, self.session_id, None)])
        return True

    def _nothing_new(self, copy: Manifest, now: seen.Seen) -> bool:
        same = copy["rules"] == now.rules and copy["graves"] == self.stay_out
        return same and (self.source is None or (copy["secrets"] == now.secrets and seen.unchanged(copy, self.source)))

    def _bring(self, copy: Manifest | None, now: seen.Seen) -> bool:
        gate = now.gate()
        if gate is None:
            return False
        anew = copy is None or seen.outdated(self.context, self.adapter, copy, now, gate, self.graves, self.stay_out)
        if not anew and copy is not None and self.source is None:
            return self._publish({**copy, "graves": self.stay_out}, copy)
        with ExitStack() as stack:
            source, found = self._files(stack, copy, anew)
            hidden = unwanted.Unwanted(self.adapter, source, self.graves, self.silent)
            copying = Copying(self.context, self.adapter, gate, hidden, None if anew else copy, self.pieces)
            files = [copying.file(path, name, source, now, _file(copy, name)) for path, name in found.items()]
            manifest = self._manifest(copy, now, [*filter(None, files), *copying.left(copy, found)], copying)
            met = {*hidden.met, *map(tuple, copy.get("forgotten", ()) if copy else ())}
            manifest["forgotten"] = [list(pair) for pair in sorted(met)]
        return self._publish(manifest, copy)

    def _files(self, stack: ExitStack, copy: Manifest | None, anew: bool) -> tuple[Source, dict[str, str]]:
        """(the session, {path: name}); with what is gone at its source unpacked, where all is to be copied again."""
        if copy is None or not anew or (self.source is not None and not missing(copy, self.source)):
            assert self.source is not None
            return self.source, names(self.source)
        return together(self.source, stack.enter_context(unpacked(self.context, self.adapter, copy)), copy)

    def _manifest(self, copy: Manifest | None, now: seen.Seen, files: list[Any], copying: Copying) -> Manifest:
        files.sort(key=lambda file: (file["kind"] != reading.MAIN, file["name"]))
        return {
            "v": manifests.VERSION,
            "agent": self.agent,
            "session_id": self.session_id,
            "rules": now.rules,
            "secrets": now.secrets,
            "graves": self.stay_out,
            "updated_at": max(copying.latest, str(copy["updated_at"]) if copy else ""),
            "damage": copying.damage + (copy["damage"] if copy and not copying.anew else 0),
            "files": files,
        }

    def _publish(self, manifest: Manifest, copy: Manifest | None) -> bool:
        if copy is not None and all(copy.get(key) == value for key, value in manifest.items()):
            return False
        count, digest = reading.summed(self.layout, manifest)
        whole = {**manifest, "raw_bytes": count, "raw_sha256": digest}
        kept.publish(self.layout, whole, seal_state(whole))
        self.pieces.add(whole)
        return True


def _file(copy: Manifest | None, name: str) -> dict[str, Any] | None:
    return next((file for file in copy["files"] if file["name"] == name), None) if copy is not None else None
