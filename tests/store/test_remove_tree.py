"""Removing a folder that somebody still writes in."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from gitml.store.trees import remove_tree


def test_a_folder_that_is_still_written_in_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that appears between listing and removing is waited for and goes with the rest."""
    folder = tmp_path / "gone"
    (folder / "deep").mkdir(parents=True)
    real = os.rmdir
    late = [folder / "deep" / f"{number}.json" for number in range(3)]

    def rmdir(path: str, **more: int | None) -> None:
        if late and (folder / "deep").exists():
            late.pop().write_text("{}")
        real(path, **more)

    monkeypatch.setattr(os, "rmdir", rmdir)
    remove_tree(str(folder))
    assert not folder.exists()
    assert not late


def test_writers_at_work(tmp_path: Path) -> None:
    """Another thread that adds files for a while does not make it fail."""
    folder = tmp_path / "busy"
    folder.mkdir()
    until = time.monotonic() + 0.5

    def write() -> None:
        number = 0
        while time.monotonic() < until and folder.exists():
            number += 1
            try:
                (folder / f"{number}").touch()
            except FileNotFoundError:
                return

    writer = threading.Thread(target=write)
    writer.start()
    remove_tree(str(folder))
    writer.join()
    assert not folder.exists()


def test_what_is_missing_is_gone(tmp_path: Path) -> None:
    """Nothing to remove is no error; what may not be removed is one."""
    remove_tree(str(tmp_path / "never"))
    (tmp_path / "file").touch()
    with pytest.raises(OSError):
        remove_tree(str(tmp_path / "file"))
