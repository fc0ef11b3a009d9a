"""What has to hold after a failure, and after the next run healed it. Each law raises AssertionError with words."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from os import listdir
from os.path import relpath
from pathlib import Path
from typing import Any

from support.crash.machine import Ended, Machine, age
from support.crash.operations import Operation, stop

from gitml.store.fold import fold
from gitml.store.names import SUFFIX, is_part
from gitml.store.part import GONE
from gitml.store.raw import manifests, reading

DERIVED = ("sessions", "chats", "actions", "orchestration")
READERS = (("status",), ("cat", "chats"), ("list",))
TRACKED = ".git-ml/tracked/"
LIVE = f"{TRACKED}live/"
JOURNALS = ("commits.taken", "forgetting.json", "raw/evicting.json")
DAYS = 3 * 86_400.0
"""Seconds after which what a killed process left is nobody's any more."""

DAMAGED = 6
"""What ``verify`` ends with where it finds anything."""

Folds = dict[str, list[bytes]]


def folds(machine: Machine) -> Folds:
    """Every stream as it is read, hidden records too; damage is none of a healthy store."""
    found = {}
    for stream in (*DERIVED, "commits", "lifecycle"):
        found[stream] = fold(machine.context.layout, stream, hidden=True).lines
    return found


def ids(lines: list[bytes]) -> set[str]:
    return {str(json.loads(line)["id"]) for line in lines}


def reads_whole(machine: Machine, commands: bool) -> None:
    """Every command that reads ends with 0, or with 3 and words."""
    for stream in (*DERIVED, "commits", "lifecycle"):
        for damage in fold(machine.context.layout, stream).damage:
            _ensure(bool(damage.why) and bool(damage.path), f"damage without words in {stream}")
    for reader in READERS if commands else ():
        ended = machine.gitml(*reader)
        _ensure(ended.code == 0 or (ended.code == 3 and "error: " in ended.err), f"{' '.join(reader)}: {ended}")


def nothing_evicted_blindly(machine: Machine) -> None:
    """Where a raw copy was evicted, a digest is there or the loss is told."""
    layout = machine.context.layout
    gone = {str(copy["session_id"]) for copy in manifests.every(layout) if "evicted" in copy}
    lifecycle = map(json.loads, fold(layout, "lifecycle").lines)
    told = {str(record["session_id"]) for record in lifecycle if record["to"] == "data_loss"}
    told |= {str(json.loads(line)["session_id"]) for line in fold(layout, "digests").lines}
    _ensure(gone <= told, f"evicted without a digest: {sorted(gone - told)}")


def nothing_lost(machine: Machine, before: Folds, operation: Operation) -> None:
    """What a hook had recorded is there, whatever happened since."""
    now = folds(machine)
    for stream in DERIVED:
        missing = ids(before[stream]) - ids(now[stream])
        if operation.gone:
            missing -= ids([line for line in before[stream] if operation.gone.encode() in line])
        if operation.name == "forget" and stream != "sessions":  # a chat takes its calls along
            continue
        _ensure(not missing, f"{stream} lost {sorted(missing)}")


def healed(machine: Machine, reference: Folds, operation: Operation) -> None:
    """Everything folds to what it would be had nothing failed."""
    for stream, lines in reference.items():
        found = fold(machine.context.layout, stream, hidden=True)
        if stream in DERIVED:
            _ensure(found.lines == lines, f"{stream} is not what it would be: {_difference(found.lines, lines)}")
    if operation.gone:
        holding = [path for path in _local(machine) if operation.gone.encode() in path.read_bytes()]
        _ensure(not holding, f"what was taken out still stands in {holding}")
    raw_whole(machine, operation)


def raw_whole(machine: Machine, operation: Operation) -> None:
    """Every raw copy is whole, and holds nothing that was taken out."""
    layout = machine.context.layout
    for path in manifests.paths(layout):
        copy = manifests.read(path)
        if "evicted" in copy:
            continue
        _ensure(not reading.flaws(layout, copy), f"a raw copy is damaged: {reading.flaws(layout, copy)}")
        text = b"".join(reading.text(layout, copy)) if operation.gone else b""
        _ensure(not operation.gone or operation.gone.encode() not in text, "what was taken out is in a raw copy")


def all_told(machine: Machine, wanted: list[str]) -> None:
    """Every commit and every tombstone is recorded, once."""
    has = told(machine)
    _ensure(has == wanted, f"recorded are {has} in place of {wanted}")


def told(machine: Machine) -> list[str]:
    """Commits by their subjects, tombstones by their targets: their ids hang on the clock."""
    found = folds(machine)
    subjects = [str(json.loads(line)["subject"]) for line in found["commits"]]
    return sorted([*subjects, *{str(json.loads(line).get("target")) for line in found["lifecycle"]}])


