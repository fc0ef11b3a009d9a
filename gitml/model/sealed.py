"""What has passed the redaction gate. The store writes nothing else.

Only ``gitml.redact.gate`` makes one (a test holds that fence); every writer of the store takes ``Sealed`` and
nothing else, so going around the gate is a type error first and a runtime error second.
"""


class Sealed:
    """Bytes that may be written. ``data`` ends in no newline; ``stream`` and ``id`` are empty for state, logs."""

    __slots__ = ("data", "id", "stream")

    def __init__(self, data: bytes, stream: str = "", id: str = "") -> None:
        self.data = data
        self.stream = stream
        self.id = id


def check(value: object) -> Sealed:
    """Return ``value`` if it passed the gate. Raises TypeError otherwise."""
    if not isinstance(value, Sealed):
        raise TypeError(f"not sealed by the redaction gate: {type(value).__name__}")
    return value
