"""A repository with gitml's git hooks in it, as ``gitml init`` leaves one; for tests of how records ride along."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from gitml.ops.context import Context, open_at
from gitml.redact.gate import seal
from gitml.store import kept, spool
from gitml.store.layout import DATA

HOOKS = ("pre-commit", "pre-merge-commit", "post-commit", "post-rewrite", "post-merge")
TEXT = (Path(__file__).parents[2] / "hooks" / "git-hook.sh").read_text()
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
LIVE = f"{DATA}/tracked/live"
ONLY_CHATS = '[record]\nstreams = ["chats"]\n'
PATIENCE = 15.0


class Ended:
    """How a git ended: its exit ``code`` and all that it said on both outputs."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code = done.returncode
        self.said = done.stdout + done.stderr


class Clone:
    """A work tree with hooks. Every git it runs has gitml on its PATH."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def git(self, *arguments: str, code: int | None = 0, cwd: Path | None = None, **environ: str) -> str:
        """Run git and give its output; fails the test unless it ends with ``code`` (None: whatever)."""
        ended = self.ends(*arguments, cwd=cwd, **environ)
        assert code is None or ended.code == code, f"git {' '.join(arguments)}: {ended.code}\n{ended.said}"
        return ended.said

    def ends(self, *arguments: str, cwd: Path | None = None, **environ: str) -> Ended:
        """Run git to its end."""
        return Ended(subprocess.run(
            ["git", *arguments], cwd=cwd or self.root, env=self.environ(**environ), capture_output=True, text=True,
            check=False, stdin=subprocess.DEVNULL,
        ))  # fmt: skip

    def start(self, *arguments: str, stdin: int = subprocess.DEVNULL, **environ: str) -> subprocess.Popen[bytes]:
        """Start git and do not wait."""
        return subprocess.Popen(
            ["git", *arguments], cwd=self.root, env=self.environ(**environ),
            stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def environ(self, **more: str) -> dict[str, str]:
        return {**os.environ, "PATH": PATH, **more}

    @property
    def context(self) -> Context:
        return open_at(str(self.root))

    @property
    def hooks(self) -> Path:
        return Path(self.context.where.common_dir) / "hooks"

    def install(self, *, before: str = "", after: str = "", names: tuple[str, ...] = HOOKS) -> None:
        """Put the block into hooks; ``before`` and ``after`` are the user's own lines in the pre-commit hook."""
        for name in names:
            own = (before, after) if name == "pre-commit" else ("", "")
            block = TEXT.replace("@NAME@", name).rstrip()
            self.hook(name, f"{own[0]}# >>> gitml >>>\n{block}\n# <<< gitml <<<\n{own[1]}")

    def hook(self, name: str, body: str) -> None:
        """Write a hook of the user's."""
        path = self.hooks / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("#!/bin/sh\n" + body)
        path.chmod(0o755)

    def opt_in(self, config: str = ONLY_CHATS) -> None:
        """What init writes, staged."""
        data = self.root / DATA
        (data / "tracked").mkdir(parents=True)
        (data / "config.toml").write_text(config)
        (data / ".gitattributes").write_text("* -text -diff !filter !ident !working-tree-encoding\n")
        (data / "tracked" / "chats.jsonl").touch()
        local = Path(self.context.layout.local)
        local.mkdir(exist_ok=True)
        with (local.parent / "info" / "exclude").open("a") as file:
            file.write(f"/{LIVE}/\n")
        self.git("add", DATA)

    def chat(self, number: int | str, **more: object) -> str:
        """Put one chat into the spool; its id."""
        identity = f"chat-20261120-150332-{number:0>6}"
        record = {
            "id": identity, "timestamp": "2026-11-20T15:03:32.000Z", "session_id": "s1", "input": f"prompt {number}",
            "output": "done", "uuid": f"uuid-{number}", **more,
        }  # fmt: skip
        spool.append(self.context.layout, [seal("chats", record)])
        return identity

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def change(self, name: str, text: str) -> None:
        """Write a file and stage it."""
        self.write(name, text)
        self.git("add", name)

    def status(self) -> str:
        return self.git("status", "--porcelain")

    def carried(self, commit: str = "HEAD") -> list[str]:
        """The stream files of parts a commit holds."""
        listed = self.git("ls-tree", "-r", "--name-only", commit, "--", LIVE)
        return listed.split("\n")[:-1]

    def ids(self, commit: str = "HEAD", stream: str = "chats") -> list[str]:
        """Ids of the records in the parts a commit holds."""
        import json

        names = [name for name in self.carried(commit) if name.endswith(f"/{stream}.jsonl")]
        lines = "".join(self.git("show", f"{commit}:{name}") for name in names).split("\n")[:-1]
        return sorted(json.loads(line)["id"] for line in lines)

    def waiting(self) -> int:
        """How many parts the spool has."""
        return len(spool.parts(self.context.layout))

    def kept(self) -> int:
        return len(kept.names(self.context.layout))

    def rides(self) -> list[Path]:
        return sorted(Path(self.context.layout.local).glob("riding/*/*.json"))

    def settled(self) -> None:
        """Wait until the process that looks after the last commit is done; fails the test if it never is."""
        deadline = time.monotonic() + PATIENCE
        while self.rides():
            assert time.monotonic() < deadline, f"nobody settled {self.rides()}"
            time.sleep(0.01)

    def files(self) -> list[str]:
        """What lies below ``live`` in the work tree."""
        live = self.root / LIVE
        return sorted(str(path.relative_to(live)) for path in live.rglob("*") if path.is_file())


def opted_in(root: Path, config: str = ONLY_CHATS) -> Clone:
    """A clone whose HEAD has ``.git-ml/``, hooks in place, nothing waiting."""
    clone = Clone(root)
    clone.opt_in(config)
    clone.git("commit", "-q", "-m", "records")
    clone.install()
    return clone
