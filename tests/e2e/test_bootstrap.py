"""Machines that are thrown away: an empty home, no gitml on PATH, and the hooks that came with the clone."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
from conftest import Git
from support.fresh_machine import Machine, empty_wheel, tools
from support.setup_tree import set_up

from gitml.ops.setup import source, wheel
from gitml.ops.setup.hookfolder import NAMES

PATIENCE = 25
"""Seconds a hook waits for the installation: longer than by default, for machines that do much else."""

VERSIONS = {"kingfisher-secret-scanner": "1.9"}
"""Of dependencies that are wanted below some version; of the others any large one will do."""


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What pip finds offline: gitml, and what it depends on by name alone, since hooks use none of that."""
    folder = tmp_path_factory.mktemp("index")
    name, data = wheel.pack()
    (folder / name).write_bytes(data)
    for dependency in _dependencies():
        empty_wheel(folder, dependency, VERSIONS.get(dependency, "99.0"))
    return folder


def _dependencies() -> set[str]:
    """Names of what pyproject.toml says gitml needs."""
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    return {re.split("[<>=!~; \\[]", wanted)[0] for wanted in tomllib.loads(text)["project"]["dependencies"]}


def committed(repo: Path, git: Git, install: str, wait: int = PATIENCE) -> Path:
    """The repository with gitml set up, and a bootstrap of that source, in a commit."""
    set_up(repo, bootstrap=source.given(install, str(repo), str(repo)))
    path = repo / ".git-ml" / "config.toml"
    path.write_text(path.read_text().replace("[bootstrap]\n", f"[bootstrap]\nwait_seconds = {wait}\n"))
    set_up(repo)
    git(repo, "commit", "-q", "-m", "record agent sessions")
    return repo


@pytest.fixture
def machine(repo: Path, git: Git, tmp_path: Path) -> Machine:
    """A fresh machine whose clone carries a wheel."""
    return Machine(tmp_path / "machine", committed(repo, git, "wheel"), tools(tmp_path / "tools"))


def with_gitml() -> dict[str, str]:
    """The environment of a person who has gitml."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def works(machine: Machine, git: Git) -> None:
    """A turn, its Stop hook, a commit: the commit carries the turn."""
    machine.turn("first prompt", "first answer")
    assert machine.fire("Stop", last_assistant_message="first answer") == ""
    assert "first answer" in machine.recorded()
    (machine.root / "b.txt").write_text("b\n")
    machine.git("add", "b.txt")
    machine.git("commit", "-q", "-m", "b")
    assert "chats.jsonl" in machine.git("show", "--format=", "--name-only", "HEAD")


def test_a_committed_wheel_records_from_the_first_stop_on(machine: Machine, git: Git) -> None:
    """Without any index: start, first turn, its Stop hook, an ordinary commit that carries it; nothing is printed."""
    assert machine.fire() == ""
    assert machine.git("status", "--porcelain", "--untracked-files=all") == ""
    assert all("gitml" in (machine.root / ".git" / "hooks" / name).read_text() for name in NAMES)
    works(machine, git)
    machine.settled()
    assert "could not install what other commands need" in machine.note()
    found = {path.name for path in machine.home.iterdir()} - {".cache"}
    assert found == {".claude", ".gitconfig", ".local"}
    kept = [path for path in (machine.home / ".local").rglob("*") if path.is_file()]
    assert [path.parent.name for path in kept] == ["stores"]  # that there is such a clone, for `clean --all-repos`


def test_the_other_packages_come_afterwards(machine: Machine, index: Path, git: Git) -> None:
    """Where pip finds them, the whole program takes the wheel's place; no note is left, and hooks work on."""
    machine.environ["PIP_FIND_LINKS"] = str(index)
    machine.fire()
    machine.settled()
    assert machine.note() == ""
    assert "/full-" in (machine.local / "bin").read_text()
    works(machine, git)


def checkout(folder: Path, index: Path) -> Path:
    """A folder that pip can install gitml from with what Python has: a build backend that hands out the wheel."""
    folder.mkdir()
    (built,) = index.glob("gitml-*.whl")
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n[project]\nname = "gitml"\n'
    )
    (folder / "backend.py").write_text(
        "import shutil\n\ndef build_wheel(folder, config_settings=None, metadata_directory=None):\n"
        f"    shutil.copy({str(built)!r}, folder)\n    return {built.name!r}\n"
    )
    return folder


@pytest.mark.parametrize("kind", ["requirement", "path"])
def test_an_index_and_a_path(repo: Path, tmp_path: Path, index: Path, git: Git, kind: str) -> None:
    """A requirement for pip, and a folder of the machine, are installed within the same hook."""
    install = "gitml>=0.1" if kind == "requirement" else str(checkout(tmp_path / "checkout", index))
    origin = committed(repo, git, install)
    machine = Machine(tmp_path / "machine", origin, tools(tmp_path / "tools"))
    machine.environ["PIP_FIND_LINKS"] = str(index)
    machine.fire()
    works(machine, git)


