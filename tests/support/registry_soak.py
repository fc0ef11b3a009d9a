"""``scripts/soak-registry``: many processes that register at once, some of them killed on the way."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from gitml.ops.context import open_at
from gitml.ops.registry import register as registering
from gitml.ops.registry.book import Book
from gitml.ops.registry.caller import Caller
from gitml.redact.gate import seal_state
from gitml.store import heartbeats, registry
from gitml.store.heartbeats import moment, moment_at

NIGHT = 8 * 3600.0


class Worker:
    """A process that registers one session and says which number it got."""

    def __init__(self, folder: Path, session_id: str, gate: tuple[int, int], command: bool) -> None:
        self.session_id = session_id
        self.command = _commanded(folder, session_id) if command else None
        self.pid, self.out = (self.command.pid, -1) if self.command is not None else _forked(folder, session_id, gate)

    def answer(self) -> int:
        """Wait for its end; the number it got, 0 where it was killed before it could say."""
        if self.command is not None:
            said, told = self.command.communicate(timeout=60)
            assert self.command.returncode in (0, -signal.SIGKILL), told
        else:
            with os.fdopen(self.out, "rb") as pipe:
                said = pipe.read()
            _, status = os.waitpid(self.pid, 0)
            assert os.waitstatus_to_exitcode(status) in (0, -signal.SIGKILL), said
        return int(json.loads(said)["number"]) if said.endswith(b"\n") else 0

    def kill(self) -> None:
        """Wherever it is."""
        os.kill(self.pid, signal.SIGKILL)


def _commanded(folder: Path, session_id: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gitml", "session", "register", "--session", session_id, "--json"]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _forked(folder: Path, session_id: str, gate: tuple[int, int]) -> tuple[int, int]:
    out, into = os.pipe()
    pid = os.fork()
    if pid:
        os.close(into)
        return pid, out
    code = 1
    try:
        os.close(gate[1])
        os.read(gate[0], 1)  # until the round begins: the gate is closed
        done = registering.register(
            open_at(str(folder)), Caller("claude", session_id), registering.Asked("a soak", str(folder)), 60.0
        )
        os.write(into, json.dumps({"number": done.holder.number}).encode() + b"\n")
        code = 0
    except BaseException as error:
        os.write(into, repr(error).encode())
    os._exit(code)


class Soak:
    """A clone with two work trees, and rounds of registering in them."""

    def __init__(self, folder: Path, seed: int, processes: int, *, command: bool) -> None:
        self.random = random.Random(seed)
        self.processes = processes
        self.command = command
        self.kills = self.reads = self.silenced = self.registered = 0
        self.trees = [folder / "one", folder / "two"]
        self.trees[0].mkdir(parents=True)
        for arguments in (
            ["init", "-q"],
            ["-c", "user.name=A", "-c", "user.email=a@example.invalid", "commit", "-q", "--allow-empty", "-m", "x"],
            ["worktree", "add", "-q", str(self.trees[1])],
        ):
            subprocess.run(["git", *arguments], cwd=self.trees[0], check=True, capture_output=True)
        (self.trees[0] / ".git" / "gitml").mkdir()
        self.layout = open_at(str(self.trees[0])).layout
        seal_state({"made once": "for all forks, else each spends its time on that and they hardly meet"})

    def round(self, number: int, kills: int) -> None:
        """All at once; with ``kills`` some die on the way, and register again. Then a night goes by."""
        names = [f"r{number}-{place}" for place in range(self.processes)]
        got = self.at_once(names, kills)
        lost = [name for name, number in got.items() if not number]
        self.silenced += len(lost)
        again = self.at_once(lost, 0)
        assert all(again.values()), again
        numbers = {**got, **again}
        assert sorted(numbers.values()) == list(range(1, self.processes + 1)), numbers
        self.check(numbers)
        self.night()

    def at_once(self, names: list[str], kills: int) -> dict[str, int]:
        """{session: its number}, 0 for those that were killed before they said it."""
        gate = os.pipe()
        started = time.monotonic()
        workers = [Worker(self.random.choice(self.trees), name, gate, self.command) for name in names]
        for end in gate:
            os.close(end)
        seconds = (2.0 if self.command else 0.25) * len(names) / 20
        doomed = self.random.sample(workers, min(kills, len(workers)))
        for at, worker in zip(sorted(self.random.random() * seconds for _ in doomed), doomed, strict=True):
            while time.monotonic() < started + at:
                self.look()
            worker.kill()
            self.kills += 1
        while names and time.monotonic() < started + seconds:
            self.look()
        got = {worker.session_id: worker.answer() for worker in workers}
        self.registered += sum(number > 0 for number in got.values())
        self.look()
        said = [number for number in got.values() if number]
        assert len(set(said)) == len(said), f"a number twice: {got}"
        return got

    def look(self) -> None:
        """At any instant every file of the registry can be read."""
        entries, torn = registry.load(self.layout)
        assert not torn, torn
        assert all(entry["number"] == number for number, entry in entries.items())
        self.reads += 1

    def check(self, numbers: dict[str, int]) -> None:
        """Each session holds the number it was told, and no other; each can give a sign."""
        book = Book(self.layout, moment())
        held = {one.session_id: one.number for one in book.all if one.held}
        assert held == numbers, (held, numbers)
        for one in book.all:
            layout, name = book.beat_of(one)
            assert heartbeats.beat(layout, name) is one.held, one.entry

    def night(self) -> None:
        """Everybody's last sign is long ago: all are gone, their numbers are free."""
        long_ago = moment_at(moment().wall - NIGHT)
        book = Book(self.layout, moment())
        for one in book.all:
            layout, name = book.beat_of(one)
            assert heartbeats.beat(layout, name, long_ago)
        assert not any(one.held for one in Book(self.layout, moment()).all)


def run(folder: Path, rounds: int, seed: int, processes: int = 20, *, command: bool = False) -> Soak:
    """So many rounds, every second one with kills. Raises AssertionError."""
    soak = Soak(folder, seed, processes, command=command)
    for number in range(rounds):
        soak.round(number, soak.random.randint(1, processes // 2) if number % 2 else 0)
    return soak


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--processes", type=int, default=20)
    parser.add_argument("--commands", action="store_true", help="whole commands; else forks that call the same code")
    options = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="gitml-registry-") as folder:
        os.environ["HOME"] = folder
        _clear(os.environ.pop)
        done = run(Path(folder), options.rounds, options.seed, options.processes, command=options.commands)
    print(f"seed {options.seed}: {options.rounds} rounds of {options.processes} processes: {done.registered:,} numbers")
    print(f"{done.kills:,} killed, {done.silenced:,} before they said their number; {done.reads:,} looks at the files")
    print(f"no number twice, no torn file; {time.monotonic() - begun:.0f} s")


def _clear(pop: Callable[[str], object]) -> None:
    """Sessions this runs in are none of its own."""
    for name in [name for name in os.environ if name.startswith(("CLAUDE", "GIT_", "GITML"))]:
        pop(name)


if __name__ == "__main__":
    main()
