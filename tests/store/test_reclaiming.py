"""Deleting below a folder: what it frees, and that nothing outside is ever reached."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gitml.store import reclaiming
from gitml.store.footprint import Survey
from gitml.store.reclaiming import Changed, Reckoning, remove


def du(path: Path) -> int:
    return Survey().size(str(path))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "b" / "x").write_bytes(b"x" * 10_000)
    (root / "a" / "y").write_bytes(b"y")
    return root


def test_frees_what_du_says(root: Path) -> None:
    """A folder frees its blocks and those of all in it; a sparse file its blocks, not its length."""
    with (root / "a" / "sparse").open("wb") as file:
        file.truncate(1 << 30)
    before, said = du(root), Reckoning().tree(str(root / "a"))
    assert remove(str(root), "a") == said == before - du(root)


def test_hard_links_count_with_the_last_name(root: Path) -> None:
    """The first of two names frees nothing, and the second all of it; a third one elsewhere keeps it."""
    os.link(root / "a" / "y", root / "z")
    reckoning = Reckoning()
    said = [reckoning.tree(str(root / "z")), reckoning.tree(str(root / "a"))]
    assert [remove(str(root), "z"), remove(str(root), "a")] == said and said[0] == 0
    (root / "one").write_bytes(b"1")
    os.link(root / "one", root / "two")
    os.link(root / "one", root.parent / "three")
    reckoning = Reckoning()
    assert reckoning.tree(str(root)) == du(root) - os.stat(root / "one").st_blocks * 512


def test_links_are_removed_and_not_followed(root: Path, tmp_path: Path) -> None:
    """A link inside goes as a link; one in place of a folder on the way, or of the root itself, stops everything."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine").write_text("mine")
    (root / "a" / "link").symlink_to(outside)
    remove(str(root), "a")
    (root / "way").symlink_to(outside)
    (tmp_path / "linked").symlink_to(outside)
    for folder, name in ((root, "way/mine"), (tmp_path / "linked", "mine")):
        with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
            remove(str(folder), name)
    assert (outside / "mine").exists()


@pytest.mark.parametrize("name", ["", ".", "..", "../outside", "a/../..", "/etc", "a//b", "a/", "x\0y"])
def test_names_that_lead_out_are_refused(root: Path, name: str) -> None:
    """No name reaches above the root, and none means the root itself."""
    with pytest.raises(ValueError, match="no name"):
        remove(str(root), name)
    assert (root / "a" / "y").exists()


def test_another_file_by_now_stays(root: Path) -> None:
    """What changed since it was looked at, or was put in its place, stays; what is gone is as good as removed."""
    seen = reclaiming.stamp_of(os.stat(root / "a" / "y"))
    (root / "a" / "y").write_bytes(b"more")
    with pytest.raises(Changed):
        remove(str(root), "a/y", seen)
    assert (root / "a" / "y").exists()
    assert remove(str(root), "a/gone") == remove(str(root), "none/gone") == 0
