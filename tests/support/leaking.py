"""Stores that hold what never should have come into them: lines put there behind the gate's back."""

from __future__ import annotations

import json
from pathlib import Path

from support.riding import Clone
from support.secrets_made import made

from gitml.store import spool
from gitml.store.part import Part

SECRET = made()["github-token"]


def leak(clone: Clone, number: int | str, secret: str = SECRET, *, closed: bool = False) -> Part:
    """A chat with a secret in the open part of the spool, or in one that is closed."""
    identity = clone.chat(number, output="to be replaced")
    part = next(one for one in spool.parts(clone.context.layout) if one.open)
    path = Path(part.file("chats"))
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        if line["id"] == identity:
            line["output"] = f"ran it with {secret} and was done"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    if closed:
        spool.close(clone.context.layout)
        return next(one for one in spool.parts(clone.context.layout) if one.name == part.name)
    return part


def texts_below(*folders: Path | str) -> str:
    """All that stands in the files below some folders."""
    files = [path for folder in folders for path in Path(folder).rglob("*") if path.is_file()]
    return "\n".join(path.read_text(errors="replace") for path in files)
