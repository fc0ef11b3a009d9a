"""Opening a repository: where it is, its store's paths, its configuration."""

import os

from gitml import config as configuration
from gitml.errors import NothingHere
from gitml.git import where as locations
from gitml.store.layout import Layout

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
        """Whether gitml records here: this clone has local state, or the work tree has the tracked config."""
        return os.path.isdir(self.layout.local) or os.path.isfile(self.layout.config)

    @property
    def paused(self) -> bool:
        """Whether ``gitml pause`` or ``GITML=off`` keeps this clone from recording."""
        return os.environ.get("GITML") == "off" or os.path.exists(os.path.join(self.layout.local, "paused"))


def open_at(folder: str) -> Context:
    """The context of the work tree that holds ``folder``.

    Raises NothingHere outside a repository, BadUsage where its config cannot be read.
    """
    where = locations.find(folder)
    if where is None:
        raise NothingHere("not in a git repository", where=os.path.abspath(folder), hint="git init")
    layout = Layout(where.root, where.git_dir, where.common_dir, where.name)
    if os.path.isdir(layout.local):
        loaded = configuration.load_cached(layout.config, os.path.join(layout.local, "config.json"))
    else:
        loaded = configuration.load(layout.config)
    return Context(where, layout, loaded)


def open_store(folder: str) -> Context:
    """As ``open_at``, for commands that need a store. Raises NothingHere where gitml was never set up."""
    context = open_at(folder)
    if not context.set_up:
        raise NothingHere("gitml is not set up here", where=context.where.root, hint="gitml init")
    return context
