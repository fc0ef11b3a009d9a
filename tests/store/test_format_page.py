"""docs/format.md says what is so: its records, its commands, the tests it names."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support.stores import a_layout, put_file

from gitml.model.jsonl import decode, encode
from gitml.model.streams import in_order
from gitml.store.fold import fold
from gitml.store.tombstones import of_records

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "format.md").read_text()
RECORDS = re.findall(r"^```json (\w+)\n(.*?)\n```$", PAGE, re.MULTILINE)
COMMANDS = re.findall(r"^```sh\n(.*?)\n```$", PAGE, re.MULTILINE)
TESTS = re.findall(r"`(tests/[\w./]+)(?:::(\w+))?`", PAGE)


@pytest.mark.parametrize(("stream", "line"), RECORDS, ids=[stream for stream, _ in RECORDS])
def test_records_are_as_written(stream: str, line: str) -> None:
    """The page's records are byte for byte what gitml writes: keys in order, compact."""
    assert encode(in_order(stream, decode(line.encode()))).decode() == line


def a_store(folder: Path) -> None:
    """The page's records as the live part of a repository."""
    part = folder / "work" / ".git-ml" / "tracked" / "live" / "20261120" / "150332Z-7f3a9c"
    for stream, lines in by_stream().items():
        put_file(part / f"{stream}.jsonl", *lines)


def by_stream() -> dict[str, list[bytes]]:
    """The page's records, those of one stream by time."""
    found: dict[str, list[bytes]] = {}
    for stream, line in RECORDS:
        found.setdefault(stream, []).append(line.encode())
    return found


def test_the_page_is_a_store(tmp_path: Path) -> None:
    """The records fold to themselves, but for the chat that the page's tombstone hides."""
    layout = a_layout(tmp_path)
    a_store(tmp_path)
    assert len(RECORDS) == 8
    for stream, lines in by_stream().items():
        assert fold(layout, stream).lines == ([] if stream == "chats" else lines)
        assert fold(layout, stream, hidden=True).lines == lines
    assert of_records(fold(layout, "lifecycle").records())


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_run(tmp_path: Path, command: str) -> None:
    """Each command of the page prints something on the page's records."""
    if "jq" in command and shutil.which("jq") is None:
        pytest.skip("jq is not on the PATH")
    a_store(tmp_path)
    done = subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path / "work", capture_output=True, text=True, check=True)
    assert "5e1c0d7" in done.stdout


def test_named_tests_exist() -> None:
    """Every test the page names is there."""
    assert len(TESTS) > 30
    for path, name in TESTS:
        assert (ROOT / path).exists(), path
        assert not name or re.search(rf"^ *def {name}\(", (ROOT / path).read_text(), re.MULTILINE), f"{path}::{name}"
