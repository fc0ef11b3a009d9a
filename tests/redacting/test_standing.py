"""What status and doctor say of redaction, and that the rules reach the engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.leaking import SECRET, leak
from support.riding import Clone, opted_in
from support.secrets_made import made

from gitml.ops.record import alarm
from gitml.ops.redacting.search import search_in
from gitml.ops.redacting.standing import standing
from gitml.redact import vendor_package
from gitml.redact.engine import EngineFailed


@pytest.fixture
def clone(repo: Path) -> Clone:
    return opted_in(repo)


def ask(clone: Clone, *arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "gitml", "-C", str(clone.root), *arguments, "--json"], capture_output=True, check=False
    )
    assert SECRET.encode() not in done.stdout + done.stderr
    return json.loads(done.stdout)


def said(clone: Clone) -> list[dict[str, str]]:
    return [one for one in ask(clone, "doctor")["findings"] if one["check"] == "redaction"]


def test_all_is_well(clone: Clone) -> None:
    """The layers are named; where the vendor package is missing that is said, and is no failure."""
    found = ask(clone, "status")["redaction"]
    assert list(found) == ["layers", "missing", "error", "failed", "late", "held"]
    assert {"known", "generic", "personal"} <= set(found["layers"]) and found["held"] == {}
    assert [one["severity"] for one in said(clone)] == (["warn", "ok"] if found["missing"] else ["ok"])


def test_a_platform_without_the_vendor_package(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    """The generic layer works alone, visibly."""
    monkeypatch.setattr(vendor_package, "installed", lambda: False)
    found = standing(clone.context)
    assert found["missing"] == ["vendor"] and "vendor" not in found["layers"] and found["error"] is None


def test_held_parts(clone: Clone) -> None:
    """By name and kind, with the command that clears them."""
    part = leak(clone, 1, closed=True)
    clone.change("b.txt", "two\n")
    clone.git("commit", "-q", "-m", "work")
    clone.settled()
    held = ask(clone, "status")["redaction"]["held"]
    assert held[part.name]["why"] == "found" and held[part.name]["kinds"] == {"github-token": 1}
    assert [(one["severity"], one["mend"]) for one in said(clone)][-1] == ("warn", "gitml redact --fix")


def test_failures(clone: Clone) -> None:
    """When, in which session, and what kind of error; never its text."""
    layout = clone.context.layout
    alarm.failed(layout, "session-1", EngineFailed(f"broke at {SECRET}"))
    assert ask(clone, "status")["redaction"]["failed"]["session"] == "session-1"
    assert any("EngineFailed" in one["says"] and one["mend"] == "gitml sync" for one in said(clone))
    alarm.worked(layout)
    assert ask(clone, "status")["redaction"]["failed"] is None


def test_rules_nobody_can_read(clone: Clone) -> None:
    """A bad pattern keeps everything from being recorded, and doctor names it."""
    (clone.root / ".git-ml" / "config.toml").write_text("[redact]\ndeny = ['(x']\n")
    assert "(x" in ask(clone, "status")["redaction"]["error"]
    assert said(clone)[0]["severity"] == "fail" and "(x" in said(clone)[0]["says"]


def kinds(clone: Clone, text: str) -> list[str]:
    line = json.dumps({"id": "x", "output": text}).encode()
    return [found.kind for _, found in search_in(clone.context).line(line)]


def test_rules_reach_the_engine(clone: Clone) -> None:
    """What is denied is found, what the default branch allows is not, and known values are."""
    config = clone.root / ".git-ml" / "config.toml"
    config.write_text(f"[redact]\ndeny = ['acme-[0-9]{{6}}']\nallow = ['{SECRET}']\n")
    assert kinds(clone, "see acme-123456 there") == ["project-rule"]
    assert kinds(clone, f"with {SECRET} there") == ["github-token"]
    clone.git("add", ".git-ml")
    clone.git("commit", "-q", "--no-verify", "-m", "allow")
    assert kinds(clone, f"with {SECRET} there") == []
    assert kinds(clone, f"with {made(40)['github-token']} there") == ["github-token"]


def test_known_values_reach_the_engine(clone: Clone, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of the environment, of an ignored file, and in a linked work tree of the clone's first one too."""
    monkeypatch.setenv("SOME_PASSWORD", "Ripe-Meadow" + "-Lantern-41")
    (clone.root / ".env").write_text("ANYTHING=" + "Quiet-Harbor" + "-Saddle-93\n")
    assert kinds(clone, "it says Ripe-Meadow" + "-Lantern-41 and Quiet-Harbor" + "-Saddle-93") == ["known", "known"]
    clone.git("worktree", "add", "-q", str(tmp_path / "linked"))
    assert kinds(Clone(tmp_path / "linked"), "it says Quiet-Harbor" + "-Saddle-93") == ["known"]
    assert os.environ["SOME_PASSWORD"] not in repr(search_in(clone.context).engine)


@pytest.mark.parametrize(
    "marker",
    [
        "gitleaks:allow",
        "pragma: allowlist secret",
        "nosecret",
        "[redact]\nallow = ['{}']",
        "noqa: S105",
        "gitml: allow {}",
    ],
)
def test_a_text_cannot_switch_it_off(clone: Clone, marker: str) -> None:
    """Whatever a transcript says about itself, of the markers of other tools or of a config."""
    text = marker.format(SECRET)
    assert "github-token" in kinds(clone, f"token = {SECRET}  # {text}")
    assert "github-token" in kinds(clone, f"{text}\n{SECRET}")
