"""Questions about a repository that no hook asks in a hurry. Uses GitPython; never import this from the hook path."""

from __future__ import annotations

from contextlib import suppress

from git import Git, Repo
from git.exc import GitCommandError

FIRST_CHOICES = ("main", "master", "trunk")


def current_branch(root: str) -> str:
    """The branch that is checked out, also one without a commit yet; "" where HEAD is detached."""
    return _ask(root, "symbolic-ref", "--short", "--quiet", "HEAD")


def default_branch(root: str) -> str:
    """The branch others call the default: what the remote's HEAD says, else a usual name, else the branch we are on."""
    remote = _ask(root, "symbolic-ref", "--short", "--quiet", "refs/remotes/origin/HEAD")
    if remote:
        return remote.removeprefix("origin/")
    with Repo(root) as repo:
        heads = {head.name for head in repo.heads}
    here = current_branch(root)
    known = [name for name in (_ask(root, "config", "init.defaultBranch"), *FIRST_CHOICES) if name in heads]
    return known[0] if known else here


def _ask(root: str, *arguments: str) -> str:
    """What git answers; "" where it has none."""
    with suppress(GitCommandError):
        return str(Git(root).execute(["git", *arguments]))
    return ""