def test_what_was_said_before_it_was_installed_is_recorded(machine: Machine) -> None:
    """The session goes on while gitml is installed; its turns are taken in at the end of the installation."""
    machine.turn("asked early", "answered early")
    machine.fire(source="resume")
    assert machine.recorded() == ["answered early"]


def test_a_slow_installation_does_not_keep_the_session_waiting(
    repo: Path, tmp_path: Path, index: Path, git: Git
) -> None:
    """The hook ends after the seconds configured; the installation goes on, and records that turn, too."""
    origin = committed(repo, git, "gitml", wait=0)
    machine = Machine(tmp_path / "machine", origin, tools(tmp_path / "tools"))
    machine.environ["PIP_FIND_LINKS"] = str(index)
    machine.fire()
    machine.turn("meanwhile", "answered meanwhile")
    machine.fire("Stop", last_assistant_message="answered meanwhile")
    deadline = time.monotonic() + 30
    while not machine.recorded() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert machine.recorded() == ["answered meanwhile"]


def test_nothing_happens_elsewhere(machine: Machine) -> None:
    """Without CLAUDE_CODE_REMOTE=true, with GITML=off, after an uninstall: no file is made."""
    for change in ({"CLAUDE_CODE_REMOTE": ""}, {"CLAUDE_CODE_REMOTE": "false"}, {"GITML": "off"}):
        before = dict(machine.environ)
        machine.environ |= change
        assert machine.fire() == ""
        assert not machine.local.exists()
        machine.environ = before
    machine.local.mkdir()
    (machine.local / "uninstalled").touch()
    assert machine.fire() == ""
    assert os.listdir(machine.local) == ["uninstalled"]


def test_no_python_leaves_a_note(machine: Machine, tmp_path: Path) -> None:
    """The session starts all the same, at once; `gitml status` and `gitml doctor` tell what the note says."""
    old = tmp_path / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    for number, python in enumerate((None, str(old))):
        machine.environ["PATH"] = tools(tmp_path / f"tools-{number}", python=python)
        began = time.monotonic()
        assert machine.fire() == ""
        assert time.monotonic() - began < PATIENCE - 5
        assert machine.note() == "no Python of version 3.11 or newer was found"
    for command in ("status", "doctor"):
        said = subprocess.run(
            ["gitml", command], cwd=machine.root, env=with_gitml(), capture_output=True, text=True, check=False
        )
        assert "no Python of version 3.11" in said.stdout


def test_a_wheel_that_is_gone_or_broken_leaves_a_note(machine: Machine) -> None:
    """Nothing is half installed."""
    (path,) = (machine.root / ".git-ml" / "bootstrap").iterdir()
    path.write_bytes(path.read_bytes()[:10_000])
    assert machine.fire() == ""
    assert "could not be unpacked" in machine.note()
    path.unlink()
    assert machine.fire() == ""
    assert "not in this clone" in machine.note()
    machine.settled()
    assert not (machine.local / "bin").exists()
    assert [name for name in os.listdir(machine.local / "program") if not name.startswith("said")] == []


def test_sessions_that_start_at_once_install_once(machine: Machine) -> None:
    """Four hooks at the same instant: all end with 0, one program is there, each block once."""
    running = [machine.start() for _ in range(4)]
    said = [process.communicate(timeout=60) for process in running]
    assert said == [(b"", b"")] * 4
    machine.settled()
    assert len(list((machine.local / "program").glob("wheel-*"))) == 1
    assert (machine.root / ".git" / "hooks" / "pre-commit").read_text().count("# >>> gitml >>>") == 1


@pytest.mark.parametrize("seconds", [0.1, 0.4])
def test_a_killed_installation_is_healed_by_the_next_start(machine: Machine, git: Git, seconds: float) -> None:
    """SIGKILL to everything of it at whatever instant: the next session's start installs, whole."""
    process = machine.start()
    time.sleep(seconds)
    _kill_all_in(machine.root)
    process.communicate(timeout=30)
    machine.fire()
    works(machine, git)
    machine.settled()
    assert not list((machine.local / "program").glob("new.*"))


def test_what_a_killed_completion_left_goes_with_the_next_start(machine: Machine) -> None:
    """A program that is whole is kept; a half-made one beside it does not stay for ever."""
    machine.fire()
    machine.settled()
    (machine.local / "program" / "new.1" / "lib").mkdir(parents=True)
    machine.fire()
    machine.settled()
    assert not list((machine.local / "program").glob("new.*"))
    assert (machine.local / "bin").exists()


