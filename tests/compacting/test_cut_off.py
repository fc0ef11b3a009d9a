"""A compaction killed in the middle leaves nothing in the work tree once the next run has mended it."""

from __future__ import annotations

from pathlib import Path

from support.stores import run_until

from gitml.git import placing, replacing

PATH = ".git-ml/tracked/chats.jsonl"


def test_half_a_base_file(tmp_path: Path) -> None:
    """Killed anywhere, a replacement leaves the old file or the new, and at most the one half that a sweep takes."""
    source = tmp_path / "source"
    source.write_bytes(b"new\n" * 100)
    for step in range(1, 60):
        root = tmp_path / str(step)
        (root / PATH).parent.mkdir(parents=True)
        (root / PATH).write_bytes(b"old\n")
        killed = run_until(lambda root=root: replacing.replace(str(root), PATH, str(source)), step)  # type: ignore[misc]
        assert (root / PATH).read_bytes() in (b"old\n", source.read_bytes())
        placing.sweep(str(root), PATH)
        assert [path.name for path in (root / PATH).parent.iterdir()] == ["chats.jsonl"]
        if not killed:
            return
    raise AssertionError("never came to an end")


def test_nothing_to_sweep(tmp_path: Path) -> None:
    """Where there is no such folder there is nothing to do."""
    placing.sweep(str(tmp_path), PATH)
