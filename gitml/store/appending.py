"""Adding to several files as one: all of it is durable, or none of it is there. The hook path imports this."""

import os

from gitml.store.files import fsync_dir, remove_files, write_all

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


class Batch:
    """Files being added to under the lock. Leaving it by an exception takes everything back."""

    __slots__ = ("open_files",)

    def __init__(self) -> None:
        self.open_files: list[tuple[str, int, int]] = []

    def __enter__(self) -> "Batch":
        return self

    def add(self, path: str, data: bytes) -> None:
        """Add lines to a file in one write. A last line that a killed writer tore stays apart from them."""
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(path, flags, 0o600)
        size = os.fstat(descriptor).st_size
        self.open_files.append((path, descriptor, size))
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        write_all(descriptor, b"\n" + data if torn else data)

    def settle(self) -> None:
        """Make it all durable: the bytes, then the names of files that are new."""
        for _, descriptor, _ in self.open_files:
            os.fsync(descriptor)
        for folder in sorted({os.path.dirname(path) for path, _, size in self.open_files if size == 0}):
            fsync_dir(folder)

    def __exit__(
        self, kind: "type[BaseException] | None", error: "BaseException | None", trace: "TracebackType | None"
    ) -> None:
        for path, descriptor, size in reversed(self.open_files):
            try:
                if kind is not None:
                    _take_back(path, descriptor, size)
            finally:
                os.close(descriptor)
        self.open_files.clear()


def _take_back(path: str, descriptor: int, size: int) -> None:
    os.ftruncate(descriptor, size)
    if size == 0:
        remove_files([path])
