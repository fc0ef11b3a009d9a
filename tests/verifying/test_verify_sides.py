"""What ``verify`` and ``redact --scan`` say of the copies of side branches, and how they are made anew."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support.copies import Once
from support.riding import Clone
from support.siding import CONFIG, Env
from support.verifying import a_chat, damage, letters, line, mend, numbers, verify

from gitml.git import grafting
from gitml.ops.persist import side
from gitml.ops.redacting import scan
from gitml.ops.redacting.search import search_in
from gitml.ops.riding.settle import settle


@pytest.fixture
def sided(once: Once, tmp_path: Path, request: pytest.FixtureRequest) -> Clone:
    """A clone with two turns on its side branch."""

    def make(root: Path) -> None:
        env = Env(root)
        env.opt_in(CONFIG)
        env.git("commit", "-q", "-m", "records")
        for number in (1, 2):
            env.turn(number, tools=[], files=[])

    return Clone(once.copy("sided", tmp_path, request, make))


def copies(clone: Clone) -> list[Path]:
    return sorted(Path(clone.context.layout.side).rglob("chats.jsonl"))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def more(path: Path) -> None:
    path.write_bytes(path.read_bytes() + line(a_chat(3)) + b"torn\n")


def a_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/passwd")


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("harm", [cut, more, a_link, a_pipe, Path.unlink])
def test_a_damaged_copy(sided: Clone, harm: Callable[[Path], None]) -> None:
    """It is told, and made anew from git, byte for byte; what only it held goes to the spool and the dead letters."""
    assert damage(verify(sided)) == [] and len(copies(sided)) == 2
    path = copies(sided)[0]
    whole = path.read_bytes()
    harm(path)
    assert damage(verify(sided)) != []
    repaired = mend(sided)
    assert damage(repaired.left) == [] and repaired.failed == []
    assert path.read_bytes() == whole and not path.is_symlink()
    assert numbers(sided) == ["1", "2", *(["3"] if harm is more else [])]
    assert [letter["text"] for letter in letters(sided) if letter["text"] == "torn"] == ["torn"] * (harm is more)
    assert mend(sided).done == []


def test_all_of_it_is_gone(sided: Clone) -> None:
    """Not only one file: the folder."""
    shutil.rmtree(sided.context.layout.side)
    assert damage(verify(sided)) != [] and numbers(sided) == []
    assert damage(mend(sided).left) == [] and numbers(sided) == ["1", "2"]


def test_damage_on_the_branch_itself(sided: Clone) -> None:
    """A line that the branch holds stays there; what can be read beside it is saved once more, and it is known."""
    there = side.place(sided.context)
    path = ".git-ml/tracked/live/20261120/150332Z-7f3a9c/chats.jsonl"
    files: grafting.Files = {path: line(a_chat(5)) + b"torn\n"}
    made = grafting.commit(str(sided.root), files, there.tip, "torn", there.known, 1_795_000_000)
    sided.git("update-ref", f"refs/heads/{there.name}", made)
    settle(sided.context)
    assert [one.split(" ")[0] for one in damage(verify(sided))] == ["lines"]
    before = {path: path.read_bytes() for path in copies(sided)}
    assert damage(mend(sided).left) == [] and numbers(sided) == ["1", "2", "5"]
    assert {path: path.read_bytes() for path in copies(sided)} == before


def test_secrets_on_side_branches(sided: Clone) -> None:
    """They are found, as what is tracked, by the scan and by verify."""
    key = "ghp_" + "".join(chr(97 + number * 7 % 26) + str(number % 10) for number in range(18))
    path = copies(sided)[0]
    path.write_bytes(path.read_bytes() + line(a_chat(3)).replace(b"prompt 3", f"token {key}".encode()))
    found = scan.scan(sided.context, search_in(sided.context)).found
    assert [(one.where, one.place, one.line) for one in found] == [(scan.SIDE, str(path), 2)]
    assert "secrets" in [one.check for one in verify(sided, quick=False).findings]
