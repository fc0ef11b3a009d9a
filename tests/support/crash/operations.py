"""What is broken in the middle: each operation with the state it starts from and the next run that has to heal it.

A new one is a function of each and a line in ``OPERATIONS``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from support.crash.machine import Ended, Machine
from support.records import chat
from support.secrets_made import made
from support.transcript import Transcript, varied

from gitml.cli.main import COMMANDS
from gitml.model.jsonl import encode
from gitml.model.sealed import Sealed
from gitml.store import spool

SESSION = "11111111-2222-4333-8444-555555555555"
OTHER = "99999999-2222-4333-8444-555555555555"
SECRET = made(3)["github-token"]
SWEEP = ("sweep", "--max-age", "7d", "--remove-all")
COMPACT = ("compact", "--older-than", "0d")
FORGOTTEN = "do step 1"
"""What a prompt says that ``forget`` takes out."""


@dataclass(frozen=True)
class Operation:
    """``prepare`` makes the state before; ``act`` is what is broken; ``heal`` is what a person or an agent does next.

    ``hook``: it must end with 0 and print nothing whatever fails. ``git``: it is a command of git's. ``command``: there
    is none without that command of gitml. ``gone``: no local file may hold this text once it is healed.
    """

    name: str
    prepare: Callable[[Machine], None]
    act: Callable[[Machine, str], Ended]
    heal: Callable[[Machine], None]
    hook: bool = False
    git: bool = False
    command: str = ""
    gone: str = ""


# -- states ------------------------------------------------------------------------------------------------------------


def recorded(machine: Machine) -> None:
    """gitml set up; a session of three turns, recorded; nothing of it committed."""
    machine.must("init", "-q", "-b", "main")
    for name, value in {"user.name": "A", "user.email": "a@example.invalid", "gc.auto": "0"}.items():
        machine.must("config", name, value)
    for name in ("a.txt", "b.txt"):
        (machine.repo / name).write_text("one\n")
    assert machine.gitml("init", "--no-import").code == 0
    machine.must("add", "-A")
    machine.must("commit", "-q", "-m", "set up")
    _turns(machine, 3)
    stop(machine)


def grown(machine: Machine) -> None:
    """A recorded session that has many turns more by now, so that some pages of a disk are needed."""
    recorded(machine)
    _turns(machine, 25)


def staged(machine: Machine) -> None:
    """A recorded session; the user has staged one file and changed another."""
    recorded(machine)
    (machine.repo / "a.txt").write_text("two\n")
    machine.must("add", "a.txt")
    (machine.repo / "b.txt").write_text("mine\n")


def carried(machine: Machine) -> None:
    """A part is in a commit made without hooks, and still in the spool; an older one is kept."""
    staged(machine)
    machine.must("commit", "-q", "-m", "first")
    _turns(machine, 5)
    stop(machine)
    assert machine.gitml("seal").code == 0
    machine.must("-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "second")


def old(machine: Machine) -> None:
    """Parts in history that may be folded; another waits; the user has staged one file and changed another."""
    for number, turns in enumerate((3, 5)):
        if number == 0:
            staged(machine)
        _turns(machine, turns)
        stop(machine)
        (machine.repo / "a.txt").write_text(f"{number}\n")
        machine.must("add", "a.txt")
        machine.must("commit", "-q", "-m", f"part {number}")
        stop(machine)
    _turns(machine, 6)
    stop(machine)
    (machine.repo / "a.txt").write_text("two\n")
    machine.must("add", "a.txt")


def damaged(machine: Machine) -> None:
    """A committed part with a cut line, NUL bytes and a conflict in it, and a torn line in the open part."""
    staged(machine)
    machine.must("commit", "-q", "-m", "first")
    stop(machine)
    (path,) = (machine.repo / ".git-ml" / "tracked" / "live").rglob("chats.jsonl")
    data = path.read_bytes()
    path.write_bytes(data + b'{"id":"cut\n\0\0\n<<<<<<< ours\n' + data.split(b"\n")[0] + b"\n=======\n>>>>>>> theirs\n")
    machine.must("add", "-f", str(path))
    machine.must("-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "damaged")
    _turns(machine, 5)
    stop(machine)
    (path,) = (machine.local / "spool").rglob("chats.jsonl")
    with path.open("ab") as file:
        file.write(b'{"id":"torn')


def lost(machine: Machine) -> None:
    """The commit that carried a part is gone from every branch."""
    staged(machine)
    machine.must("commit", "-q", "-m", "first")
    stop(machine)
    machine.must("reset", "-q", "--hard", "HEAD~1")


def mixed(machine: Machine) -> None:
    """Records of a session are kept, carried and waiting at once."""
    carried(machine)
    stop(machine)
    _turns(machine, 6)
    stop(machine)


def copied(machine: Machine) -> None:
    """The same, and a raw copy of the session."""
    mixed(machine)
    assert machine.gitml("sync").code == 0


def leaking(machine: Machine) -> None:
    """A secret stands in a closed and in the open part, from before there was a rule for it."""
    recorded(machine)
    for number in (1, 2):
        record = chat(number, OTHER, "2026-11-20", f"use {SECRET}", "done")
        spool.append(machine.context.layout, [Sealed(encode(record), "chats", str(record["id"]))])
        if number == 1:
            spool.close(machine.context.layout)


def untaken(machine: Machine) -> None:
    """Two sessions and three commits that nobody recorded."""
    recorded(machine)
    _turns(machine, 6)
    varied(OTHER, 4, cwd=str(machine.repo), seed=2).write(machine.home / ".claude" / "projects")
    for number in range(3):
        (machine.repo / "a.txt").write_text(f"{number}\n")
        machine.must("-c", "core.hooksPath=/dev/null", "commit", "-q", "-am", f"unseen {number}")


def digested(machine: Machine) -> None:
    """Two sessions with raw copies; there is a digest of one of them, and the other went on."""
    untaken(machine)
    expect(machine.gitml("sweep", "--keep-all"), 0)
    _turns(machine, 9)


def _turns(machine: Machine, turns: int) -> Path:
    return _session(machine, turns).write(machine.home / ".claude" / "projects")


def _session(machine: Machine, turns: int) -> Transcript:
    return varied(SESSION, turns, cwd=str(machine.repo))


# -- operations --------------------------------------------------------------------------------------------------------


def stop(machine: Machine, fault: str = "", event: str = "Stop") -> Ended:
    """The Stop hook of the session, as the agent calls it."""
    folder = machine.home / ".claude" / "projects"
    (path,) = folder.glob(f"*/{SESSION}.jsonl")
    given = {"session_id": SESSION, "cwd": str(machine.repo), "hook_event_name": event, "transcript_path": str(path)}
    return machine.gitml("hook", "claude", stdin=json.dumps(given).encode(), fault=fault)


def command(*arguments: str) -> Callable[[Machine, str], Ended]:
    """A command of gitml."""
    return lambda machine, fault: machine.gitml(*arguments, fault=fault)


def commit(*options: str) -> Callable[[Machine, str], Ended]:
    """The user's own commit, with the hooks in place."""
    return lambda machine, fault: machine.git("commit", "-q", "-m", "work", *options, fault=fault)


