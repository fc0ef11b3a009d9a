"""``setup.json`` in local state: what gitml inserted into which file. Never a byte of the user's own."""

from __future__ import annotations

import json
import os

from gitml.git.where import Where
from gitml.ops.setup.inserts import Insertion
from gitml.ops.setup.plan import Plan, Remembered, Write
from gitml.redact.gate import seal_state
from gitml.store.files import make_dirs, remove_files, write_atomic
from gitml.store.layout import SETUP


class Memory:
    """Remembered files by path. Paths are kept relative to the work tree or the git directory: clones get moved."""

    def __init__(self, folder: str, where: Where | None) -> None:
        self.path = os.path.join(folder, SETUP)
        self.where = where
        self.files: dict[str, Remembered] = _read(self.path)

    def get(self, path: str) -> Remembered | None:
        """What is known of the file at that absolute path."""
        return self.files.get(self.key(path))

    def paths(self) -> list[str]:
        """Absolute paths of all remembered files that belong to this work tree or to the clone as a whole."""
        found = [self._absolute(key) for key in self.files]
        return [path for path in found if path]

    def other_trees(self) -> list[str]:
        """Names of the clone's other work trees of which something is remembered."""
        names = {key.split(":")[1] for key in self.files if key.startswith("tree:")}
        return sorted(names - {self.where.name if self.where else ""})

    def take_in(self, plan: Plan) -> bool:
        """Note what the plan will insert. Returns whether that is news."""
        before = _plain(self.files)
        for step in plan.steps:
            if isinstance(step, Write) and step.remember is not None:
                self.files[self.key(step.path)] = step.remember
        return _plain(self.files) != before

    def forget(self, paths: list[str]) -> None:
        """There is nothing of ours left in these files."""
        for path in paths:
            self.files.pop(self.key(path), None)

    def save(self) -> None:
        """Write it where it has changed, or remove it when nothing is left to remember."""
        if not self.files:
            remove_files([self.path])
        elif _plain(_read(self.path)) != _plain(self.files):
            make_dirs(os.path.dirname(self.path))
            write_atomic(self.path, seal_state({"version": 1, "files": _plain(self.files)}).data + b"\n", 0o600)

    def key(self, path: str) -> str:
        """The name a path is kept under."""
        if self.where is not None:
            for prefix, base in self._bases():
                if path.startswith(base + os.sep):
                    return prefix + os.path.relpath(path, base)
        return path

    def _bases(self) -> list[tuple[str, str]]:
        assert self.where is not None
        return [("git:", self.where.common_dir), (f"tree:{self.where.name}:", self.where.root)]

    def _absolute(self, key: str) -> str:
        if os.path.isabs(key):
            return key
        for prefix, base in self._bases() if self.where is not None else []:
            if key.startswith(prefix):
                return os.path.join(base, key.removeprefix(prefix))
        return ""


def _read(path: str) -> dict[str, Remembered]:
    """A damaged file is no memory: uninstall then finds its own by the marks alone."""
    try:
        with open(path, encoding="utf-8") as file:
            kept = json.load(file)["files"]
        return {key: _remembered(value) for key, value in kept.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _remembered(value: dict[str, object]) -> Remembered:
    insertions, folders = value.get("insertions"), value.get("folders")
    return Remembered(
        bool(value.get("created")),
        folders if isinstance(folders, int) else 0,
        [Insertion(int(at), str(text)) for at, text in insertions] if isinstance(insertions, list) else [],
    )


def _plain(files: dict[str, Remembered]) -> dict[str, object]:
    return {
        key: {"created": one.created, "folders": one.folders, "insertions": [list(each) for each in one.insertions]}
        for key, one in files.items()
    }
