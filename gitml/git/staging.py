"""Looking at an index, adding to it and taking from it. The hook path imports this.

``index`` is the path of the index file to use, "" for the work tree's own. Paths are relative to ``root``, with "/".
"""

from gitml.git.run import TIMEOUT, GitFailed, run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

NO_HOOKS = ("-c", "core.hooksPath=/dev/null")
"""A post-index-change hook would be called for a copy of the index as well."""

COPY = "gitml-index"
"""Beside the index: the copy that is to take its place. ``index.lock`` is a second name of it, so that a lock which
a killed process left can be told from everybody else's."""


def staged(root: str, folder: str, index: str = "") -> "dict[str, str]":
    """What the index holds below ``folder``: {path: blob id}. Paths in conflict have the id "". Raises GitFailed."""
    out = run(root, "ls-files", "-s", "-z", "--", folder, index=index).out
    found: dict[str, str] = {}
    for entry in out.split(b"\0")[:-1]:
        meta, _, path = entry.partition(b"\t")
        _, blob, stage = meta.decode().split(" ")
        found[path.decode("utf-8", "surrogateescape")] = blob if stage == "0" else ""
    return found


def left_out(root: str, folder: str) -> "set[str]":
    """Which paths of the index below ``folder`` a sparse checkout leaves out of the work tree. Raises GitFailed."""
    out = run(root, "ls-files", "-t", "-z", "--", folder).out
    return {entry[2:].decode("utf-8", "surrogateescape") for entry in out.split(b"\0") if entry.startswith(b"S ")}


def committed(root: str, commit: str, paths: "Iterable[str]") -> "dict[str, str]":
    """Which of the paths a commit holds: {path: blob id}; nothing where there is no such commit. Raises GitFailed."""
    done = run(root, "ls-tree", "-r", "-z", commit, "--", *paths, check=False)
    found: dict[str, str] = {}
    for entry in done.out.split(b"\0")[:-1]:
        meta, _, path = entry.partition(b"\t")
        found[path.decode("utf-8", "surrogateescape")] = meta.decode().split(" ")[2]
    return found


def differs(root: str, apart_from: str, index: str = "") -> bool:
    """Whether a commit of the index would hold anything that HEAD does not, apart from one folder. Raises GitFailed."""
    command = ["diff", "--cached", "--quiet", "--no-ext-diff", "--", ".", f":(exclude,top){apart_from}"]
    done = run(root, *command, index=index, check=False)
    if done.code not in (0, 1):
        raise GitFailed(command, done, root)
    return done.code == 1


def add(root: str, paths: "Iterable[str]", index: str = "", timeout: float = TIMEOUT) -> None:
    """Put files of the work tree into the index as they are on disk. Raises GitFailed, also where it is locked."""
    command = ("update-index", "--add", "-z", "--stdin")
    run(root, *command, input=_joined(paths), index=index, reading=False, timeout=timeout, options=NO_HOOKS)


def remove(root: str, paths: "Iterable[str]", index: str = "", timeout: float = TIMEOUT) -> None:
    """Take paths out of the index; their files stay. Raises GitFailed, also where it is locked."""
    command = ("update-index", "--force-remove", "-z", "--stdin")
    run(root, *command, input=_joined(paths), index=index, reading=False, timeout=timeout, options=NO_HOOKS)


def _joined(paths: "Iterable[str]") -> bytes:
    return b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in paths)