def forget(machine: Machine, fault: str) -> Ended:
    """Forget one chat, by the id it has in every run."""
    return machine.gitml("forget", _forgotten(machine), "--yes", fault=fault)


def _forgotten(machine: Machine) -> str:
    saved = machine.base / "forgotten"
    if not saved.exists():
        out = machine.gitml("cat", "chats").out
        records = [json.loads(line) for line in out.split("\n") if line]
        saved.write_text(next(one["id"] for one in records if str(one["input"]).startswith(FORGOTTEN)))
    return saved.read_text()


# -- what comes next ---------------------------------------------------------------------------------------------------


def next_stop(machine: Machine) -> None:
    """The agent's next turn ends."""
    expect(stop(machine), 0)


def again(act: Callable[[Machine, str], Ended], *codes: int) -> Callable[[Machine], None]:
    """The same once more; it has to work now, or to say (``codes``) that there is nothing left to do."""

    def heal(machine: Machine) -> None:
        expect(act(machine, ""), 0, *codes)

    return heal


def next_commit(machine: Machine) -> None:
    """The user commits what a broken commit left staged, then works on and commits again."""
    if machine.git("diff", "--cached", "--quiet", "--", "a.txt").code:
        machine.must("commit", "-q", "-m", "work")


def expect(ended: Ended, *codes: int) -> None:
    """Fails unless it ended with one of the codes."""
    if ended.code not in codes:
        raise AssertionError(f"the next run failed: {ended}")


ALL = (
    Operation("append", grown, stop, next_stop, hook=True),
    Operation("seal", staged, command("seal"), again(command("seal"))),
    Operation("commit", staged, commit(), next_commit, hook=True, git=True),
    Operation("commit by path", staged, commit("a.txt"), next_commit, hook=True, git=True),
    Operation("settle", carried, command("sync"), again(command("sync"))),
    Operation("return", lost, command("sync"), again(command("sync"))),
    Operation("sync", untaken, command("sync"), again(command("sync"))),
    Operation("forget", copied, forget, again(forget, 4), gone=FORGOTTEN),
    Operation("redact --fix", leaking, command("redact", "--fix"), again(command("redact", "--fix")), gone=SECRET),
    Operation("compact", old, command(*COMPACT), again(command(*COMPACT)), command="compact"),
    Operation(
        "compact commit", old, command(*COMPACT, "--commit"), again(command(*COMPACT, "--commit")), command="compact"
    ),
    Operation("sweep", digested, command(*SWEEP), again(command(*SWEEP)), command="sweep"),
    Operation("repair", damaged, command("verify", "--repair"), again(command("verify", "--repair")), command="verify"),
)
OPERATIONS = {one.name: one for one in ALL if not one.command or one.command in COMMANDS}
