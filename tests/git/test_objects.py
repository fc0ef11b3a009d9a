"""Ids computed without git are the ids git computes; trees and contents come out as git has them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from conftest import Git
from hypothesis import given
from hypothesis import strategies as st

from gitml.git.objects import blob_id, contents, ids, tree


@pytest.mark.parametrize("digits", [40, 64])
def test_blob_ids(tmp_path: Path, git: Git, digits: int) -> None:
    """SHA-1 and SHA-256, for bytes that a filter or a line-ending rule would change."""
    git(tmp_path, "init", "-q", f"--object-format={'sha1' if digits == 40 else 'sha256'}", "r")
    for data in (b"", b"x\r\n", b"\0" * 1000, "ü\n".encode()):
        command = ["git", "hash-object", "--no-filters", "--stdin"]
        done = subprocess.run(command, cwd=tmp_path / "r", input=data, capture_output=True, check=True)
        assert blob_id(data, digits) == done.stdout.decode().strip()


def test_names_of_every_kind(repo: Path, git: Git) -> None:
    """Commits, trees, paths, short ids; what is missing or ambiguous is left out."""
    sha = git(repo, "rev-parse", "HEAD").strip()
    found = ids(str(repo), ["HEAD", "HEAD:", "HEAD:a.txt", sha[:8], "nothing", "HEAD:no such file", "HEAD"])
    assert {name: kind for name, (_, kind) in found.items()} == {
        "HEAD": "commit", "HEAD:": "tree", "HEAD:a.txt": "blob", sha[:8]: "commit",
    }  # fmt: skip
    assert found["HEAD"][0] == found[sha[:8]][0] == sha
    assert ids(str(repo), []) == {}


def test_contents_and_trees(repo: Path, git: Git) -> None:
    """Bytes as stored, the entries of a tree with odd names, nothing for what is not there."""
    (repo / "odd\n name").mkdir()
    (repo / "odd\n name" / "ü").write_bytes(b"a\nb\0c")
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "odd")
    (root, _), (blob, _) = ids(str(repo), ["HEAD:", "HEAD:a.txt"]).values()
    found = contents(str(repo), [root, blob, "1" * 40])
    assert found[blob] == b"one\n"
    assert set(found) == {root, blob}
    entries = {name: (object_id, folder) for name, object_id, folder in tree(found[root])}
    assert entries["a.txt"] == (blob, False)
    inner, folder = entries["odd\n name"]
    assert folder
    assert [name for name, _, _ in tree(contents(str(repo), [inner])[inner])] == ["ü"]
    assert contents(str(repo), []) == {}


@given(st.binary(max_size=300))
def test_blob_ids_are_stable(data: bytes) -> None:
    """The same bytes, the same id; the length tells the kind of repository."""
    assert blob_id(data) == blob_id(bytes(data))
    assert (len(blob_id(data)), len(blob_id(data, 64))) == (40, 64)


def test_what_a_partial_clone_leaves_out_is_missing(repo: Path, git: Git, tmp_path: Path) -> None:
    """git ends at the first such object; what comes behind it is answered all the same, and nothing is fetched."""
    (repo / "b.txt").write_text("two\n")
    git(repo, "add", ".")
    git(repo, "commit", "-q", "-m", "second")
    git(repo, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", repo.as_uri(), str(clone))
    one, two, top = (git(repo, "rev-parse", f"HEAD:{name}").strip() for name in ("a.txt", "b.txt", ""))
    assert set(contents(str(clone), [top, one, two])) == {top}
    assert set(contents(str(clone), [one, top, two])) == {top}
    assert set(ids(str(clone), ["HEAD:a.txt", "HEAD", one, "HEAD:"])) == {"HEAD", "HEAD:"}
