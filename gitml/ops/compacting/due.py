"""Whether it is time to compact, told from names alone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from gitml.errors import GitmlError
from gitml.git import head
from gitml.git.run import run
from gitml.ops.compacting import age, journal, refusing
from gitml.ops.riding.journal import LIVE

if TYPE_CHECKING:
    from gitml.ops.context import Context


def due(context: Context, now: float | None = None) -> dict[str, Any]:
    """Keys: parts (how many of HEAD's are old enough), older_than (the configured age), here (whether this is the
    branch to compact on), cut_off (one was killed halfway). Zero parts where the age makes no sense. About 5 ms."""
    try:
        limit = age.cutoff(context, None, time.time() if now is None else now)
        parts = len(age.old_enough(_names(context), limit))
    except GitmlError:
        parts = 0
    return {
        "parts": parts,
        "older_than": str(context.config.get(age.KEY)),
        "here": _here(context),
        "cut_off": journal.left_over(context.layout),
    }


def _names(context: Context) -> list[str]:
    """Of every part HEAD has; nothing where there is no HEAD yet."""
    command = ("ls-tree", "-r", "-d", "-z", "--name-only", "--full-tree", "HEAD", f"{LIVE}/")
    done = run(context.where.root, *command, check=False)
    return [path[len(LIVE) + 1 :] for path in done.out.decode("utf-8", "surrogateescape").split("\0")]


def _here(context: Context) -> bool:
    try:
        return head.branch(context.where.git_dir) == refusing.name_of_default(context)
    except GitmlError:
        return False
