"""Repositories that are made once and copied for every test: making one takes a dozen gits."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


class Once:
    """What was made, below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def copy(self, name: str, to: Path, request: pytest.FixtureRequest, make: Callable[[Path], object]) -> Path:
        """A copy in ``to`` of what ``make`` makes of the fixture ``repo``."""
        kept, root = self.folder / name, to / "repo"
        if not kept.exists():
            made: Path = request.getfixturevalue("repo")
            make(made)
            for sample in (made / ".git" / "hooks").glob("*.sample"):
                sample.unlink()
            made.rename(kept)
        shutil.copytree(kept, root, symlinks=True)
        subprocess.run(["git", "update-index", "-q", "--refresh"], cwd=root, check=True)
        return root
