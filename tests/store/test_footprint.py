"""How much disk a folder takes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from gitml.store.footprint import Survey


def du(path: Path) -> int:
    done = subprocess.run(["du", "-s", "--block-size=1", path], capture_output=True, text=True, check=True)
    return int(done.stdout.split()[0])


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Files of all kinds: sparse, with two names, links to outside, a loop of links, a pipe, odd names."""
    tree, outside = tmp_path / "tree", tmp_path / "outside"
    (tree / "a" / "b").mkdir(parents=True)
    outside.mkdir()
    (outside / "big").write_bytes(bytes(3_000_000))
    (tree / "plain").write_bytes(b"x" * 10_000)
    os.link(tree / "plain", tree / "a" / "again")
    with (tree / "sparse").open("wb") as file:
        file.truncate(50_000_000)
    (tree / "out").symlink_to(outside)
    (tree / "a" / "b" / "up").symlink_to(tree)
    os.mkfifo(tree / "pipe")
    (tree / os.fsdecode(b"odd\xff\n")).write_bytes(b"y" * 5000)
    for number in range(300):
        (tree / "a" / f"{number}").write_bytes(b"z")
    return tree


def test_it_is_what_du_says(tree: Path) -> None:
    """To the byte."""
    survey = Survey()
    assert survey.size(str(tree)) == du(tree) < 5_000_000
    assert survey.unread == []


def test_each_inode_once_a_survey(tree: Path) -> None:
    """Also where one folder lies in another, or is asked for twice."""
    survey = Survey()
    inner = survey.size(str(tree / "a"))
    assert inner + survey.size(str(tree)) == du(tree)
    assert survey.size(str(tree)) == 0


def test_a_link_is_not_followed(tree: Path, tmp_path: Path) -> None:
    """Not even as the root; what does not exist takes nothing."""
    (tmp_path / "link").symlink_to(tree)
    survey = Survey()
    assert [path for path, _ in survey.walk(str(tmp_path / "link"))] == [str(tmp_path / "link")]
    assert survey.size(str(tmp_path / "none")) == 0 and survey.unread == []
    assert not any("big" in path for path, _ in survey.walk(str(tree)))


def test_it_holds_no_more_than_folders(tmp_path: Path) -> None:
    """Files of one name are not remembered, however many there are."""
    for number in range(500):
        (tmp_path / f"{number}").touch()
    survey = Survey()
    survey.size(str(tmp_path))
    assert len(survey.seen) < 10


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_what_cannot_be_read_is_told(tree: Path) -> None:
    """The rest is counted."""
    (tree / "a").chmod(0)
    survey = Survey()
    try:
        assert survey.size(str(tree)) > 0
    finally:
        (tree / "a").chmod(0o700)
    assert len(survey.unread) == 1 and "Permission denied" in survey.unread[0]


def test_a_path_too_long_for_the_system(tmp_path: Path) -> None:
    """A folder so deep that it has no path is told of; what is above it is counted."""
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(25):
        os.mkdir("d" * 200, dir_fd=here)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    survey = Survey()
    assert survey.size(str(tmp_path)) > 0
    assert any("File name too long" in text for text in survey.unread)
    subprocess.run(["rm", "-rf", tmp_path / ("d" * 200)], check=True)
