"""What the tests of the set-up share."""

from __future__ import annotations

import os
import sys

import pytest


@pytest.fixture(autouse=True)
def program_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """``gitml`` of the environment the tests run in comes first on PATH, as after an installation."""
    monkeypatch.setenv("PATH", os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"])
