"""``gitml health``."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support.disk_history import DAY, GB, NOW, Points, assessed, daily, line, steps
from support.transcript import varied

from gitml.cli.render.healthpage import page
from gitml.ops.context import open_at
from gitml.ops.health.cleanup import Kept, Uncaptured
from gitml.ops.health.place import history_of

Gitml = Callable[..., "subprocess.CompletedProcess[str]"]
Golden = Callable[[str, str], None]

HISTORIES: dict[str, Points] = {
    "linear": daily(90, 10 * GB, 2 * GB),
    "noisy": daily(90, 60 * GB, GB / 2, noise=20 * GB),
    "stepped": steps(90, 10 * GB, 10 * GB, 10),
    "one-step": [(60 - day, 10 * GB + (200 * GB if day > 40 else 0)) for day in range(61)],
    "shrinking": daily(90, 400 * GB, -2 * GB),
    "flat": daily(30, 10 * GB, 0),
    "one-point": [(0, 10 * GB)],
    "two-in-an-hour": [(0.03, 10 * GB), (0, 90 * GB)],
    "two-days": [(2, 10 * GB), (0, 90 * GB)],
    "clock-back": [*daily(20, 10 * GB, GB)[10:-1], *daily(20, 10 * GB, GB)[:10], (0, 30 * GB)],
    "huge-gap": [(900, 5 * GB), (899, 6 * GB), (0, 10 * GB)],
}


@pytest.mark.parametrize("name", HISTORIES)
def test_what_people_read(name: str, golden: Golden, tmp_path: Path) -> None:
    """Sensible words for every kind of history, the chart in blocks and, below, in plain ASCII."""
    found = assessed(tmp_path, HISTORIES[name])
    pages = ["\n".join(page(found, 80, blocks)) for blocks in (True, False)]
    golden(f"health-{name}.txt", "\n\n-----\n\n".join(pages) + "\n")
    assert pages[1].isascii()


def test_what_people_read_at_the_end(golden: Golden, tmp_path: Path) -> None:
    """A disk that is nearly full, and transcripts about to be deleted."""
    left = [Uncaptured("s1", "/x/s1.jsonl", -2.5), Uncaptured("s2", "/x/s2.jsonl", 3.2), Uncaptured("s3", "/x", 25)]
    found = assessed(tmp_path, daily(90, 10 * GB, 2 * GB), available=40 * GB, kept=Kept(20, 1234, left))
    golden("health-red.txt", "\n".join(page(found, 80, True)) + "\n")


KEYS = """level reasons now disk_path used_percent projection growth months_until_full cleanup_days uncaptured snapshots
history recorded damage unread""".split()


def history(repo: Path) -> Path:
    path = history_of(open_at(str(repo)).layout, os.environ)
    assert path is not None
    return Path(path)


def asked(gitml: Gitml, repo: Path, *options: str) -> dict[str, object]:
    done = gitml(repo, "health", "--json", *options)
    assert done.returncode in (0, 1, 2) and done.stderr == ""
    found: dict[str, object] = json.loads(done.stdout)
    assert ["green", "yellow", "red"].index(str(found["level"])) == done.returncode
    return found


def test_json_keys_are_stable(gitml: Gitml, store: Path) -> None:
    """Programs rely on them; docs/reference.md lists them. The second look knows of the first."""
    first, second = asked(gitml, store), asked(gitml, store)
    assert list(first) == KEYS
    assert list(first["now"]) == [  # type: ignore[call-overload]
        "timestamp", "transcripts", "raw", "tracked", "git", "logs", "state", "total", "available", "disk", "sessions",
        "level",
    ]  # fmt: skip
    assert (first["snapshots"], second["snapshots"]) == (1, 2)
    assert first["projection"] == "insufficient data for projection" and first["growth"] is None
    assert len(history(store).read_bytes().splitlines()) == 2
    status = json.loads(gitml(store, "status", "--json").stdout)["health"]
    told = {key: second["now"][key] for key in ("level", "timestamp", "total")}  # type: ignore[index]
    assert status == {**told, "short": False}


def test_looking_without_a_trace(gitml: Gitml, store: Path) -> None:
    """--no-record writes nothing anywhere."""
    found = asked(gitml, store, "--no-record")
    assert found["recorded"] is False and not history(store).parent.exists()


@pytest.mark.parametrize(("limits", "code"), [
    ("yellow_percent = 101\nred_percent = 101", 0),
    ("yellow_percent = 0\nred_percent = 101", 1),
    ("red_percent = 0", 2),
    ("yellow_percent = 101\nred_percent = 101\nyellow_months = 4000000000000\nred_months = 0", 1),
    ("yellow_percent = 101\nred_percent = 101\nred_months = 4000000000000", 2),
])  # fmt: skip
def test_exit_codes(gitml: Gitml, store: Path, limits: str, code: int) -> None:
    """By the config's limits: share of the disk, months left. Quiet says nothing."""
    import time

    (store / ".git-ml" / "config.toml").write_text(f"[health]\n{limits}\n")
    path = history(store)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(line(time.time() - days * DAY, 10 * (40 - days)) for days in range(40, 0, -1)))
    done = gitml(store, "health", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")


def test_damaged_lines_are_told_with_v(gitml: Gitml, store: Path) -> None:
    """Without -v they are passed over in silence; with it each is named."""
    path = history(store)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"{broken\n" + line(NOW - DAY, 5) + b'{"timestamp":"2026-11-')
    assert gitml(store, "health", "--no-record").stderr == ""
    told = gitml(store, "health", "-v").stderr
    assert f"{path}:1: not JSON" in told and f"{path}:3: not JSON" in told
    assert asked(gitml, store)["snapshots"] == 3, "a torn last line does not take the next one with it"


