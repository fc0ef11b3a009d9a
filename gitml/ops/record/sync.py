"""Bringing every stream up to date: all sessions of this repository, then git's own side."""

import os

from gitml.agents import registry
from gitml.errors import BadUsage, GitmlError, NothingHere
from gitml.git import where as locations
from gitml.git import worktrees
from gitml.ops.record.ingest import Result, sync_session
from gitml.ops.record.running import sync_running
from gitml.ops.record.worked_in import worked_in
from gitml.store import cursors

__all__ = ["Report", "Result", "earlier_sessions", "sync_all", "sync_running", "sync_session"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitml.agents.base import Adapter, Source
    from gitml.ops.context import Context

    Progress = Callable[[int, int], None]


class Report:
    """``sessions`` looked at · ``appended`` lines written · ``captured``: raw copies written · ``commits`` that newly
    know their session · ``errors``, one line each (sessions that could not be taken in) · ``damage`` ("path:offset:
    why" of lines passed over)."""

    __slots__ = ("appended", "captured", "commits", "damage", "errors", "sessions")

    def __init__(self) -> None:
        self.sessions = 0
        self.appended = 0
        self.captured = 0
        self.commits = 0
        self.errors: list[str] = []
        self.damage: list[str] = []


def sync_all(
    context: "Context",
    *,
    full: bool = False,
    source_dir: "str | None" = None,
    agents: "list[str] | None" = None,
    progress: "Progress | None" = None,
) -> Report:
    """Take in every session of this repository, or with ``source_dir`` every session in that folder.

    ``full`` reads each from its start; ``agents`` limits to those adapters; ``progress`` is called with (done, all).
    One session that fails does not stop the others. Raises BadUsage for an unknown agent, NothingHere for a
    ``source_dir`` that is no folder.
    """
    report = Report()
    found = list(_sessions(context, source_dir, agents))
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
        for _, source in _sessions(context, None, None)
        if (source.agent, source.session_id) not in known
    ]


def _take(context: "Context", adapter: "Adapter", source: "Source", full: bool, report: Report) -> None:
    report.sessions += 1
    try:
        result = sync_session(context, adapter, source, full=full)
        report.appended += result.appended
        report.damage += result.damage
        report.commits += result.linked
    except (GitmlError, OSError, ValueError) as error:
        report.errors.append(f"{source.path}: {error}")


def _capture(context: "Context", found: "list[tuple[Adapter, Source]]", report: Report) -> None:
    from gitml.ops.raw.every import capture_all

    try:
        captured = capture_all(context, found)
        report.captured = captured.captured
        report.errors += captured.errors
    except (GitmlError, OSError) as error:
        report.errors.append(f"{context.layout.raw}: {error}")


def _git_side(context: "Context", report: Report) -> None:
    from gitml.ops.riding.settle import settle

    try:
        settle(context)
    except (GitmlError, OSError) as error:
        report.errors.append(f"{context.where.root}: {error}")


def _sessions(
    context: "Context", source_dir: "str | None", agents: "list[str] | None"
) -> "Iterator[tuple[Adapter, Source]]":
    for name in agents or registry.NAMES:
        try:
            adapter = registry.adapter(name)
        except KeyError:
            raise BadUsage(f"unknown agent: {name}", hint=f"one of {', '.join(registry.NAMES)}") from None
        for root in _roots(adapter, source_dir):
            for source in adapter.discover(root):
                if source_dir is not None or belongs(context, adapter.cwds(source), source.path):
                    yield adapter, source


def _roots(adapter: "Adapter", source_dir: "str | None") -> "list[str]":
    if source_dir is None:
        return [root for root in adapter.roots(os.environ) if os.path.isdir(root)]
    if not os.path.isdir(source_dir):
        raise NothingHere("no such folder", where=source_dir, hint="gitml sync --source DIR")
    return [source_dir]


def belongs(context: "Context", cwds: "list[str]", transcript: str) -> bool:
    """Whether a session is this repository's: the first of its working folders that lies in any repository lies in
    this one. A session that began elsewhere and only passed through is not ours to publish. One that began in no
    repository at all belongs to the one it works in.
    """
    ours = worktrees.roots(context.where)
    for cwd in cwds:
        found = locations.find(cwd)
        if any(cwd == root or cwd.startswith(f"{root}/") for root in ours):
            return found is None or found.common_dir == context.where.common_dir  # not one nested in ours
        if found is not None:
            return found.common_dir == context.where.common_dir
    found = locations.find(worked_in(transcript) or os.sep)
    return found is not None and found.common_dir == context.where.common_dir


def _size(source: "Source") -> int:
    return sum(os.path.getsize(path) for path in (source.path, *(agent.path for agent in source.agents)))
