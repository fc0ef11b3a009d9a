"""Secrets in whole sessions: in every field, early, late, in pieces, and when the engine breaks."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from support.ingesting import SESSION, STREAMS, folded, fresh_repo, take, whole
from support.secrets_made import made as secrets
from support.transcript import Transcript

from gitml.ops.context import Context
from gitml.ops.record import alarm
from gitml.redact.engine import EngineFailed
from gitml.store.fold import fold

LATE = "qZ7w" + "Xk2pVb9" + "mTr4"  # nothing about it says that it is a secret, until something does


def everything(context: Context) -> bytes:
    """All bytes below the repository but its own work."""
    return b"".join(
        Path(folder, name).read_bytes() for folder, _, names in os.walk(context.where.root) for name in names
    )


def with_secrets(seed: int = 1) -> Transcript:
    """A session with a secret a turn: in prompts, answers, inputs, outputs, errors, titles, queued text, sub-agents."""
    made = Transcript(SESSION, seed=seed)
    draw = random.Random(seed)
    for turn, (kind, secret) in enumerate(secrets(seed).items()):
        spot = draw.randrange(6)
        made.prompt(f"turn {turn}" + (f" with {secret}" if spot == 0 else ""))
        command = f"curl -H 'x: {secret}' a.invalid" if spot == 1 else "ls"
        (one,) = made.uses(("Bash", {"command": command}), say=f"so {secret}" if spot == 2 else "")
        far = "x = 1\n" * 2000 if spot == 3 else ""
        said = f"{far}found {secret} there" if spot in (3, 4) else "nothing"
        made.result(one, said, error=spot == 4, toolUseResult={"stdout": said})
        made.says(f"kind {kind}: {secret}" if spot in (3, 5) else f"done {turn}")
    made.add({"type": "ai-title", "aiTitle": f"About {secret}", "sessionId": SESSION})
    return made


@pytest.mark.parametrize("seed", range(8))
def test_no_secret_reaches_any_file(tmp_path: Path, seed: int) -> None:
    """Whatever field of a transcript holds it, no file of gitml's does."""
    context = fresh_repo(tmp_path / "repo")
    with_secrets(seed).write(tmp_path / "projects")
    take(context, tmp_path / "projects")
    written = everything(context)
    assert b"[redacted:" in written
    for secret in secrets(seed).values():
        pieces = secret.split("\n")
        assert pieces[len(pieces) // 2].encode() not in written


@pytest.mark.parametrize("seed", range(8))
def test_in_pieces_numbers_and_bytes_are_those_of_the_whole(tmp_path: Path, seed: int) -> None:
    """A session with secrets synced at any instants folds to what one run gives."""
    made = with_secrets(seed)
    expected = whole(tmp_path, made)
    context = fresh_repo(tmp_path / "repo")
    data = b"".join(made.lines)
    draw = random.Random(seed)
    for cut in [*sorted(draw.randrange(1, len(data)) for _ in range(6)), len(data)]:
        made.write(tmp_path / "projects").write_bytes(data[:cut])
        take(context, tmp_path / "projects")
    assert folded(context) == expected


def late() -> Transcript:
    """A value stands bare in the first turn; the third says what it is; the fourth repeats it."""
    made = Transcript(SESSION)
    made.prompt(f"use {LATE} for it")
    (one,) = made.uses(("Bash", {"command": f"deploy {LATE}"}))
    made.result(one, f"deployed with {LATE}")
    made.says(f"I used {LATE}.")
    made.prompt("and now?")
    made.says("nothing")
    made.prompt(f"password={LATE}")
    made.says("I see")
    made.prompt("once more")
    made.says(f"again {LATE}")
    return made


def test_a_secret_recognised_late_is_removed_backwards(tmp_path: Path) -> None:
    """What no commit carries yet is mended: every spool line, and the result is that of one run over the whole."""
    made = late()
    expected = whole(tmp_path, made)
    assert not any(LATE.encode() in line for lines in expected.values() for line in lines)
    context = fresh_repo(tmp_path / "repo")
    for upto in range(1, len(made.lines) + 1):
        made.write(tmp_path / "projects", upto)
        take(context, tmp_path / "projects")
        known = any(b"password=" in line for line in made.lines[:upto])
        assert (LATE.encode() in everything(context)) == (not known)
    assert folded(context) == expected


def test_a_secret_recognised_after_its_commit_is_reported(tmp_path: Path) -> None:
    """A committed part is never written again: a person is told, by kind and file, not by value."""
    from gitml.store import spool

    made = late()
    context = fresh_repo(tmp_path / "repo")
    made.write(tmp_path / "projects", 5)
    take(context, tmp_path / "projects")
    (part,) = spool.close(context.layout)
    target = Path(context.layout.live, part.name)
    target.parent.mkdir(parents=True)
    os.rename(part.path, target)
    made.write(tmp_path / "projects")
    take(context, tmp_path / "projects")
    told = alarm.told(context.layout, alarm.LATE)
    assert told["kinds"] == ["password"]
    assert all(part.name in file for file in told["files"])
    assert LATE not in json.dumps(told)
    assert not any(LATE.encode() in line for line in fold(context.layout, "chats").lines)


def test_a_kill_while_removing_backwards_is_made_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed after the new lines are there and before the old ones are gone: the next run finishes it."""
    made = late()
    expected = whole(tmp_path, made)
    context = fresh_repo(tmp_path / "repo")
    made.write(tmp_path / "projects", 6)
    take(context, tmp_path / "projects")
    made.write(tmp_path / "projects")
    with monkeypatch.context() as patch:
        patch.setattr("gitml.store.purging.purge", _stopped)
        with pytest.raises(KeyboardInterrupt):
            take(context, tmp_path / "projects")
    assert LATE.encode() in everything(context)
    take(context, tmp_path / "projects")
    assert LATE.encode() not in everything(context)
    assert folded(context) == expected


def _stopped(*_: object) -> int:
    raise KeyboardInterrupt


def test_it_fails_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the engine breaks nothing of the turn is written, a note says so, and the next run makes it good."""
    made = with_secrets()
    expected = whole(tmp_path, made)
    context = fresh_repo(tmp_path / "repo")
    made.write(tmp_path / "projects", 6)
    take(context, tmp_path / "projects")
    before = {stream: fold(context.layout, stream).lines for stream in STREAMS}
    made.write(tmp_path / "projects")

    def broken(*_: object) -> list[Any]:
        raise EngineFailed("redaction failed: a layer")

    with monkeypatch.context() as patch:
        patch.setattr("gitml.redact.engine.Engine.find", broken)
        with pytest.raises(EngineFailed):
            take(context, tmp_path / "projects")
    assert folded(context) == before
    assert alarm.told(context.layout, alarm.FAILED)["error"] == "EngineFailed"
    take(context, tmp_path / "projects")
    assert folded(context) == expected
    assert alarm.told(context.layout, alarm.FAILED) == {}


def test_a_search_that_takes_too_long_fails_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over its time nothing is written either."""
    from gitml.ops.record.learning import TooSlow

    context = fresh_repo(tmp_path / "repo")
    with_secrets().write(tmp_path / "projects")
    monkeypatch.setattr("gitml.ops.record.learning.GRACE", -1e6)
    with pytest.raises(TooSlow):
        take(context, tmp_path / "projects")
    assert fold(context.layout, "chats").lines == []
    assert alarm.told(context.layout, alarm.FAILED)["error"] == "TooSlow"


def test_counts_by_kind_are_kept(tmp_path: Path) -> None:
    """A session says how many distinct secrets of which kind were taken out of it; one without says nothing."""
    context = fresh_repo(tmp_path / "repo")
    made = Transcript(SESSION)
    for kind in ("github-token", "jwt"):
        made.prompt(f"{secrets()[kind]} and {secrets()[kind]}")
        made.says("ok")
    made.write(tmp_path / "projects")
    take(context, tmp_path / "projects")
    (session,) = fold(context.layout, "sessions").records()
    assert session["redacted"] == {"github-token": 1, "jwt": 1}


def test_new_rules_reach_what_is_not_committed(tmp_path: Path) -> None:
    """A pattern added to the config takes what it names out of the spool at the next sync, and numbers it."""
    context = fresh_repo(tmp_path / "repo")
    made = Transcript(SESSION)
    made.prompt("call the customer Weyland-7731")
    made.says("Weyland-7731 was called")
    made.write(tmp_path / "projects")
    take(context, tmp_path / "projects")
    assert b"Weyland-7731" in everything(context)
    (tmp_path / "repo" / ".git-ml").mkdir()
    (tmp_path / "repo" / ".git-ml" / "config.toml").write_text('[redact]\ndeny = ["Weyland-[0-9]+"]\n')
    take(fresh_open(tmp_path), tmp_path / "projects")
    assert b"Weyland-7731" not in everything(context)
    (chat,) = fold(context.layout, "chats").records()
    assert chat["input"] == "call the customer [redacted:project-rule:1]"


def test_values_of_the_environment_are_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a secret-named variable or an .env file of the repository holds goes wherever it stands, without context."""
    monkeypatch.setenv("DEPLOY_TOKEN", "hUm9dR1nger")
    context = fresh_repo(tmp_path / "repo")
    (tmp_path / "repo" / ".env").write_text("DB_PASSWORD=c0ffee-pot-9\n")
    made = Transcript(SESSION)
    made.prompt("it is hUm9dR1nger or c0ffee-pot-9")
    made.says("fine")
    made.write(tmp_path / "projects")
    take(context, tmp_path / "projects")
    (chat,) = fold(context.layout, "chats").records()
    assert chat["input"] == "it is [redacted:known:1] or [redacted:known:2]"


def fresh_open(tmp_path: Path) -> Context:
    """The same repository, its config read anew."""
    from gitml.ops.context import open_at

    return open_at(str(tmp_path / "repo"))


def test_new_rules_of_several_kinds_reach_every_line(tmp_path: Path) -> None:
    """A new pattern and a new kind of personal data at once: lines that hold only one of them are mended, too."""
    context = fresh_repo(tmp_path / "repo")
    made = Transcript(SESSION)
    made.prompt("call the customer Weyland-7731")
    made.says("called")
    made.prompt("write to ada@lovelace.example please")
    made.says("written")
    made.prompt("thanks")
    made.says("welcome")
    made.write(tmp_path / "projects")
    take(context, tmp_path / "projects")
    (tmp_path / "repo" / ".git-ml").mkdir()
    rules = '[redact]\ndeny = ["Weyland-[0-9]+"]\n[redact.personal]\nemails = true\n'
    (tmp_path / "repo" / ".git-ml" / "config.toml").write_text(rules)
    take(fresh_open(tmp_path), tmp_path / "projects")
    written = everything(context).replace(rules.encode(), b"")
    assert b"Weyland-7731" not in written
    assert b"ada@lovelace.example" not in written
    assert len(fold(context.layout, "chats").lines) == 3
