"""The race at Stop: the client may call before it has written the answer that it just gave."""

import json
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

PAUSE = 0.01
TOLD = 2.0
"""Seconds to wait for a message the payload names. In 6 of 12 interactive turns it was not yet in the file when Stop
began; each time it came within 21 ms."""
GUESSED = 0.5
"""Seconds to wait where the client (before 2.1.47) names none and the file does not end in an answer."""
CREATED = 1.0
"""Seconds to wait for the transcript itself: a client that writes it for the first time after a short first turn was
seen to make it 12 to 16 ms after Stop began. One that is told to keep none waits so long at each Stop."""
LOOK_BACK = 1024 * 1024
"""Bytes at a transcript's end in which the answer is looked for."""


def await_file(path: str) -> None:
    """Wait until the transcript is there. Returns in any case."""
    _wait(CREATED, lambda: os.path.exists(path))


def await_answer(path: str, message: object) -> None:
    """Wait until the transcript holds the turn's last message. Returns in any case, and raises nothing for a file that
    cannot be read."""
    if isinstance(message, str) and message.strip():
        needle = json.dumps(message.strip()[:100], ensure_ascii=False)[1:-1].encode("utf-8", "replace")
        _wait(TOLD, lambda: needle in _tail(path))
    elif message is None:
        _wait(GUESSED, lambda: _ends_in_answer(_tail(path)))


def _wait(seconds: float, there: "Callable[[], bool]") -> None:
    deadline = time.monotonic() + seconds
    while not there() and time.monotonic() < deadline:
        time.sleep(PAUSE)


def _tail(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - LOOK_BACK))
            return file.read()
    except OSError:
        return b""


def _ends_in_answer(tail: bytes) -> bool:
    """Whether the last thing said in the conversation is text of the agent, or a person's interruption."""
    for line in reversed(tail.split(b"\n")):
        kind = _kind(line)
        if kind == "assistant":
            return b'"text"' in line and b'"tool_use"' not in line
        if kind == "user":
            return b"[Request interrupted" in line
    return True


def _kind(line: bytes) -> str:
    try:
        record = json.loads(line)
    except ValueError:
        return ""
    return str(record.get("type", "")) if isinstance(record, dict) else ""
