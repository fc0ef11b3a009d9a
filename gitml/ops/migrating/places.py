"""Which folders and files a migration looks at."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gitml.agents import registry
from gitml.errors import NothingHere
from gitml.ops.migrating.report import Report
from gitml.ops.migrating.sources import disks, sidecars
from gitml.ops.migrating.sources.files import FOLDERS
from gitml.ops.migrating.sources.shared import LEGACY
from gitml.ops.reading import views
from gitml.ops.record.belonging import belongs
from gitml.store.layout import DATA

if TYPE_CHECKING:
    from gitml.ops.context import Context

CHUNKED = os.path.join("tracked", "chunked")
DEEPEST = 8


@dataclass(slots=True)
class Places:
    """``data``: the ``.git-ml`` folder that is looked at · ``own``: it is this work tree's · ``shared``: folders of
    shared files · ``unmoved``: shared files that bear our base's names and are to be moved, of which only old
    lines count · ``chunked``: folder · ``sidecars`` and ``disks``: files."""

    data: str
    own: bool
    shared: list[str] = field(default_factory=list)
    unmoved: list[str] = field(default_factory=list)
    sidecars: list[str] = field(default_factory=list)
    disks: list[str] = field(default_factory=list)

    @property
    def chunked(self) -> str:
        """The folder of records in parts."""
        return os.path.join(self.data, CHUNKED)


def of_repository(context: Context, environ: Mapping[str, str], report: Report) -> Places:
    """This work tree's store, what stands beside its sessions' transcripts, and the machine's disk history."""
    data = context.layout.data
    if os.path.islink(data) or os.path.islink(context.layout.tracked):
        raise NothingHere("a symbolic link, not followed", where=data)
    places = Places(data, True, [os.path.join(data, LEGACY)])
    places.sidecars = sorted(_beside(context, environ, report))
    places.disks = [path for path in _histories(environ) if os.path.isfile(path)]
    return places


def of_folder(context: Context, folder: str, environ: Mapping[str, str], report: Report) -> Places:
    """A folder that holds an older layout: a ``.git-ml`` folder, one with such a folder in it, or loose sidecars and
    histories. The repository's own is as without a folder. Raises NothingHere where there is none."""
    folder = os.path.abspath(folder)
    if not os.path.isdir(folder):
        raise NothingHere("no such folder", where=folder, hint="gitml migrate --from DIR")
    inner = os.path.join(folder, DATA)
    data = inner if os.path.isdir(inner) and not os.path.islink(inner) else folder
    if os.path.realpath(data) == os.path.realpath(context.layout.data):
        return of_repository(context, environ, report)
    places = Places(data, False, [os.path.join(data, "tracked"), os.path.join(data, LEGACY)])
    if data == folder and not any(os.path.isdir(os.path.join(data, name)) for name in (*FOLDERS, "tracked", LEGACY)):
        places.shared.append(folder)
    places.sidecars = list(sidecars.below(folder, report))
    places.disks = list(_named(folder, disks.NAME))
    return places


def _beside(context: Context, environ: Mapping[str, str], report: Report) -> Iterator[str]:
    """Sidecars of this repository's sessions: beside their transcripts, and, where a transcript is gone, of sessions
    that are recorded here."""
    recorded: set[str] | None = None
    for name in registry.names():
        for root in registry.roots(name, environ):
            for path in sidecars.below(root, report):
                transcript = path.removesuffix(".lifecycle.json")
                if os.path.lexists(transcript):
                    source = registry.adapter(name).at(transcript, root)
                    if source is not None and belongs(context, registry.adapter(name).cwds(source), transcript):
                        yield path
                    continue
                if recorded is None:
                    recorded = {str(record.get("session_id")) for record in views.records(context, "sessions")}
                if sidecars.session_of(path) in recorded:
                    yield path


def _histories(environ: Mapping[str, str]) -> list[str]:
    """Where the writers of disk histories keep them: in the agent's own folder."""
    roots = [root for name in registry.names() for root in registry.roots(name, environ)]
    return list(dict.fromkeys(os.path.join(os.path.dirname(root), "learning", disks.NAME) for root in roots))


def _named(folder: str, name: str) -> Iterator[str]:
    for above, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if one != ".git")
        if os.path.relpath(above, folder).count(os.sep) >= DEEPEST:
            folders.clear()
        if name in names and not os.path.islink(os.path.join(above, name)):
            yield os.path.join(above, name)
