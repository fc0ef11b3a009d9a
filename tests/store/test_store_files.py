"""Names, whole and durable files, the lock, and what hooks may import."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.hook_path import DEAR
from support.stores import a_layout, chats, run_until

from gitml.errors import Busy
from gitml.model.sealed import Sealed
from gitml.store import cursors, dlq, spool
from gitml.store.files import LONGEST, plain_name, safe_name, write_atomic
from gitml.store.layout import Layout
from gitml.store.lock import hold

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")

TEXTS = st.text(max_size=200) | st.text(st.sampled_from("aA.=_/\\\0é-"), max_size=300)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return a_layout(tmp_path)


@given(TEXTS)
@settings(max_examples=500)
def test_safe_names_stay_inside(text: str) -> None:
    """Whatever the text, its name is one plain component of bounded length (invariant 11)."""
    name = safe_name(text)
    assert 0 < len(name) <= LONGEST
    assert not name.startswith(".") and not set(name) & set('/\\\0:*?"<>| \n')
    assert name == name.lower() and name.isascii()
    assert plain_name(name) in (text, None)


@given(st.lists(TEXTS, min_size=2, max_size=8, unique=True))
@settings(max_examples=500)
def test_safe_names_differ(texts: list[str]) -> None:
    """Two texts never share a name, nor where upper and lower case are one."""
    assert len({safe_name(text).lower() for text in texts}) == len(texts)


HOSTILE = ["..", ".", "", "../../etc/passwd", "/abs", "a\0b", "x" * 5000, "\ud800", "É" * 90, "=_"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names(tmp_path: Path, text: str) -> None:
    """Names made to break out make a file where they should, and come back as they were unless they were cut."""
    path = tmp_path / "in" / safe_name(text)
    path.parent.mkdir()
    path.write_text("x")
    assert list(path.parent.iterdir()) == [path]
    assert plain_name(path.name) == (text if len(text) < 40 else None)


def test_ordinary_ids_stay_readable() -> None:
    """A session id as agents give them is its own name."""
    assert safe_name("13a84f73-0f3e-4c51-9d53-0a4b1c2d3e4f") == "13a84f73-0f3e-4c51-9d53-0a4b1c2d3e4f"
    assert safe_name(".x") == "=2ex" and safe_name("A b") == "=41=20b"


@pytest.mark.parametrize("name", ["=", "=4", "=zz", "A", "=61", "a b", "x=_y"])
def test_plain_name_of_others(name: str) -> None:
    """A file name that ``safe_name`` never gives stands for no text."""
    assert plain_name(name) is None


def test_write_atomic_killed(tmp_path: Path) -> None:
    """A kill at any step leaves the old bytes or the new ones."""
    path = tmp_path / "file"
    for step in range(1, 50):
        path.write_bytes(b"old")
        killed = run_until(lambda: write_atomic(str(path), b"new new new"), step)
        assert path.read_bytes() in (b"old", b"new new new")
        if not killed:
            assert path.read_bytes() == b"new new new"
            return
    pytest.fail("never came to an end")


def test_write_atomic_failing(tmp_path: Path) -> None:
    """Where the file cannot be put in place, the error comes out and no temporary file stays."""
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_atomic(str(tmp_path / "taken"), b"x")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


WRITERS: dict[str, Callable[[Layout], object]] = {
    "append": lambda layout: spool.append(layout, chats([1, 2])),
    "close": lambda layout: [spool.append(layout, chats([1, 1])), spool.close(layout)],
    "cursor": lambda layout: cursors.save(layout, "claude", "s", Sealed(b"{}")),
    "dead letter": lambda layout: dlq.put(layout, Sealed(b"{}")),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_all_is_durable(layout: Layout, monkeypatch: pytest.MonkeyPatch, writer: str) -> None:
    """When a writer returns, each byte it wrote and each name it gave was made durable after it was (invariant 3)."""
    clean: dict[int, bool] = {}
    real_write, real_fsync, real_mkdir, real_rename = os.write, os.fsync, os.mkdir, os.rename

    def write(descriptor: int, data: bytes) -> int:
        clean[os.fstat(descriptor).st_ino] = False
        return real_write(descriptor, data)

    def fsync(descriptor: int) -> None:
        real_fsync(descriptor)
        clean[os.fstat(descriptor).st_ino] = True

    def mkdir(path: str, mode: int) -> None:
        real_mkdir(path, mode)
        clean[os.stat(os.path.dirname(path)).st_ino] = False

    def rename(source: str, target: str) -> None:
        assert clean[os.stat(source).st_ino], "put in place before it was durable"
        real_rename(source, target)
        clean[os.stat(os.path.dirname(target)).st_ino] = False

    for name, fake in {"write": write, "fsync": fsync, "mkdir": mkdir, "rename": rename}.items():
        monkeypatch.setattr(os, name, fake)
    WRITERS[writer](layout)
    assert len(clean) > 3 and all(clean.values())


HOLDER = """
import sys, time
from gitml.store.lock import hold
with hold(sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


def test_lock_between_processes(layout: Layout) -> None:
    """Another process's lock makes Busy after the time given, with a hint; its death gives the lock free at once."""
    other = holder(layout.lock)
    assert other.stdout is not None and other.stdout.readline() == "held\n"
    start = time.monotonic()
    with pytest.raises(Busy, match="another gitml") as caught, hold(layout.lock, 0.2):
        pytest.fail("two hold the lock")
    assert 0.2 <= time.monotonic() - start < 2
    assert caught.value.hint
    other.kill()
    other.communicate()
    with hold(layout.lock, 0.2):
        pass


def test_lock_is_reentrant(layout: Layout) -> None:
    """Who holds the lock may take it again; it is free only after the outermost."""
    with hold(layout.lock):
        with hold(layout.lock, 0):
            pass
        assert run_until(lambda: must_be_busy(layout.lock), 10_000) is False
    with hold(layout.lock, 0):
        pass


def must_be_busy(path: str) -> None:
    """Fails unless the lock is held by another."""
    try:
        with hold(path, 0.05):
            os._exit(4)
    except Busy:
        return


def test_lock_between_threads(layout: Layout) -> None:
    """Threads of one process exclude each other as processes do."""
    seen: list[str] = []

    def other() -> None:
        try:
            with hold(layout.lock, 0.05):
                seen.append("held")
        except Busy:
            seen.append("busy")

    with hold(layout.lock):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    other()
    assert seen == ["busy", "held"]


def test_lock_file_removed(layout: Layout) -> None:
    """A lock file that somebody removed while it was held does not let two in by a third's new file."""
    with hold(layout.lock):
        os.unlink(layout.lock)
    with hold(layout.lock, 0):
        assert os.path.exists(layout.lock)
        assert run_until(lambda: must_be_busy(layout.lock), 10_000) is False


def holder(path: str) -> subprocess.Popen[str]:
    """A process that takes the lock, says so, and keeps it."""
    return subprocess.Popen([sys.executable, "-c", HOLDER, path], stdout=subprocess.PIPE, text=True)


def test_lock_file_replaced_while_waiting(layout: Layout) -> None:
    """Who waited on a lock file that was removed meanwhile does not take it for the lock."""
    first = holder(layout.lock)
    assert first.stdout is not None and first.stdout.readline() == "held\n"
    waiter = holder(layout.lock)
    assert waiter.stdout is not None
    time.sleep(0.5)
    os.unlink(layout.lock)
    with hold(layout.lock, 0):
        first.kill()
        first.communicate()
        assert select.select([waiter.stdout], [], [], 0.3)[0] == []
    assert waiter.stdout.readline() == "held\n"
    waiter.kill()
    waiter.communicate()


FORBIDDEN = DEAR | {"collections", "contextlib", "gzip", "random", "threading"}
HOOK_PATH = (
    "lock",
    "files",
    "names",
    "part",
    "spool",
    "appending",
    "cursors",
    "log",
    "tombstones",
    "walk",
    "lines",
    "winners",
)


@pytest.mark.parametrize("module", HOOK_PATH)
def test_hook_path_imports(module: str) -> None:
    """What hooks import of the store brings none of the dear modules along."""
    code = (
        "import sys, json, re; before = set(sys.modules)\n"
        f"import gitml.store.{module}\n"
        "print(*{name.split('.')[0] for name in set(sys.modules) - before})"
    )
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {root!r})\n{code}"]
    brought = set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
    assert not brought & FORBIDDEN
