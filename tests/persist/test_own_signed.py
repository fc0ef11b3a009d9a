"""Commits of gitml's own are by whom git is configured to, signed where theirs are."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from support.persisting import Remote, own, shared
from support.riding import Clone

from gitml.ops.persist import state


@pytest.fixture
def signed(tmp_path: Path) -> tuple[Remote, Clone, Path]:
    """A clone that signs with a key made just now."""
    remote, clone = shared(tmp_path)
    key = tmp_path / "key"
    _key(key, "")
    for name, value in {"gpg.format": "ssh", "user.signingkey": str(key), "commit.gpgsign": "true"}.items():
        clone.git("config", name, value)
    allowed = tmp_path / "allowed"
    allowed.write_text(f"tester@example.invalid {key.with_suffix('.pub').read_text()}")
    clone.git("config", "gpg.ssh.allowedSignersFile", str(allowed))
    return remote, clone, key


def _key(path: Path, phrase: str) -> None:
    path.unlink(missing_ok=True)
    path.with_suffix(".pub").unlink(missing_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", phrase, "-f", str(path)], check=True)


def test_by_the_configured_person(tmp_path: Path) -> None:
    """Name and address are git's, also those the environment sets."""
    _, clone = shared(tmp_path)
    clone.git("config", "user.name", 'Zoë "Z" O\'Neill')
    clone.chat(1)
    assert own(clone).did == state.DELIVERED
    assert clone.git("log", "-1", "--format=%an <%ae> %cn") == (
        'Zoë "Z" O\'Neill <tester@example.invalid> Zoë "Z" O\'Neill\n'
    )


def test_signed_by_ssh(signed: tuple[Remote, Clone, Path]) -> None:
    """The remote's commit has a good signature, and the rest is as ever."""
    remote, clone, _ = signed
    chats = [clone.chat(1)]
    assert own(clone).did == state.DELIVERED
    chats.append(clone.chat(2))
    assert own(clone).did == state.DELIVERED
    assert clone.git("log", "-2", "--format=%G?") == "G\nG\n"
    assert remote.chats() == chats
    assert clone.git("status", "--porcelain") == ""


def test_a_signature_that_needs_a_person(signed: tuple[Remote, Clone, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A passphrase is not asked for, nobody's screen gets a window: the spool waits, and goes once the key is there."""
    remote, clone, key = signed
    pop_up = key.parent / "askpass"
    pop_up.write_text(f'#!/bin/sh\ntouch "{key.parent}/asked"\nsleep 60\n')
    pop_up.chmod(0o755)
    monkeypatch.setenv("SSH_ASKPASS", str(pop_up))
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    monkeypatch.setenv("DISPLAY", ":0")
    _key(key, "a phrase")
    before = remote.tip()
    chat = clone.chat(1)
    assert own(clone).did == state.WAITS
    assert not (key.parent / "asked").exists()
    assert (remote.tip(), clone.waiting(), clone.rides()) == (before, 1, [])
    _key(key, "")
    assert own(clone).did == state.DELIVERED
    assert remote.chats() == [chat]
