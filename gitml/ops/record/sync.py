"""Bringing every stream up to date: all sessions of this repository, then git's own side."""

import os

from gitml.agents import registry
from gitml.agents.claims import settled
from gitml.errors import AdapterFailed, BadUsage, GitmlError, NothingHere
from gitml.ops.record.belonging import belongs, folders
from gitml.ops.record.ingest import sync_session
from gitml.ops.record.present import present
from gitml.store import cursors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitml.agents.base import Adapter, Source
    from gitml.ops.context import Context

    Progress = Callable[[int, int], None]


class Report:
    """``sessions`` looked at · ``appended`` lines written · ``captured``: raw copies written · ``commits`` that newly
    know their session · ``errors``, one line each (sessions that could not be taken in) · ``damage`` ("path:offset:
    why" of lines passed over) · ``warnings``: agents that could not be read, a line each."""

    __slots__ = ("appended", "captured", "commits", "damage", "errors", "sessions", "warnings")

    def __init__(self) -> None:
        self.sessions = 0
        self.appended = 0
        self.captured = 0
        self.commits = 0
        self.errors: list[str] = []
        self.damage: list[str] = []
        self.warnings: list[str] = []


def sync_all(
    context: "Context",
    *,
    full: bool = False,
    source_dir: "str | None" = None,
    agents: "list[str] | None" = None,
    progress: "Progress | None" = None,
) -> Report:
    """Take in every session of this repository, or with ``source_dir`` every session in that folder.

    ``full`` reads each from its start; ``agents`` are read instead of those that the config names; ``progress`` is
    called with (done, all).
    One session that fails does not stop the others. Raises BadUsage for an unknown agent, NothingHere for a
    ``source_dir`` that is no folder.
    """
    report = Report()
    found = list(_sessions(context, source_dir, agents, report.warnings))
    for done, (adapter, source) in enumerate(found):
        if progress is not None:
            progress(done, len(found))
        _take(context, adapter, source, full, report)
    if progress is not None:
        progress(len(found), len(found))
    _capture(context, found, report)
    _git_side(context, report)
    return report


def earlier_sessions(context: "Context") -> "list[tuple[Source, int]]":
    """Sessions of this repository on this machine that gitml has not read yet, with their size in bytes."""
    known = {(agent, session_id) for agent, session_id, _ in cursors.all(context.layout)}
    return [
        (source, _size(source))
        for _, source in _sessions(context, None, None, [])
        if (source.agent, source.session_id) not in known
    ]


def _take(context: "Context", adapter: "Adapter", source: "Source", full: bool, report: Report) -> None:
    report.sessions += 1
    try:
        result = sync_session(context, adapter, source, full=full)
        report.appended += result.appended
        report.damage += result.damage
        report.commits += result.linked
    except AdapterFailed as error:
        report.warnings.append(f"{source.path}: {error}")
    except (GitmlError, OSError, ValueError, RecursionError) as error:
        if isinstance(error, FileNotFoundError) and source.gone:  # cleaned away since it was found
            report.sessions -= 1
        else:
            report.errors.append(f"{source.path}: {error}")


def _capture(context: "Context", found: "list[tuple[Adapter, Source]]", report: Report) -> None:
    from gitml.ops.raw.every import capture_all

    try:
        captured = capture_all(context, found)
        report.captured = captured.captured
        report.errors += captured.errors
        report.warnings += captured.warnings
    except (GitmlError, OSError) as error:
        report.errors.append(f"{context.layout.raw}: {error}")


def _git_side(context: "Context", report: Report) -> None:
    from gitml.ops.riding.settle import settle

    try:
        settle(context)
    except (GitmlError, OSError) as error:
        report.errors.append(f"{context.where.root}: {error}")


def _sessions(
    context: "Context", source_dir: "str | None", agents: "list[str] | None", warnings: "list[str]"
) -> "Iterator[tuple[Adapter, Source]]":
    if source_dir is not None and not os.path.isdir(source_dir):
        raise NothingHere("no such folder", where=source_dir, hint="gitml sync --source DIR")
    found = _claimed(context, source_dir, agents, warnings)
    yield from found if source_dir is None else settled(found)


def _claimed(
    context: "Context", source_dir: "str | None", agents: "list[str] | None", warnings: "list[str]"
) -> "Iterator[tuple[Adapter, Source]]":
    """What each adapter takes for its own. One of another package that fails is left out from there on."""
    for adapter in _asked(agents) if agents else present(context.config, warnings):
        try:
            for source in _found(adapter, source_dir):
                if source_dir is not None or belongs(context, folders(context, adapter, source), source.path):
                    yield adapter, source
        except AdapterFailed as error:
            warnings.append(str(error))


def _asked(agents: "list[str]") -> "list[Adapter]":
    """The adapters of agents that were named. Raises BadUsage for one that there is none for."""
    for name in agents:
        if not registry.knows(name):
            why = next((line for line in registry.problems() if repr(name) in line), f"unknown agent: {name}")
            raise BadUsage(why, hint=f"one of {', '.join(registry.names())}")
    return [registry.adapter(name) for name in dict.fromkeys(agents)]


def _found(adapter: "Adapter", source_dir: "str | None") -> "Iterator[Source]":
    for root in [source_dir] if source_dir is not None else adapter.roots(os.environ):
        if os.path.isdir(root):
            yield from adapter.discover(root)


def _size(source: "Source") -> int:
    return sum(os.path.getsize(path) for path in (source.path, *(agent.path for agent in source.agents)))
