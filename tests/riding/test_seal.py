"""``gitml seal``: publishing by hand; and how much a commit takes at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.riding import Clone, opted_in

from gitml.cli.seal import command
from gitml.errors import NothingHere
from gitml.ops.riding import carry
from gitml.ops.riding.seal import seal
from gitml.ops.riding.settle import settle
from gitml.store import spool
from gitml.store.layout import DATA


@pytest.fixture
def clone(repo: Path) -> Clone:
    return opted_in(repo)


def test_published_and_carried_by_a_commit_without_hooks(clone: Clone) -> None:
    """Staged at once; the spool keeps its copy until a commit carries it."""
    chat = clone.chat(1)
    published = seal(clone.context)
    assert len(published.parts) == 1
    assert published.bytes > 0
    assert clone.waiting() == 1
    assert len(clone.status().splitlines()) == 1
    clone.git("commit", "-q", "--no-verify", "-m", "records")
    assert clone.ids() == [chat]
    settle(clone.context)
    assert clone.status() == ""
    assert (clone.waiting(), clone.kept()) == (0, 1)
    assert seal(clone.context).parts == []


def test_a_failed_commit_leaves_what_was_sealed(clone: Clone) -> None:
    """Staged by hand is the person's own doing: the hook does not take it back."""
    clone.chat(1)
    seal(clone.context)
    before = clone.status()
    clone.change("b.txt", "two\n")
    clone.git("commit", "-q", code=1, GIT_EDITOR="false")
    clone.settled()
    assert clone.status() == before + "A  b.txt\n"
    clone.git("commit", "-q", "-m", "work")
    clone.settled()
    settle(clone.context)
    assert clone.status() == ""
    assert clone.waiting() == 0


def test_a_branch_without_a_store(clone: Clone) -> None:
    """Nothing is put where nobody opted in."""
    clone.chat(1)
    clone.git("rm", "-q", "-r", "--cached", DATA)
    with pytest.raises(NothingHere):
        seal(clone.context)


def test_the_command(clone: Clone) -> None:
    """Says what it did; JSON with stable keys; a second time says there is nothing more to add."""
    clone.chat(1)
    name = spool.close(clone.context.layout)[0].name
    answer = json.loads(CliRunner().invoke(command, ["-C", str(clone.root), "--json"]).output)
    assert answer["parts"] == [name]
    assert answer["bytes"] > 0
    assert "staged 1 part," in CliRunner().invoke(command, ["-C", str(clone.root)]).output
    clone.git("commit", "-q", "-m", "records", "--no-verify")
    assert CliRunner().invoke(command, ["-C", str(clone.root)]).output == "nothing waits\n"


def test_a_commit_takes_so_much_and_no_more(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Oldest first up to the limit; one that is larger than that goes alone."""
    layout = clone.context.layout
    for number, size in enumerate((300, 300, 300, 5000)):
        clone.chat(number, output="x" * size)
        spool.close(layout)
    monkeypatch.setattr(carry, "MOST_BYTES", 1200)
    parts = spool.parts(layout)
    sizes = [part.size() for part in parts]
    taken = carry.chosen(parts)
    assert taken == parts[: len(taken)]
    assert 1 <= len(taken) < len(parts)
    assert sum(part.size() for part in taken) <= 1200 or len(taken) == 1
    big = [part for part, size in zip(parts, sizes, strict=True) if size > 1200]
    assert carry.chosen(big) == big[:1]
    assert carry.chosen([]) == []
