"""Clones that gitml was set up in, with an older layout in them: made once, copied for every test."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.copies import Once
from support.old_layout import project
from support.riding import Clone
from support.secrets_made import made
from support.setup_tree import set_up

SECRET = made()["github-token"]


def _set_up(root: Path, *, old: bool) -> None:
    clone = Clone(root)
    clone.git("commit", "-q", "--allow-empty", "-m", "first")
    if old:
        project(root / ".git-ml", SECRET)
        clone.git("add", "-A")
        clone.git("commit", "-q", "-m", "older records")
    set_up(root)
    clone.git("commit", "-q", "-m", "record sessions")
    clone.settled()


@pytest.fixture
def clone(once: Once, tmp_path: Path, request: pytest.FixtureRequest) -> Clone:
    """A clone with all of ``support.old_layout.project`` in its history, set up afterwards."""
    return Clone(once.copy("old-project", tmp_path, request, lambda root: _set_up(root, old=True)))


@pytest.fixture
def bare(once: Once, tmp_path: Path, request: pytest.FixtureRequest) -> Clone:
    """A clone that is set up, without anything old."""
    return Clone(once.copy("set-up", tmp_path, request, lambda root: _set_up(root, old=False)))
