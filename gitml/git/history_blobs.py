"""Every version of every file below a folder, in all of history, and their contents as a stream. Not the hook path."""

from __future__ import annotations

import io
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, NamedTuple

from gitml.git.run import Done, GitFailed, environment

NOTHING = "0"
"""What an id is made of that stands for no blob."""

LINK_OR_FILE = ("100", "120")
"""How the modes of what has content begin; a submodule (160000) has none here."""

CHUNK = 1 << 16


class Version(NamedTuple):
    """A blob, and where it came into history first: ``commit`` and ``path``."""

    blob: str
    commit: str
    path: str


def versions(root: str, folder: str) -> Iterator[Version]:
    """Each blob once, oldest first, of all refs and of every work tree's HEAD. Raises GitFailed.

    Merges are compared with each of their parents, so that what only a merge brought in is there too.
    """
    seen = set()
    for commit, mode, blob, path in _changes(root, folder):
        if blob not in seen and mode.startswith(LINK_OR_FILE) and blob.strip(NOTHING):
            seen.add(blob)
            yield Version(blob, commit, path)


class Content(io.RawIOBase):
    """One blob's bytes as a file, read from git's answer as they are asked for; ``rest`` bytes are still to come."""

    def __init__(self, source: IO[bytes], size: int) -> None:
        super().__init__()
        self._source = source
        self.rest = size

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """As io.RawIOBase has it. Raises EOFError where git ended early."""
        wanted = min(len(buffer), self.rest)
        data = self._source.read(wanted) if wanted else b""
        if len(data) < wanted:
            raise EOFError("git ended in the middle of a blob")
        buffer[: len(data)] = data
        self.rest -= len(data)
        return len(data)


def contents(root: str, blobs: Iterable[str]) -> Iterator[tuple[str, Content | None]]:
    """(id, content) in the order asked; None for one that this clone lacks. Each content is good until the next.

    Raises GitFailed.
    """
    with tempfile.TemporaryFile() as asked:
        asked.writelines(blob.encode() + b"\n" for blob in blobs)
        asked.seek(0)
        with _git(root, "cat-file", "--batch", "--buffer", stdin=asked) as git:
            assert git.stdout is not None
            while header := git.stdout.readline():
                blob, _, size = header.decode("ascii", "replace").rstrip("\n").partition(" blob ")
                if not size:
                    yield header.decode("ascii", "replace").split(" ")[0], None
                    continue
                content = Content(git.stdout, int(size))
                yield blob, content
                while content.rest:
                    content.read(CHUNK)
                git.stdout.read(1)
        _check(git, root, "cat-file")


def _changes(root: str, folder: str) -> Iterator[tuple[str, str, str, str]]:
    """(commit, mode, blob, path) of whatever any commit added or changed, oldest commit first."""
    walk = ("rev-list", "--all", "--full-history", "--reverse", "--topo-order", "--", folder)
    compare = ("diff-tree", "--stdin", "-r", "-m", "--root", "--no-renames", "-z", "--", folder)
    with _git(root, *walk) as commits, _git(root, *compare, stdin=commits.stdout) as git:
        assert git.stdout is not None and commits.stdout is not None
        commits.stdout.close()
        commit, meta = "", ""
        for field in _fields(git.stdout):
            if meta:
                _, mode, _, blob, _ = meta.split(" ")
                yield commit, mode, blob, field
                meta = ""
            elif field.startswith(":"):
                meta = field
            else:
                commit = field.strip()
    _check(commits, root, "rev-list")
    _check(git, root, "diff-tree")


def _fields(source: IO[bytes]) -> Iterator[str]:
    """What stands between NULs."""
    rest = b""
    while chunk := source.read(CHUNK):
        *whole, rest = (rest + chunk).split(b"\0")
        for field in whole:
            yield field.decode("utf-8", "surrogateescape")


def _git(root: str, *arguments: str, stdin: IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    command = ["git", "--no-replace-objects", "-C", root, *arguments]
    return subprocess.Popen(
        command, stdin=stdin or subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment()
    )


def _check(git: subprocess.Popen[bytes], root: str, name: str) -> None:
    if git.returncode:
        raise GitFailed([name], Done(git.returncode, b"", b""), root)
