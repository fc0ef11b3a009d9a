"""A short run of ``scripts/soak-ephemeral``: what was promised outlives machines that are thrown away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "soak-ephemeral"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds a machine's processes in /proc")
def test_a_round_of_each_way(tmp_path: Path) -> None:
    """Turns are promised, and all of them are in a fresh clone; nothing is left lying around."""
    command = [sys.executable, str(SCRIPT), "--rounds", "3", "--jobs", "3", "--seed", "4", "--folder", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("promised and there") == 3
    assert "0 rounds failed" in done.stdout
    assert not list(tmp_path.glob("soak-*"))
