"""The examples in the project's pages: blocks fenced as ``console``, whose lines after ``$`` are run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Example:
    """One command, and the lines that the page prints below it (none: any output will do)."""

    command: str
    shown: list[str]


def examples(page: Path) -> list[Example]:
    """Every example of a page, from its top to its end."""
    return [example for block in BLOCK.findall(page.read_text()) for example in _in_block(block)]


def _in_block(block: str) -> list[Example]:
    found: list[Example] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(Example(line[2:], []))
        elif line.startswith("> "):  # the shell's own sign for a line that goes on
            found[-1].command += "\n" + line[2:]
        else:
            found[-1].shown.append(line)
    return found


def fits(shown: str, printed: str) -> bool:
    """Whether a printed line is what the page shows; ``…`` in the page stands for anything."""
    return re.fullmatch(".*".join(re.escape(piece) for piece in shown.split("…")), printed) is not None
