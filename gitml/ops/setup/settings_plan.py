"""Plans for agents' settings files: what to add, what to take out."""

from __future__ import annotations

import os

from gitml.ops.setup import settings
from gitml.ops.setup.clients import CLAUDE, Client
from gitml.ops.setup.inserts import Insertion, put, take
from gitml.ops.setup.jsonspans import Node, NotJson
from gitml.ops.setup.memory import Memory
from gitml.ops.setup.paths import Refused, check_links, content, missing_folders
from gitml.ops.setup.plan import Plan, Remembered, Write


def load(root: str, path: str) -> tuple[str | None, Node | None]:
    """The text (None: no file) and what it parses to (None: nothing in it). Raises Refused, naming line and column."""
    check_links(root, path)
    raw = content(path)
    if raw is None:
        return None, None
    try:
        text = raw.decode()
        return text, settings.read(text)
    except UnicodeDecodeError as error:
        raise Refused(f"is not UTF-8 (byte {error.start})", where=path, hint=f"mend {path}, then: gitml init") from None
    except NotJson as error:
        where = f"{path}, line {error.line}, column {error.column}"
        raise Refused(
            f"settings are not valid JSON ({error.why})", where=where, hint=f"mend {path}, then: gitml init"
        ) from None


def install(root: str, path: str, memory: Memory, client: Client = CLAUDE) -> Plan:
    """Exactly one entry of ours an event. Raises Refused."""
    text, node = load(root, path)
    if settings.healthy(node, client):
        return Plan()
    original = None if text is None else without(text, memory.get(path), client)
    made = [Insertion(0, settings.created(client))] if original is None else settings.insertions(original, client)
    known = memory.get(path)
    folders = len(missing_folders(path)) or (known.folders if known else 0)
    remember = Remembered(original is None, folders, made)
    after = put(original or "", made)
    before = None if text is None else text.encode()
    return Plan(steps=[Write(path, before, after.encode(), f"{client.title} hooks", None, remember)])


def remove(root: str, path: str, memory: Memory, client: Client = CLAUDE) -> Plan:
    """None of our entries, and the file as it was before them. Raises Refused."""
    text, _ = load(root, path)
    known = memory.get(path)
    plan = Plan(forgotten=[path] if known else [])
    if text is None:
        return plan
    original = without(text, known, client)
    if original != text:
        after = None if original is None else original.encode()
        plan.steps.append(Write(path, text.encode(), after, f"{client.title} hooks"))
    if original is None:  # a clone that remembers nothing got the folder with the file
        made = max((name.count("/") for name in client.project if path.endswith(f"/{name}")), default=0)
        plan.folders += above(path, known.folders if known else made)
    return plan


def without(text: str, known: Remembered | None, client: Client = CLAUDE) -> str | None:
    """The text before gitml came; None where there was no file then.

    By the remembered insertions if they are still there as written, else by the entries themselves.
    """
    before = take(text, known.insertions) if known else None
    if before is None or not _clean(before):
        before = settings.stripped(text)
    made = known.created if known else text == settings.created(client)
    return None if made and settings.bare(before, client) else before


def above(path: str, count: int) -> list[str]:
    """The ``count`` folders above a file, innermost first."""
    found = []
    for _ in range(count):
        path = os.path.dirname(path)
        found.append(path)
    return found


def _clean(text: str) -> bool:
    try:
        return not settings.own(settings.read(text))
    except NotJson:
        return False
