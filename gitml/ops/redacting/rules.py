"""Whose rules hold in a repository. The hook path imports this: a few file times where nothing changed.

The committed config is asked of git when the default branch moved, the user's own when its file did; both are kept in
``<local>/redact.json``, allowed values as hashes. Nothing of the work tree, of another branch or of the environment
gets in there.
"""

import json
import os
import stat

from gitml import config as configuration
from gitml.errors import GitmlError
from gitml.git import default_branch
from gitml.git.run import run
from gitml.redact.policy import Policy, trusted_rules
from gitml.store.files import read_bytes, write_atomic
from gitml.store.layout import DATA

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.git.where import Where
    from gitml.ops.context import Context

CACHE = "redact.json"
PATH = f"{DATA}/config.toml"
REGULAR = ("100644", "100755")
"""git's modes of a file. A symbolic link in the tree is no config: it could point at anything."""

MOST_BYTES = 1 << 20


def policy(context: "Context") -> Policy:
    """What holds here. Raises BadUsage where a pattern of any source is bad: then nothing is recorded until it is
    mended, rather than something that was to be removed."""
    found = trusted(context)
    return Policy.load(context.config.get("redact"), found, where=context.layout.config)


def trusted(context: "Context") -> "list[dict[str, Any]]":
    """The rules of those who may allow: the default branch's config, then the user's own. Raises BadUsage."""
    name, sha = default_branch.find(context.where.root, context.where.common_dir)
    path = own_path(context.where)
    cache = os.path.join(context.layout.local, CACHE)
    before = _kept(cache)
    kept = dict(before)
    if before.get("branch") != [name, sha]:
        blob = _blob(context.where.root, sha)
        if before.get("blob") != blob or not blob:
            kept |= {"blob": blob, "committed": _committed(context.where.root, blob, f"{name}:{PATH}")}
        kept["branch"] = [name, sha]
    stamp = [path, *_stamp(path)]
    if before.get("stamp") != stamp:
        kept |= {"stamp": stamp, "own": _own(path)}
    if kept != before:
        _keep(cache, kept)
    return [kept["committed"], kept["own"]]


def own_path(where: "Where") -> str:
    """The user's own config file, or "" where there is none that counts.

    Not one inside a work tree of this clone, also by way of a link or of an environment variable that the repository
    itself may have set; nor one that others may write to.
    """
    base = os.environ.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".config")
    path = os.path.join(base, "gitml", "config.toml")
    try:
        found = os.stat(path)
    except OSError:
        return ""
    if not stat.S_ISREG(found.st_mode) or found.st_uid not in (os.getuid(), 0) or found.st_mode & stat.S_IWOTH:
        return ""
    return "" if _inside(os.path.realpath(path), where) else path


def _inside(path: str, where: "Where") -> bool:
    from gitml.git.worktrees import roots

    return any(path.startswith(os.path.realpath(root) + os.sep) for root in (*roots(where), where.common_dir))


def _blob(root: str, sha: str) -> str:
    """The id of the config in a commit, "" where it has none that is a file."""
    if not sha:
        return ""
    entry = run(root, "ls-tree", "-z", sha, "--", PATH, check=False).out.decode("utf-8", "surrogateescape")
    mode, _, blob = entry.partition("\t")[0].partition(" blob ")
    return blob if mode in REGULAR else ""


def _committed(root: str, blob: str, where: str) -> "dict[str, Any]":
    if not blob:
        return {}
    try:
        data = run(root, "cat-file", "blob", blob).out
    except GitmlError:  # a shallow or partial clone may lack it: then nothing is allowed
        return {}
    return _section(data, where)


def _own(path: str) -> "dict[str, Any]":
    if not path:
        return {}
    with open(path, "rb") as file:  # may be a link: people keep such files elsewhere
        return _section(file.read(MOST_BYTES), path)


def _section(data: bytes, where: str) -> "dict[str, Any]":
    """Without a word of it nothing is read: reading TOML costs a hook 15 ms."""
    if b"redact" not in data and b"\\" not in data:
        return {}
    return trusted_rules(configuration.parse(data, where).get("redact", {}), where)


def _stamp(path: str) -> "list[int]":
    if not path:
        return []
    found = os.stat(path)
    return [found.st_size, found.st_mtime_ns, found.st_ino]


def _kept(path: str) -> "dict[str, Any]":
    try:
        kept = json.loads(read_bytes(path))
    except (OSError, ValueError):
        return {}
    whole = isinstance(kept, dict) and all(isinstance(kept.get(key), dict) for key in ("committed", "own"))
    return kept if whole else {}


def _keep(path: str, kept: "dict[str, Any]") -> None:
    """As it is, not through the gate, which would cut a pattern that looks like what it finds. Values are hashes."""
    try:
        write_atomic(path, json.dumps(kept).encode(), 0o600)
    except OSError:
        return
