"""Making a commit of files without index or work tree, and moving a branch to it. The hook path imports this.

By ``git fast-import``: one process, whose time does not grow with what the commit before it holds.
"""

import os

from gitml.git.objects import SHA1_DIGITS
from gitml.git.run import run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.git.asked import Settings

    Files = dict[str, bytes | str]
    """{path below the top: its bytes, or the id of a blob that is there}. Paths hold no quote and no line break."""

SCRATCH = "refs/gitml/made/"
"""fast-import wants a ref to write to; the number of this process follows. At its end it deletes that again."""

NO_HOOKS = ("-c", "core.hooksPath=/dev/null")
"""A reference-transaction hook would be called for each of these refs."""

SIGN_SECONDS = 5.0
"""A key that asks a person for something is not waited for."""


def commit(root: str, files: "Files", parent: str, message: str, known: "Settings", now: int) -> str:
    """Make a commit that holds ``files`` over what ``parent`` ("" for none) holds. Returns its id; no branch moves.

    ``now`` in seconds since 1970. Signed where git is configured to. Raises GitFailed.
    """
    ref = f"{SCRATCH}{os.getpid()}"
    made = _import(root, _stream(ref, files, parent, message, known, now))
    return _signed(root, made, parent, message) if known.says("commit.gpgsign") else made


def move(root: str, ref: str, new: str, old: str) -> None:
    """Point ``ref`` to ``new`` ("" deletes it) if it points to ``old`` ("" does not ask). Raises GitFailed."""
    change = ["-m", "gitml: records", ref, new] if new else ["-d", ref]
    run(root, *NO_HOOKS, "update-ref", "--no-deref", *change, *([old] if old else []), reading=False)


def nothing(object_id: str) -> str:
    """What stands for "no such ref yet" beside an id of that length."""
    return "0" * len(object_id)


def _import(root: str, stream: bytes) -> str:
    """The id of the commit: what fast-import answers to ``get-mark``."""
    command = (*NO_HOOKS, "fast-import", "--quiet", "--force", "--done", "--date-format=raw")
    return run(root, *command, input=stream, reading=False).out.decode().strip()


def _stream(ref: str, files: "Files", parent: str, message: str, known: "Settings", now: int) -> bytes:
    text = message.encode()
    lines = [
        f"commit {ref}\nmark :1".encode(),
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
    ids = [parent] if parent else [content for content in files.values() if isinstance(content, str)]
    zero = nothing(ids[0]) if ids else "0" * SHA1_DIGITS
    lines.append(f"get-mark :1\nreset {ref}\nfrom {zero}\n\ndone\n".encode())
    return b"\n".join(lines)


def _signed(root: str, made: str, parent: str, message: str) -> str:
    """The same commit with a signature, which fast-import cannot make."""
    above = ["-p", parent] if parent else []
    arguments = ["commit-tree", "-S", "-m", message, *above, f"{made}^{{tree}}"]
    return run(root, *arguments, reading=False, timeout=SIGN_SECONDS).out.decode().strip()


ROLES = ("AUTHOR", "COMMITTER")
