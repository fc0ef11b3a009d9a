"""A short run of ``scripts/soak-merges``: random histories over several clones lose nothing."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "soak-merges"


def soak(folder: Path, seed: int, rounds: int) -> str:
    """Run it; what it printed. Fails the test where a round failed."""
    command = [sys.executable, str(SCRIPT), "--rounds", str(rounds), "--seed", str(seed), "--steps", "30"]
    done = subprocess.run([*command, "--folder", str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_known_histories(tmp_path: Path) -> None:
    """Rounds that are the same each time: no conflict among our files, nothing lost, nothing twice."""
    said = soak(tmp_path, 1, 3)
    assert "conflicts in .git-ml/ 0, lost 0, duplicates 0" in said
    assert "0 rounds failed" in said
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("soak")] == []


def test_a_new_history(tmp_path: Path) -> None:
    """A round nobody has seen. What failed is told with its seed, to be run again."""
    soak(tmp_path, random.SystemRandom().randrange(10**6), 1)
