"""``gitml clean`` as a person, a script or a schedule calls it: what it says, asks, deletes, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.cleaning import DAY, aged, du, put
from support.compacting import Store
from support.registering import answer

from gitml.ops.context import Context, open_at
from gitml.store import audit


@pytest.fixture
def store(repo: Path) -> Store:
    """A repository that is set up, with old logs and a young one."""
    made = Store(repo)
    made.gitml("init", "--no-import")
    fill(open_at(str(repo)))
    return made


def fill(context: Context) -> None:
    for name, days in (("old.log", 9.0), ("older.log", 20.0), ("young.log", 1.0)):
        put(context, f"logs/{name}", days, b"x" * 5000)


def logs(store: Store) -> list[str]:
    return sorted(path.name for path in (store.root / ".git" / "gitml" / "logs").iterdir())


def test_nobody_there_to_be_asked(store: Store) -> None:
    """Without a terminal and --force nothing is deleted, which is said, with 2; nothing to delete needs no answer."""
    said = store.gitml("clean", "--logs", code=2)
    assert "2 of 3" in said and "error: nothing was deleted: nobody is here to be asked" in said and "--force" in said
    assert logs(store) == ["old.log", "older.log", "young.log"]
    assert "nothing to clean" in store.gitml("clean", "--dlq")


def test_force(store: Store) -> None:
    """Deletes what is old, says what was reclaimed, before and after, and does nothing the second time."""
    before = du(store.root / ".git" / "gitml" / "logs")
    said = store.gitml("clean", "--logs", "--force", "-v")
    assert "remove   logs" in said and "keep     logs" in said and "removed  logs" in said
    assert logs(store) == ["young.log"]
    (row,) = [line for line in said.splitlines() if line.startswith("logs") and "of" not in line]
    assert row.split()[-1] == "kB" and before > du(store.root / ".git" / "gitml" / "logs")
    assert "nothing to clean" in store.gitml("clean", "--logs", "--force")


def test_a_dry_run_says_the_same(store: Store) -> None:
    """To the byte, item by item, and changes nothing: not a line in the audit log."""
    dry = json.loads(store.gitml("clean", "--all", "--dry-run", "--force", "--json"))
    assert logs(store) == ["old.log", "older.log", "young.log"] and dry["dry_run"] is True
    assert not list(audit.read(open_at(str(store.root)).layout))
    wet = json.loads(store.gitml("clean", "--all", "--force", "--json"))
    assert wet["dry_run"] is False and wet["bytes_freed"] == dry["bytes_freed"] > 0
    (before,), (after,) = dry["repositories"], wet["repositories"]
    assert keyed(before) == keyed(after)
    assert before["types"]["logs"] == after["types"]["logs"]
    assert before["types"]["logs"]["bytes_after"] == du(store.root / ".git" / "gitml" / "logs")


def keyed(repository: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(item["type"], item["subject"], item["bytes"], item["action"], item["why"]) for item in repository["items"]]


def test_keys(store: Store) -> None:
    """The keys of --json, which docs/reference.md lists."""
    answer = json.loads(store.gitml("clean", "--logs", "--dry-run", "--json"))
    assert list(answer) == ["dry_run", "repositories", "bytes_freed"]
    (repository,) = answer["repositories"]
    assert list(repository) == ["repository", "types", "items", "failures"]
    assert list(repository["types"]["logs"]) == ["items", "removed", "bytes_before", "bytes_freed", "bytes_after"]
    assert list(repository["items"][0]) == ["type", "subject", "path", "bytes", "age_seconds", "action", "why"]


def test_without_a_type(store: Store) -> None:
    """It looks at all, and deletes nothing; --force alone is refused."""
    said = store.gitml("clean")
    assert "nothing was deleted: say what is to go" in said and "together" in said and len(logs(store)) == 3
    assert "say what is to be cleaned" in store.gitml("clean", "--force", code=2)
    assert "is no age" in store.gitml("clean", "--logs", "--older-than", "soon", code=2)


def test_one_failure_does_not_stop_the_rest(store: Store) -> None:
    """What cannot be removed is listed with what to do, the rest goes, and the exit code is 3."""
    context = open_at(str(store.root))
    put(context, "dlq/20200101.jsonl", 99)
    shutil.rmtree(context.layout.logs)
    fill(context)
    script = (
        "import os, sys; real = os.unlink\n"
        "def unlink(name, **more):\n"
        "    if name == 'old.log': raise PermissionError(13, 'Permission denied', name)\n"
        "    return real(name, **more)\n"
        "os.unlink = unlink\n"
        "from gitml.__main__ import main; sys.argv[1:] = ['clean', '--logs', '--dlq', '--force']; main()"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=store.root, capture_output=True, text=True, check=False)
    assert done.returncode == 3 and "old.log" in done.stderr and "Permission denied" in done.stderr
    assert logs(store) == ["old.log", "young.log"] and not os.listdir(context.layout.dlq)
    told = store.gitml("clean", "--history")
    assert "2 things" in told and "failed: " in told


def test_history(store: Store) -> None:
    """What went, when, why, how much, by which command; the same in JSON."""
    assert "nothing that the audit log tells of" in store.gitml("clean", "--history")
    store.gitml("clean", "--logs", "--older-than", "2w", "--force")
    store.gitml("clean", "--all", "--force")
    said = store.gitml("clean", "--history", "-v")
    assert "gitml clean --logs --older-than 2w" in said and "gitml clean --all" in said
    assert "older.log: not changed for 20d" in said
    (repository,) = json.loads(store.gitml("clean", "--history", "--json"))["repositories"]
    first, second = repository["cleanings"]
    assert list(first) == ["timestamp", "by", "ended", "bytes", "removed", "failed"]
    assert [line["subject"] for line in first["removed"]] == ["older.log"] and first["ended"] is True
    assert [line["subject"] for line in second["removed"]] == ["old.log"]


def on_a_terminal(store: Store, typed: bytes, *arguments: str) -> tuple[int, str]:
    """Run it on a terminal, and type."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(store.root)
        os.execv(sys.executable, [sys.executable, "-m", "gitml", "clean", *arguments])
    os.write(terminal, typed)
    said = b""
    try:
        while more := os.read(terminal, 4096):
            said += more
    except OSError:
        pass  # the other end is closed
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said.decode()


