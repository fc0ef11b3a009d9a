"""The world every round begins with, made once and copied: a bare repository and clones where gitml is set up."""

from __future__ import annotations

import subprocess
from pathlib import Path

from soakmerges.git import start
from soakmerges.world import CLONES, FILES

SMALL = "archive_bytes = 2000\n"
"""A base file beyond this moves its closed months to the archive, at a size that forty steps reach."""


def make(folder: Path, settings: str = "") -> None:
    """Make it in ``folder``, with more ``settings``. Raises RuntimeError where a step fails."""
    folder.mkdir(parents=True)
    _do(folder, "git", "init", "-q", "--bare", "remote.git")
    for name in CLONES:
        _do(folder, "git", "clone", "-q", "remote.git", name)
        root = folder / name
        _do(root, "git", "remote", "set-url", "origin", "../remote.git")  # the copy's own remote
        if name == CLONES[0]:
            for file in FILES:
                (root / file).write_text("".join(f"line {number}\n" for number in range(9)))
            _do(root, "git", "add", ".")
        _do(root, "gitml", "init", "--no-import", "-q")
        if name == CLONES[0]:
            config = root / ".git-ml" / "config.toml"
            config.write_text(settings + config.read_text())
            _do(root, "git", "add", str(config))
            _do(root, "git", "commit", "-q", "-m", "begun")
            _do(root, "git", "push", "-q", "origin", "main")


def copy(template: Path, folder: Path) -> None:
    """A world of its own for one round."""
    subprocess.run(["cp", "-a", str(template), str(folder)], check=True)


def _do(folder: Path, *command: str) -> None:
    ended = start(folder, *command)
    if ended.code:
        raise RuntimeError(f"{' '.join(command)}: {ended.said}")
