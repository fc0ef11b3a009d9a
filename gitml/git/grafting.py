"""Making a commit of files without index or work tree, and moving a branch to it. The hook path imports this.

By ``git fast-import``: one process, whose time does not grow with what the commit before it holds.
"""

import os

from gitml.git.run import GitFailed, run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.git.asked import Settings

    Files = dict[str, bytes | str]
    """{path below the top: its bytes, or the id of a blob that is there}. Paths hold no quote and no line break."""

SCRATCH = "refs/gitml/made/"
"""Where a commit stands until its branch is moved to it; the number of this process follows."""

NO_HOOKS = ("-c", "core.hooksPath=/dev/null")
"""A reference-transaction hook would be called for each of these refs."""

SIGN_SECONDS = 5.0
"""A key that asks a person for something is not waited for."""


def commit(root: str, files: "Files", parent: str, message: str, known: "Settings", now: int) -> str:
    """Make a commit that holds ``files`` over what ``parent`` ("" for none) holds. Returns its id; no branch moves.

    ``now`` in seconds since 1970. Signed where git is configured to. Raises GitFailed.
    """
    ref = f"{SCRATCH}{os.getpid()}"
    _import(root, ref, _stream(ref, files, parent, message, known, now))
    try:
        made = run(root, "rev-parse", "--verify", ref).out.decode().strip()
        return _signed(root, made, parent, message) if known.says("commit.gpgsign") else made
    finally:
        move(root, ref, "", "")


def move(root: str, ref: str, new: str, old: str) -> None:
    """Point ``ref`` to ``new`` ("" deletes it) if it points to ``old`` ("" does not ask). Raises GitFailed."""
    change = ["-m", "gitml: records", ref, new] if new else ["-d", ref]
    run(root, *NO_HOOKS, "update-ref", "--no-deref", *change, *([old] if old else []), reading=False)


def nothing(object_id: str) -> str:
    """What stands for "no such ref yet" beside an id of that length."""
    return "0" * len(object_id)


def _import(root: str, ref: str, stream: bytes) -> None:
    command = (*NO_HOOKS, "fast-import", "--quiet", "--force", "--date-format=raw")
    done = run(root, *command, input=stream, reading=False, check=False)
    if done.code:
        raise GitFailed(("fast-import",), done, root)


def _stream(ref: str, files: "Files", parent: str, message: str, known: "Settings", now: int) -> bytes:
    text = message.encode()
    lines = [
        f"commit {ref}".encode(),
        *(f"{role.lower()} {known.identity(role, now)}".encode("utf-8", "surrogateescape") for role in ROLES),
        b"data %d\n%b" % (len(text), text),
        *([b"from " + parent.encode()] if parent else []),
    ]
    for path, content in files.items():
        name = path.encode("utf-8", "surrogateescape")
        if isinstance(content, str):
            lines.append(b"M 100644 %b %b" % (content.encode(), name))
        else:
            lines.append(b"M 100644 inline %b\ndata %d\n%b" % (name, len(content), content))
    return b"\n".join(lines) + b"\n"


def _signed(root: str, made: str, parent: str, message: str) -> str:
    """The same commit with a signature, which fast-import cannot make."""
    above = ["-p", parent] if parent else []
    arguments = ["commit-tree", "-S", "-m", message, *above, f"{made}^{{tree}}"]
    return run(root, *arguments, reading=False, timeout=SIGN_SECONDS).out.decode().strip()


ROLES = ("AUTHOR", "COMMITTER")
