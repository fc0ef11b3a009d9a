"""Taking secrets out of lines that are written already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitml.errors import GitmlError
from gitml.model.jsonl import decode
from gitml.redact.gate import Gate
from gitml.redact.vault import Vault

if TYPE_CHECKING:
    from gitml.model.sealed import Sealed
    from gitml.ops.redacting.search import Search

NEVER = GitmlError("a secret could not be taken out of a line", hint="gitml forget")


class Cleaner:
    """Rewrites lines in which ``search`` finds anything; counts what it took out in ``kinds`` {kind: how many}."""

    __slots__ = ("_gate", "_search", "kinds")

    def __init__(self, search: Search) -> None:
        self._search = search
        self._gate = Gate(Vault(search.engine))
        self.kinds: dict[str, int] = {}

    def line(self, stream: str, line: bytes) -> Sealed | None:
        """The line without secrets, None where it has none. A line that is no JSON, torn by a killed writer, goes
        whole. Raises EngineFailed, GitmlError where something is still found in the result."""
        found = [one for _, one in self._search.line(line)]
        if not found:
            return None
        for one in found:
            self.kinds[one.kind] = self.kinds.get(one.kind, 0) + 1
        try:
            record = decode(line)
        except ValueError:
            record = None
        if not isinstance(record, dict):
            return self._empty()
        sealed = self._gate.seal(stream, self._keys(record))
        if any(True for _ in self._search.line(sealed.data)):
            raise NEVER
        return sealed

    def text(self, line: bytes) -> bytes:
        """A line that is no JSON, as a text without secrets."""
        return self._gate.text(line.decode("utf-8", "replace")).encode("utf-8", "replace")

    def _keys(self, value: Any) -> Any:
        """Secrets out of keys too: the gate leaves those as they are."""
        if isinstance(value, dict):
            return {self._gate.text(key): self._keys(member) for key, member in value.items()}
        return [self._keys(member) for member in value] if isinstance(value, list) else value

    def _empty(self) -> Sealed:
        sealed = self._gate.seal("", {})
        sealed.data = b""
        return sealed
