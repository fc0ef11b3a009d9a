"""Where everything lies. The only place that spells a path of the store."""

import os

DATA = ".git-ml"
SETUP = "setup.json"
TAKEN_OUT = "uninstalled"


class Layout:
    """Paths of one work tree's store. ``tracked`` travels with commits; ``local`` all work trees of the clone share."""

    __slots__ = ("git_dir", "local", "root", "worktree")

    def __init__(self, root: str, git_dir: str, common_dir: str, worktree: str) -> None:
        self.root = root
        self.git_dir = git_dir
        self.local = os.path.join(common_dir, "gitml")
        self.worktree = worktree

    def of(self, worktree: str) -> "Layout":
        """The same clone's store, seen from another work tree's spool."""
        return Layout(self.root, self.git_dir, os.path.dirname(self.local), worktree)

    @property
    def data(self) -> str:
        """``<work tree>/.git-ml``"""
        return os.path.join(self.root, DATA)

    @property
    def config(self) -> str:
        """The tracked config file."""
        return os.path.join(self.data, "config.toml")

    @property
    def tracked(self) -> str:
        """Base files, ``archive/`` and ``live/``."""
        return os.path.join(self.data, "tracked")

    @property
    def live(self) -> str:
        """Published parts, ``<day>/<name>/``."""
        return os.path.join(self.tracked, "live")

    @property
    def chunked(self) -> str:
        """An older layout's records in parts: what lies there belongs to no stream, and ``gitml migrate`` reads it."""
        return os.path.join(self.tracked, "chunked")

    @property
    def spools(self) -> str:
        """The spools of all work trees."""
        return os.path.join(self.local, "spool")

    @property
    def spool(self) -> str:
        """This work tree's spool."""
        return os.path.join(self.spools, self.worktree)

    @property
    def kept(self) -> str:
        """Copies of parts that left the spool with a commit."""
        return os.path.join(self.local, "kept")

    @property
    def side(self) -> str:
        """What side branches hold, ``<stream>/<blob id>/<stream>.jsonl``: a copy that can be made again from git."""
        return os.path.join(self.local, "side")

    @property
    def cursors(self) -> str:
        return os.path.join(self.local, "cursors")

    @property
    def raw(self) -> str:
        """Redacted, compressed copies of agents' transcripts: ``objects/``, ``sessions/``."""
        return os.path.join(self.local, "raw")

    @property
    def dlq(self) -> str:
        return os.path.join(self.local, "dlq")

    @property
    def logs(self) -> str:
        return os.path.join(self.local, "logs")

    @property
    def events(self) -> str:
        """The audit log, a file a day: what changed local state beside recording (``store.audit``)."""
        return os.path.join(self.local, "events")

    @property
    def registry(self) -> str:
        """Who holds which number, ``<number>.json``: the sessions that run in this clone's work trees."""
        return os.path.join(self.local, "registry")

    @property
    def heartbeats(self) -> str:
        """When each of them last gave a sign, ``<work tree>/<who>``."""
        return os.path.join(self.local, "heartbeats")

    @property
    def setup(self) -> str:
        """What a set-up of this clone inserted into which file; absent where there was none."""
        return os.path.join(self.local, SETUP)

    @property
    def taken_out(self) -> str:
        """An empty file: a person took gitml out of this clone, so that no hook records in it or puts it back."""
        return os.path.join(self.local, TAKEN_OUT)

    @property
    def compact(self) -> str:
        """What a compaction at work needs: its journals, and a folder for what it makes."""
        return os.path.join(self.local, "compact")

    @property
    def bootstrap(self) -> str:
        """What could not be installed on a machine that is thrown away, in a line; absent where all is well."""
        return os.path.join(self.local, "bootstrap")

    @property
    def program(self) -> str:
        """The gitml that was installed there."""
        return os.path.join(self.local, "program")

    @property
    def lock(self) -> str:
        """The one lock file of the clone's local state."""
        return os.path.join(self.local, "lock")
