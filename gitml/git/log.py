"""What commits are: author, subject, parents, and the lines they add and remove a file. The hook path imports this."""

import os

from gitml.git.objects import ids
from gitml.git.run import GitFailed, run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    FileCounts = tuple[str, int | None, int | None]

MARK = "gitml-commit "
FORMAT = f"--format={MARK}%H%x00%ct%x00%an%x00%P%x00%s"
PLAIN = (
    "log", "-z", FORMAT, "--encoding=UTF-8", "--no-color", "--no-notes", "--no-show-signature", "--no-mailmap",
    "--no-ext-diff", "--no-textconv", "--no-renames", "--diff-merges=off", "--diff-algorithm=myers",
    "--ignore-submodules=none",
)  # fmt: skip
"""Every setting of a person that would change the answer is overruled: two clones must describe a commit alike."""

SECONDS = 20.0
"""Time for the counts of many commits; where that is not enough, they are described without."""

MOST = 2**31 - 1
"""git keeps the number in an int."""

AT_ONCE = 1000
"""Commits one git describes: keeps the output of 500 large ones within some tens of megabytes."""


class Commit:
    """One commit. ``seconds`` (committer's time) since 1970; ``files`` (path, insertions, deletions; None: binary),
    sorted by path; None where they could not be counted. A merge has none."""

    __slots__ = ("author", "files", "parents", "seconds", "sha", "subject")

    def __init__(self, fields: "list[str]", files: "list[FileCounts] | None") -> None:
        self.sha, seconds, self.author, parents, self.subject = fields
        self.seconds = int(seconds)
        self.parents = parents.split()
        self.files = files


def existing(root: str, names: "Iterable[str]") -> "dict[str, str]":
    """Which of the names (whole or short ids) are commits of this repository: {name: whole id}. Raises GitFailed."""
    return {name: found for name, (found, kind) in ids(root, names).items() if kind == "commit"}


def describe(root: str, shas: "list[str]", common_dir: str) -> "Iterator[Commit]":
    """The commits of these whole ids, which must exist. Raises GitFailed.

    A commit at the edge of a shallow clone would seem to add every file there is: it comes without files.
    """
    edge = _shallow(common_dir)
    counted = [] if _is_partial(common_dir) else [sha for sha in shas if sha not in edge]
    for batch in _batches(counted):
        yield from _counted(root, batch)
    known = set(counted)
    for batch in _batches([sha for sha in shas if sha not in known]):
        yield from _parsed(_log(root, batch, "--no-patch"), with_files=False)


def newest(root: str, limit: int) -> "list[str]":
    """Ids of the newest commits of HEAD's history, newest first; none where there is no commit yet."""
    done = run(root, "rev-list", f"--max-count={min(limit, MOST)}", "HEAD", "--", check=False)
    return done.out.decode().split() if done.code == 0 else []


def _counted(root: str, shas: "list[str]") -> "list[Commit]":
    try:
        return list(_parsed(_log(root, shas, "--numstat"), with_files=True))
    except GitFailed:  # too slow, or an object is missing
        return list(_parsed(_log(root, shas, "--no-patch"), with_files=False))


def _log(root: str, shas: "list[str]", *options: str) -> bytes:
    lines = "".join(sha + "\n" for sha in shas).encode()
    return run(root, *PLAIN, *options, "--no-walk=unsorted", "--stdin", input=lines, timeout=SECONDS).out


def _parsed(out: bytes, with_files: bool) -> "Iterator[Commit]":
    """Five fields a commit, then, after a line break, its files: each field ends in NUL."""
    fields = out.decode("utf-8", "surrogateescape").split("\0")
    position = 0
    while position < len(fields) and fields[position].startswith(MARK):
        head = fields[position : position + 5]
        head[0] = head[0][len(MARK) :]
        position += 5
        files: list[FileCounts] = []
        while position < len(fields) and _is_count(fields[position]):
            insertions, deletions, path = fields[position].lstrip("\n").split("\t", 2)
            files.append((path, _number(insertions), _number(deletions)))
            position += 1
        yield Commit(head, sorted(files) if with_files else None)


def _is_count(field: str) -> bool:
    pieces = field.lstrip("\n").split("\t", 2)
    return len(pieces) == 3 and all(piece == "-" or piece.isdigit() for piece in pieces[:2])


def _number(text: str) -> "int | None":
    return None if text == "-" else int(text)


def _batches(shas: "list[str]") -> "Iterator[list[str]]":
    for start in range(0, len(shas), AT_ONCE):
        yield shas[start : start + AT_ONCE]


def _shallow(common_dir: str) -> "set[str]":
    try:
        with open(os.path.join(common_dir, "shallow"), encoding="ascii", errors="replace") as file:
            return set(file.read().split())
    except OSError:
        return set()


def _is_partial(common_dir: str) -> bool:
    """A clone without all blobs: counting lines would fetch them, one by one."""
    try:
        return any(name.endswith(".promisor") for name in os.listdir(os.path.join(common_dir, "objects", "pack")))
    except OSError:
        return False