def test_asked(store: Store) -> None:
    """On a terminal it asks, and anything but yes leaves everything where it is."""
    code, said = on_a_terminal(store, b"n\n", "--logs")
    assert code == 130 and "Delete 2 things, " in said and len(logs(store)) == 3
    code, said = on_a_terminal(store, b"y\n", "--logs")
    assert code == 0 and logs(store) == ["young.log"]


def test_names_that_drive_terminals(store: Store) -> None:
    """A name with control characters is shown, not obeyed, in the plan, in a failure and in the history."""
    name = "\x1b[2J\u202egol.dlo\nremove"
    put(open_at(str(store.root)), f"logs/{name}", 99)
    for arguments in (["--logs", "-v", "--dry-run"], ["--logs", "--force", "-v"], ["--history", "-v"]):
        said = store.gitml("clean", *arguments)
        assert "\x1b" not in said and "\u202e" not in said and "␛[2J" in said


def test_a_long_name_leaves_room_for_the_reason(store: Store) -> None:
    """However long a path is, why the thing goes or stays can be read behind it, in the plan and in the history."""
    name = "n" * 250
    put(open_at(str(store.root)), f"logs/{name}", 99)
    for arguments in (["--logs", "-v", "--dry-run"], ["--logs", "--force", "-v"], ["--history", "-v"]):
        said = store.gitml("clean", *arguments)
        assert name not in said and "…: not changed for 99d" in said


def test_every_repository(store: Store, tmp_path: Path, git: Any, home: Path) -> None:
    """All that were set up are cleaned, each by name; one that is broken is listed and does not stop the rest; one that
    is gone is passed over and forgotten, but not by a dry run."""
    others = [tmp_path / name for name in ("second", "broken", "gone")]
    for other in others:
        other.mkdir()
        git(other, "init", "-q")
        Store(other).gitml("init", "--no-import")
        fill(open_at(str(other)))
    (others[1] / ".git-ml" / "config.toml").write_text("= no config")
    shutil.rmtree(others[2])
    entries = home / ".local" / "state" / "gitml" / "stores"
    dry = json.loads(store.gitml("clean", "--logs", "--all-repos", "--dry-run", "--json", code=3).splitlines()[0])
    assert len(list(entries.iterdir())) == 4
    said = store.gitml("clean", "--logs", "--all-repos", "--force", "-v", code=3)
    assert len(list(entries.iterdir())) == 3
    assert str(store.root) in said and str(others[0]) in said and "not valid TOML" in said
    assert str(others[2]) not in said
    assert dry["bytes_freed"] > 0
    for root in (store.root, others[0]):
        assert [path.name for path in (root / ".git" / "gitml" / "logs").iterdir()] == ["young.log"]
    assert len(list((others[1] / ".git" / "gitml" / "logs").iterdir())) == 3
    Store(others[0]).gitml("uninstall")
    assert len(list(entries.iterdir())) == 2


