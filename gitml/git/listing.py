"""What a commit holds below a folder, and its files taken out as one stream of bytes."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable

from gitml.errors import GitmlError
from gitml.git.run import run

FILE_MODES = ("100644", "100755")
SECONDS = 3600.0
"""For reading all that a store holds: gigabytes on a slow disk."""


def listed(root: str, commit: str, folder: str) -> dict[str, tuple[str, str]]:
    """{path: (mode, object id)} of everything a commit holds below a folder, by path. Raises GitFailed."""
    out = run(root, "ls-tree", "-r", "-z", "--full-tree", commit, "--", folder, timeout=SECONDS).out
    found = {}
    for entry in out.split(b"\0")[:-1]:
        meta, _, path = entry.partition(b"\t")
        mode, _, blob = meta.decode().split(" ")
        found[path.decode("utf-8", "surrogateescape")] = (mode, blob)
    return found


class Blobs:
    """The bytes of many objects in one file on disk."""

    __slots__ = ("_path", "_spans")

    def __init__(self, path: str, spans: dict[str, tuple[int, int]]) -> None:
        self._path = path
        self._spans = spans

    def size(self, blob: str) -> int:
        """Bytes of an object."""
        return self._spans[blob][1]

    def open(self, blob: str) -> io.BufferedReader:
        """An object, to be read. Raises KeyError for one that was not asked for."""
        offset, size = self._spans[blob]
        return io.BufferedReader(_Span(self._path, offset, size), 64 * 1024)


class _Span(io.RawIOBase):
    def __init__(self, path: str, offset: int, size: int) -> None:
        self._file = io.FileIO(path)
        self._file.seek(offset)
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        view = memoryview(buffer)[: self._left]
        count = self._file.readinto(view) or 0
        self._left -= count
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


def extract(root: str, blobs: Iterable[str], path: str) -> Blobs:
    """Write objects to a new file, as they are, whatever attributes say. Raises GitFailed, OSError, GitmlError where
    one is not in this clone."""
    asked = list(dict.fromkeys(blobs))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        if asked:
            names = "".join(name + "\n" for name in asked).encode()
            done = run(
                root, "cat-file", "--batch", "--buffer", input=names, output=descriptor, timeout=SECONDS, check=False
            )
            if done.code:
                raise _absent(root)
    finally:
        os.close(descriptor)
    return Blobs(path, _spans(root, asked, path))


def _spans(root: str, asked: list[str], path: str) -> dict[str, tuple[int, int]]:
    found = {}
    with open(path, "rb") as file:
        for blob in asked:
            header = file.readline().split()
            if len(header) != 3:
                raise _absent(root)
            size = int(header[2])
            found[blob] = (file.tell(), size)
            file.seek(size + 1, os.SEEK_CUR)
    return found


def _absent(root: str) -> GitmlError:
    hint = "git sparse-checkout add .git-ml  # or: git fetch --refetch --no-filter"
    return GitmlError("records are not in this clone, which leaves out files", where=root, hint=hint)
