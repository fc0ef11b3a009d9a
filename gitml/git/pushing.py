"""Pushing one commit to one branch, and fetching that branch, so that nothing else moves on either side."""

import re

from gitml.git.quietly import quietly, ssh
from gitml.git.run import GitFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.git.asked import Settings
    from gitml.git.upstream import Upstream

THEIRS = "refs/gitml/from"
"""Below it a fetched tip is kept, under a name of each work tree's: the user's own tracking ref stays, or their
``--force-with-lease`` would overwrite."""

DONE, MOVED, UNREACHABLE = "done", "moved", "unreachable"
"""MOVED: refused, because the branch is elsewhere by now or for a reason of the remote's own."""

_REFUSED = re.compile(rb"^!\t", re.MULTILINE)


def push(
    root: str, settings: "Settings", upstream: "Upstream", commit: str, expected: str, *, seconds: float, by_url: bool
) -> "tuple[str, str]":
    """Push a commit that descends from ``expected`` ("": no such branch yet), where the branch is still there.

    ``by_url``: the tracking ref stays where it is. Returns (DONE, MOVED or UNREACHABLE; what git said of it).
    """
    target = url(root, upstream.remote) if by_url else upstream.remote
    if not target:
        return UNREACHABLE, "no url"
    try:
        done = quietly(
            root, "push", "--porcelain", "--no-verify", "--no-follow-tags", "--no-signed", "--recurse-submodules=no",
            f"--force-with-lease={upstream.ref}:{expected}", target, f"{commit}:{upstream.ref}",
            timeout=seconds, check=False, more=ssh(settings),
        )  # fmt: skip
    except GitFailed as error:
        return UNREACHABLE, error.what
    if done.code == 0:
        return DONE, ""
    words = (done.error.strip() or done.out.strip()).decode("utf-8", "replace")
    return (MOVED if _REFUSED.search(done.out) else UNREACHABLE), words.split("\n")[0]


def fetch(root: str, settings: "Settings", upstream: "Upstream", into: str, *, seconds: float) -> "str | None":
    """Where the branch is at the remote, its commits fetched and held by the ref ``into``; "" where it has no such
    branch, None out of reach."""
    try:
        done = quietly(
            root, "fetch", "--quiet", "--refmap=", "--no-tags", "--no-prune", "--no-write-fetch-head",
            "--recurse-submodules=no", upstream.remote, f"+{upstream.ref}:{into}",
            timeout=seconds, check=False, more=ssh(settings),
        )  # fmt: skip
    except GitFailed:
        return None
    if done.code:
        return "" if b"couldn't find remote ref" in done.error else None
    found = quietly(root, "rev-parse", "--verify", "--quiet", into, check=False)
    return found.out.decode().strip() or None


def url(root: str, remote: str) -> str:
    """Where pushes to a remote go; "" where there is none."""
    done = quietly(root, "remote", "get-url", "--push", remote, check=False)
    return done.out.decode("utf-8", "surrogateescape").strip() if done.code == 0 else ""
