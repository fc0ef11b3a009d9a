"""What gitml installs is found in a checkout and in a wheel."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import gitml
from gitml.ops import assets

NAMES = ("claude-settings.json", "git-hook.sh", "agents.md")


def test_in_a_checkout() -> None:
    """hooks/ beside the package: also how an editable installation finds it."""
    assert all(assets.text(name) for name in NAMES)


def test_in_a_wheel(tmp_path: Path) -> None:
    """gitml/_hooks inside the package; a ``hooks`` folder beside an installed package is somebody else's."""
    package = Path(gitml.__file__).parent
    shutil.copytree(package, tmp_path / "gitml", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(package.parent / "hooks", tmp_path / "gitml" / "_hooks")
    (tmp_path / "hooks").mkdir()
    (tmp_path / "hooks" / "agents.md").write_text("somebody else's")
    code = "from gitml.ops import assets; print(assets.text('agents.md'))"
    said = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == assets.text("agents.md").strip()
