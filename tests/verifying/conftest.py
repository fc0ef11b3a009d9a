"""Clones in which gitml records chats, each made once and copied for every test."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.copies import Once
from support.riding import Clone, opted_in
from support.verifying import commit, record


@pytest.fixture
def clone(once: Once, tmp_path: Path, request: pytest.FixtureRequest) -> Clone:
    """A clone with hooks, opted in, nothing waiting."""
    return Clone(once.copy("opted-in", tmp_path, request, opted_in))


@pytest.fixture
def recorded(once: Once, tmp_path: Path, request: pytest.FixtureRequest) -> Clone:
    """The same, with chat 1 committed, and chat 2 waiting."""

    def make(root: Path) -> None:
        made = opted_in(root)
        commit(made, 1)
        record(made, 2)

    return Clone(once.copy("recorded", tmp_path, request, make))
