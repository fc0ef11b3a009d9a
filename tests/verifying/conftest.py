"""A clone in which gitml records chats."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.riding import Clone, opted_in


@pytest.fixture
def clone(repo: Path) -> Clone:
    """A clone with hooks, opted in, nothing waiting."""
    return opted_in(repo)
