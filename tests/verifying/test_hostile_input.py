"""Whatever lies in a store: every command that reads goes on with the rest, names file and line, and ends well."""

from __future__ import annotations

import gzip
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.copies import Once
from support.records import session
from support.riding import Clone, opted_in
from support.verifying import a_chat, commit, line, record

from gitml.cli.main import cli
from gitml.model import jsonl
from gitml.redact.gate import seal
from gitml.store import lines as reading
from gitml.store import spool
from gitml.store.fold import fold
from gitml.store.layout import DATA

GOOD = "prompt 1"
TRACKED = f"{DATA}/tracked"
PART = f"{TRACKED}/live/20261120/150332Z-7f3a9c"
MOST_LINE, MOST_UNPACKED = 2_000_000, 400_000
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")

Hostile = Callable[[Path], str]
"""Does its harm to a store at a path; says what the complaint must name ("" where nothing is wrong)."""


def bad_line(data: bytes) -> Hostile:
    def harm(root: Path) -> str:
        path = root / TRACKED / "chats.jsonl"
        path.write_bytes(path.read_bytes() + line(a_chat(2)) + data + b"\n" + line(a_chat(3)))
        return "chats.jsonl:2: "

    return harm


def odd_record(data: bytes) -> Hostile:
    def harm(root: Path) -> str:
        path = root / TRACKED / "chats.jsonl"
        path.write_bytes(path.read_bytes() + line(a_chat(2)) + data + b"\n" + line(a_chat(3)))
        return ""

    return harm


def archive(data: bytes) -> Hostile:
    def harm(root: Path) -> str:
        path = root / TRACKED / "archive" / "2026-10" / "chats.jsonl.gz"
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
        return "chats.jsonl.gz: "

    return harm


def in_place(relative: str, make: Callable[[Path], object]) -> Hostile:
    def harm(root: Path) -> str:
        path = root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        make(path)
        return f"{path.name}: "

    return harm


def a_name(name: str) -> Hostile:
    def harm(root: Path) -> str:
        path = root / PART / name / "chats.jsonl"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"{\n")
        return "chats.jsonl:1: "

    return harm


def a_device(path: Path) -> None:
    try:
        os.mknod(path, 0o20666, os.makedev(1, 5))  # /dev/zero: whoever reads it never comes to an end
    except PermissionError:
        pytest.skip("only root makes devices")


PACKED = gzip.compress(b"".join(line(a_chat(number)) for number in range(100, 200)))
THINGS: dict[str, Hostile] = {
    "cut line": bad_line(b'{"id":"chat-x","inp'),
    "NUL bytes": bad_line(b'{"id":"chat-x"}\0\0'),
    "not UTF-8": bad_line(b'{"id":"chat-\xff\xfe"}'),
    "too long a line": bad_line(b'{"id":"' + b"x" * 2 * MOST_LINE + b'"}'),
    "nested lists": bad_line(b"[" * 90_000 + b"]" * 90_000),
    "nested objects": bad_line(b'{"id":' * 20_000 + b"1" + b"}" * 20_000),
    "huge integer": bad_line(b'{"id":"chat-x","rev":' + b"9" * 90_000 + b"}"),
    "conflict marker": bad_line(b"<<<<<<< HEAD"),
    "escape codes in a bad line": bad_line(b"\x1b]0;owned\x07\x1b[31m"),
    "integer beyond 64 bits": odd_record(line(a_chat(9)).strip().replace(b'"output":"done"', b'"rev":' + b"9" * 60)),
    "duplicate keys": odd_record(b'{"id":"chat-a","id":"chat-b","timestamp":"2026-11-20T15:03:32.000Z"}'),
    "lone surrogate": odd_record(b'{"id":"chat-\\ud83d","input":"\\udc00","session_id":"s1"}'),
    "not a number": odd_record(b'{"id":"chat-n","cost":NaN,"session_id":"s1"}'),
    "ids that climb": odd_record(b'{"id":"../../../../x","session_id":"../../../../y","uuid":"/etc/passwd"}'),
    "escape codes": odd_record(b'{"id":"\\u001b[31m","session_id":"s\\u001b]0;x\\u0007","input":"\\u009b"}'),
    "every type wrong": odd_record(b'{"id":7,"timestamp":{},"session_id":[],"input":{"a":1},"tools":3,"files":"x"}'),
    "cut archive": archive(PACKED[:-20]),
    "garbage behind an archive": archive(PACKED + b"garbage" * 9),
    "no archive": archive(b"plain text\n"),
    "bomb": archive(gzip.compress(b" " * 90 * MOST_UNPACKED)),
    "a link": in_place(f"{TRACKED}/chats.jsonl", lambda path: path.symlink_to("/etc/passwd")),
    "a dangling link": in_place(f"{PART}/chats.jsonl", lambda path: path.symlink_to("nowhere")),
    "a pipe": in_place(f"{TRACKED}/chats.jsonl", os.mkfifo),
    "a device": in_place(f"{TRACKED}/chats.jsonl", a_device),
    "a link to a folder": in_place(f"{TRACKED}/live/20261121", lambda path: path.symlink_to("/etc")),
    "a name that drives the terminal": a_name("\x1b[31mred\x9b2J\nerror: made up"),
    "a name that is not UTF-8": a_name(os.fsdecode(b"\xff\xfe")),
}  # fmt: skip

