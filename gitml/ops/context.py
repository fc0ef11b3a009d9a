"""Opening a repository: where it is, its store's paths, its configuration."""

import os

from gitml import config as configuration
from gitml.errors import GitmlError, NothingHere
from gitml.git import where as locations
from gitml.store.layout import DATA, Layout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.config import Config
    from gitml.git.where import Where


class Context:
    """One work tree, opened: ``where`` (git's paths), ``layout`` (the store's paths), ``config``."""

    __slots__ = ("config", "layout", "where")

    def __init__(self, where: "Where", layout: Layout, config: "Config") -> None:
        self.where = where
        self.layout = layout
        self.config = config

    @property
    def set_up(self) -> bool:
        """Whether gitml was set up here: this clone has local state, or the work tree, or the index where a sparse
        checkout leaves it out, has the tracked config."""
        here = os.path.isdir(self.layout.local) and not self.taken_out
        return here or os.path.isfile(self.layout.config) or _left_out(self.where)

    @property
    def taken_out(self) -> bool:
        """Whether a person took gitml out of this clone."""
        return os.path.exists(self.layout.taken_out)

    @property
    def paused(self) -> bool:
        """Whether ``gitml pause`` or ``GITML=off`` keeps this clone from recording."""
        return os.environ.get("GITML") == "off" or os.path.exists(os.path.join(self.layout.local, "paused"))


def layout_of(where: "Where") -> Layout:
    """The store's paths of a work tree."""
    return Layout(where.root, where.git_dir, where.common_dir, where.name)


def open_at(folder: str) -> Context:
    """The context of the work tree that holds ``folder``.

    Raises NothingHere outside a repository, BadUsage where its config cannot be read, GitmlError where that is tracked
    and not on this machine.
    """
    where = locations.find(folder)
    if where is None:
        raise NothingHere("not in a git repository", where=os.path.abspath(folder), hint="git init")
    layout = layout_of(where)
    return Context(where, layout, _configured(where, layout))


def _configured(where: "Where", layout: Layout) -> "Config":
    def tracked() -> "bytes | None":
        return _tracked_config(where.root)

    if not os.path.isdir(layout.local):
        return configuration.load(layout.config, tracked)
    cache, index = os.path.join(layout.local, "config.json"), os.path.join(where.git_dir, "index")
    return configuration.load_cached(layout.config, cache, index, tracked)


def _left_out(where: "Where") -> bool:
    """Whether the index has a config that a sparse checkout leaves out. Only where there is one git is asked."""
    if not os.path.isfile(os.path.join(where.git_dir, "info", "sparse-checkout")):
        return False
    from gitml.git.staging import staged

    return bool(staged(where.root, f"{DATA}/config.toml"))


def _tracked_config(root: str) -> "bytes | None":
    """The config as the index has it, else as HEAD has it: a sparse work tree lacks the file, and its team's choices
    hold there, too. None where neither has one. Raises GitmlError where it is not in this (partial) clone."""
    from gitml.git.objects import contents
    from gitml.git.staging import committed, staged

    name = f"{DATA}/config.toml"
    blob = staged(root, name).get(name) or committed(root, "HEAD", [name]).get(name)
    if not blob:
        return None
    data = contents(root, [blob]).get(blob)
    if data is None:
        raise GitmlError(
            "the settings are not in this clone, which leaves out files",
            where=f"{root}/{name}",
            hint=f"git sparse-checkout add {DATA}",
        )
    return data


def open_store(folder: str) -> Context:
    """As ``open_at``, for commands that need a store. Raises NothingHere where gitml was never set up."""
    context = open_at(folder)
    if not context.set_up:
        raise NothingHere("gitml is not set up here", where=context.where.root, hint="gitml init")
    return context
