"""Disks that are really full or read-only: small ones in memory, mounted where the machine lies, and a limit on files.

Mounting takes a mount namespace of our own; where the system allows none, ``available`` says so.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

INSIDE = "GITML_SOAK_INSIDE"
SIZE = 32 * 1024 * 1024
PAGE = 4096

FREE = (0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 28, 40)
"""Pages of 4 KiB that are left on a small disk. An append takes some ten, a seal or a commit twenty to forty."""

LIMITS = (700, 1500, 4000, 9000, 20_000)
"""Bytes a file may have (RLIMIT_FSIZE); an error message needs some of the first."""


def enter(arguments: list[str]) -> None:
    """Start this program again in a mount namespace of its own, where that is permitted; else go on without."""
    if os.environ.get(INSIDE) or shutil.which("unshare") is None:
        return
    for options in (["--mount"], ["--user", "--map-root-user", "--mount"]):
        command = ["unshare", *options, "--propagation", "private"]
        if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
            os.environ[INSIDE] = "1"
            os.execvp("unshare", [*command, sys.executable, *arguments])


def available() -> bool:
    """Whether disks can be mounted here."""
    return bool(os.environ.get(INSIDE))


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A disk in memory at ``folder``, empty at first; what lay there is covered meanwhile."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextlib.contextmanager
def filled(folder: Path, pages: int) -> Iterator[None]:
    """Only so many pages are free on the disk at ``folder``."""
    filler = folder / "filler"
    with filler.open("wb") as file:
        status = os.statvfs(folder)
        os.posix_fallocate(file.fileno(), 0, status.f_bavail * status.f_frsize - pages * PAGE)
    try:
        yield
    finally:
        filler.unlink()


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing can be written to the disk at ``folder``."""
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)
