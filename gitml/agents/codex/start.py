"""What a rollout says near its start: a bounded read."""

import re

from gitml.agents.codex.records import is_record, objects
from gitml.agents.fields import mapping, text
from gitml.agents.files import head
from gitml.agents.names import is_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gitml.agents.base import Source

CWD_BYTES = 256 * 1024
"""The first record holds the agent's instructions: some 20 kB."""

TELLING = (b'"session_meta"', b'"turn_context"')
"""In the lines that name a working folder; others need not be parsed: this is asked of every session at every sync."""

CWD = re.compile(rb'(?<!\\)"cwd"\s*:\s*("(?:[^"\\]|\\.)*")')
ID = re.compile(rb'"type"\s*:\s*"session_meta".*?(?<!\\)"id"\s*:\s*"([A-Za-z0-9._-]{1,200})"', re.DOTALL)


def cwds(source: "Source", maybe: "Sequence[str]" = ()) -> list[str]:
    """The distinct working folders in the first 256 KiB of the file, in order; [] where it says none.

    ``maybe`` is passed over: they are told in plain words."""
    *lines, rest = head(source.path, CWD_BYTES).split(b"\n")
    telling = (record for line in lines if any(kind in line for kind in TELLING) for record in objects(line)[0])
    found = [text(mapping(record.get("payload")).get("cwd")) for record in telling]
    cut = CWD.search(rest)
    if not any(found) and cut:  # a first line longer than what is read
        found += [text(record.get("cwd")) for record in objects(b'{"cwd":' + cut[1] + b"}")[0]]
    return [folder for folder in dict.fromkeys(found) if folder]


def session_in(path: str, otherwise: str) -> str:
    """The session id that a file's first line names; ``otherwise`` where it is a rollout that names none, "" where it
    is no rollout."""
    line = head(path, CWD_BYTES).partition(b"\n")[0]
    found, _ = objects(line)
    if not found:
        cut = ID.search(line)
        return cut[1].decode("ascii") if cut else ""
    return _named(found[0], otherwise) if is_record(found[0]) else ""


def _named(record: "dict[str, Any]", otherwise: str) -> str:
    named = mapping(record.get("payload")).get("id") if record["type"] == "session_meta" else ""
    return text(named) if is_plain(named) else otherwise
