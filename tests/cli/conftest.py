"""Running gitml as people do, and golden files for what people read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support import records

Gitml = Callable[..., "subprocess.CompletedProcess[str]"]
GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def gitml() -> Gitml:
    """``gitml(folder, "list", "--json")``: a process of its own, with 100 columns."""

    def run(
        folder: Path | str, *arguments: str, input: str | None = None, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "COLUMNS": "100", "PYTHONUTF8": "1", **(env or {})}
        return subprocess.run(
            [sys.executable, "-m", "gitml", *arguments],
            cwd=folder,
            env=environment,
            input=input,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )

    return run


@pytest.fixture
def store(repo: Path) -> Path:
    """A repository with two sessions, published."""
    records.write_config(repo)
    records.write_part(repo, records.story())
    return repo


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """``golden(name, text)``: the text must be the file's. GITML_UPDATE_GOLDEN=1 in the environment writes it."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / name
        if UPDATE:
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), f"{path} differs; GITML_UPDATE_GOLDEN=1 writes it anew"

    return check


UPDATE = os.environ.get("GITML_UPDATE_GOLDEN") == "1"  # read at import: the tests' own environment is cleaned
