"""The gate. Everything gitml writes passes here first, and comes out as ``Sealed``; nothing else makes one.

Strings are redacted decoded, never as raw JSON: inside JSON in JSON a key hides behind backslashes. Keys, structure and
the validity of the JSON stay; records without secrets come out byte for byte the same.
"""

import re

from gitml.model.jsonl import encode, encode_given, jsonlike
from gitml.model.sealed import Sealed
from gitml.model.streams import in_order
from gitml.redact.engine import Engine
from gitml.redact.vault import Vault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gitml.model.streams import Record


BINARY = 100
"""Characters from which a text may be, or hold, a pasted picture or document."""

SHORT, MOST_KNOWN = 200, 20_000
"""Characters of a text that is remembered, and how many are: names, ids, folders come again on every line."""

SHORTEST = 8
"""Numbers in a row that may be the bytes of a secret."""

_WORD = re.compile(r"[A-Za-z0-9:._-]{0,80}")


class Gate:
    """A gate with the rules of one repository (``vault.engine``) and the secrets of one session (``vault``).

    ``personal`` takes personal data out of what is left; it is applied to records alone. ``rules`` is a name for
    engine and rules together: where it is another, the same text may come out differently.
    """

    __slots__ = ("personal", "rules", "vault")

    def __init__(self, vault: Vault, personal: "Callable[[str], str] | None" = None, rules: str = "") -> None:
        self.vault = vault
        self.personal = personal
        self.rules = rules

    def text(self, text: str, key: str = "") -> str:
        """A text as a record may hold it. Raises EngineFailed: then nothing may be written."""
        if len(text) >= BINARY and ("base64," in text or len(text) > 1000):
            from gitml.redact.blobs import drop_text

            text = drop_text(text)
        text = self.vault.clean(text, key)
        return self.personal(text) if self.personal is not None else text

    def value(self, value: "Any", key: str = "") -> "Any":
        """The value with every string in it passed through ``text``, at any depth."""
        if isinstance(value, str):
            return self.text(value, key)
        if isinstance(value, dict):
            return {name: self.value(member, name) for name, member in value.items()}
        if isinstance(value, list | tuple):
            return _printed(value, self.text, key) or [self.value(member, key) for member in value]
        return value

    def seal(self, stream: str, record: "Record") -> Sealed:
        """A record as the line that may be written, keys in order. Raises ValueError for what is no JSON."""
        clean = self.value(in_order(stream, record))
        return Sealed(encode(clean), stream, str(clean.get("id", "")))


class Lines:
    """Seals lines of transcripts whole: their binary content told and not kept, keys cleaned as well as values.

    The gate's vault must know all secrets before the first line, for what short texts come out as is remembered.
    """

    __slots__ = ("_gate", "_known")

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._known: dict[tuple[str, str], str] = {}

    def seal(self, records: "list[dict[str, Any]]") -> Sealed:
        """The objects of one line, one behind the other; without what JSON does not have, and what is nested too deep.
        Raises EngineFailed."""
        return Sealed(b"".join(self._line(record) for record in records))

    def _line(self, record: "dict[str, Any]") -> bytes:
        from gitml.redact.blobs import drop

        try:
            return encode_given(self._value(drop(record)))
        except RecursionError:
            return encode(self._value(drop(jsonlike(record))))

    def text(self, text: str, key: str = "") -> str:
        """A text as ``Gate.text`` gives it."""
        if len(text) > SHORT:
            return self._gate.text(text, key)
        known = self._known.get((key, text))
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[key, text] = self._gate.text(text, key)
        return known

    def _value(self, value: "Any", key: str = "") -> "Any":
        from gitml.redact.blobs import drop_signature

        if isinstance(value, str):
            return self.text(drop_signature(value) if key == "signature" else value, key)
        if isinstance(value, dict):
            return {self.text(name): self._value(member, name) for name, member in value.items()}
        if isinstance(value, list | tuple):
            return _printed(value, self.text, key) or [self._value(member, key) for member in value]
        return value


def _printed(value: "list[Any] | tuple[Any, ...]", clean: "Callable[[str, str], str]", key: str) -> str:
    """What the numbers of a text's bytes come out as, where there is a secret in it; else "", and they stay numbers."""
    if len(value) < SHORTEST or not isinstance(value[0], int):
        return ""
    try:
        text = bytes(value).decode("utf-8", "replace")
    except (ValueError, TypeError):
        return ""
    made = clean(text, key)
    return made if made != text else ""


def seal(stream: str, record: "Record") -> Sealed:
    """As ``Gate.seal``, where no repository's rules are at hand."""
    return _plain().seal(stream, record)


def seal_state(state: "Any") -> Sealed:
    """Local state (cursors, journals, logs, dead letters) as one line that may be written."""
    return Sealed(encode(_plain().value(state)))


def clean_text(text: str) -> str:
    """A text as ``seal_state`` would let it through, to be printed. Raises EngineFailed."""
    return _plain().text(text)


def seal_states(states: "list[dict[str, Any]]") -> "list[Sealed]":
    """As ``seal_state``, of many that say much the same: a text that comes again is not searched again."""
    known = Lines(_plain())
    return [known.seal([state]) for state in states]


def seal_words(words: "dict[str, str]") -> Sealed:
    """Plain words (names, ids, times) as one line, for telling that the engine itself has failed. What is more than
    that is left out."""
    return Sealed(encode({key: word if _WORD.fullmatch(word) else "?" for key, word in words.items()}))


_made: "list[Gate]" = []


def _plain() -> Gate:
    """One engine a process: its tables are dear to make."""
    if not _made:
        _made.append(Gate(Vault(Engine())))
    return _made[0]
