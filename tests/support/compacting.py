"""A repository whose commits carry parts of known ages, and compactions of it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from gitml.cli.main import cli
from gitml.model.streams import STREAMS

LIVE = ".git-ml/tracked/live"
TRACKED = ".git-ml/tracked"
OLD = "20211001/150332Z-7f3a9c"
NAMES = ("20210901/120000Z-000001", "20210915/120000Z-000002", OLD, "20211020/080000Z-00000a")


class Store:
    """A work tree with git's and gitml's commands."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def git(self, *arguments: str, code: int | None = 0, **environ: str) -> str:
        """Run git and give what it says; fails the test unless it ends with ``code`` (None: whatever)."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, env={**os.environ, **environ}, capture_output=True, check=False
        )
        assert code is None or done.returncode == code, (arguments, done.stdout, done.stderr)
        return (done.stdout + done.stderr).decode("utf-8", "replace")

    def gitml(self, *arguments: str, code: int | None = 0) -> str:
        """Run a gitml command in this process and give what it says on both outputs."""
        done = CliRunner().invoke(cli, ["-C", str(self.root), *arguments])
        assert code is None or done.exit_code == code, (arguments, done.exit_code, done.output)
        return done.output

    def opt_in(self, config: str = 'default_branch = "main"\n') -> Store:
        """What init stages, in a commit."""
        for stream in STREAMS:
            self.write(f"{TRACKED}/{stream}.jsonl", b"")
        self.write(".git-ml/config.toml", config.encode())
        self.write(".git-ml/.gitattributes", b"* -text -diff !filter !ident !working-tree-encoding\n")
        (self.root / ".git" / "info" / "exclude").write_text(f"/{LIVE}/\n")
        self.git("add", "-f", ".git-ml")
        self.git("commit", "-q", "-m", "records")
        return self

    def write(self, path: str, data: bytes) -> None:
        """A file below the root."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    def part(self, name: str, records: Iterable[dict[str, Any] | bytes], stream: str = "chats") -> None:
        """One stream of a part, staged."""
        path = f"{LIVE}/{name}/{stream}.jsonl"
        self.write(path, b"".join((one if isinstance(one, bytes) else line(one)) + b"\n" for one in records))
        self.git("add", "-f", path)

    def commit(self, message: str = "work") -> str:
        """Commit what is staged; its id."""
        self.git("commit", "-q", "-m", message)
        return self.head()

    def head(self) -> str:
        return self.git("rev-parse", "HEAD").strip()

    def tree(self, commit: str = "HEAD") -> str:
        """The id of the store a commit holds."""
        return self.git("rev-parse", f"{commit}:{TRACKED}").strip()

    def files(self, commit: str = "HEAD") -> list[str]:
        """Paths below ``tracked/`` that a commit holds."""
        return [path[len(TRACKED) + 1 :] for path in self.git("ls-tree", "-r", "--name-only", commit, TRACKED).split()]

    def lines(self, path: str, commit: str = "HEAD") -> list[str]:
        """The lines of a file below ``tracked/`` in a commit."""
        return self.git("show", f"{commit}:{TRACKED}/{path}").splitlines()

    def cat(self, stream: str = "chats", code: int = 0) -> str:
        """The folded stream."""
        return self.gitml("cat", stream, code=code)


def line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


def chat(number: int, day: str = "2021-10-01", rev: int = 1, **more: Any) -> dict[str, Any]:
    """A chat of that day; ``rev`` tells its versions apart."""
    return {
        "id": f"chat-{day.replace('-', '')}-{number:06d}-abcdef", "timestamp": f"{day}T12:00:{number % 60:02d}.000Z",
        "session_id": "s1", "input": f"prompt {number}", "uuid": f"u-{day}-{number}", "rev": rev, **more,
    }  # fmt: skip


def four_parts(store: Store) -> Store:
    """Four old parts in two commits, each chat in several of them; and a young part that must stay."""
    for place, name in enumerate(NAMES):
        day = f"{name[:4]}-{name[4:6]}-{name[6:8]}"
        store.part(name, [chat(number, day, rev=place) for number in range(3)] + [chat(9, "2021-09-01", rev=place)])
        if place == 1:
            store.commit("first half")
    store.part("29990101/000000Z-ffffff", [chat(1, "2021-10-20", rev=9), chat(2, "2999-01-01")])
    store.commit("second half")
    return store
