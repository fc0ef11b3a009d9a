"""How two commits stand to each other, and what one adds to another. The questions cost a git each."""

from gitml.git.run import run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

SAME, AHEAD, BEHIND, DIVERGED, UNRELATED = "same", "ahead", "behind", "diverged", "unrelated"


def relation(root: str, one: str, other: str) -> "tuple[str, str]":
    """(how ``one`` stands to ``other``, their newest common ancestor, "" where they have none). Raises GitFailed."""
    if one == other:
        return SAME, one
    base = run(root, "merge-base", one, other, check=False).out.decode().strip()
    if not base:
        return UNRELATED, ""
    return (BEHIND if base == one else AHEAD if base == other else DIVERGED), base


def added(root: str, base: str, commit: str, folder: str) -> "tuple[dict[str, str], bool]":
    """({path: blob id} of what ``commit`` adds to ``base`` below ``folder``, whether that is all it changes).

    Raises GitFailed.
    """
    found: dict[str, str] = {}
    alone = True
    for mode, blob, kind, path in _changes(root, base, commit):
        if kind == "A" and mode == "100644" and path.startswith(folder + "/"):
            found[path] = blob
        else:
            alone = False
    return found, alone


def between(root: str, base: str, commit: str, folder: str = "") -> "list[str]":
    """Commits of ``commit``'s history that ``base`` does not have; of those that change ``folder`` where one is named.

    ``base`` may be an option such as ``--remotes``. Raises GitFailed.
    """
    paths = ["--", folder] if folder else ["--"]
    return run(root, "rev-list", commit, "--not", base, *paths).out.decode().split()


def parents(root: str, commit: str) -> "list[str]":
    """Raises GitFailed."""
    return run(root, "rev-list", "--parents", "--max-count=1", commit).out.decode().split()[1:]


def _changes(root: str, base: str, commit: str) -> "Iterator[tuple[str, str, str, str]]":
    """(new mode, new blob, kind of change, path)"""
    out = run(root, "diff-tree", "-r", "-z", "--no-renames", base, commit).out.decode("utf-8", "surrogateescape")
    fields = out.split("\0")[:-1]
    for meta, path in zip(fields[::2], fields[1::2], strict=True):
        _, mode, _, blob, kind = meta.split(" ")
        yield mode, blob, kind, path
