"""Looking for a session's secrets before anything of it is derived.

All that is new of a session is searched first, whole tool outputs included, so that a key printed in a corner nobody
records is known when it comes again in an answer. Numbers follow the time at which a secret was first recognised, so
that a session read in pieces numbers them as one read whole.
"""

import time

from gitml.errors import GitmlError
from gitml.redact.vault import Vault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gitml.agents.base import Adapter, Source
    from gitml.redact.vault import Secret

GRACE = 15.0
SLOWEST = 500_000
"""A search may take GRACE seconds, and one more for every SLOWEST characters: the vendor package compiles its rules in
3 seconds the first time, and the rest is a tenth of what it does on a slow machine. Beyond that something is wrong with
it, and nothing is written. A client kills a hook after 30."""


class TooSlow(GitmlError):
    """The search for secrets ran over its time."""


class Learning:
    """One run's search over the files of a session."""

    def __init__(self, adapter: "Adapter", source: "Source", vault: Vault, tick: "Callable[[], None]") -> None:
        self.adapter = adapter
        self.source = source
        self.vault = vault
        self.tick = tick
        self.paths = {"": source.path, **{agent.agent_id: agent.path for agent in source.agents}}
        self.started = time.monotonic()
        self.searched = 0

    def recall(self, state: "list[list[Any]]") -> None:
        """Take up the secrets of earlier runs from the transcripts. Raises LookupError where one is not there."""
        self.vault.restore(state, self._text_at)

    def read(self, file: str, offset: int, latest: str) -> None:
        """Search a file ("" is the main one, else an agent's id) from ``offset`` on. ``latest`` is the latest time of
        what stands before. Raises TooSlow, EngineFailed, OSError."""
        for step in self.adapter.read(self.source, self.paths[file], offset):
            self.tick()
            for event in step.events:
                latest = max(latest, event.timestamp)
            for which, (key, text) in enumerate(step.texts()):
                self.vault.look(key, text, (latest, file, step.offset, which), (file, step.offset, which))
                self._watch(len(text))

    def settle(self) -> "list[Secret]":
        """Number what is new."""
        return self.vault.settle()

    def _watch(self, characters: int) -> None:
        self.searched += characters
        if time.monotonic() - self.started > GRACE + self.searched / SLOWEST:
            raise TooSlow("the search for secrets takes too long", where=self.source.path)

    def _text_at(self, file: str, offset: int, which: int) -> str:
        path = self.paths[file]
        step = next(iter(self.adapter.read(self.source, path, offset)), None)
        if step is None or step.offset != offset:
            raise LookupError(f"{path}:{offset}")
        return step.texts()[which][1]
