"""gitml's entries in an agent's settings file: added as text, found by ``gitml hook``, taken out again.

Claude Code silently voids a whole settings file, permission rules too, over one thing it does not know (an event name,
a comment), and Codex its hooks.json over one key. So nothing is registered but what every version takes, and a file
that is not strict JSON is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from gitml.ops import assets
from gitml.ops.setup import style
from gitml.ops.setup.clients import CLAUDE, Client
from gitml.ops.setup.inserts import Insertion
from gitml.ops.setup.jsonspans import Node, NotJson, parse

MARK = "gitml hook"
"""What tells an entry of ours, whichever version wrote it."""

SWITCHES = ("enabled", "disabled", "notifications")
"""What Gemini CLI lets stand among the events (HOOKS_CONFIG_FIELDS in its hooks/types.ts)."""


class Own(NamedTuple):
    """One handler of ours, with the containers around it, outermost first: (container, index of the child)."""

    event: str
    handler: dict[str, Any]
    matcher: Any
    path: list[tuple[Node, int]]


def wanted(client: Client = CLAUDE) -> dict[str, list[dict[str, Any]]]:
    """Event name to the entries gitml registers for it."""
    hooks: dict[str, list[dict[str, Any]]] = _document(client)["hooks"]
    return hooks


def handlers(client: Client = CLAUDE) -> list[tuple[str, dict[str, Any]]]:
    """(event, handler) of everything gitml registers. Cursor's entries are handlers; the others' are groups of them."""
    return [
        (event, handler)
        for event, groups in wanted(client).items()
        for group in groups
        for handler in group.get("hooks", [group])
    ]


def created(client: Client = CLAUDE) -> str:
    """The file as gitml writes it where there was none."""
    return json.dumps(_document(client), indent=2) + "\n"


def bare(text: str, client: Client = CLAUDE) -> bool:
    """Whether a file without gitml's entries holds nothing that a person put there."""
    try:
        left = json.loads(text) if text.strip("{} \t\r\n") else {}
    except ValueError:
        return False
    return bool(left == {} or left == _around(client))


def read(text: str) -> Node | None:
    """The parsed file; None where it holds nothing at all. Raises NotJson where it is no JSON, or not of the shape
    the client reads (an object, its ``hooks`` an object of lists)."""
    if not text.strip("\ufeff" + " \t\r\n"):
        return None
    root = parse(text)
    _expect(text, root, dict, "the file must hold an object")
    hooks = root.get("hooks")
    if hooks is not None:
        _expect(text, hooks, dict, '"hooks" must be an object')
        for event, _, groups in hooks.children:
            if event not in SWITCHES:
                _expect(text, groups, list, f'"hooks.{event}" must be a list')
    return root


def own(root: Node | None) -> list[Own]:
    """Every handler of ours, in the order of the file."""
    hooks = root.get("hooks") if root else None
    if root is None or hooks is None:
        return []
    at = [node for _, _, node in root.children].index(hooks)
    found: list[Own] = []
    for number, (event, _, groups) in enumerate(hooks.children):
        found += _in_groups(event or "", groups, [(root, at), (hooks, number)])
    return found


def healthy(root: Node | None, client: Client = CLAUDE) -> bool:
    """Whether each wanted handler is there exactly once, for every matcher, and no other of ours."""
    there = [(one.event, one.handler) for one in own(root) if one.matcher in (None, "", "*")]
    want = handlers(client)
    whole = root is not None and all(root.get(key) is not None for key in _around(client))
    return whole and len(there) == len(own(root)) == len(want) and all(one in there for one in want)


def insertions(text: str, client: Client = CLAUDE) -> list[Insertion]:
    """What to add to a file that holds none of our entries. Raises NotJson as ``read`` does."""
    root = read(text)
    if root is None:
        return [Insertion(1 if text.startswith("\ufeff") else 0, created(client).rstrip("\n"))]
    hooks = root.get("hooks")
    around = {key: value for key, value in _around(client).items() if root.get(key) is None}
    if hooks is None:
        return [style.member(text, root, {**around, "hooks": wanted(client)})]
    fresh = {event: groups for event, groups in wanted(client).items() if hooks.get(event) is None}
    made = [style.member(text, root, around)] if around else []
    made += [style.member(text, hooks, fresh)] if fresh else []
    for event, groups in wanted(client).items():
        there = hooks.get(event)
        if there is not None:
            made.append(style.element(text, there, groups))
    return made


def stripped(text: str) -> str:
    """The text without our handlers, and without the groups, lists and objects that held nothing else."""
    while found := own(read(text)):
        text = _cut(text, found[0].path)
    return text


def _document(client: Client) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(assets.text(client.asset))
    return document


def _around(client: Client) -> dict[str, Any]:
    """What must stand in the file beside the hooks."""
    return {key: value for key, value in _document(client).items() if key != "hooks"}


def _expect(text: str, node: Node, kind: type, why: str) -> None:
    if not isinstance(node.value, kind):
        line = text.count("\n", 0, node.start) + 1
        raise NotJson(why, line, node.start - text.rfind("\n", 0, node.start))


def _in_groups(event: str, groups: Node, path: list[tuple[Node, int]]) -> Iterator[Own]:
    for number, (_, _, group) in enumerate(groups.children):
        here = [*path, (groups, number)]
        if _is_ours(group.value):
            yield Own(event, group.value, group.value.get("matcher"), here)
        held = group.get("hooks")
        if held is None or not isinstance(held.value, list):
            continue
        place = [node for _, _, node in group.children].index(held)
        for index, handler in enumerate(held.value):
            if _is_ours(handler):
                yield Own(event, handler, group.value.get("matcher"), [*here, (group, place), (held, index)])


def _is_ours(handler: Any) -> bool:
    return isinstance(handler, dict) and MARK in str(handler.get("command", ""))


def _cut(text: str, path: list[tuple[Node, int]]) -> str:
    """Remove the innermost child, or the outermost container that would be left holding nothing."""
    container, index = path[-1]
    for above, place in reversed(path[:-1]):
        if not _empty_without(container):
            break
        container, index = above, place
    children = container.children
    if len(children) == 1:
        return text[: container.start + 1] + text[container.end - 1 :]
    if index:
        return text[: children[index - 1][2].end] + text[children[index][2].end :]
    return text[: children[0][1]] + text[children[1][1] :]


def _empty_without(container: Node) -> bool:
    """Whether nothing else is in it; a group that would keep only its matcher is empty, too."""
    return len(container.children) == 1 + sum(key == "matcher" for key, _, _ in container.children)
