"""A check as cloud machines run at the end of a turn beside gitml's hook: what it complains of costs one turn more."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

TEXT = """#!/bin/sh
# Dirty, staged, untracked, unpushed, by somebody else, unsigned: any of them makes an agent go on working.
case "$(cat)" in *'"stop_hook_active":true'*) exit 0 ;; esac
said() { echo "$1" | tee -a "$0.said" >&2; exit 2; }
sleep "$(cat "$0.delay" 2>/dev/null || echo 0)"
git diff --quiet || said unstaged
git diff --cached --quiet || said staged
[ -z "$(git ls-files --others --exclude-standard)" ] || said untracked
branch=$(git branch --show-current)
if git rev-parse -q --verify "origin/$branch" >/dev/null; then base=origin/$branch; else base=origin/HEAD; fi
[ "$(git rev-list "$base..HEAD" --count)" = 0 ] || said unpushed
strange=$(git log --format=%ce origin/HEAD..HEAD | grep -Fvx "$(git config user.email)")
[ -z "$strange" ] || said "by $strange"
ours() { git rev-list origin/HEAD..HEAD; }
signed() { ours | while read -r one; do git cat-file commit "$one"; done | grep -c '^gpgsig'; }
[ "$(git config --bool commit.gpgsign)" != true ] ||
  [ "$(signed)" = "$(ours | wc -l)" ] || said unsigned
date +%s.%N >>"$0.ran"
"""


class StopCheck:
    """The check, in a folder of the user's."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.script = folder / "stop-check.sh"
        self.script.write_text(TEXT)

    def install(self) -> None:
        """Let the client run it at each Stop, by the user's settings in the same folder."""
        self._settings({"Stop": f"sh '{self.script}'"})

    def also(self, event: str) -> Path:
        """As ``install``; the file that is made when the client runs the hooks of ``event``."""
        mark = self._beside(event)
        self._settings({"Stop": f"sh '{self.script}'", event: f"touch '{mark}'"})
        return mark

    def _settings(self, commands: dict[str, str]) -> None:
        hooks = {event: [{"hooks": [{"type": "command", "command": one}]}] for event, one in commands.items()}
        (self.script.parent / "settings.json").write_text(json.dumps({"hooks": hooks}))

    def delay(self, seconds: float) -> None:
        """From now on it begins that late."""
        self._beside("delay").write_text(f"{seconds:.3f}\n")

    def said(self) -> list[str]:
        """Its complaints so far."""
        return self._lines("said")

    def ran(self) -> list[float]:
        """When it ended without a complaint, in seconds since 1970."""
        return [float(line) for line in self._lines("ran")]

    def start(self, root: Path) -> subprocess.Popen[bytes]:
        """Run it in a work tree; do not wait."""
        return subprocess.Popen(
            ["sh", str(self.script)], cwd=root, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip

    def complaint(self, root: Path) -> str:
        """Run it to its end; what it complains of, "" for nothing."""
        process = self.start(root)
        return process.communicate()[1].decode().strip()

    def _beside(self, name: str) -> Path:
        return self.script.with_name(f"{self.script.name}.{name}")

    def _lines(self, name: str) -> list[str]:
        path = self._beside(name)
        return path.read_text().splitlines() if path.exists() else []


def wait_until(happened: object, seconds: float = 20.0) -> None:
    """Wait for a condition; fails the test where it never comes."""
    deadline = time.monotonic() + seconds
    while not happened():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.02)