@pytest.mark.parametrize(("name", "point"), [("app", True), ("app", False), ("", True)])
def test_a_disk_that_is_not_plugged_in(store: Store, tmp_path: Path, git: Any, name: str, point: bool) -> None:
    """A clone on a disk that is away, be its mount point there or not, is passed over, and cleaned once it is back."""
    disk = tmp_path / "disk"
    root = disk / name
    root.mkdir(parents=True)
    git(root, "init", "-q")
    Store(root).gitml("init", "--no-import")
    fill(open_at(str(root)))
    disk.rename(tmp_path / "away")
    if point:
        disk.mkdir()
    said = store.gitml("clean", "--logs", "--all-repos", "--force")
    assert str(root) not in said
    if point:
        disk.rmdir()
    (tmp_path / "away").rename(disk)
    said = store.gitml("clean", "--logs", "--all-repos", "--force")
    assert str(root) in said and os.listdir(root / ".git" / "gitml" / "logs") == ["young.log"]


def test_a_work_tree_that_is_gone(store: Store, tmp_path: Path, git: Any) -> None:
    """A clone that was set up from a linked work tree is found without it."""
    root = tmp_path / "main"
    root.mkdir()
    git(root, "init", "-q")
    git(root, "commit", "-q", "--allow-empty", "-m", "first")
    git(root, "worktree", "add", "-q", str(tmp_path / "linked"))
    Store(tmp_path / "linked").gitml("init", "--no-import")
    shutil.rmtree(tmp_path / "linked")
    context = open_at(str(root))
    fill(context)
    said = store.gitml("clean", "--logs", "--all-repos", "--force", code=None)
    assert str(root) in said and os.listdir(context.layout.logs) == ["young.log"]


def test_stores_are_no_way_out(store: Store, tmp_path: Path, home: Path) -> None:
    """What stands in the registry of stores opens repositories alone: damage, no folder, another clone's folder."""
    entries = home / ".local" / "state" / "gitml" / "stores"
    (entries / "a.json").write_bytes(b"\xff")
    (entries / "b.json").write_text('{"root":"../x","git":"/"}')
    (entries / "c.json").write_text(json.dumps({"root": str(store.root), "git": str(tmp_path)}))
    (entries / "d.json").symlink_to(tmp_path)
    said = store.gitml("clean", "--logs", "--all-repos", "--force", code=3)
    assert said.count("none of its work trees is there") == 1 and logs(store) == ["young.log"]


def test_a_fresh_clone_is_known(store: Store, tmp_path: Path, git: Any, home: Path) -> None:
    """A clone that sets itself up when a session starts there is one of all."""
    store.git("commit", "-q", "-m", "set up")
    git(tmp_path, "clone", "-q", str(store.root), "clone")
    from gitml.ops.setup.heal import heal

    heal(open_at(str(tmp_path / "clone")))
    assert len(list((home / ".local" / "state" / "gitml" / "stores").iterdir())) == 2


def test_a_clone_that_was_moved(store: Store, tmp_path: Path, home: Path) -> None:
    """It is known under its new name once it was cleaned, or its health was asked for, there."""
    entries = home / ".local" / "state" / "gitml" / "stores"
    for number, arguments in enumerate((["clean", "--dlq"], ["health", "-q"])):
        moved = store.root.rename(tmp_path / f"moved-{number}")
        store = Store(moved)
        store.gitml(*arguments, code=None)
        store.gitml("clean", "--dlq", "--all-repos")
        (known,) = entries.iterdir()
        assert json.loads(known.read_text())["root"] == str(moved)


def test_numbers_of_sessions_that_ended(store: Store) -> None:
    """The registry's entry of one that ended goes after its time; that of one at work never does."""
    for number in range(2):
        answer(store.root, "register", "--session", f"s-{number}")
    answer(store.root, "end", "--number", "1")
    registry = store.root / ".git" / "gitml" / "registry"
    for path in registry.iterdir():
        aged(path, 31)
    assert "its session is active" in store.gitml("clean", "--state", "--force", "-v")
    assert [path.name for path in registry.iterdir()] == ["2.json"] and DAY