def test_a_history_that_cannot_be_written(gitml: Gitml, store: Path, tmp_path: Path) -> None:
    """The answer comes, with a warning: a link in its place is not followed, a file in place of the folder no crash."""
    aim = tmp_path / "aim"
    aim.write_text("mine\n")
    path = history(store)
    path.parent.mkdir(parents=True)
    path.symlink_to(aim)
    done = gitml(store, "health")
    assert "not added to the history" in done.stderr and "insufficient data" in done.stdout
    assert aim.read_text() == "mine\n"
    path.unlink()
    path.mkdir()
    done = gitml(store, "health")
    assert "not added to the history" in done.stderr and "insufficient data" in done.stdout
    (tmp_path / "file").write_text("")
    done = gitml(store, "health", env={"XDG_STATE_HOME": str(tmp_path / "file")})
    assert "not added to the history" in done.stderr and done.returncode in (0, 1, 2)


def test_the_state_folder_is_the_users(gitml: Gitml, store: Path, tmp_path: Path, home: Path) -> None:
    """XDG_STATE_HOME where it is set and absolute, else below HOME; nothing in the repository."""
    gitml(store, "health", env={"XDG_STATE_HOME": str(tmp_path / "state")})
    assert len(list((tmp_path / "state" / "gitml" / "health").glob("repo-*.jsonl"))) == 1
    gitml(store, "health", env={"XDG_STATE_HOME": "relative"})
    assert len(list((home / ".local/state/gitml/health").glob("repo-*.jsonl"))) == 1
    assert not (store / "relative").exists()


def test_a_terminal_without_utf8(gitml: Gitml, store: Path) -> None:
    """All of it is ASCII, the chart too."""
    path = history(store)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(line(NOW + days * DAY, (100 + days) * 1000) for days in range(-90, -1)))
    plain = gitml(store, "health", env={"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert plain.stdout.isascii() and "?" not in plain.stdout and "###" in plain.stdout
    assert "█" in gitml(store, "health").stdout


def test_transcripts_about_to_be_deleted(gitml: Gitml, store: Path, home: Path) -> None:
    """Of this repository, not recorded to their end: told before the client's own setting takes them; after a sync
    all is well, and when the transcript goes on it is told again."""
    import time

    made = varied("11111111-2222-4333-8444-555555555555", 3)
    made.lines = [one.replace(made.cwd.encode(), str(store).encode()) for one in made.lines]
    path = made.write(home / ".claude" / "projects")
    elsewhere = varied("88888888-2222-4333-8444-555555555555", 3)
    elsewhere.write(home / ".claude" / "projects")
    settings = home / ".claude" / "settings.json"
    settings.write_text('{"cleanupPeriodDays": 10}')
    for file in (home / ".claude" / "projects").rglob("*.jsonl"):
        os.utime(file, (time.time() - 8 * DAY, time.time() - 8 * DAY))
    found = asked(gitml, store)
    assert [one["session_id"] for one in found["uncaptured"]] == [made.session_id]  # type: ignore[attr-defined]
    assert found["cleanup_days"] == 10 and found["level"] != "green" and found["now"]["sessions"] == 2  # type: ignore[index]
    assert found["now"]["transcripts"] > 0  # type: ignore[index]
    assert "not captured to the end and may be deleted within 2 days" in gitml(store, "health").stdout
    assert gitml(store, "sync").returncode == 0
    assert asked(gitml, store)["uncaptured"] == []
    copy = next((store / ".git" / "gitml" / "raw").rglob(f"{made.session_id}.json"))
    manifest = copy.read_bytes()
    for text in (b"{}", None):
        copy.write_bytes(text) if text else copy.unlink()
        assert len(asked(gitml, store)["uncaptured"]) == 1, "no raw copy"  # type: ignore[arg-type]
    config = store / ".git-ml" / "config.toml"
    config.write_text("[raw]\nenabled = false\n")
    assert asked(gitml, store)["uncaptured"] == [], "none is wanted"
    config.write_text("")
    copy.write_bytes(manifest)
    assert asked(gitml, store)["uncaptured"] == []
    with path.open("ab") as file:
        file.write(b"\n")
    assert asked(gitml, store)["uncaptured"] == [], "it goes on just now"
    os.utime(path, (time.time() - DAY, time.time() - DAY))
    assert len(asked(gitml, store)["uncaptured"]) == 1  # type: ignore[arg-type]
    assert settings.read_text() == '{"cleanupPeriodDays": 10}'


def test_uninstall_takes_the_history_along(gitml: Gitml, store: Path, tmp_path: Path) -> None:
    """With --purge-local alone, and no other clone's."""
    gitml(store, "health")
    assert gitml(store, "uninstall").returncode == 0 and history(store).exists()
    other = history(store).with_name("other.jsonl")
    other.touch()
    assert gitml(store, "uninstall", "--purge-local").returncode == 0
    assert os.listdir(other.parent) == ["other.jsonl"]
    other.unlink()
    assert gitml(store, "uninstall", "--purge-local").returncode == 0
    assert not other.parents[1].exists() and other.parents[2].exists()


def test_without_a_store(gitml: Gitml, repo: Path, tmp_path: Path) -> None:
    """4, as everywhere."""
    assert gitml(repo, "health").returncode == 4