GROUPS: dict[str, list[str]] = {
    "bad lines": [thing for thing, harm in THINGS.items() if harm.__qualname__.startswith("bad_line")],
    "odd records": [thing for thing, harm in THINGS.items() if harm.__qualname__.startswith("odd_record")],
    "links and names": ["a link", "a dangling link", "a link to a folder", "a name that drives the terminal",
                        "a name that is not UTF-8", "bomb"],
    "a pipe": ["a pipe", "cut archive"],
    "a device": ["a device", "no archive"],
    "garbage": ["garbage behind an archive"],
}  # fmt: skip
"""What commands that read on their way meet at once: things of one group do not hide one another."""


READS = {
    "cat": ("cat", "chats"),
    "list": ("list",),
    "show": ("show", "s1"),
}
OTHERS: dict[str, tuple[tuple[str, ...], set[int]]] = {
    "status": (("status",), {0}),
    "sync": (("sync",), {0}),
    "seal": (("seal",), {0}),
    "forget": (("forget", "chat-20261120-150332-000001", "--yes"), {0}),
    "redact": (("redact", "--scan"), {0, 3}),
    "compact": (("compact", "--older-than", "0d", "--force"), {0, 1, 3}),
    "verify": (("verify", "--no-secrets"), {0, 6}),
    "repair": (("verify", "--repair", "--no-secrets"), {0, 6}),
}


@pytest.fixture
def store(once: Once, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A store with a committed chat and a waiting one."""

    def make(root: Path) -> None:
        clone = opted_in(root)
        told = session("s1", "2026-11-20", GOOD)
        spool.append(clone.context.layout, [seal("sessions", told)])
        commit(clone, 1)
        record(clone, 4)

    return once.copy("hostile", tmp_path, request, make)


@pytest.fixture(autouse=True)
def bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small ones, for speed."""
    monkeypatch.setattr(jsonl, "MAX_LINE", MOST_LINE)
    monkeypatch.setattr(reading, "MOST_UNPACKED", MOST_UNPACKED)


def run(store: Path, *arguments: str) -> Result:
    """gitml in this process; what it says to people drives no terminal."""
    result = CliRunner().invoke(cli, ["-C", str(store), *arguments])
    said = result.stderr + (result.stdout if arguments[0] != "cat" else "")
    assert not CONTROL.search(said), repr(said)
    assert "unexpected" not in said and "error: made up" not in said.splitlines(), said
    return result


def ids(store: Path) -> set[str]:
    """Ids of the chats that can be read."""
    found = fold(Clone(store).context.layout, "chats").records()
    return {record["id"] for record in found if isinstance(record.get("id"), str)}


@pytest.mark.parametrize("thing", THINGS)
def test_reading(store: Path, thing: str) -> None:
    """The good records are shown, the bad place is named, with the command that mends it; exit 3. Exit 0 where
    the thing is odd and no damage."""
    named = THINGS[thing](store)
    for arguments in READS.values():
        result = run(store, *arguments)
        assert GOOD in result.stdout
        assert result.exit_code == (3 if named else 0), result.stderr
        assert named in result.stderr and ("gitml verify --repair" in result.stderr) == bool(named)


def test_groups() -> None:
    """Each thing is in one."""
    assert sorted(thing for group in GROUPS.values() for thing in group) == sorted(THINGS)


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("command", OTHERS)
def test_others(store: Path, command: str, group: str) -> None:
    """Commands that read on their way do their work. Nothing outside the store is written, nothing is lost."""
    for thing in GROUPS[group]:
        THINGS[thing](store)
    before = ids(store)
    outside = sorted(os.listdir(store.parent))
    arguments, codes = OTHERS[command]
    if command == "compact":  # it folds what commits hold
        Clone(store).git("add", "-f", DATA, code=None)
        Clone(store).git("commit", "-qm", "hostile", "--no-verify", code=None)
    result = run(store, *arguments)
    assert result.exit_code in codes, f"{result.exit_code} {result.stdout} {result.stderr}"
    assert before - ids(store) == ({"chat-20261120-150332-000001"} if command == "forget" else set())
    assert sorted(os.listdir(store.parent)) == outside


def test_a_file_one_may_not_read(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named, the rest is shown. (Tests may run as root, whom no mode stops.)"""
    path = store / TRACKED / "chats.jsonl"
    path.write_bytes(line(a_chat(2)))
    real = os.open

    def refusing(name: object, *more: object, **named: object) -> int:
        if os.fspath(name) == str(path):  # type: ignore[call-overload]
            raise PermissionError(13, "Permission denied", str(path))
        return real(name, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refusing)
    for arguments in READS.values():
        result = run(store, *arguments)
        assert result.exit_code == 3 and GOOD in result.stdout and "Permission denied" in result.stderr


def test_a_known_place_is_told_no_more(store: Path) -> None:
    """After a repair, reading is in good order again, also in a part that stays damaged."""
    clone = Clone(store)
    part = store / DATA / "tracked" / "live" / clone.files()[0]
    part.write_bytes(part.read_bytes() + b"{\n")
    clone.git("commit", "-qam", "torn", "--no-verify")
    assert run(store, "cat", "chats").exit_code == 3
    assert run(store, "verify", "--repair").exit_code == 0
    assert [run(store, *arguments).exit_code for arguments in READS.values()] == [0, 0, 0]
    assert "cannot be read" not in run(store, "status").stdout
