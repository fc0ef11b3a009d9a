"""The second look before a commit: what it finds stays behind, and the commit goes on."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from support.leaking import SECRET, leak, texts_below
from support.riding import Clone, opted_in

from gitml.ops.redacting import check, held
from gitml.ops.riding.seal import seal
from gitml.redact.engine import Engine, EngineFailed
from gitml.store import spool


@pytest.fixture
def clone(repo: Path) -> Clone:
    return opted_in(repo)


def notes(clone: Clone) -> dict[str, held.Note]:
    return held.waiting(clone.context.layout)


def test_a_part_with_a_secret_stays_in_the_spool(clone: Clone) -> None:
    """The others ride; what is held is noted by kind, and no file of gitml's repeats the value."""
    part = leak(clone, 1, closed=True)
    good = clone.chat(2)
    clone.change("b.txt", "two\n")
    clone.git("commit", "-q", "-m", "work")
    clone.settled()
    assert clone.ids() == [good]
    assert SECRET not in clone.git("log", "-p", "--all")
    assert notes(clone)[part.name]["why"] == held.FOUND
    assert notes(clone)[part.name]["kinds"] == {"github-token": 1}
    local = Path(clone.context.layout.local)
    assert SECRET not in texts_below(local / "logs", local / held.FILE, clone.root / ".git-ml")
    assert "gitml redact --fix" in (local / "logs" / "gitml.log").read_text()


def test_only_what_is_held_waits(clone: Clone) -> None:
    """A commit that could take nothing else goes on as well, every time, and it is logged once."""
    leak(clone, 1)
    for number in range(3):
        clone.change("b.txt", f"{number}\n")
        clone.git("commit", "-q", "-m", "work")
        clone.settled()
    assert clone.carried() == [] and clone.waiting() == 1 and clone.status() == ""
    log = (Path(clone.context.layout.local) / "logs" / "gitml.log").read_text().splitlines()
    assert len([line for line in log if "held" in json.loads(line)]) == 1


def test_a_changed_rule_holds_and_clears(clone: Clone) -> None:
    """What a new pattern finds is held from then on; without the pattern it rides again."""
    chat = clone.chat(1, output="see acme-1234")
    config = clone.root / ".git-ml" / "config.toml"
    before = config.read_text()
    config.write_text(before + '[redact]\ndeny = ["acme-[0-9]{4}"]\n')
    clone.change("b.txt", "two\n")
    clone.git("commit", "-q", "-m", "work")
    clone.settled()
    assert clone.ids() == [] and len(notes(clone)) == 1
    config.write_text(before)
    clone.change("b.txt", "three\n")
    clone.git("commit", "-q", "-m", "work")
    clone.settled()
    assert clone.ids() == [chat] and notes(clone) == {}


def test_no_time_is_no_reason_to_let_it_pass(clone: Clone) -> None:
    """Without time a part waits; each look goes on where the last one ended, so that it is searched in the end."""
    for number in range(40):
        clone.chat(number)
    parts = spool.close(clone.context.layout)
    assert check.held_back(clone.context, parts, budget=-1.0) == parts
    assert notes(clone)[parts[0].name]["why"] == held.TIME
    rounds = 0
    while check.held_back(clone.context, parts, budget=0.004):
        rounds += 1
        assert rounds < 2000
    assert notes(clone) == {}


def test_an_engine_that_breaks_holds_everything(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that was not searched is staged, and nothing is raised."""
    clone.chat(1)
    parts = spool.close(clone.context.layout)

    def broken(*arguments: object) -> object:
        raise EngineFailed("redaction failed")

    with monkeypatch.context() as patch:
        patch.setattr(Engine, "find_named", broken)
        assert check.held_back(clone.context, parts) == parts
    with monkeypatch.context() as patch:
        patch.setattr(Engine, "__init__", broken)
        assert check.held_back(clone.context, parts) == parts
    assert check.held_back(clone.context, parts) == []


def test_a_bad_rule_holds_everything(clone: Clone) -> None:
    """A pattern nobody can run does not let pass what it was to find."""
    clone.chat(1)
    parts = spool.close(clone.context.layout)
    (clone.root / ".git-ml" / "config.toml").write_text("[redact]\ndeny = ['(']\n")
    assert check.held_back(clone.context, parts) == parts


def test_a_line_that_is_no_json_is_searched_as_text(clone: Clone) -> None:
    """A torn line may hold a secret as well."""
    clone.chat(1)
    part = spool.close(clone.context.layout)[0]
    with Path(part.file("chats")).open("a") as file:
        file.write(f'{{"id": "x", "output": "{SECRET}')
    assert check.held_back(clone.context, [part]) == [part]


def test_seal_holds_back_too(clone: Clone) -> None:
    """Publishing by hand is no way around it."""
    part = leak(clone, 1, closed=True)
    clone.chat(2)
    published = seal(clone.context)
    assert published.held == [part.name] and len(published.parts) == 1
    assert SECRET not in texts_below(clone.root / ".git-ml")


def test_a_damaged_note_costs_another_look(clone: Clone) -> None:
    """The note is no ground for letting pass, nor for holding."""
    part = leak(clone, 1, closed=True)
    Path(clone.context.layout.local, held.FILE).write_text('{"x": 1, "' + part.name + '": {"clean": 7}}')
    assert check.held_back(clone.context, [part]) == [part]
    Path(clone.context.layout.local, held.FILE).write_text("{")
    assert check.held_back(clone.context, [part]) == [part]


def test_a_clean_part_costs_little(clone: Clone) -> None:
    """What every commit pays: an ordinary part of 20 kB."""
    for number in range(40):
        clone.chat(number, output=f"the function reads line {number} of the file and returns what it says. " * 6)
    parts = spool.close(clone.context.layout)
    check.held_back(clone.context, parts)
    started = time.monotonic()
    assert check.held_back(clone.context, parts) == []
    took = time.monotonic() - started
    print(f"{sum(part.size() for part in parts)} bytes, {took * 1000:.1f} ms")
    assert took < 0.25
