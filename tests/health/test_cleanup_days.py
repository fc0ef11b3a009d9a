"""After how many days the client deletes transcripts, by its own settings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gitml.ops.setup.client_settings import CLEANUP_DAYS, cleanup_days


def days(root: Path) -> int:
    return cleanup_days(str(root), os.environ)


@pytest.mark.parametrize("value", ['"60"', "true", "-3", "null", "1.5", "[]"])
def test_a_value_of_no_sense_counts_for_nothing(home: Path, tmp_path: Path, value: str) -> None:
    """The default holds, as without a file, or with one that is no JSON."""
    settings = home / ".claude" / "settings.json"
    assert days(tmp_path) == CLEANUP_DAYS
    settings.parent.mkdir()
    settings.write_text(f'{{"cleanupPeriodDays": {value}}}')
    assert days(tmp_path) == CLEANUP_DAYS
    settings.write_text("{")
    assert days(tmp_path) == CLEANUP_DAYS


def test_the_strongest_file_counts(home: Path, tmp_path: Path) -> None:
    """The repository's over the user's, the personal one of the repository over both; a link is not followed."""
    for folder, name, value in (
        (home / ".claude", "settings.json", 90), (tmp_path / ".claude", "settings.json", 60),
        (tmp_path / ".claude", "settings.local.json", 45),
    ):  # fmt: skip
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(f'{{"cleanupPeriodDays": {value}}}')
        assert days(tmp_path) == value
    (tmp_path / ".claude" / "settings.local.json").unlink()
    (tmp_path / ".claude" / "settings.local.json").symlink_to(home / ".claude" / "settings.json")
    assert days(tmp_path) == 60
