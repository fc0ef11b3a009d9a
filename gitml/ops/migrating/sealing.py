"""Records through the redaction gate, with every secret that was found anywhere in the old data.

A session's secrets are numbered in the order of their time. Here there is no such order that all clones share, so
they have no numbers: the same record comes out the same whatever else was read with it, unless it holds one of the
secrets that were found there.
"""

from __future__ import annotations

from typing import Any

from gitml.model.sealed import Sealed
from gitml.model.streams import KEYS
from gitml.ops.migrating.refs import Record
from gitml.redact.gate import MOST_KNOWN, SHORT, Gate


class Remembering(Gate):
    """A gate that remembers what short texts come out as: names, ids and folders come again in every record. Its vault
    must know all secrets before the first text."""

    __slots__ = ("_known",)

    def __init__(self, gate: Gate) -> None:
        super().__init__(gate.vault, gate.personal, gate.rules)
        self._known: dict[tuple[str, str], str] = {}

    def text(self, text: str, key: str = "") -> str:
        """As ``Gate.text``."""
        if len(text) > SHORT:
            return super().text(text, key)
        known = self._known.get((key, text))
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[key, text] = super().text(text, key)
        return known


class Sealing:
    """A gate that knows ``secrets`` {value: kind}."""

    __slots__ = ("gate",)

    def __init__(self, gate: Gate, secrets: dict[str, str]) -> None:
        for value in sorted(secrets):
            gate.vault.know(value, secrets[value])
        self.gate = Remembering(gate)

    def seal(self, stream: str, record: Record) -> Sealed:
        """The record as it may be written; names in what was carried along are cleaned as well. Raises EngineFailed,
        ValueError for what is no JSON, RecursionError."""
        known = KEYS.get(stream, ())
        return self.gate.seal(stream, {self._name(key, known): self._names(value) for key, value in record.items()})

    def _name(self, key: str, known: tuple[str, ...]) -> str:
        return key if key in known else self.gate.text(key)

    def _names(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self.gate.text(name): self._names(member) for name, member in value.items()}
        return [self._names(member) for member in value] if isinstance(value, list) else value
