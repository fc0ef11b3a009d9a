"""Files in a work tree that may be hostile: no link on the way is followed, nothing of somebody else's is touched."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from support.stores import run_until

from gitml.git.placing import holds, place, take_away

PATH = ".git-ml/tracked/live/20261120/150332Z-7f3a9c/chats.jsonl"


def test_there_and_away(tmp_path: Path) -> None:
    """Placed whole, with a time in the past; taken away with the folders that are empty then, and no others."""
    root = str(tmp_path)
    assert place(root, PATH, b"x\n")
    assert place(root, PATH, b"x\n")
    assert holds(root, PATH) == b"x\n"
    assert (tmp_path / PATH).stat().st_mtime < time.time() - 2
    assert os.listdir((tmp_path / PATH).parent) == ["chats.jsonl"]
    assert take_away(root, PATH, lambda data: data == b"x\n")
    assert (tmp_path / ".git-ml/tracked/live").exists()
    assert not (tmp_path / ".git-ml/tracked/live/20261120").exists()
    assert not take_away(root, PATH, lambda data: True)


def test_other_bytes_stay(tmp_path: Path) -> None:
    """Neither overwritten nor taken away."""
    (tmp_path / PATH).parent.mkdir(parents=True)
    (tmp_path / PATH).write_bytes(b"theirs")
    assert not place(str(tmp_path), PATH, b"ours")
    assert not take_away(str(tmp_path), PATH, lambda data: data == b"ours")
    assert (tmp_path / PATH).read_bytes() == b"theirs"


@pytest.mark.parametrize("depth", range(1, 6))
def test_no_link_is_followed(tmp_path: Path, depth: int) -> None:
    """A link at any step of the way, also at its end, leads nowhere."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    outside.mkdir()
    (outside / "chats.jsonl").write_bytes(b"theirs")
    parts = PATH.split("/")
    link = root.joinpath(*parts[:depth])
    link.parent.mkdir(parents=True)
    link.symlink_to(outside)
    with pytest.raises(OSError, match=r".*"):
        place(str(root), PATH, b"ours")
    assert holds(str(root), PATH) is None
    assert not take_away(str(root), PATH, lambda data: True)
    assert os.listdir(outside) == ["chats.jsonl"]


@pytest.mark.parametrize("target", ["file", "nowhere"])
def test_a_link_in_the_files_own_place(tmp_path: Path, target: str) -> None:
    """Not read, not written through, not removed."""
    (tmp_path / "file").write_bytes(b"theirs")
    (tmp_path / PATH).parent.mkdir(parents=True)
    (tmp_path / PATH).symlink_to(tmp_path / target)
    assert not place(str(tmp_path), PATH, b"ours")
    assert not take_away(str(tmp_path), PATH, lambda data: True)
    assert (tmp_path / "file").read_bytes() == b"theirs"
    assert not (tmp_path / "nowhere").exists()


def test_a_pipe_in_our_place(tmp_path: Path) -> None:
    """A named pipe would make a reader wait for ever."""
    (tmp_path / PATH).parent.mkdir(parents=True)
    os.mkfifo(tmp_path / PATH)
    assert not place(str(tmp_path), PATH, b"ours")


def test_a_full_disk_leaves_nothing_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that fails leaves no file under the part's name, and no temporary one."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "utime", full)
    with pytest.raises(OSError, match="No space"):
        place(str(tmp_path), PATH, b"ours")
    assert os.listdir((tmp_path / PATH).parent) == []


def test_half_a_file_of_a_killed_process(tmp_path: Path) -> None:
    """What a kill left under the temporary name is in nobody's way, and goes with the next placing or taking away."""
    half = (tmp_path / PATH).with_name(".chats.jsonl.tmp")
    for away in (False, True):
        half.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(b"ha")
        if away:
            take_away(str(tmp_path), PATH, lambda data: True)
            assert not half.parent.exists()
        else:
            assert place(str(tmp_path), PATH, b"x\n")
            assert os.listdir(half.parent) == ["chats.jsonl"]
            take_away(str(tmp_path), PATH, lambda data: True)


def test_a_kill_leaves_one_name(tmp_path: Path) -> None:
    """Killed at any step, placing leaves the whole file, nothing, or the one temporary name that the next run takes."""
    for step in range(1, 30):
        root = tmp_path / str(step)
        root.mkdir()
        killed = run_until(lambda root=root: place(str(root), PATH, b"x\n"), step)  # type: ignore[misc]
        folder = (root / PATH).parent
        assert set(os.listdir(folder) if folder.exists() else []) <= {"chats.jsonl", ".chats.jsonl.tmp"}
        assert place(str(root), PATH, b"x\n")
        assert os.listdir(folder) == ["chats.jsonl"]
        if not killed:
            return
    pytest.fail("never came to an end")