def _local(machine: Machine) -> Iterator[Path]:
    for name in ("spool", "kept", "dlq"):
        yield from (path for path in (machine.local / name).rglob("*") if path.is_file())


def all_carried(machine: Machine, reference: Folds) -> None:
    """The user's next commit takes everything along that waited."""
    (machine.repo / "c.txt").write_text("next\n")
    machine.must("add", "c.txt")
    machine.must("commit", "-q", "-m", "next")
    stop(machine)
    carried = b"".join(path.read_bytes() for path in (machine.repo / TRACKED).rglob(f"*{SUFFIX}"))
    tracked = machine.must("ls-tree", "-r", "--name-only", "HEAD", "--", LIVE).split()
    on_disk = [str(path.relative_to(machine.repo)) for path in (machine.repo / LIVE).rglob(f"*{SUFFIX}")]
    _ensure(sorted(tracked) == sorted(on_disk), f"HEAD has {tracked}, the work tree {on_disk}")
    missing = [line for stream in DERIVED for line in reference[stream] if line not in carried]
    _ensure(not missing, f"{len(missing)} records never reached a commit: {missing[:1]}")


def verified(machine: Machine) -> None:
    """``verify`` finds nothing, or ``--repair`` makes it so."""
    ended = machine.gitml("verify", "--no-secrets")
    if ended.code:
        _ensure(ended.code == DAMAGED, f"verify itself failed: {ended}")
        repaired = machine.gitml("verify", "--repair", "--no-secrets")
        _ensure(repaired.code == 0, f"found {ended.out}, and this is no repair: {repaired}")


def user_unharmed(machine: Machine, reference: dict[str, Any]) -> None:
    """The user's files, index and work are what they would be without gitml's failure."""
    found = of_the_user(machine)
    for key, wanted in reference.items():
        _ensure(found[key] == wanted, f"{key}: {found[key]!r} in place of {wanted!r}")


def of_the_user(machine: Machine) -> dict[str, Any]:
    """What the user sees of the repository; parts that are staged are gitml's business."""
    staged = machine.must("diff", "--cached", "--name-status").splitlines()
    index = machine.must("ls-files", "-s").splitlines()
    return {
        "status": [line for line in machine.must("status", "--porcelain").splitlines() if LIVE not in line],
        "staged": [line for line in staged if TRACKED not in line],
        "index": [line for line in index if TRACKED not in line],
        "files": {path.name: path.read_text() for path in machine.repo.glob("*.txt")},
        "log": machine.must("log", "--format=%s").splitlines(),
    }


def nothing_left(machine: Machine) -> None:
    """No lock is held, no ride is open, and what a killed process left half done goes with the next session's start."""
    with open(machine.local / "lock", "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if leftovers(machine):
        for folder in (machine.local, machine.repo / ".git-ml"):
            age(folder, DAYS)
        stop(machine, event="SessionStart")
    left = leftovers(machine)
    _ensure(not left, f"left behind for ever: {left}")


def leftovers(machine: Machine) -> list[str]:
    """Files and folders of an operation that never came to its end."""
    notes = [machine.local / name for name in JOURNALS if (machine.local / name).exists()]
    paths = [*machine.local.rglob("*"), *(machine.repo / ".git-ml").rglob("*")]
    halves = [path for path in paths if path.name.endswith(".tmp") or path.name.startswith(GONE)]
    parts = [path for path in paths if is_part(f"{path.parent.name}/{path.name}")]
    empty = [path for path in parts if not listdir(path)]
    return [relpath(path, machine.repo) for path in (*machine.local.glob("riding/*/*.json"), *notes, *halves, *empty)]


def quiet(ended: Ended, operation: Operation, broken: bool) -> None:
    """A hook that failed ends well and says nothing; a command says in words what failed."""
    if operation.hook:
        _ensure(ended.code == 0 and not ended.out + ended.err, f"a failing hook was heard: {ended}")
    elif broken and ended.code == DAMAGED:
        _ensure("damage" in ended.out and "Traceback" not in ended.err, f"damage without words: {ended}")
    elif broken and ended.code:
        _ensure(
            any(word in ended.err for word in ("error: ", "warning: ")) and "Traceback" not in ended.err,
            f"failed without words: {ended}",
        )
        _ensure("unexpected" not in ended.err or "ImportError" in ended.err, f"an error nobody foresaw: {ended}")


def _difference(found: list[bytes], wanted: list[bytes]) -> str:
    more, less = set(found) - set(wanted), set(wanted) - set(found)
    return f"{len(more)} too many, {len(less)} too few: {[*more, *less][:2]}"


def _ensure(holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(what)
