"""Stores, each made once and copied for every test."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.compacting import Store, four_parts
from support.copies import Once


@pytest.fixture
def bare(once: Once, tmp_path: Path, request: pytest.FixtureRequest) -> Store:
    """A store without records."""
    return Store(once.copy("bare", tmp_path, request, lambda root: Store(root).opt_in()))


@pytest.fixture
def store(once: Once, tmp_path: Path, request: pytest.FixtureRequest) -> Store:
    """Four old parts and a young one."""
    return Store(once.copy("four", tmp_path, request, lambda root: four_parts(Store(root).opt_in())))
