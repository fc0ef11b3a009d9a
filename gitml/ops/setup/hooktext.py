"""The text of git hooks: gitml's block, and where in somebody's hook it goes."""

from __future__ import annotations

import os
import re

from gitml.ops import assets
from gitml.ops.setup.block import SHELL
from gitml.ops.setup.inserts import Insertion, put, take
from gitml.ops.setup.plan import Remembered

ASIDE = ".gitml-chained"
"""Behind the name of a hook that is no shell script and is called by ours."""

SHEBANG = "#!/bin/sh\n"
CHAIN = f'[ ! -x "$0{ASIDE}" ] || exec "$0{ASIDE}" "$@"\n'
"""Ends a hook of ours beside one put aside: same arguments, same stdin, its exit code. One without the executable bit
was switched off before and stays so."""

_POSIX = re.compile(r"^#!\s*(?:\S*/)?(?:env\s+(?:-\S+\s+)*)?(?:\S*/)?(?:sh|bash|dash|ash|ksh|mksh|zsh)(?:\s|$)")


def block(name: str) -> str:
    """The block for the hook of that name, between its markers."""
    return SHELL.wrap(assets.text("git-hook.sh").replace("@NAME@", name))


def created(name: str, chained: bool) -> str:
    """A hook of our own."""
    return SHEBANG + block(name) + (CHAIN if chained else "")


def is_shell(raw: bytes) -> bool:
    """Whether a POSIX shell runs this file. Without a shebang git hands it to sh."""
    head = raw[:1024]
    if b"\0" in head:
        return False
    if not head.startswith(b"#!"):
        return True
    return _POSIX.match(head.split(b"\n")[0].decode("utf-8", "replace")) is not None


def insertion(text: str, name: str) -> Insertion:
    """The block, above everything the hook does: hooks like the pre-commit framework's end in ``exec``."""
    if not text.startswith("#!"):
        return Insertion(0, block(name))
    end = text.find("\n") + 1
    if not end:
        return Insertion(len(text), "\n" + block(name))
    return Insertion(end, block(name))


def healthy(text: str, name: str) -> bool:
    """Whether today's block stands in its place, once."""
    if SHELL.count(text) != (1, 1):
        return False
    start = text.find("\n") + 1 if text.startswith("#!") else 0
    return text.startswith(block(name), start)


def without(text: str, name: str, known: Remembered | None) -> str | None:
    """The hook before gitml came; None where there was none. Mends damaged blocks on the way."""
    # Of a hook gitml made, only the block is taken: lines added to it since need its shebang.
    before = take(text, known.insertions) if known and not known.created else None
    if before is None or SHELL.count(before) != (0, 0):
        remembered = "".join(one.text for one in known.insertions) if known else ""
        before = SHELL.stripped(text, block(name) + remembered)
    made = known.created if known else SHELL.count(text) != (0, 0)
    return None if made and before in ("", SHEBANG, SHEBANG + CHAIN) else before


def restored(original: str | None, name: str, chained: bool) -> tuple[str, Remembered]:
    """The hook with our block in it, and what to remember of that."""
    if original is None:
        text = created(name, chained)
        return text, Remembered(True, 0, [Insertion(0, text)])
    made = insertion(original, name)
    return put(original, [made]), Remembered(False, 0, [made])


def aside(path: str) -> str:
    """Where a foreign hook is put."""
    return path + ASIDE


def orphaned(path: str, text: str, name: str) -> bool:
    """Whether a hook was put aside and the one in its place, nothing but ours, does not call it."""
    return is_chained(path) and CHAIN not in text and without(text, name, None) is None


def is_chained(path: str) -> bool:
    """Whether there is one put aside."""
    return os.path.lexists(aside(path))
