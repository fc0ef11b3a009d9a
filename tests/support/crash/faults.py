"""Makes this process fail at its k-th look at, or change of, a file: killed, or with the error a broken disk gives.

``arm`` wraps what Python offers for that (``os`` and the built-in ``open``), first thing in a process of its own. All
processes of one operation count together.
"""

from __future__ import annotations

import builtins
import errno
import io
import mmap
import os
import signal
from collections.abc import Callable
from typing import Any

VARIABLE = "FAULT"
"""``<kind>:<k>:<folder>``: which failure, at which call, and where the count is kept."""

CREATES = ("open", "write", "mkdir", "rename", "replace", "link", "symlink")
CHANGES = (*CREATES, "fsync", "ftruncate", "truncate", "unlink", "remove", "rmdir", "utime", "chmod", "posix_spawnp")
READS = ("read", "pread", "scandir", "listdir")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT

COUNTED = {
    "kill": CHANGES,
    "full": CREATES,
    "broken": (*READS, "write", "fsync", "ftruncate", "rename"),
    "readonly": tuple(name for name in CHANGES if name not in ("write", "fsync", "posix_spawnp")),
}
"""Which calls a failure can meet. "kill": SIGKILL before the call, and in the middle of a write."""

ERRORS = {"full": errno.ENOSPC, "broken": errno.EIO, "readonly": errno.EROFS}
LASTING = ("full", "readonly")
"""A disk that is full stays so for the rest of the operation; one bad sector is met once."""


class Fault:
    """What is to happen, and how far the count is. ``folder``/count holds it, ``folder``/met says that it happened."""

    def __init__(self, kind: str, at: int, folder: str) -> None:
        self.kind = kind
        self.at = at
        self.met = os.path.join(folder, "met")
        self.names = COUNTED[kind]
        descriptor = os.open(os.path.join(folder, "count"), os.O_RDWR | os.O_CREAT, 0o600)
        os.ftruncate(descriptor, 8)
        self.count = mmap.mmap(descriptor, 8)
        os.close(descriptor)
        self.real = {name: getattr(os, name) for name in {*CHANGES, *READS, "close"}}

    def due(self) -> bool:
        """Count one call. Whether it is the one."""
        number = int.from_bytes(self.count[:8], "little") + 1
        self.count[:8] = number.to_bytes(8, "little")
        return number == self.at or (number > self.at and self.kind in LASTING)

    def strike(self, name: str, path: object) -> None:
        """Die, or raise what the system would."""
        descriptor = self.real["open"](self.met, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.real["write"](descriptor, f"{self.kind} at {name} {path!r}\n".encode())
        self.real["close"](descriptor)
        if self.kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        number = ERRORS[self.kind]
        raise OSError(number, os.strerror(number), path if isinstance(path, str) else None)


def arm() -> None:
    """Set up what the environment asks for, if anything."""
    kind, _, rest = os.environ.get(VARIABLE, "").partition(":")
    if kind:
        at, _, folder = rest.partition(":")
        arm_with(Fault(kind, int(at), folder))


def arm_with(fault: Fault) -> None:
    """Wrap everything that ``fault`` can meet."""
    for name in fault.names:
        if name != "posix_spawnp" or fault.kind == "kill":
            setattr(os, name, _wrapped(fault, name))
    _wrap_open(fault)


def _wrapped(fault: Fault, name: str) -> Callable[..., Any]:
    real = fault.real[name]

    def call(*arguments: Any, **named: Any) -> Any:
        if name == "open" and not _to_write(*arguments, **named):
            return real(*arguments, **named)
        if name == "write":
            return _write(fault, real, *arguments)
        if fault.due():
            fault.strike(name, arguments[0] if arguments else "")
        return real(*arguments, **named)

    return call


def _to_write(path: Any, flags: int, *rest: Any, **named: Any) -> bool:
    """Whether a file is opened to be written; a device is no file."""
    return bool(flags & WRITES) and not str(path).startswith("/dev/null")


def _write(fault: Fault, real: Callable[..., int], descriptor: int, data: Any) -> int:
    """Two places where a kill can come: before any byte is written, and with half of them written."""
    if fault.kind == "kill" and fault.due():
        fault.strike("write", descriptor)
    if fault.due():
        half = bytes(data)[: len(data) // 2]
        if half:
            real(descriptor, half)
        fault.strike("write", descriptor)
    return real(descriptor, data)


class _Raw(io.FileIO):
    """An open file whose writes (and reads, where those count) go through the fault."""

    fault: Fault

    def write(self, data: Any) -> int:
        real = self.fault.real["write"]
        if "write" in self.fault.names:
            return _write(self.fault, real, self.fileno(), data)
        return real(self.fileno(), data)

    def readinto(self, buffer: Any) -> int | None:  # type: ignore[override]
        self._meet("read")
        return super().readinto(buffer)

    def readall(self) -> bytes | None:  # type: ignore[override]
        self._meet("read")
        return super().readall()

    def _meet(self, name: str) -> None:
        if name in self.fault.names and self.fault.due():
            self.fault.strike(name, self.name)


def _wrap_open(fault: Fault) -> None:
    """The built-in ``open``, with files that count. What is opened by name to be written counts itself."""

    def opened(file: Any, mode: str = "r", buffering: int = -1, *text: Any, **named: Any) -> Any:
        plain = mode.replace("b", "").replace("t", "")
        changes = any(sign in plain for sign in "wax+")
        if changes and not isinstance(file, int) and "open" in fault.names and fault.due():
            fault.strike("open", file)
        closefd, opener = named.pop("closefd", True), named.pop("opener", None)
        raw = _Raw(file, plain, closefd, opener)
        raw.fault = fault
        if buffering == 0:
            return raw
        kind = io.BufferedRandom if "+" in plain else io.BufferedWriter if changes else io.BufferedReader
        buffered = kind(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, *text, **named)  # type: ignore[arg-type]

    builtins.open = io.open = opened  # type: ignore[assignment]
