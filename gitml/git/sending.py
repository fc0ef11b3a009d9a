"""Talking to a remote: what branches it has, fetching some, pushing one commit. The hook path imports this.

``known`` are git's settings where nobody may be asked for anything; None where a person waits, whom ssh may ask.
"""

import os

from gitml.git.quietly import quietly, ssh
from gitml.git.run import run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitml.git.asked import Settings

HEADS = "refs/heads/"


def heads(root: str, remote: str, timeout: float, known: "Settings | None" = None) -> "dict[str, str]":
    """{name: id} of the remote's branches. Raises GitFailed where it cannot be reached."""
    done = quietly(root, "ls-remote", "--heads", remote, timeout=timeout, more=_asking(known))
    lines = (line.partition("\t") for line in done.out.decode("utf-8", "surrogateescape").split("\n")[:-1])
    return {ref[len(HEADS) :]: commit for commit, _, ref in lines}


def fetch(
    root: str,
    common_dir: str,
    remote: str,
    refspecs: "Iterable[str]",
    timeout: float,
    prune: bool = False,
    known: "Settings | None" = None,
) -> None:
    """Fetch just these, nothing on the side. In a shallow clone their last commits alone. Raises GitFailed."""
    asked = ["--no-tags", "--refmap=", "--no-write-fetch-head", "--no-recurse-submodules", "--quiet"]
    asked += ["--prune" if prune else "--no-prune", *(["--depth=1"] if shallow(common_dir) else [])]
    quietly(root, "fetch", *asked, remote, *refspecs, timeout=timeout, more=_asking(known))


def fetch_blobs(root: str, remote: str, blobs: "list[str]", timeout: float) -> None:
    """Fetch contents that a partial clone left out, as git does for itself. Raises GitFailed."""
    asked = [
        "--no-tags",
        "--no-write-fetch-head",
        "--no-recurse-submodules",
        "--filter=blob:none",
        "--quiet",
        "--stdin",
    ]
    command = ("-c", "fetch.negotiationAlgorithm=noop", "fetch", *asked, remote)
    wanted = "".join(f"{blob}\n" for blob in blobs).encode()
    quietly(root, *command, input=wanted, timeout=timeout)


def push(root: str, remote: str, commit: str, name: str, timeout: float, known: "Settings") -> str:
    """Let the remote's branch ``name`` be ``commit``, if that only adds to it. Returns why not, "" where it is done.

    Raises GitFailed where there was no answer in time.
    """
    asked = ["--no-verify", "--no-follow-tags", "--no-signed", "--recurse-submodules=no", "--quiet"]
    command = ("push", *asked, remote, f"{commit}:{HEADS}{name}")
    done = quietly(root, *command, timeout=timeout, check=False, more=ssh(known))
    return _reason(done.error.decode("utf-8", "replace")) if done.code else ""


def contains(root: str, newer: str, older: str) -> bool:
    """Whether ``older`` is ``newer`` or one of its ancestors."""
    return newer == older or run(root, "merge-base", "--is-ancestor", older, newer, check=False).code == 0


def shallow(common_dir: str) -> bool:
    """Whether this clone lacks the beginning of its history."""
    return os.path.exists(os.path.join(common_dir, "shallow"))


def _asking(known: "Settings | None") -> "dict[str, str | None]":
    return ssh(known) if known is not None else {}


def _reason(said: str) -> str:
    """The line of git's that names the trouble; what the other side says comes before it, and hints behind."""
    lines = [line.strip() for line in said.split("\n") if line.strip()]
    telling = [line for line in lines if line.startswith(("!", "fatal:", "error:"))]
    return (telling or lines or ["git push failed"])[0]
