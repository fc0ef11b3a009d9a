"""Which repositories are cleaned: this one, or all that this user has a store in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from gitml.errors import GitmlError
from gitml.git import worktrees
from gitml.git.where import MAIN, Where
from gitml.ops import stores
from gitml.ops.context import open_store

if TYPE_CHECKING:
    from gitml.ops.context import Context


class Site(NamedTuple):
    """``name``: its work tree's folder, or the one it was known by · ``context``, or ``failure``: why there is none."""

    name: str
    context: Context | None
    failure: str = ""


def here(folder: str) -> Site:
    """The repository that holds ``folder``. Raises as ``open_store``."""
    context = open_store(folder)
    return Site(context.where.root, context)


def remember(folder: str, environ: Mapping[str, str]) -> None:
    """The repository that holds ``folder`` is one of all from now on, if it is any: clones get moved. Never raises."""
    with suppress(GitmlError, OSError):
        stores.note(open_store(folder), environ)


def everywhere(environ: Mapping[str, str], *, tidy: bool) -> Iterator[Site]:
    """Every repository that is known and still there. ``tidy``: those that are gone for good are forgotten. Raises
    OSError."""
    for store in stores.known(environ):
        if not store.gone:
            yield _opened(store)
        elif tidy and not store.away:
            stores.drop(store)


def _opened(store: stores.Known) -> Site:
    """From the work tree it was set up in, or another one of the clone where that is gone."""
    failure = "none of its work trees is there"
    for root in _roots(store):
        try:
            context = open_store(root)
        except (GitmlError, OSError) as error:
            failure = str(error)
            continue
        if context.where.common_dir == store.common:
            return Site(root, context)
    return Site(store.root, None, failure)


def _roots(store: stores.Known) -> list[str]:
    where = Where(store.root, store.common, store.common, MAIN)
    return worktrees.roots(where)
