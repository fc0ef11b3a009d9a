"""What a person or the agent does on a machine beside the hooks, and what no hook may change of it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from soakephemeral.git import start
from soakephemeral.journal import Broken, note

if TYPE_CHECKING:
    from soakephemeral.machine import Machine

OURS = ("--", ".", ":(exclude).git-ml")
LOCKS = ("index.lock", "HEAD.lock")
TRIES = 4


def something(machine: Machine) -> None:
    """Up to three things that people do."""
    for _ in range(machine.rng.randrange(4)):
        step = machine.rng.choices((_edit, _stage, _untracked, _intend, _commit, _push, _pull, _stash), WEIGHTS)[0]
        step(machine)


WEIGHTS = (5, 4, 2, 1, 4, 2, 2, 1)


def publish(machine: Machine) -> None:
    """An ordinary commit, an ordinary push; what it carries is then promised to outlive the machine."""
    begun = time.monotonic()
    _edit(machine)
    if machine.git("commit", "-q", "-a", "-m", f"work of {machine.spec.name}").code:
        return
    for _ in range(TRIES):
        if machine.git("push", "-q", "origin", "HEAD").code == 0:
            note(machine.spec.journal, "pushed", begun=begun)
            return
        _pull(machine)


def tidy(machine: Machine) -> None:
    """After a crash a person takes git's own locks away, where it was git that was hit."""
    if not machine.life:
        return
    git_dir = machine.root / ".git"
    for lock in [*(git_dir / name for name in LOCKS), *(git_dir / "refs").rglob("*.lock")]:
        lock.unlink(missing_ok=True)
    _give_up(machine)


def aside(machine: Machine) -> None:
    """What keeps a branch from following is put aside: the work in progress."""
    machine.git("add", "-A", *OURS)
    machine.git("commit", "-q", "-m", "what was being worked on")
    _pull(machine)


def _name(machine: Machine) -> Path:
    return machine.root / f"{machine.spec.name}.txt"


def _edit(machine: Machine) -> None:
    path = _name(machine)
    known = machine.git("ls-files", "--error-unmatch", path.name).code == 0
    path.write_text((path.read_text() if path.exists() else "") + f"line {machine.rng.randrange(1000)}\n")
    if not known:
        machine.git("add", path.name)


def _stage(machine: Machine) -> None:
    _edit(machine)
    machine.git("add", _name(machine).name)
    if machine.rng.random() < 0.5:
        _edit(machine)


def _untracked(machine: Machine) -> None:
    (machine.root / f"new-{machine.spec.name}-{machine.rng.randrange(100)}.txt").write_text("new\n")


def _intend(machine: Machine) -> None:
    name = f"intended-{machine.spec.name}-{machine.rng.randrange(100)}.txt"
    (machine.root / name).write_text("to be\n")
    machine.git("add", "-N", name)


def _commit(machine: Machine) -> None:
    _edit(machine)
    machine.git("commit", "-q", *machine.rng.choice([["-a"], []]), "-m", f"a commit of {machine.spec.name}")


def _push(machine: Machine) -> None:
    machine.git("push", "-q", "origin", "HEAD")


def _pull(machine: Machine) -> None:
    how = machine.rng.choice(["--rebase=true", "--rebase=false"])
    if machine.git("pull", "-q", "--autostash", "--no-edit", how, "origin", machine.spec.branch).code:
        _give_up(machine)


def _give_up(machine: Machine) -> None:
    git_dir = machine.root / ".git"
    if (git_dir / "rebase-merge").exists() or (git_dir / "rebase-apply").exists():
        machine.git("rebase", "--abort")
    if (git_dir / "MERGE_HEAD").exists():
        machine.git("merge", "--abort")


def _stash(machine: Machine) -> None:
    if machine.rng.random() < 0.5:
        machine.git("stash", "push", "-q")
    elif machine.git("stash", "pop", "-q", "--index").code and machine.git("ls-files", "-u").out:
        machine.git("reset", "-q", "--hard")


class State:
    """What is anybody's but gitml's: ``head``, and what git says of index, work tree and stash, as ``said``."""

    def __init__(self, machine: Machine) -> None:
        def ask(*arguments: str) -> str:
            return start(machine.root, machine.environ, "git", *arguments).out

        self.head = ask("rev-parse", "HEAD").strip()
        self.said = [
            ask("status", "--porcelain", "-uall"),
            ask("diff", "--no-ext-diff", *OURS),
            ask("diff", "--cached", *OURS),
            ask("ls-files", "-s", *OURS),
            ask("stash", "list", "--format=%H"),
        ]
        files = machine.root.rglob("*")
        self.files = {path: path.read_bytes() for path in files if path.is_file() and _is_theirs(machine, path)}


def _is_theirs(machine: Machine, path: Path) -> bool:
    return path.relative_to(machine.root).parts[0] not in (".git", ".git-ml")


def state(machine: Machine) -> State:
    """Before a hook."""
    return State(machine)


def same(machine: Machine, event: str, before: State) -> None:
    """After it. Raises Broken where something of anybody's is not as it was."""
    after = State(machine)
    if after.files != before.files:
        raise Broken(f"{event}: files of the work tree have changed")
    for was, now in zip(before.said, after.said, strict=True):
        if was != now:
            raise Broken(f"{event}: git tells of a change that nobody made:\n{was}\n-- then --\n{now}")
    held = start(machine.root, machine.environ, "git", "merge-base", "--is-ancestor", before.head, "HEAD")
    if held.code:
        raise Broken(f"{event}: the branch lost commits: it was at {before.head}, is at {after.head}")
