"""``gitml sweep`` as a person or a schedule calls it: what it says, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.compacting import Store
from support.sweeping import name, session

from gitml.errors import BadUsage
from gitml.ops.retention.sizes import parse


@pytest.fixture
def store(repo: Path, home: Path) -> Store:
    """A repository that is set up, with two old sessions at their source."""
    made = Store(repo)
    made.gitml("init", "--no-import")
    for number in range(2):
        session(number, 400 - number, 2, str(repo)).write(home / ".claude" / "projects")
    return made


def test_what_it_says(store: Store) -> None:
    """A dry run names each copy with keep or evict and the reason; a sweep what went; and a third has nothing to do."""
    assert "2 raw copies written, 2 digests made" in store.gitml("sweep", "--keep-all")
    planned = store.gitml("sweep", "--max-age", "30d", "--dry-run")
    assert f"evict    {name(0)[:8]}" in planned and "older than 30 days" in planned
    assert f"keep     {name(1)[:8]}" in planned and "among the last 1" in planned
    assert "would evict 1" in planned and "1 raw copy with" in planned
    done = json.loads(store.gitml("sweep", "--max-age", "30d", "--json"))
    assert done["evicted"] == [name(0)] and done["freed"] > 0 and done["dry_run"] is False
    assert "evicted 0, 0 B freed" in store.gitml("sweep", "--max-age", "30d")
    assert "evicted: older than 30 days" in store.gitml("lifecycle", "show", name(0))


def test_exit_codes(store: Store) -> None:
    """2: the policy makes no sense; 1: nothing would be left, or recording is off; 3: done in part."""
    assert "the policy is empty" in store.gitml("sweep", code=2)
    assert "above the hard cap" in store.gitml("sweep", "--soft-cap", "2k", "--hard-cap", "1k", code=2)
    assert "is no size" in store.gitml("sweep", "--soft-cap", "2 apples", code=2)
    assert "is no time" in store.gitml("sweep", "--max-age", "soon", code=2)
    assert "still to come" in store.gitml("sweep", "--max-age", "2999-01-01", code=2)
    assert "--remove-all" in store.gitml("sweep", "--soft-cap", "0", code=1)
    assert "--remove-all" in store.gitml("sweep", "--hard-cap", "1", code=1)
    held_back = json.loads(store.gitml("sweep", "--source", ".", "--soft-cap", "100MB", "--json"))
    assert held_back["plan"]["short"] == []
    assert "no such folder" in store.gitml("sweep", "--source", "nowhere", "--soft-cap", "1GB", code=4)
    store.gitml("pause")
    assert "switched off" in store.gitml("sweep", "--keep-all", code=1)


def test_a_cap_that_cannot_be_met(store: Store) -> None:
    """Because of what is not analyzed: 3, and said; because of what a rule keeps: a warning."""
    said = store.gitml("sweep", "--no-digest", "--soft-cap", "10", code=3)
    assert "above the soft cap of 10" in said and "1 not analyzed" in said and "evicted 0" in said
    assert "1 kept by a rule, 0 not analyzed" in store.gitml("sweep", "--soft-cap", "10")


@pytest.mark.parametrize(
    ("text", "octets"),
    [("0", 0), ("4096", 4096), ("2MB", 2_000_000), ("1.5 GiB", 1_610_612_736), ("500k", 500_000), ("1tib", 2**40)],
)
def test_sizes(text: str, octets: int) -> None:
    """Decimal and binary units, however they are spelled."""
    assert parse(text) == octets


@pytest.mark.parametrize("text", ["", "MB", "-1", "1e9", "1 XB", "2MBs", "i", "5i"])
def test_no_sizes(text: str) -> None:
    """Everything else is refused."""
    with pytest.raises(BadUsage):
        parse(text)
