"""What to do about secrets that are in commits: gitml does not rewrite history by itself."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from gitml.ops.redacting.scan import HISTORY, INDEX, KEPT, SIDE, TREE, Found

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitml.ops.context import Context

MOST_NAMED = 1000
"""Blobs a command names; of more, every blob that looks like a file of records goes through the filter."""


def advice(context: Context, found: Iterable[Found]) -> list[str]:
    """Lines to print: what to do, in order, with the commands. Empty where nothing that was committed is affected."""
    found = list(found)
    committed = [one for one in found if one.where in (SIDE, TREE, INDEX, HISTORY)]
    if not committed:
        return []
    files = sorted({one.place for one in committed if one.where in (SIDE, TREE, INDEX)})
    lines = [
        "1. rotate first: revoke each of these secrets where it was issued and make a new one. Whoever has a clone has",
        "   the old one, and no rewriting takes it back.",
    ]
    if any(one.where == HISTORY for one in committed):
        return [*lines, *_rewriting(context, {one.blob for one in committed if one.blob})]
    lines.append(
        "2. see which commits hold them: gitml redact --scan --history, which prints the command to rewrite them"
    )
    return [*lines, *(f"   {name}" for name in files[:10])]


def _rewriting(context: Context, blobs: set[str]) -> list[str]:
    return [
        "2. keep a copy: git clone --mirror . ../before-redaction.git",
        "3. rewrite (every commit id after the first of them changes; open branches are to be rebased):",
        f"   {rewrite(context, blobs)}",
        "4. take them out of the copies that come back to the spool because history lost them: gitml redact --fix",
        "5. publish it: git remote add origin URL (git filter-repo takes it away), then",
        "   git push --force --all && git push --force --tags",
        "6. everybody clones anew; ask the host to drop old commits from its caches and pull requests",
    ]


def rewrite(context: Context, blobs: set[str]) -> str:
    """The command that passes the blobs of these ids through ``gitml redact --filter``. It tells no value."""
    root = context.where.root
    filter = f'subprocess.run(["gitml", "-C", {root!r}, "redact", "--filter"], input=blob.data, stdout=-1, check=True)'
    if len(blobs) <= MOST_NAMED:
        names = ", ".join(f'b"{blob}"' for blob in sorted(blobs))
        chosen = f"blob.original_id in {{{names}}}"
    else:
        chosen = "blob.data.startswith((b'{\"id\":', bytes([31, 139])))"
    code = f"import subprocess\nif {chosen}: blob.data = {filter}.stdout"
    return "git filter-repo --force --blob-callback " + shlex.quote(code)


def kept_note(found: Iterable[Found]) -> str:
    """Of copies of parts that commits carried. "" where none is affected."""
    places = {one.place for one in found if one.where == KEPT}
    if not places:
        return ""
    return f"{len(places)} kept copies of what commits carried hold some as well; they expire by themselves"
