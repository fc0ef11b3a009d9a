"""The examples of a daily schedule that are shipped: parsed, and what they would run is run in a real repository."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from support.sweeping import session

from gitml.ops import assets


@pytest.fixture
def machine(repo: Path, home: Path) -> Path:
    """A repository with a budget and two sessions that nobody took in; gitml in ~/.local/bin. Its path has a blank."""
    root = repo.rename(repo.with_name("my app"))
    for number in range(2):
        session(number, 400 - number, 2, str(root)).write(home / ".claude" / "projects")
    program = home / ".local" / "bin" / "gitml"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m gitml "$@"\n')
    program.chmod(0o755)
    assert shell(
        f"{program} init --no-import && printf '[retention]\\nraw_max_age_days = 30\\n' >>.git-ml/config.toml", root
    )
    return root


def shell(command: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run it as cron does: by sh, with next to nothing in the environment but what the tests need."""
    needed = {name: value for name, value in os.environ.items() if name != "PATH"}
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=folder, env={**needed, "PATH": "/usr/bin:/bin", **environ},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done
    return done


def evicted(root: Path) -> int:
    told = shell(f"{sys.executable} -m gitml cat lifecycle", root).stdout.splitlines()
    return sum(json.loads(line)["to"] == "evicted" for line in told)


def unit(name: str, root: Path, home: Path) -> configparser.ConfigParser:
    """A unit file as systemd reads it, for an instance of that path."""
    parsed = configparser.ConfigParser(strict=True, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string(assets.text(name).replace("%f", str(root)).replace("%h", str(home)))
    return parsed


def test_systemd(machine: Path, home: Path) -> None:
    """What the service runs, where and with which PATH, sweeps; the timer starts it each day."""
    service = unit("gitml-sweep@.service", machine, home)["Service"]
    assert service["WorkingDirectory"] == str(machine) and service["Type"] == "oneshot"
    name, _, value = service["Environment"].partition("=")
    done = shell(shlex.join(shlex.split(service["ExecStart"])), Path(service["WorkingDirectory"]), **{name: value})
    assert (done.stdout, done.stderr, evicted(machine)) == ("", "", 1)
    timer = unit("gitml-sweep@.timer", machine, home)
    assert timer["Timer"]["OnCalendar"] == "daily" and timer["Install"]["WantedBy"] == "timers.target"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_understands_it(machine: Path, tmp_path: Path) -> None:
    """systemd's own check finds nothing to say of the two files."""
    for kind in ("service", "timer"):
        (tmp_path / f"gitml-sweep@srv-app.{kind}").write_text(assets.text(f"gitml-sweep@.{kind}"))
    command = ["systemd-analyze", "verify", "--man=no", "gitml-sweep@srv-app.service", "gitml-sweep@srv-app.timer"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "gitml" not in done.stderr, done


def test_cron(machine: Path) -> None:
    """One line, once a day; its command sweeps and says nothing."""
    (line,) = (line for line in assets.text("gitml-sweep.cron").splitlines() if line and not line.startswith("#"))
    minute, hour, *every, command = line.split(None, 5)
    assert 0 <= int(minute) < 60 and 0 <= int(hour) < 24 and every == ["*", "*", "*"]
    assert "%" not in command  # cron makes it a newline
    done = shell(command.replace("REPOSITORY", str(machine)), machine.parent)
    assert (done.stdout, done.stderr, evicted(machine)) == ("", "", 1)


def test_github_actions(machine: Path, home: Path) -> None:
    """Its one step sweeps the clone that the variable names, and fails in words where that is not set."""
    job = assets.text("sweep-nightly.yml")
    found = re.search(r"      - name: sweep\n        run: \|\n((?:          .*\n|\n)+)", job)
    assert found is not None and re.search(r'- cron: "\d+ \d+ \* \* \*"', job)
    step = textwrap.dedent(found[1])
    path = f"{home / '.local' / 'bin'}:/usr/bin:/bin"
    assert "evicted 1" in shell(f"set -e\n{step}", machine.parent, PATH=path, CLONE=str(machine)).stdout
    failed = subprocess.run(["bash", "-e", "-c", step], cwd=machine, capture_output=True, text=True, check=False)
    assert failed.returncode and "set this variable" in failed.stderr
