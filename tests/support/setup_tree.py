"""Setting real repositories up and comparing every byte around them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from gitml.ops.setup import init, opening, uninstall
from gitml.ops.setup.init import Options, Outcome
from gitml.ops.setup.plan import Plan

PASSING = ("objects", "index", "gitml", "logs", "refs", "COMMIT_EDITMSG", "ORIG_HEAD")
"""What git itself changes below its directory, and gitml's own state."""


def set_up(root: Path, **options: object) -> Outcome:
    """``gitml init`` in this process."""
    return init.run(opening.open_here(str(root)), Options(**options))  # type: ignore[arg-type]


def take_out(root: Path, *, user: bool = False, purge: bool = False) -> tuple[Plan, list[str]]:
    """``gitml uninstall`` in this process: the plan and the failures."""
    context = opening.open_here(str(root))
    memory = init.remembered(context)
    plan = uninstall.plan(context, memory, user)
    return plan, uninstall.run(context, plan, memory, purge)


def forget_memory(root: Path) -> None:
    """As in another clone, or after somebody removed local state."""
    (root / ".git" / "gitml" / "setup.json").unlink()


def snapshot(root: Path) -> dict[str, tuple[int, bytes | str | None]]:
    """Mode and content of everything below ``root`` that a set-up may touch, folders too; not the records."""
    found: dict[str, tuple[int, bytes | str | None]] = {}
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        folders[:] = [name for name in folders if not (name == ".git-ml" or (here.name == ".git" and name in PASSING))]
        names = [name for name in files if not (here.name == ".git" and name in PASSING)]
        for path in [here / name for name in [*names, *folders]]:
            found[str(path.relative_to(root))] = (stat.S_IMODE(path.lstat().st_mode), _content(path))
    return found


def _content(path: Path) -> bytes | str | None:
    if path.is_symlink():
        return os.readlink(path)
    return None if path.is_dir() else path.read_bytes()
