"""``compat.write_local_files``: chats and sessions as an older tool's files, written beside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.ingesting import SESSION, take
from support.old_layout import put
from support.riding import Clone
from support.secrets_made import made
from support.transcript import Transcript, varied

from gitml.ops.migrating.migrate import Wanted, migrate
from gitml.store.fold import fold

ON = "\n[compat]\nwrite_local_files = true\n"


def gitml(clone: Clone, *arguments: str) -> str:
    """``gitml …`` as a person calls it."""
    command = [sys.executable, "-m", "gitml", *arguments]
    done = subprocess.run(command, cwd=clone.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def written(clone: Clone) -> dict[str, dict[str, Any]]:
    """{path below .git-ml: what the file says}"""
    data = clone.root / ".git-ml"
    found = [*data.glob("chats/*/*.json"), *data.glob("sessions/*.json")]
    return {str(path.relative_to(data)): json.loads(path.read_text()) for path in sorted(found)}


@pytest.fixture
def both(bare: Clone) -> Clone:
    """A clone that writes the files as well."""
    with (bare.root / ".git-ml" / "config.toml").open("a") as file:
        file.write(ON)
    bare.git("commit", "-qam", "both")
    bare.settled()
    return bare


def test_as_the_older_tool_wrote_them(both: Clone, tmp_path: Path) -> None:
    """Every chat and session that is recorded has its file, under the old keys; git shows none of them."""
    varied(SESSION, turns=5, seed=3).write(tmp_path / "projects")
    take(both.context, tmp_path / "projects")
    files = written(both)
    chats = {str(chat["id"]): chat for chat in fold(both.context.layout, "chats").records()}
    found = {file["id"]: file for path, file in files.items() if path.startswith("chats/")}
    assert set(found) == set(chats) and len(chats) > 2
    for identity, file in found.items():
        chat = chats[identity]
        assert (file["query"], file["response"]) == (chat["input"], chat["output"])
        assert file["tools_used"] == chat["tools"] and file["files_referenced"] == chat["files"]
        assert f"chats/{chat['timestamp'][:10]}/{identity}.json" in files
    session = files[f"sessions/{SESSION}.json"]
    assert session["id"] == SESSION and sorted(session["chat_ids"]) == sorted(chats)
    assert both.status() == ""


def test_off_by_default(bare: Clone, tmp_path: Path) -> None:
    """Nothing is written beside unless it is asked for, nor once it is turned off again."""
    varied(SESSION, turns=3, seed=3).write(tmp_path / "projects")
    take(bare.context, tmp_path / "projects")
    assert written(bare) == {}


def test_migrating_knows_them(both: Clone, tmp_path: Path) -> None:
    """What gitml wrote beside is not taken in as something older."""
    varied(SESSION, turns=5, seed=3).write(tmp_path / "projects")
    take(both.context, tmp_path / "projects")
    before = {name: fold(both.context.layout, name).lines for name in ("chats", "sessions")}
    report = migrate(both.context, Wanted(0.0, os.environ))
    assert report.sum("new") == 0 and report.unreadable == []
    assert {name: fold(both.context.layout, name).lines for name in before} == before


def test_forgotten_is_nowhere(both: Clone, tmp_path: Path) -> None:
    """A chat that is forgotten goes from these files, too, with its id in the session's; so does a whole session."""
    varied(SESSION, turns=5, seed=3).write(tmp_path / "projects")
    take(both.context, tmp_path / "projects")
    chat = next(iter(fold(both.context.layout, "chats").records()))
    gitml(both, "forget", str(chat["id"]), "--yes")
    files = written(both)
    assert not any(chat["id"] in json.dumps(file) or chat["id"] in path for path, file in files.items())
    assert len(files) > 2
    gitml(both, "forget", "--session", SESSION, "--yes")
    assert written(both) == {}


def test_no_secret_gets_into_them(both: Clone, tmp_path: Path) -> None:
    """They are made of what passed the gate; a secret that only a later rule knows is taken out by redact --fix."""
    secret = made()["github-token"]
    transcript = Transcript(SESSION)
    transcript.prompt(f"use {secret} and remember the word Xylophon")
    transcript.says(f"I used {secret}.")
    transcript.write(tmp_path / "projects")
    take(both.context, tmp_path / "projects")
    files = written(both)
    assert files and secret not in json.dumps(files) and "[redacted:github-token" in json.dumps(files)
    assert "Xylophon" in json.dumps(files)
    with (both.root / ".git-ml" / "config.toml").open("a") as file:
        file.write('\n[redact]\ndeny = ["Xylo[p]hon"]\n')
    gitml(both, "redact", "--fix")
    assert "Xylophon" not in json.dumps(written(both)) and len(written(both)) == len(files)


def test_others_files_and_links_stay(both: Clone, tmp_path: Path) -> None:
    """A file of the older tool's own is not overwritten, and no link leads out of the store; recording goes on."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (both.root / ".git-ml" / "chats").symlink_to(outside)
    own = put(both.root / ".git-ml" / "sessions" / f"{SESSION}.json", {"id": SESSION, "summary": "its own"})
    varied(SESSION, turns=3, seed=3).write(tmp_path / "projects")
    take(both.context, tmp_path / "projects")
    assert list(outside.iterdir()) == [] and json.loads(own.read_text())["summary"] == "its own"
    assert fold(both.context.layout, "chats").lines
