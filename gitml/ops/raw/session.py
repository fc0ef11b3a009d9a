"""The files of a session as a capture finds them: at their source, or, where they are gone from there, in the copy."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gitml.agents.base import AgentFile, Source
from gitml.errors import Damaged
from gitml.ops.record import cursor as cursors_of
from gitml.store.files import make_dirs
from gitml.store.raw import reading
from gitml.store.raw.kept import UNPACKED

if TYPE_CHECKING:
    from gitml.agents.base import Adapter
    from gitml.ops.context import Context
    from gitml.store.raw.manifests import Manifest

SIDECAR = ".meta.json"
ELSEWHERE = "subagents"
MOST_SIDECAR = 64 * 1024


@contextmanager
def unpacked(context: Context, adapter: Adapter, manifest: Manifest) -> Iterator[Source]:
    """A raw copy as files that the adapter reads, in a private folder of the local state, which is removed at the end.

    Raises Damaged where the copy is, OSError.
    """
    make_dirs(context.layout.raw)
    folder = os.path.realpath(tempfile.mkdtemp(prefix=UNPACKED, dir=context.layout.raw))
    try:
        for file in manifest["files"]:
            _unpack(context, manifest, file, os.path.join(folder, file["name"]))
        main = os.path.join(folder, _main(manifest))
        source = adapter.at(main, folder)
        if source is None:
            raise Damaged("a raw copy without its main file", where=str(manifest["session_id"]), hint="gitml verify")
        # what stood beside the file may have been part of its id
        yield Source(source.agent, str(manifest["session_id"]), source.path, source.agents)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _main(manifest: Manifest) -> str:
    """What the main file is called; where there is none, nothing by that name is unpacked."""
    named = (str(file["name"]) for file in manifest["files"] if file["kind"] == reading.MAIN)
    return next(named, f"{manifest['session_id']}.jsonl")


def _unpack(context: Context, manifest: Manifest, file: dict[str, Any], path: str) -> None:
    make_dirs(os.path.dirname(path))
    with open(path, "xb") as out:
        for block in reading.text(context.layout, manifest, file["name"]):
            out.write(block)
    if file["meta"]:
        with open(path.removesuffix(".jsonl") + SIDECAR, "x", encoding="utf-8") as out:
            out.write(file["meta"])


def name_in(source: Source, path: str) -> str:
    """What a file of a session is called in its copy: relative to the main file's folder. A sub-agent's that lies
    elsewhere is put below that; what is one JSON document is lines there, and is called so."""
    name = os.path.relpath(path, os.path.dirname(source.path))
    if name.endswith(".json"):
        name += "l"
    if name.split(os.sep)[0] != os.pardir:
        return name
    whose = next(agent.agent_id for agent in source.agents if agent.path == path)
    return os.path.join(ELSEWHERE, whose, os.path.basename(path))


def together(source: Source | None, copy: Source, manifest: Manifest) -> tuple[Source, dict[str, str]]:
    """(a session with each file where it still is: at its source or in the unpacked ``copy``, {path: name})."""
    unpacked = {name: path for path, name in names(copy).items()}
    if source is None:
        return copy, names(copy)
    gone = {name: unpacked[name] for name in missing(manifest, source) if name in unpacked}
    found = {path: name for path, name in names(source).items() if name not in gone}
    found |= {path: name for name, path in gone.items()}
    agents = [agent for agent in (*source.agents, *copy.agents) if agent.path in found]
    main = next(path for path in (source.path, copy.path) if path in found)
    return Source(source.agent, source.session_id, main, sorted(agents, key=lambda agent: agent.agent_id)), found


def names(source: Source) -> dict[str, str]:
    """{path: name} of a session's files, the main one first, the others in the order of their names."""
    others = sorted((name_in(source, agent.path), agent.path) for agent in source.agents)
    return {source.path: name_in(source, source.path), **{path: name for name, path in others}}


def sidecar(adapter: Adapter, agent: AgentFile) -> tuple[list[dict[str, Any]], str]:
    """What stands beside a sub-agent's file; ([], "") where nothing does."""
    try:
        with open(agent.path.removesuffix(".jsonl") + SIDECAR, "rb") as file:
            return adapter.records(file.read(MOST_SIDECAR).replace(b"\n", b" "))
    except OSError:
        return [], ""


def missing(copy: Manifest, source: Source) -> list[str]:
    """The names of files that the copy has and the source has not, or no longer whole."""
    here = {name: path for path, name in names(source).items()}
    return [file["name"] for file in copy["files"] if not is_at(file, here.get(file["name"], ""))]


def is_at(file: dict[str, Any], path: str) -> bool:
    """Whether what was captured of a file still stands at that path, or something that is longer, or the file by
    another name that took its place."""
    if not path or not os.path.isfile(path):
        return False
    if os.path.basename(str(file["source"].get("path"))) != os.path.basename(path):
        return True
    return cursors_of.holds(file["source"], path) or os.path.getsize(path) >= int(file["source"].get("offset") or 0)
