"""Where git looks for hooks, and who else manages that folder."""

from __future__ import annotations

import os
from dataclasses import dataclass

from gitml.git.where import Where
from gitml.ops.setup.gitcall import ask

NAMES = ("pre-commit", "pre-merge-commit", "post-commit", "post-rewrite", "post-merge")

LEFTHOOK = tuple(f"{dot}lefthook.{kind}" for dot in ("", ".") for kind in ("yml", "yaml", "toml", "json"))


@dataclass(slots=True)
class HookFolder:
    """``folder`` is where to write; ``manager`` "", "husky" or "lefthook"; ``outside`` the repository altogether;
    ``in_tree``: among the files people commit."""

    folder: str
    manager: str
    outside: bool
    in_tree: bool


def find(where: Where) -> HookFolder:
    """The hooks folder of a work tree. ``rev-parse --git-path`` knows work trees, submodules and core.hooksPath."""
    answer = ask(where.root, "rev-parse", "--git-path", "hooks")
    folder = os.path.normpath(os.path.join(where.root, answer or os.path.join(where.common_dir, "hooks")))
    manager = "lefthook" if any(os.path.lexists(os.path.join(where.root, name)) for name in LEFTHOOK) else ""
    if os.path.basename(folder) == "_" and os.path.basename(os.path.dirname(folder)) == ".husky":
        # .husky/_ is made anew and ignored by git; what husky runs from there is .husky/<hook>.
        folder, manager = os.path.dirname(folder), "husky"
    real = os.path.realpath(folder)
    in_git = _within(real, where.common_dir) or _within(real, where.git_dir)
    in_tree = _within(real, where.root) and not in_git
    return HookFolder(folder, manager, not (in_git or in_tree), in_tree)


def _within(path: str, base: str) -> bool:
    return path == base or path.startswith(base + os.sep)
