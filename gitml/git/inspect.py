"""Questions about a repository that no hook asks in a hurry. Uses GitPython; never import this from the hook path."""

from __future__ import annotations

import os
from contextlib import suppress

from git import Git, Repo
from git.exc import GitCommandError

from gitml.git import worktrees as files
from gitml.git.remote import repo_name
from gitml.git.where import find

FIRST_CHOICES = ("main", "master", "trunk")


def git_version() -> tuple[int, ...]:
    """The version of git in use, as (2, 39, 5)."""
    return Git().version_info


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


def remote_name(root: str) -> str:
    """"owner/name" of origin, without host or credentials; the folder's name where there is no remote."""
    where = find(root)
    return repo_name(where.common_dir, where.root) if where else os.path.basename(os.path.abspath(root))


def hooks_dir(root: str) -> str:
    """The folder git runs this work tree's hooks from, resolved: knows core.hooksPath, work trees, submodules."""
    return os.path.realpath(os.path.join(root, _ask(root, "rev-parse", "--git-path", "hooks")))


def worktrees(common_dir: str) -> list[str]:
    """Top folders of all work trees of a clone that are there, the main one first (none in a bare repository)."""
    return [*_main_root(common_dir), *files.roots(common_dir)]


def tracked_paths(root: str, folder: str) -> list[str]:
    """Paths below a folder that the index holds."""
    return [path for path in _ask(root, "ls-files", "-z", "--", folder).split("\0") if path]


def _main_root(common_dir: str) -> list[str]:
    """A submodule's repository names its work tree in ``core.worktree``; any other's lies beside ``.git``."""
    with Repo(common_dir) as repo:
        if repo.bare:
            return []
        named = repo.config_reader("repository").get_value("core", "worktree", "")
    root = os.path.join(common_dir, str(named)) if named else os.path.dirname(common_dir)
    return [os.path.realpath(root)]


def _ask(root: str, *arguments: str) -> str:
    """What git answers; "" where it has none."""
    with suppress(GitCommandError):
        return str(Git(root).execute(["git", *arguments]))
    return ""
