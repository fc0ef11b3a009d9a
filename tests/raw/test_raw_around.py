"""What uses raw copies: hooks, `gitml sync`, `show --raw`, `verify`, digests."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from support.ingesting import OTHER, SESSION, fresh_repo
from support.rawing import captured, copy_of, text_of, values
from support.transcript import Transcript, varied

from gitml.ops.context import Context, open_at
from gitml.ops.digesting import plan as digesting
from gitml.store.fold import fold
from gitml.store.raw import kept, manifests, objects, reading

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "transcripts"
SAMPLE = Path(os.environ.get("GITML_TRANSCRIPTS") or BESIDE) / "claude" / "projects"


@pytest.fixture
def store(repo: Path) -> Path:
    """A repository that gitml records."""
    (repo / ".git" / "gitml").mkdir()
    return repo


@pytest.fixture
def projects(home: Path) -> Path:
    folder = home / ".claude" / "projects"
    folder.mkdir(parents=True)
    return folder


def gitml(folder: Path, *arguments: str, stdin: bytes = b"", **more: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "gitml", *arguments], cwd=folder, input=stdin, capture_output=True, check=False, **more
    )


def hook(folder: Path, event: str, path: Path, session_id: str = SESSION) -> None:
    given = {"session_id": session_id, "cwd": str(folder), "hook_event_name": event, "transcript_path": str(path)}
    done = gitml(folder, "hook", "claude", stdin=json.dumps(given).encode())
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def appears(folder: Path, session_id: str = SESSION, seconds: float = 20) -> bool:
    path = Path(manifests.path_of(open_at(str(folder)).layout, "claude", session_id))
    deadline = time.monotonic() + seconds
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return path.exists()


def test_hooks_capture_beside_the_work(store: Path, projects: Path) -> None:
    """Nothing at the end of a turn; the session when it ends; and others, that never said so, when one starts."""
    ended, killed = varied(SESSION, cwd=str(store.resolve())), varied(OTHER, cwd=str(store.resolve()))
    first, second = ended.write(projects), killed.write(projects)
    hook(store, "Stop", first)
    hook(store, "Stop", second, OTHER)
    assert not (store / ".git/gitml/raw").exists()
    hook(store, "SessionEnd", first)
    assert appears(store)
    hook(store, "SessionStart", projects / "none.jsonl", "77777777-2222-4333-8444-555555555555")
    assert appears(store, OTHER)
    context = open_at(str(store))
    assert values(text_of(context, name=f"{SESSION}.jsonl")) == values(b"".join(ended.lines))


@pytest.mark.parametrize("how", ["config", "package"])
def test_switched_off_nothing_is_captured(store: Path, projects: Path, how: str) -> None:
    """By the config, or for want of the package; a sync is none the worse for it."""
    varied(SESSION, cwd=str(store.resolve())).write(projects)
    more: dict[str, Any] = {}
    if how == "config":
        (store / ".git-ml").mkdir()
        (store / ".git-ml/config.toml").write_text("[raw]\nenabled = false\n")
    else:
        (store / "without").mkdir()
        (store / "without/sitecustomize.py").write_text("import sys\nsys.modules['zstandard'] = None\n")
        more["env"] = os.environ | {"PYTHONPATH": str(store / "without")}
    done = gitml(store, "sync", "--json", **more)
    assert (done.returncode, json.loads(done.stdout)["captured"]) == (0, 0)
    assert not list((store / ".git/gitml").glob("raw/**/*.zst"))


def test_show_raw_is_what_the_digest_hashes(store: Path, projects: Path) -> None:
    """`gitml show --raw` writes the main file, --agents all of it, whose hash the digest states, whatever became of
    the transcript since; a session without a copy says so."""
    made = varied(SESSION, turns=12, cwd=str(store.resolve()))
    path = made.write(projects)
    assert json.loads(gitml(store, "sync", "--json").stdout)["captured"] == 1
    shown = gitml(store, "show", SESSION[:9], "--raw")
    assert values(shown.stdout) == values(b"".join(made.lines))
    whole = gitml(store, "show", SESSION, "--raw", "--agents").stdout
    assert whole.startswith(shown.stdout) and len(whole) > len(shown.stdout)
    path.unlink()
    assert gitml(store, "digest", SESSION).returncode == 0
    (digest,) = fold(open_at(str(store)).layout, "digests").records()
    assert (digest["raw_bytes"], digest["raw_sha256"]) == (len(whole), hashlib.sha256(whole).hexdigest())
    assert digest["basis"] == "raw"
    told = json.loads(gitml(store, "show", SESSION, "--raw", "--json").stdout)
    assert (told["raw_sha256"], told["files"][0]["name"]) == (digest["raw_sha256"], f"{SESSION}.jsonl")
    kept.drop(open_at(str(store)).layout, [("claude", SESSION, None)])
    gone = gitml(store, "show", SESSION, "--raw")
    assert (gone.returncode, gone.stdout) == (4, b"") and b"no raw copy" in gone.stderr


@pytest.mark.parametrize("source", ["there", "gone"])
def test_verify_finds_and_mends_damage(store: Path, projects: Path, source: str) -> None:
    """A damaged piece is damage; --repair captures the session again, or keeps what is left and counts the rest."""
    made = varied(SESSION, turns=12, cwd=str(store.resolve()))
    path = made.write(projects)
    gitml(store, "sync")
    context = open_at(str(store))
    assert gitml(store, "verify", "--no-secrets").returncode == 0
    before = text_of(context)
    Path(objects.path_of(context.layout, copy_of(context)["files"][0]["segments"][0][0])).write_bytes(b"?")
    found = gitml(store, "verify", "--no-secrets", "--json")
    assert found.returncode == 6
    assert [one["check"] for one in json.loads(found.stdout)["findings"] if one["severity"] == "damage"] == ["raw"]
    if source == "gone":
        path.unlink()
    done = gitml(store, "verify", "--no-secrets", "--repair")
    assert done.returncode == 0, done.stdout + done.stderr
    text = text_of(context)
    lost = before.count(b"\n") - text.count(b"\n")
    assert copy_of(context)["damage"] == lost
    assert (lost > 0) == (source == "gone")
    assert before.endswith(text)


def test_growing_makes_a_digest_old(tmp_path: Path) -> None:
    """The digest states the copy that is kept: when that is another, it is made again, once."""
    context = fresh_repo(tmp_path / "repo")
    (tmp_path / "repo/.git/gitml").mkdir()
    made = Transcript(SESSION)
    made.prompt("one")
    made.says("done")
    made.write(tmp_path / "projects")
    captured(context, tmp_path / "projects")
    for _ in range(2):
        made.add({"type": "of-tomorrow", "text": "no event"})
        made.write(tmp_path / "projects")
        captured(context, tmp_path / "projects")
        assert digests_made(context) == 1
        assert digests_made(context) == 0
        (digest,) = fold(context.layout, "digests").records()
        assert digest["raw_sha256"] == copy_of(context)["raw_sha256"]


def digests_made(context: Context) -> int:
    now = 1.8e9
    report = digesting.apply(context, digesting.plan(context, now), now)
    assert report.errors == []
    return len(report.made)


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the sample of real transcripts is not on this machine")
def test_real_sessions_come_back_whole_and_make_the_same_digests(tmp_path: Path, monkeypatch: Any) -> None:
    """Of a few real sessions: every line is there, in a fifth of the room at most; digests from the copies are those
    from the transcripts, but for their basis."""
    from gitml.agents import registry
    from gitml.ops.record.sync import sync_all

    few = tmp_path / "few"
    few.mkdir()
    for path in sorted(SAMPLE.rglob("*.jsonl"), key=lambda path: path.stat().st_size)[3:6]:
        (few / path.name).write_bytes(path.read_bytes())
    context = fresh_repo(tmp_path / "repo")
    (tmp_path / "repo/.git/gitml").mkdir()
    report = sync_all(context, source_dir=str(few))
    assert (report.errors, report.captured) == ([], 3)
    for source in registry.adapter("claude").discover(str(few)):
        copy = copy_of(context, source.session_id)
        lines = [line for line in Path(source.path).read_bytes().split(b"\n") if line.strip()]
        assert sum(segment[4] for segment in copy["files"][0]["segments"]) == len(lines)
        assert reading.flaws(context.layout, copy) == []
    assert kept.disk_bytes(context.layout) * 4 < sum(one.raw_bytes for one in kept.sessions(context.layout))
    assert digests_made(context) == 3
    told = digests(context)
    for path in few.iterdir():
        path.unlink()
    again = digesting.apply(context, digesting.plan(context, 1.8e9, again=True), 1.8e9)
    assert (again.errors, [digest["basis"] for digest in again.made]) == ([], ["raw"] * 3)
    assert digests(context) == told


def digests(context: Context) -> list[dict[str, Any]]:
    keep_out = ("basis", "rev")
    found = fold(context.layout, "digests").records()
    return [{key: value for key, value in digest.items() if key not in keep_out} for digest in found]
