"""Every session below the agents' folders, looked for once, whatever number of repositories is cleaned."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from gitml.agents import registry
from gitml.ops.record.present import present
from gitml.ops.record.worked_in import worked_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitml.agents.base import Adapter, Source
    from gitml.config import Config
    from gitml.ops.cleaning.item import Wanted


class Found(NamedTuple):
    """A session and the agent's folder it was found below, which is a real path."""

    adapter: Adapter
    source: Source
    root: str


class Transcripts:
    """Looks when it is asked for the first time, and holds what it found: names, no text."""

    __slots__ = ("_cwds", "_found", "_ids", "_worked_in")

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[Found] | None] = {}
        self._ids: dict[str, set[str] | None] = {}
        self._cwds: dict[str, list[str]] = {}
        self._worked_in: dict[str, str] = {}

    def roots(self, config: Config) -> list[str]:
        """The folders in which the agents keep their sessions, those that are there."""
        found = (root for adapter in present(config, []) for root in _roots(adapter.name))
        return [root for root in found if os.path.isdir(root)]

    def every(self, config: Config) -> Iterator[Found]:
        """The sessions of all agents that the config wants read. Raises OSError."""
        for adapter in present(config, []):
            for root in _roots(adapter.name):
                yield from self._below(adapter, root) or ()

    def ids(self, agent: str) -> set[str] | None:
        """The ids of all sessions that an agent has on this machine; None where that cannot be told: it has no folder,
        or its adapter fails. Raises KeyError for an agent that there is no adapter for, OSError."""
        if agent not in self._ids:
            found = [self._below(registry.adapter(agent), root) for root in _roots(agent) if os.path.isdir(root)]
            known = [each for each in found if each is not None]
            whole = bool(found) and len(known) == len(found)
            self._ids[agent] = {one.source.session_id for each in known for one in each} if whole else None
        return self._ids[agent]

    def cwds(self, found: Found) -> list[str]:
        """The working folders that a session names near its start."""
        path = found.source.path
        if path not in self._cwds:
            self._cwds[path] = _safely(found.adapter, found.source)
        return self._cwds[path]

    def worked_in(self, path: str) -> str:
        """As the function of that name; "" where the file cannot be read."""
        if path not in self._worked_in:
            try:
                self._worked_in[path] = worked_in(path)
            except OSError:
                self._worked_in[path] = ""
        return self._worked_in[path]

    def _below(self, adapter: Adapter, root: str) -> list[Found] | None:
        key = (adapter.name, root)
        if key not in self._found:
            found = _discovered(adapter, root) if os.path.isdir(root) else []
            self._found[key] = None if found is None else [Found(adapter, source, root) for source in found]
        return self._found[key]


def of(wanted: Wanted) -> Transcripts:
    """Those of one cleaning, which all its repositories and types share."""
    found = wanted.shared.setdefault("transcripts", Transcripts())
    assert isinstance(found, Transcripts)
    return found


def _roots(agent: str) -> list[str]:
    return list(dict.fromkeys(map(os.path.realpath, registry.roots(agent, os.environ))))


def _discovered(adapter: Adapter, root: str) -> list[Source] | None:
    """What another package's adapter fails to find is not cleaned: None."""
    try:
        return list(adapter.discover(root))
    except Exception:
        if adapter.name in registry.BUILT_IN:
            raise
        return None


def _safely(adapter: Adapter, source: Source) -> list[str]:
    try:
        return adapter.cwds(source)
    except Exception:
        if adapter.name in registry.BUILT_IN:
            raise
        return []
