"""Every way to commit: what the commit carries, what the work tree looks like after it, what the spool keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.riding import Clone, opted_in


@pytest.fixture
def clone(repo: Path) -> Clone:
    return opted_in(repo)


def test_a_plain_commit_carries(clone: Clone) -> None:
    """Records ride with an ordinary commit; nothing is printed, nothing stays staged or untracked."""
    chat = clone.chat(1)
    clone.change("b.txt", "two\n")
    assert clone.git("commit", "-q", "-m", "work") == ""
    assert clone.ids() == [chat]
    assert clone.status() == ""
    clone.settled()
    assert clone.status() == ""
    assert (clone.waiting(), clone.kept()) == (0, 1)
