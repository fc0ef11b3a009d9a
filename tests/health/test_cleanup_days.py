"""After how many days the client deletes transcripts, by its own settings."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from support.every_agent import MAKERS
from support.ingesting import fresh_repo

from gitml.ops.health.cleanup import kept
from gitml.ops.record.sync import sync_all
from gitml.ops.setup.client_settings import CLEANUP_DAYS, cleanup_days, kept_days


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


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("{}", 30),
        ('{"maxAge": "12h"}', 0.5),
        ('{"maxAge": "2w"}', 14),
        ('{"maxAge": "3m", "maxCount": 5}', 90),
        ('{"enabled": false}', None),
        ('{"enabled": "no"}', None),
        ('{"maxAge": "soon"}', None),
        ('{"maxAge": "0d"}', None),
        ('{"maxAge": null}', None),
        ("[]", 30),
    ],
)
def test_gemini_s_retention(home: Path, tmp_path: Path, said: str, days: float | None) -> None:
    """As the client takes it: a period that it cannot read switches its clean-up off; without a word it is 30 days."""
    assert kept_days("gemini", str(tmp_path), os.environ) == 30
    (home / ".gemini").mkdir()
    (home / ".gemini" / "settings.json").write_text(f'{{"general": {{"sessionRetention": {said}}}}}')
    assert kept_days("gemini", str(tmp_path), os.environ) == days
    assert kept_days("codex", str(tmp_path), os.environ) is kept_days("grok", str(tmp_path), os.environ) is None


def test_uncaptured_by_who_deletes_them(home: Path, tmp_path: Path) -> None:
    """Each agent's own days count; of those that keep everything nothing is said."""
    context = fresh_repo(tmp_path / "repo")
    for name, make in MAKERS.items():
        make(home, Path(context.where.root), f"with {name}", 1)
    (home / ".gemini" / "settings.json").write_text('{"general": {"sessionRetention": {"maxAge": "40d"}}}')
    now = time.time() + 10 * 86_400
    found = kept(context, os.environ, now)
    assert (found.sessions, found.days) == (4, 30)
    assert [round(one.days_left) for one in found.uncaptured] == [20, 30]
    assert sync_all(context).errors == [] and kept(context, os.environ, now).uncaptured == []
