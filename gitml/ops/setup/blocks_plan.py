"""Plans for the marked blocks in ``info/exclude`` and in CLAUDE.md or AGENTS.md."""

from __future__ import annotations

import os

from gitml.git.where import Where
from gitml.ops import assets
from gitml.ops.setup.block import MARKDOWN, SHELL, Markers
from gitml.ops.setup.gitcall import ask
from gitml.ops.setup.inserts import Insertion, put, take
from gitml.ops.setup.memory import Memory
from gitml.ops.setup.paths import check_links, content, missing_folders
from gitml.ops.setup.plan import Plan, Remembered, Write
from gitml.ops.setup.settings_plan import above

LIVE = "/.git-ml/tracked/live/"
"""Kept out of sight: a part an aborted commit leaves in the work tree is then no untracked file that blocks a merge."""

PERSONAL = "/.claude/settings.local.json"
"""A personal file; it names this machine's choices and belongs in no commit."""

GUIDES = ("CLAUDE.md", "AGENTS.md")


def exclude_path(where: Where) -> str:
    """``info/exclude`` of the clone, shared by its work trees."""
    answer = ask(where.root, "rev-parse", "--git-path", "info/exclude")
    return os.path.normpath(os.path.join(where.root, answer or os.path.join(where.common_dir, "info", "exclude")))


def exclude_body(where: Where, personal: bool) -> str:
    """The lines to exclude; ``personal``: settings.local.json is written here."""
    return f"{LIVE}\n{PERSONAL}" if personal and _must_hide(where) else LIVE


def install_exclude(where: Where, memory: Memory, personal: bool) -> Plan:
    """Raises Refused where the file is none that can be changed."""
    return _install(exclude_path(where), SHELL, exclude_body(where, personal), memory, "not shown as untracked")


def remove_exclude(where: Where, memory: Memory) -> Plan:
    """Raises Refused as above."""
    return _remove(exclude_path(where), SHELL, f"{LIVE}\n{PERSONAL}", memory, "not shown as untracked")


def install_guide(where: Where, memory: Memory) -> Plan:
    """The block that tells agents how to read the records. Raises Refused."""
    path = _guide(where.root)
    check_links(where.root, path)
    return _install(path, MARKDOWN, assets.text("agents.md"), memory, "how agents read the records")


def remove_guides(where: Where, memory: Memory) -> Plan:
    """Out of both files; a link is nothing we wrote to."""
    plan = Plan()
    for name in GUIDES:
        path = os.path.join(where.root, name)
        if not os.path.islink(path):
            plan.add(_remove(path, MARKDOWN, assets.text("agents.md"), memory, "how agents read the records"))
    return plan


def current(text: str | None, markers: Markers, body: str) -> bool:
    """Whether the block stands there, whole and once."""
    whole = markers.wrap(body).removesuffix("\n")
    return text is not None and markers.count(text) == (1, 1) and whole in text


def _must_hide(where: Where) -> bool:
    """Whether nothing hides settings.local.json yet, apart from our own line."""
    name = PERSONAL.removeprefix("/")
    found = ask(where.root, "check-ignore", "--no-index", "--verbose", "--", name).partition("\t")[0]
    source, _, rest = found.partition(":")
    ours = os.path.normpath(os.path.join(where.root, source)) == exclude_path(where)
    return not found or (ours and rest.partition(":")[2] == PERSONAL)


def _guide(root: str) -> str:
    found = [name for name in GUIDES if os.path.isfile(os.path.join(root, name))]
    real = [name for name in found if not os.path.islink(os.path.join(root, name))]
    return os.path.join(root, (real or found or ["AGENTS.md"])[0])


def _install(path: str, markers: Markers, body: str, memory: Memory, reason: str) -> Plan:
    raw = content(path)
    text = None if raw is None else _decode(raw)
    if current(text, markers, body):
        return Plan()
    known = memory.get(path)
    original = None if text is None else _without(text, markers, body, known)
    made = [markers.at_end(original or "", body)]
    folders = len(missing_folders(path)) or (known.folders if known else 0)
    after = put(original or "", made).encode("utf-8", "surrogateescape")
    return Plan(steps=[Write(path, raw, after, reason, None, Remembered(original is None, folders, made))])


def _remove(path: str, markers: Markers, body: str, memory: Memory, reason: str) -> Plan:
    raw, known = content(path), memory.get(path)
    plan = Plan(forgotten=[path] if known else [])
    if raw is None:
        return plan
    text = _decode(raw)
    original = _without(text, markers, body, known)
    if original != text:
        after = None if original is None else original.encode("utf-8", "surrogateescape")
        plan.steps.append(Write(path, raw, after, reason))
    if original is None and known:
        plan.folders += above(path, known.folders)
    return plan


def _without(text: str, markers: Markers, body: str, known: Remembered | None) -> str | None:
    before = take(text, known.insertions) if known else None
    if before is None or markers.count(before) != (0, 0):
        before = markers.stripped(text, _known_lines(markers.wrap(body), known.insertions if known else []))
    made = known.created if known else False
    return None if made and not before else before


def _known_lines(block: str, insertions: list[Insertion]) -> str:
    return block + "".join(one.text for one in insertions)


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
