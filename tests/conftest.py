"""Fixtures every test has: a home of its own, and a trap where the real one was."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support.copies import Once

REAL_HOME = Path(os.environ.get("GITML_TEST_REAL_HOME") or os.path.expanduser("~")).resolve()
MACHINE_NAMES = ("CLAUDE", "CODEX", "GEMINI", "GROK", "CURSOR", "GIT_", "GITML", "XDG_", "PYTHON")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary HOME for every test and every process it starts; nothing of the machine's own settings is seen."""
    home = tmp_path / "home"
    home.mkdir()
    for name in list(os.environ):
        if name.startswith(MACHINE_NAMES):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(home / ".claude"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / ".local" / "state"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_TERMINAL_PROMPT", "0")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("COLUMNS", raising=False)  # how wide the terminal is that the suite runs in is no matter
    (home / ".gitconfig").write_text(
        "[user]\n\tname = A Tester\n\temail = tester@example.invalid\n[init]\n\tdefaultBranch = main\n"
        '[commit]\n\tgpgsign = false\n[gc]\n\tauto = 0\n[protocol "file"]\n\tallow = always\n'
    )
    return home


@pytest.fixture(autouse=True)
def booby_trap(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a file of the machine's own agents or git settings fails the test that does it (this process)."""
    import builtins
    import io

    traps = [REAL_HOME / name for name in (".claude", ".codex", ".gemini", ".grok", ".gitconfig")]
    real_open = io.open

    def guarded(file: object, *args: object, **kwargs: object) -> object:
        if isinstance(file, str | os.PathLike):
            path = Path(os.path.abspath(os.fspath(file)))
            for trap in traps:
                if path == trap or trap in path.parents:
                    raise AssertionError(f"a test reached the machine's own {path}")
        return real_open(file, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(builtins, "open", guarded)


Git = Callable[..., str]


@pytest.fixture
def git() -> Git:
    """Run git in a folder: ``git(folder, "commit", "-m", "x")`` returns its stdout, and fails the test if git fails."""

    def run(folder: Path | str, *arguments: str, check: bool = True, input: str | None = None) -> str:
        done = subprocess.run(["git", *arguments], cwd=folder, check=False, capture_output=True, text=True, input=input)
        if check and done.returncode:
            raise AssertionError(f"git {' '.join(arguments)} failed: {done.stderr}{done.stdout}")
        return done.stdout

    return run


@pytest.fixture
def repo(tmp_path: Path, git: Git) -> Path:
    """A real repository with one commit, on branch main."""
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "-q")
    (root / "a.txt").write_text("one\n")
    git(root, "add", "a.txt")
    git(root, "commit", "-q", "-m", "first")
    return root


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Repositories that are made for the first test that wants them, and copied for the others."""
    return Once(tmp_path_factory.mktemp("once"))
