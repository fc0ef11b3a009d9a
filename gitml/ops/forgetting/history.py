"""What git history still holds of something, and how to rewrite it."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from gitml.errors import GitmlError
from gitml.git.run import run
from gitml.model.jsonl import encode
from gitml.store.layout import DATA

if TYPE_CHECKING:
    from gitml.ops.forgetting.targets import Chosen

SECONDS = 20.0
"""For all of the search together: git looks into every commit that ever touched the store."""

TOMBSTONE = b'"to":"tombstone"'
"""What a line says that must stay, whatever it names."""

SINGLY = 10
"""Searched one by one up to here; beyond, all at once, and the answer is for all of them together."""


class Held:
    """``id``: what was looked for · ``commits`` that brought it in, changed or moved it, newest first ·
    ``complete``: whether the search came to its end."""

    __slots__ = ("commits", "complete", "id")

    def __init__(self, id: str, commits: list[str], complete: bool) -> None:
        self.id = id
        self.commits = commits
        self.complete = complete

    def to_dict(self) -> dict[str, Any]:
        """Keys: id commits complete."""
        return {"id": self.id, "commits": self.commits, "complete": self.complete}


def held(root: str, roots: list[tuple[str, list[str]]]) -> list[Held]:
    """Which commits of any ref or reflog hold each of these (name, texts that tell it)."""
    if len(roots) > SINGLY:
        texts = [text for _, several in roots for text in several]
        roots = [(f"these {len(roots)}", texts)]
    deadline = time.monotonic() + SECONDS
    return [_one(root, name, texts, deadline - time.monotonic()) for name, texts in roots]


def rewrite(chosen: Chosen) -> str:
    """The command that takes these records, but not their tombstones, out of every commit.

    It goes by lines that say ``"id":"…"`` (``"session_id"``, ``"uuid"``) of one of them, as gitml writes it: a record
    that merely mentions one, a session that continues it for instance, is not touched.
    """
    told = [("session_id", session_id) for session_id in chosen.sessions]
    uuids = [record.get("uuid") for stream, record in chosen.records if stream == "chats"]
    told += [("uuid", str(uuid)) for uuid in uuids if uuid]
    if not chosen.sessions:
        told += [("id", str(record.get("id"))) for _, record in chosen.records]
    names = ", ".join(_literal(encode(key) + b":" + encode(value)) for key, value in dict.fromkeys(told))
    keep = f"{_literal(TOMBSTONE)} in line or not any(name in line for name in names)"
    code = f'names = [{names}]\nblob.data = b"".join(line for line in blob.data.splitlines(True) if {keep})'
    return "git filter-repo --blob-callback " + _quoted(code)


def _one(root: str, name: str, texts: list[str], seconds: float) -> Held:
    pattern = "|".join(re.sub(r"([^A-Za-z0-9_ -])", r"\\\1", text) for text in texts)
    arguments = ("log", "--all", "--reflog", "--format=%H", "--text", "--pickaxe-regex", f"-S{pattern}", "--", DATA)
    if seconds <= 0:
        return Held(name, [], False)
    try:
        found = run(root, *arguments, timeout=seconds)
    except GitmlError:  # too slow, or no commit yet
        return Held(name, [], False)
    return Held(name, found.out.decode("ascii", "replace").split(), True)


def _literal(data: bytes) -> str:
    """Python's source of these bytes, in double quotes: single ones are the shell's."""
    escaped = data.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return 'b"' + "".join(chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}" for byte in escaped) + '"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
