"""``summary.json`` beside a session's log: whose it is and where it was begun. A bounded read."""

import os
import re

from gitml.agents.fields import mapping, text
from gitml.agents.files import head
from gitml.agents.parse import objects

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gitml.agents.base import Source

NAME = "summary.json"
BYTES = 1024 * 1024
PATH_BYTES = 16 * 1024
ESCAPED = re.compile(rb"%([0-9A-Fa-f]{2})")


def summary_of(folder: str) -> "dict[str, Any]":
    """What the client notes of a session; {} where it is absent or damaged."""
    found, _ = objects(head(os.path.join(folder, NAME), BYTES).replace(b"\n", b" "))
    return found[0] if found else {}


def is_aside(summary: "dict[str, Any]") -> bool:
    """Whether a sub-agent's session: its parent's records tell of it."""
    return text(summary.get("session_kind")).startswith("subagent")


def cwds(source: "Source", maybe: "Sequence[str]" = ()) -> list[str]:
    """The folder of a session as its summary has it, then as the name of the folder above has it, which is the path
    URL-encoded, or where that were too long a name of which ``.cwd`` tells the path."""
    folder = os.path.dirname(source.path)
    group = os.path.dirname(folder)
    told = text(mapping(summary_of(folder).get("info")).get("cwd"))
    noted = head(os.path.join(group, ".cwd"), PATH_BYTES).decode("utf-8", "replace").strip()
    return [path for path in dict.fromkeys((told, decoded(os.path.basename(group)), noted)) if _is_path(path)]


def decoded(name: str) -> str:
    """A URL-encoded name as it was; bytes that are no UTF-8 become U+FFFD."""
    return ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), os.fsencode(name)).decode("utf-8", "replace")


def _is_path(path: str) -> bool:
    """Whether it is a whole path that leads where it says."""
    parts = path.replace("\\", "/").split("/")
    return "\0" not in path and ".." not in parts and (path.startswith("/") or path[1:3] in (":\\", ":/"))
