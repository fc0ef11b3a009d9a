"""Adapters of other packages: found where they are installed, and nobody else's trouble where they do not work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from support.every_agent import MAKERS

from gitml.agents import registry
from gitml.cli.main import cli

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "docs" / "agent-template"

GOOD = """
from gitml_example import Example
class Adapter(Example):
    name = {name!r}
ADAPTER = Adapter()
"""


def wheel(folder: Path) -> Path:
    """The template as a wheel: its packages and what its project says, as a build would put them together."""
    project = tomllib.loads((TEMPLATE / "pyproject.toml").read_text())["project"]
    module, version = project["name"].replace("-", "_"), project["version"]
    info = f"{module}-{version}.dist-info"
    path = folder / f"{module}-{version}-py3-none-any.whl"
    groups = project["entry-points"]
    entries = [f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in each.items()) for group, each in groups.items()]
    with zipfile.ZipFile(path, "w") as archive:
        for source in sorted((TEMPLATE / module).glob("*.py")):
            archive.write(source, f"{module}/{source.name}")
        metadata = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {version}\n"
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/entry_points.txt", "".join(entries))
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that pip installed the template into."""
    folder = tmp_path_factory.mktemp("template")
    target = folder / "site"
    options = [
        "--no-deps",
        "--no-index",
        "--disable-pip-version-check",
        "--no-cache-dir",
        "-q",
        "--target",
        str(target),
    ]
    command = [sys.executable, "-m", "pip", "install", *options, str(wheel(folder))]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return target


def gitml(repo: Path, *arguments: str, site: Path | None = None) -> subprocess.CompletedProcess[str]:
    """In a process of its own, which sees what is installed in ``site``."""
    environ = os.environ | ({"PYTHONPATH": str(site)} if site else {})
    command = [sys.executable, "-m", "gitml", *arguments]
    return subprocess.run(command, cwd=repo, env=environ, capture_output=True, text=True, check=False)


Here = Callable[..., Result]