def _kill_all_in(folder: Path) -> None:
    """Every process whose working folder is that one: those of this test."""
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.readlink(entry / "cwd") == str(folder) and int(entry.name) != os.getpid():
                os.kill(int(entry.name), signal.SIGKILL)
        except OSError:
            continue


def test_a_new_wheel_in_the_repository_replaces_the_old_one(machine: Machine, git: Git) -> None:
    """What is installed is what the clone asks for now."""
    machine.fire()
    machine.settled()
    script = machine.root / ".git-ml" / "bootstrap.sh"
    (path,) = (machine.root / ".git-ml" / "bootstrap").iterdir()
    path.rename(path.with_name("gitml-0.1.1-py3-none-any.whl"))
    script.write_text(script.read_text().replace(path.name, "gitml-0.1.1-py3-none-any.whl"))
    before = (machine.local / "bin").read_text()
    machine.fire()
    after = (machine.local / "bin").read_text()
    assert after != before
    machine.settled()
    assert (machine.local / "bin").read_text() == after


def test_a_repository_cannot_shadow_what_python_imports(machine: Machine, git: Git) -> None:
    """Files called like modules at the top of the work tree are none of the installer's."""
    for name in ("zipfile.py", "pip.py", "json.py", "gitml.py"):
        (machine.root / name).write_text("raise SystemExit(1)\n")
    assert machine.fire() == ""
    works(machine, git)


def test_a_machine_with_gitml_installs_nothing(machine: Machine) -> None:
    """What is on PATH is used."""
    import sysconfig

    machine.environ["PATH"] = f"{sysconfig.get_path('scripts')}{os.pathsep}{machine.environ['PATH']}"
    assert machine.fire() == ""
    assert not (machine.local / "program").exists()
    assert (machine.local / "setup.json").exists()


def test_the_agent_is_told_of_earlier_sessions(machine: Machine) -> None:
    """What the hook of the installed gitml says reaches the session it was installed for."""
    config = machine.root / ".git-ml" / "config.toml"
    config.write_text(config.read_text() + "\n[context]\nenabled = true\n")
    chat = '{"id":"c1","timestamp":"2026-01-01T00:00:00.000Z","session_id":"old","input":"past prompt","output":"o"}\n'
    session = '{"id":"s1","started_at":"2026-01-01T00:00:00.000Z","session_id":"old","branch":"main"}\n'
    (machine.root / ".git-ml" / "tracked" / "chats.jsonl").write_text(chat)
    (machine.root / ".git-ml" / "tracked" / "sessions.jsonl").write_text(session)
    assert '"past prompt"' in machine.fire()


def test_uninstall_takes_the_program_out(machine: Machine, git: Git) -> None:
    """`gitml uninstall` leaves neither script nor wheel nor what was installed, and the commits stay usable."""
    machine.fire()
    machine.settled()
    done = subprocess.run(
        ["gitml", "uninstall"], cwd=machine.root, env=with_gitml(), capture_output=True, text=True, check=True
    )
    assert ".git-ml/bootstrap.sh" in done.stdout
    assert not (machine.root / ".git-ml" / "bootstrap.sh").exists()
    assert not (machine.root / ".git-ml" / "bootstrap").exists()
    assert not (machine.local / "program").exists()
    machine.git("reset", "-q", "--hard")
    assert machine.fire() == ""
    assert not (machine.local / "program").exists()


def test_an_installation_ends_when_its_machine_is_taken_away(machine: Machine, tmp_path: Path) -> None:
    """It waits for another one; then the clone goes, and PATH's folders with it: no clock, no sleep, no folder to lock.
    It ends within a second or so, and does not try for ever."""
    lock = machine.local / "program" / "lock"
    lock.mkdir(parents=True)
    (lock / "pid").write_text(f"{os.getpid()}\n")
    command = ["/bin/sh", str(machine.root / ".git-ml" / "bootstrap.sh"), "install", "1"]
    process = subprocess.Popen(command, cwd=machine.root, env=machine.environ, stdin=subprocess.DEVNULL)
    time.sleep(0.5)
    assert process.poll() is None
    shutil.rmtree(tmp_path / "tools")
    shutil.rmtree(machine.root)
    try:
        process.wait(timeout=10)
    finally:
        process.kill()


def test_a_start_ends_when_its_machine_is_taken_away(machine: Machine, tmp_path: Path) -> None:
    """The hook that waits for the installation, too."""
    lock = machine.local / "program" / "lock"
    lock.mkdir(parents=True)
    (lock / "pid").write_text(f"{os.getpid()}\n")
    process = machine.start()
    time.sleep(0.5)
    assert process.poll() is None
    shutil.rmtree(tmp_path / "tools")
    shutil.rmtree(machine.root)
    try:
        process.communicate(timeout=10)
        assert process.returncode == 0
    finally:
        process.kill()
