"""Making a commit of files without index or work tree, and moving a branch to it. The hook path imports this.

By ``git fast-import``: one process, whose time does not grow with what the commit before it holds.
"""

import os

from gitml.git.quietly import quietly
from gitml.git.run import run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitml.git.asked import Settings

    Files = dict[str, bytes | str]
    """{path below the top: its bytes, or the id of a blob that is there}. Paths hold no quote and no line break."""

SCRATCH = "refs/gitml/made/"
"""fast-import wants a ref to write to; the number of this process follows. At its end it deletes that again."""

NO_HOOKS = ("-c", "core.hooksPath=/dev/null")
"""A reference-transaction hook would be called for each of these refs."""

SIGN_SECONDS = 10.0
"""A key that asks a person for something is not waited for."""


def commit(
    root: str, files: "Files", parent: str, message: str, known: "Settings", now: int, *,
    merged: "Sequence[str]" = (), tree: str = "",
) -> str:  # fmt: skip
    """Make a commit that holds ``files`` over what ``parent`` ("" for none) holds. Returns its id; no branch moves.

    ``merged`` are further parents; ``tree``: the id of a tree to start from in place of the parent's. ``now`` in
    seconds since 1970. Signed where git is configured to. Raises GitFailed, also where a signature needs a person.
    """
    stream = b"\n".join(_stream(files, [*([parent] if parent else []), *merged], message, known, now, tree)) + b"\n"
    made = quietly(root, "fast-import", "--quiet", "--force", "--done", "--date-format=raw", input=stream)
    commit = made.out.decode().split("\n")[0]
    return _signed(root, commit, [parent, *merged], message) if known.says("commit.gpgsign") else commit


def move(root: str, ref: str, new: str, old: str, why: str = "gitml: records") -> None:
    """Point ``ref`` to ``new`` ("" deletes it) if it points to ``old`` ("" does not ask). Raises GitFailed.

    ``HEAD`` is the branch it stands for; any other symbolic ref is itself. ``why`` goes into the reflog.
    """
    change = ["-m", why, ref, new] if new else ["-d", ref]
    itself = [] if ref == "HEAD" else ["--no-deref"]
    run(root, *NO_HOOKS, "update-ref", *itself, *change, *([old] if old else []), reading=False)


def nothing(object_id: str) -> str:
    """What stands for "no such ref yet" beside an id of that length."""
    return "0" * len(object_id)


def _stream(
    files: "Files", parents: "list[str]", message: str, known: "Settings", now: int, tree: str
) -> "Iterator[bytes]":
    text, ref = message.encode(), f"{SCRATCH}{os.getpid()}"
    yield f"commit {ref}\nmark :1".encode()
    for role in ROLES:
        yield f"{role.lower()} {known.identity(role, now)}".encode("utf-8", "surrogateescape")
    yield b"data %d\n%b" % (len(text), text)
    for number, parent in enumerate(parents):
        yield f"{'merge' if number else 'from'} {parent}".encode()
    if tree:
        yield f"M 040000 {tree} ".encode()
    for path, content in files.items():
        name = path.encode("utf-8", "surrogateescape")
        if isinstance(content, str):
            yield b"M 100644 %b %b" % (content.encode(), name)
        else:
            yield b"M 100644 inline %b\ndata %d\n%b" % (name, len(content), content)
    yield f"get-mark :1\nreset {ref}\nfrom {'0' * known.digits}\n\ndone".encode()


def _signed(root: str, made: str, parents: "list[str]", message: str) -> str:
    """The same commit with a signature, which fast-import cannot make."""
    above = [word for parent in parents if parent for word in ("-p", parent)]
    arguments = ["commit-tree", "-S", *above, f"{made}^{{tree}}"]
    return quietly(root, *arguments, input=message.encode(), timeout=SIGN_SECONDS).out.decode().strip()


ROLES = ("AUTHOR", "COMMITTER")