@pytest.fixture
def here(installed: Path, tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> Here:
    """gitml in this process, which sees the template and what lies in ``site`` below the test's folder."""
    monkeypatch.setattr(registry, "_found", [])
    for folder in (installed, tmp_path / "site"):
        monkeypatch.syspath_prepend(str(folder))

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(cli, ["-C", str(store), *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return run


@pytest.fixture
def store(repo: Path) -> Path:
    (repo / ".git" / "gitml").mkdir()
    return repo.resolve()


def example(home: Path, folder: Path) -> None:
    """A session of the template's agent, begun in that folder."""
    records: list[dict[str, Any]] = [
        {"kind": "start", "at": "2026-03-01T10:00:00Z", "folder": str(folder), "branch": "main"},
        {"kind": "person", "at": "2026-03-01T10:00:01Z", "id": "p1", "text": "say hello"},
        {"kind": "model", "at": "2026-03-01T10:00:02Z", "answer": "a1", "model": "example-1", "text": "hello"},
    ]
    path = home / ".example" / "sessions" / "one.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


def package(site: Path, name: str, entry: str, code: str | None) -> None:
    """A package as an installer leaves it, with one entry point; ``code`` None: its module is missing."""
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[gitml.agents]\n{entry} = {name}:ADAPTER\n")
    if code is not None:
        (site / f"{name}.py").write_text(code)


def test_the_template_passes_the_contract(installed: Path, tmp_path: Path) -> None:
    """As somebody who copied it would run it, against the package as it was installed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(TEMPLATE / "tests")]
    environ = os.environ | {"PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout or "100%" in done.stdout


def test_installed_it_is_found(installed: Path, store: Path, home: Path) -> None:
    """Its sessions are recorded beside the others', listed under its name, and it can be asked for alone."""
    example(home, store)
    MAKERS["claude"](home, store, "claude here", 1)
    done = gitml(store, "sync", "--json", site=installed)
    assert (done.returncode, done.stderr.count("\n")) in ((0, 0), (0, 1)), done.stderr
    report = json.loads(done.stdout)
    assert (report["sessions"], report["warnings"]) == (2, [])
    sessions = [json.loads(line) for line in gitml(store, "cat", "sessions").stdout.splitlines()]
    assert {session["session_uid"].partition(":")[0] for session in sessions} == {"claude", "example"}
    alone = json.loads(gitml(store, "sync", "--agent", "example", "--json", site=installed).stdout)
    assert (alone["sessions"], alone["appended"]) == (1, 0)
    assert "example" in gitml(store, "doctor", site=installed).stdout


def test_taken_out_again(installed: Path, store: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package its records and copies stay, and every command works."""
    example(home, store)
    gitml(store, "sync", site=installed)
    monkeypatch.setattr(registry, "_found", [])
    for command in (["sync", "--full"], ["digest"], ["list"], ["health"], ["sweep"], ["doctor"], ["show", "one"]):
        result = CliRunner().invoke(cli, ["-C", str(store), *command])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert CliRunner().invoke(cli, ["-C", str(store), "cat", "sessions"]).stdout.count("\n") == 1
    assert CliRunner().invoke(cli, ["-C", str(store), "sync", "--agent", "example"]).exit_code == 2


BROKEN = {
    "not there": ("absent", "absent", None, "ModuleNotFoundError"),
    "does not load": ("explodes", "explodes", "raise RuntimeError('on\\nimport')", "RuntimeError: on import"),
    "leaves": ("leaves", "leaves", "raise ImportError", "ImportError"),
    "of another name": ("other", "named", GOOD.format(name="different"), "its `name` is not 'named'"),
    "no adapter": ("nothing", "nothing", "class A: name = 'nothing'\nADAPTER = A()", "it has no roots()"),
    "of gitml's own": ("shadow", "claude", GOOD.format(name="claude"), "has an adapter already"),
    "a bad name": ("bad", "../evil", GOOD.format(name="../evil"), "lower-case"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_one_that_cannot_be_used_is_a_line(here: Here, store: Path, home: Path, tmp_path: Path, case: str) -> None:
    """Whatever is wrong with it, it is one warning, and all others are read."""
    module, entry, code, why = BROKEN[case]
    package(tmp_path / "site", module, entry, code)
    MAKERS["claude"](home, store, "claude here", 1)
    done = here("sync", "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    (warning,) = report["warnings"]
    assert why in warning and "\n" not in warning
    assert (report["sessions"], report["errors"]) == (1, [])
    assert why in here("doctor").stdout


def test_one_that_finds_sessions_of_another_agent(here: Here, store: Path, home: Path, tmp_path: Path) -> None:
    """An adapter cannot write records in another agent's name."""
    code = GOOD.format(name="thief") + "ADAPTER._source = lambda path: Source('claude', 'x', path, [])\n"
    package(tmp_path / "site", "thief", "thief", "from gitml.agents.base import Source\n" + code)
    example(home, store)
    report = json.loads(here("sync", "--json").stdout)
    assert ["'thief'" in warning and "'claude'" in warning for warning in report["warnings"]] == [True]
    assert '"claude:' not in here("cat", "sessions").stdout


@pytest.mark.parametrize("method", ["roots", "discover", "at", "cwds", "read", "lines", "records"])
def test_one_that_fails_at_work_is_a_line(here: Here, store: Path, home: Path, tmp_path: Path, method: str) -> None:
    """A stranger's code may raise anything, anywhere."""
    code = GOOD.format(name=f"fails_{method}") + f"def fail(*_):\n    raise KeyError('no')\nADAPTER.{method} = fail\n"
    package(tmp_path / "site", f"fails_{method}", f"fails_{method}", code)
    example(home, store)
    MAKERS["claude"](home, store, "claude here", 1)
    done = here("sync", "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert len(report["warnings"]) == (method != "at") and report["errors"] == []
    sessions = here("cat", "sessions").stdout
    assert '"claude:' in sessions and '"session_id":"one"' in sessions
    for command in (["health"], ["doctor"], ["digest"], ["sweep"], ["lifecycle", "show", str(home / "nowhere.jsonl")]):
        here(*command)
