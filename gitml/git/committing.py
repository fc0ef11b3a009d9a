"""Commits made without the work tree and without anybody's index: no hook runs, nothing that is staged goes along."""

from __future__ import annotations

from gitml.errors import GitmlError
from gitml.git.run import GitFailed, run

DURABLE = ("-c", "core.fsync=committed,loose-object,index")
"""Objects as durable as what they replace; git's default trusts the file system. Unknown before git 2.36."""

SECONDS = 3600.0
PATIENCE = 300.0
"""Seconds for making a commit: whoever signs may be asked for a passphrase."""


def ids_of(root: str, files: list[str], *, write: bool) -> list[str]:
    """The object id of each file, as it is; ``write``: put it into the repository, too. Raises GitFailed."""
    if not files:
        return []
    command = [*DURABLE, "hash-object", "--no-filters", "--stdin-paths", *(["-w"] if write else [])]
    names = "".join(file + "\n" for file in files).encode("utf-8", "surrogateescape")
    return run(root, *command, input=names, reading=False, timeout=SECONDS).out.decode().split()


def tree(root: str, tip: str, changes: dict[str, str], index: str) -> str:
    """The tree of ``tip`` with ``changes`` {path: blob id, "" takes it out}. ``index``: a file to work in, which must
    not exist. Returns its id. Raises GitFailed."""
    run(root, "read-tree", tip, index=index, reading=False, timeout=SECONDS)
    nothing = "0" * len(tip)
    lines = [f"100644 {blob}\t{path}" if blob else f"0 {nothing}\t{path}" for path, blob in changes.items()]
    data = b"".join(line.encode("utf-8", "surrogateescape") + b"\0" for line in lines)
    run(root, "update-index", "-z", "--index-info", input=data, index=index, reading=False, timeout=SECONDS)
    made = run(root, *DURABLE, "write-tree", "--missing-ok", index=index, reading=False, timeout=SECONDS)
    return made.out.decode().strip()


def commit(root: str, tree: str, parent: str, message: str) -> str:
    """A commit by the user, signed where they sign theirs. Returns its id. Raises GitFailed."""
    said = run(root, "config", "--type=bool", "--get", "commit.gpgsign", check=False).out.strip()
    sign = ["-S"] if said == b"true" else []
    command = [*DURABLE, "commit-tree", *sign, "-p", parent, "-m", message, tree]
    done = run(root, *command, reading=False, timeout=PATIENCE, check=False)
    if done.code == 0:
        return done.out.decode().strip()
    if b"user.email" in done.error:
        hint = "git config user.name 'Your Name'; git config user.email you@example.com"
        raise GitmlError("git does not know who commits", where=root, hint=hint)
    raise GitFailed(("commit-tree",), done, root)
