"""Which records commits hold, read with git alone and remembered by object: nothing of gitml's own reading is used."""

from __future__ import annotations

import subprocess
from pathlib import Path

from soakmerges.git import start
from soakmerges.model import Held, lines_held, unite

TRACKED = ".git-ml/tracked"


class Blobs:
    """What was read before in this round, in whichever repository; objects never change."""

    def __init__(self) -> None:
        self.blobs: dict[str, Held] = {}
        self.commits: dict[str, list[tuple[str, str]]] = {}

    def held(self, repository: Path, commits: list[str], without: str = " ") -> Held:
        """The records of the trees of some commits, ``without`` those below a folder."""
        held: Held = {}
        listed = [file for commit in commits for file in self.files(repository, commit)]
        files = {blob: path for path, blob in listed if not path.startswith(without)}
        self._read(repository, files)
        for blob in files:
            unite(held, self.blobs[blob])
        return held

    def files(self, repository: Path, commit: str) -> list[tuple[str, str]]:
        """The store's stream files of a commit: (path, blob)."""
        if commit not in self.commits:
            listed = start(repository, "git", "ls-tree", "-r", "-z", "--full-tree", commit, "--", TRACKED).out
            entries = [entry.split("\t") for entry in listed.split("\0")[:-1]]
            self.commits[commit] = [(path, meta.split(" ")[2]) for meta, path in entries if path.endswith(".jsonl")]
        return self.commits[commit]

    def _read(self, repository: Path, files: dict[str, str]) -> None:
        wanted = [blob for blob in files if blob not in self.blobs]
        if not wanted:
            return
        asked = "".join(f"{blob}\n" for blob in wanted).encode()
        out = subprocess.run(
            ["git", "cat-file", "--batch"], cwd=repository, input=asked, capture_output=True, check=True
        ).stdout
        at = 0
        for blob in wanted:
            end = out.index(b"\n", at)
            size = int(out[at:end].split(b" ")[2])
            stream = files[blob].rsplit("/", 1)[1].removesuffix(".jsonl")
            self.blobs[blob] = lines_held(stream, out[end + 1 : end + 1 + size].split(b"\n"))
            at = end + size + 2


def tips(repository: Path) -> list[str]:
    """What branches, remote branches and the HEADs of all work trees are at."""
    found = set(
        start(repository, "git", "for-each-ref", "--format=%(objectname)", "refs/heads", "refs/remotes").out.split()
    )
    listed = start(repository, "git", "worktree", "list", "--porcelain").out.split("\n")
    found.update(line.removeprefix("HEAD ") for line in listed if line.startswith("HEAD "))
    return sorted(sha for sha in found if set(sha) != {"0"})
