"""What a session's file says near its start: a bounded read."""

import re

from gitml.agents.claude.parse import objects
from gitml.agents.fields import text
from gitml.agents.files import head

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitml.agents.base import Source

CWD_BYTES = 256 * 1024
FIRST_BYTES = 64 * 1024
"""The first record of an agent's file is its prompt; 64 KiB hold it and its envelope in all but odd cases."""

SESSION = re.compile(rb'(?<!\\)"sessionId"\s*:\s*"([A-Za-z0-9._-]{1,200})"')
CWD = re.compile(rb'(?<!\\)"cwd"\s*:\s*("(?:[^"\\]|\\.)*")')


def cwds(source: "Source", maybe: "Sequence[str]" = ()) -> list[str]:
    """The distinct working folders in the first 256 KiB of the main file, in order; [] where it says none."""
    *lines, rest = head(source.path, CWD_BYTES).split(b"\n")
    found = [text(record.get("cwd")) for line in lines for record in objects(line)[0]]
    cut = CWD.search(rest)
    if not any(found) and cut:  # a first line longer than what is read
        found += [text(record.get("cwd")) for record in objects(b'{"cwd":' + cut[1] + b"}")[0]]
    return [folder for folder in dict.fromkeys(found) if folder]


def session_named(path: str) -> str:
    """The session id that the first record of an agent's file names, or ""."""
    found = SESSION.search(head(path, FIRST_BYTES).partition(b"\n")[0])
    return found[1].decode("ascii") if found else ""
