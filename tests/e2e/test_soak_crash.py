"""A short run of `scripts/soak-crash`: kills at every place of an append, and samples of everything else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SAMPLES = (
    ("append", "kill", 1),
    ("append", "full", 5),
    ("commit", "kill", 17),
    ("commit by path", "broken", 37),
    ("seal", "kill", 11),
    ("sync", "readonly", 7),
    ("forget", "kill", 13),
)
"""(operation, failure, every so many places)"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds an operation's processes in /proc")
@pytest.mark.parametrize(("operation", "kind", "every"), SAMPLES)
def test_broken_anywhere(tmp_path: Path, operation: str, kind: str, every: int) -> None:
    """Wherever it is broken: all reads, nothing recorded is lost, the next run heals, the user sees nothing of it."""
    command = [sys.executable, "-m", "support.crash.soak", "--quick", "--folder", str(tmp_path), "--no-disks"]
    done = subprocess.run(
        [*command, "--rounds", "0", "--only", operation, "--kinds", kind, "--every", str(every)],
        env=os.environ | {"PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 against a law" in done.stdout
