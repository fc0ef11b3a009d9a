"""The scripts a fresh machine starts with: they run, and where they cannot they say why in one line."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from support.scripted_session import environ, records, status

ROOT = Path(__file__).parents[2]
SCRIPTS = [
    "scripts/demo",
    "scripts/test",
    "scripts/check",
    "scripts/record-self",
    "scripts/soak-client",
    "scripts/venv.sh",
    ".ci/run",
]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the scripts need of the checkout."""
    copy = tmp_path / "checkout"
    for folder in ("scripts", ".ci", "hooks", "gitml"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, copy / file)
    return copy


def sh(folder: Path, home: Path, command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command line there, without a terminal."""
    return subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env=environ(home, **more),
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=180,
    )


def installed(checkout: Path, home: Path, venv: Path) -> None:
    """An environment as ``prepare`` would have made it, from what the running tests have installed."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    (site,) = (venv / "lib").glob("python*/site-packages")
    (site / "found.pth").write_text(f"{checkout}\n{sysconfig.get_path('purelib')}\n")
    (venv / "bin" / "gitml").write_text(f"#!{venv}/bin/python\nfrom gitml.__main__ import main\nmain()\n")
    (venv / "bin" / "gitml").chmod(0o755)
    stamp = sh(checkout, home, ". scripts/venv.sh; stamp_of python3", PATH=f"{venv}/bin:/usr/bin:/bin").stdout
    (venv / "gitml-stamp").write_text(stamp.rstrip("\n") + " dev\n")


@pytest.mark.parametrize("script", SCRIPTS)
def test_syntax(script: str) -> None:
    """Each is sh that parses."""
    assert subprocess.run(["/bin/sh", "-n", ROOT / script], check=False).returncode == 0


def test_demo_once_installed_needs_no_network(checkout: Path, home: Path, tmp_path: Path) -> None:
    """With an environment that fits, ``scripts/demo`` installs nothing and runs, from any folder."""
    venv = tmp_path / "venv"
    installed(checkout, home, venv)
    path = f"{venv}/bin:{environ(home)['PATH']}"
    command = f"{checkout}/scripts/demo --persist with-commits"
    done = sh(tmp_path, home, command, GITML_VENV=str(venv), PIP_NO_INDEX="1", PATH=path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Installing" not in done.stderr
    assert "Nothing is missing." in done.stdout


def test_no_package_index(checkout: Path, home: Path, tmp_path: Path) -> None:
    """Where pip reaches no index there is one error, one hint, and no half-made environment that counts as made."""
    more = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": "/dev/null", "PYTHON": sys.executable}
    done = sh(checkout, home, "scripts/demo", GITML_VENV=str(tmp_path / "venv"), **more)
    assert done.returncode == 1
    assert [line.split(":")[0] for line in done.stderr.splitlines()[1:]] == ["error", "hint"], done.stderr
    assert not (tmp_path / "venv" / "gitml-stamp").exists()


def test_no_python(checkout: Path, home: Path, tmp_path: Path) -> None:
    """Without a Python that is new enough the script says so, and what to do."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("git", "dirname", "sh"):
        (programs / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    (programs / "python3").write_text("#!/bin/sh\nexit 1\n")
    (programs / "python3").chmod(0o755)
    done = sh(checkout, home, "scripts/demo", PATH=str(programs))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: no Python 3.11 or newer on PATH\nhint: ")


def test_broken_data_is_named(checkout: Path, home: Path) -> None:
    """A JSON Lines file with a torn line fails the check of data files, by name."""
    (checkout / "torn.jsonl").write_text('{"a": 1}\n{"a":\n')
    sh(checkout, home, "git init -q && git add torn.jsonl pyproject.toml")
    done = sh(checkout, home, f"{sys.executable} scripts/check-data")
    assert done.returncode == 1
    assert done.stdout.startswith("torn.jsonl: ")
    assert len(done.stdout.splitlines()) == 1


def test_record_self(repo: Path, home: Path) -> None:
    """A repository's own commits are recorded and staged, each once, without any hook; a second run finds none new."""
    record = f"{sys.executable} {ROOT}/scripts/record_self.py -C {repo}"
    hooks = sorted((repo / ".git" / "hooks").iterdir())
    assert sh(repo, home, record).stdout == "1 commits recorded and staged\n"
    assert sh(repo, home, "git commit -q -m 'records: own commits'").returncode == 0
    assert sh(repo, home, record).stdout == "1 commits recorded and staged\n"
    assert sh(repo, home, record).stdout == "every commit is recorded already\n"
    sh(repo, home, "git commit -q -m 'records: own commits'")
    subjects = [record["subject"] for record in records(repo, home, "commits")]
    assert sorted(subjects) == ["first", "records: own commits"]
    assert sorted((repo / ".git" / "hooks").iterdir()) == hooks
    assert not (repo / ".claude").exists()
    assert status(repo, home) == ""
