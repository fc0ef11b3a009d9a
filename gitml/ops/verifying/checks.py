"""Every check, in the order a person would ask; and running them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from gitml.config import Config
from gitml.errors import BadUsage, Busy, GitmlError, NothingHere
from gitml.git import where as locations
from gitml.git.unmerged import unmerged
from gitml.ops.context import Context, layout_of, open_store
from gitml.ops.verifying import conflicts, evicted, files, ids, known, local, raw, secrets, sides, tree
from gitml.ops.verifying.finding import DAMAGE, WARNING, Finding, Subject
from gitml.store.layout import DATA

Check = Callable[[Subject], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    conflicts.conflicts, tree.edited, files.tracked, files.spooled, files.sides, sides.sides, files.kept, ids.ids,
    tree.changed, tree.index, tree.set_up, local.cursors, local.journals, local.compaction, local.forgotten,
    local.rests, local.registered, raw.copies, evicted.evicted, secrets.secrets,
)  # fmt: skip
"""A new kind of stored thing gets a check of its own here. ``tree.edited`` stands before ``files.tracked``, which asks
for what it found."""


class Verified:
    """``findings`` that somebody must look at, those ``known`` from earlier repairs, files and records read."""

    __slots__ = ("files", "findings", "known", "records")

    def __init__(self, findings: list[Finding], known: list[Finding], files: int, records: int) -> None:
        self.findings = findings
        self.known = known
        self.files = files
        self.records = records

    @property
    def damaged(self) -> bool:
        """Whether anything is damaged that no repair has seen to."""
        return any(finding.severity == DAMAGE for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """Keys: clean files records damage warnings findings known."""
        severities = [finding.severity for finding in self.findings]
        return {
            "clean": not self.damaged,
            "files": self.files,
            "records": self.records,
            "damage": severities.count(DAMAGE),
            "warnings": severities.count(WARNING),
            "findings": [finding.to_dict() for finding in self.findings],
            "known": [finding.to_dict() for finding in self.known],
        }


def subject(folder: str) -> Subject:
    """The store that holds ``folder``, also one whose settings cannot be read. Raises NothingHere."""
    try:
        return Subject(open_store(folder))
    except BadUsage as error:
        where = locations.find(folder)
        if where is None:
            raise NothingHere("not in a git repository", where=folder, hint="git init") from error
        return Subject(Context(where, layout_of(where), Config()), str(error))


def verify(one: Subject, *, leave_out: frozenset[Check] = frozenset()) -> Verified:
    """Run every check but those left out. A check that cannot do its work is a finding itself.

    Raises Busy where another gitml holds the lock for long.
    """
    one.unmerged = unmerged(one.context.where.root, DATA)
    one.edited = {}
    one.known = known.load(one.context.layout)
    one.files = one.records = 0
    found = [*_settings(one), *(item for check in CHECKS if check not in leave_out for item in _guarded(check, one))]
    new = [finding for finding in found if finding.mark not in one.known]
    old = [finding for finding in found if finding.mark in one.known]
    return Verified(new, old, one.files, one.records)


def _settings(one: Subject) -> Iterator[Finding]:
    if one.config_error and f"{DATA}/config.toml" not in one.unmerged:
        path = f"{DATA}/config.toml"
        yield Finding("settings", DAMAGE, path, one.config_error, mend=f"edit {path}")


def _guarded(check: Check, one: Subject) -> Iterator[Finding]:
    try:
        yield from check(one)
    except Busy:
        raise
    except (GitmlError, OSError) as error:
        name = f"{check.__module__.rpartition('.')[2]}.{check.__name__}"
        yield Finding(name, DAMAGE, "", f"could not look: {error}")
