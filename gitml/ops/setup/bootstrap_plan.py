"""Plans for the script that installs gitml on a machine that is thrown away, and for the wheel it installs."""

from __future__ import annotations

import os
import shlex

from gitml.config import Config
from gitml.ops import assets
from gitml.ops.setup import source
from gitml.ops.setup.paths import check_links, content
from gitml.ops.setup.plan import Plan, Write
from gitml.ops.setup.source import FOLDER, Source
from gitml.store.files import entries
from gitml.store.layout import DATA, Layout

SCRIPT = f"{DATA}/bootstrap.sh"


def script(config: Config) -> bytes | None:
    """The script as the config wants it; None where it wants none. Raises BadUsage for a source that is none."""
    install = source.check(config.get("bootstrap.install")) if config.get("bootstrap.install") else ""
    if not install:
        return None
    values = {"KIND": source.kind(install), "SPEC": install}
    values |= {"WAIT": str(config.get("bootstrap.wait_seconds")), "LIMIT": str(config.get("bootstrap.limit_seconds"))}
    text = assets.text("bootstrap.sh")
    for name, value in values.items():
        text = text.replace(f"@{name}@", shlex.quote(value), 1)
    return text.encode()


def install(layout: Layout, config: Config, named: Source | None) -> Plan:
    """Script and wheel as they must be. ``named``: what a person asked for now, which then stands in the config.

    Raises Refused for links in their way, BadUsage as ``script``.
    """
    plan = Plan()
    wanted = script(config)
    plan.add(_write(layout, SCRIPT, wanted, "installs gitml where a machine is thrown away"))
    if named is not None and named.wheel is not None:
        plan.add(_write(layout, named.install, named.wheel, "what it installs"))
    if named is not None:
        plan.add(_without_wheels(layout, named.install))
    return plan


def remove(layout: Layout) -> Plan:
    """Neither script nor wheels. Raises Refused."""
    plan = _write(layout, SCRIPT, None, "installs gitml where a machine is thrown away")
    plan.add(_without_wheels(layout, ""))
    return plan


def paths(layout: Layout) -> list[str]:
    """What of it lies in the work tree, as git names it."""
    names = [SCRIPT, *_wheels(layout)]
    return [name for name in names if os.path.lexists(os.path.join(layout.root, name))]


def is_part(name: str) -> bool:
    """Whether that file of the repository is the script or a wheel that ``init`` put there."""
    return name == SCRIPT or name.startswith(f"{FOLDER}/")


def _wheels(layout: Layout) -> list[str]:
    folder = os.path.join(layout.root, FOLDER)
    return [f"{FOLDER}/{entry.name}" for entry in entries(folder) if entry.name.endswith(".whl")]


def _without_wheels(layout: Layout, but: str) -> Plan:
    """Wheels of earlier versions go: they are 0.3 MB each."""
    plan = Plan()
    for name in _wheels(layout):
        if name != but:
            plan.add(_write(layout, name, None, "no longer installed anywhere"))
    if not but:
        plan.folders.append(os.path.join(layout.root, FOLDER))
    return plan


def _write(layout: Layout, name: str, after: bytes | None, reason: str) -> Plan:
    path = os.path.join(layout.root, name)
    check_links(layout.root, path)
    before = content(path)
    return Plan() if before == after else Plan(steps=[Write(path, before, after, reason)])
