"""The commits stream, made from git itself. The hook path imports this.

A record is the same whoever makes it. What only some know (the branch, the session that made the commit, what
superseded it) raises ``rev``, so that the better-informed version wins the fold.
"""

import re

from gitml.git import log
from gitml.model.jsonl import decode
from gitml.model.streams import DERIVER_VERSION, KEYS
from gitml.model.times import of_epoch
from gitml.ops.redacting.gates import gate_of
from gitml.ops.riding import pending
from gitml.store import spool
from gitml.store.files import read_bytes
from gitml.store.layout import DATA
from gitml.store.lock import hold
from gitml.store.winners import Winners

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from gitml.git.log import Commit, FileCounts
    from gitml.model.streams import Record
    from gitml.ops.context import Context
    from gitml.ops.riding.pending import Facts

STREAM = "commits"
MOST_FILES = 1000
"""Files listed of one commit: a vendored tree of 50,000 would be a line of 4 MB. ``files_truncated``: how many more."""

MOST_SUBJECT = 1000
"""Characters."""

KNOWS_BRANCH, KNOWS_SESSION, KNOWS_SUCCESSOR, KNOWS_MORE = 1, 2, 4, 8
"""``KNOWS_MORE``: something that is none of gitml's keys, taken in from an older layout."""

TRUNCATED = "files_truncated"
SHORT_SHA = re.compile(r"[0-9a-f]{4,64}")


def backfill(context: "Context", limit: int) -> int:
    """Record the newest ``limit`` commits of HEAD's history that no record describes. Returns how many were added.

    Raises GitFailed, Busy.
    """
    if not context.config.records(STREAM):
        return 0
    known = _recorded(context)
    missing = [sha for sha in log.newest(context.where.root, limit) if sha not in known]
    return _append(context, _records(context, {sha: pending.Fact() for sha in missing}))


def drain(context: "Context") -> int:
    """Make records of what post-commit and post-rewrite noted. Returns how many lines were added.

    What was noted stays noted until its records are durable; done twice, it folds to the same. Raises GitFailed, Busy.
    """
    pending.switch(context.layout, context.config.records(STREAM))
    if not pending.waits(context.layout):
        return 0
    added = 0
    with hold(context.layout.lock):
        while pending.waits(context.layout):
            facts = pending.take(context.layout)
            if facts and context.config.records(STREAM):
                added += _append(context, _better(context, facts))
            pending.done(context.layout)
    return added


def link(context: "Context", pairs: "list[tuple[str, str]]") -> int:
    """Say which session made which commits, by whole or short ids; those of no commit here are passed by.

    A commit that is linked already stays as it is. Returns how many lines were added. Raises GitFailed, Busy.
    """
    drain(context)
    asked = {short: session for short, session in pairs if session and SHORT_SHA.fullmatch(short)}
    if not asked or not context.config.records(STREAM):
        return 0
    found = log.existing(context.where.root, asked)
    facts = {sha: pending.Fact(session=asked[short]) for short, sha in found.items()}
    waiting = _in_spool(context)
    facts = {sha: fact for sha, fact in facts.items() if not waiting.get(sha, {}).get("session_id")}
    return _append(context, _better(context, facts)) if facts else 0


def _better(context: "Context", facts: "Facts") -> "list[Record]":
    """Records that say more than those there are. A commit without any gets its first one."""
    known = _in_spool(context) if all(fact.fresh for fact in facts.values()) else _recorded(context)
    for sha, fact in facts.items():
        fact.take_over(known.get(sha, {}))
    for fact in facts.values():  # who rewords or rebases a session's commit leaves it that session's work
        if fact.successor in facts and not facts[fact.successor].session:
            facts[fact.successor].session = fact.session
    wanted = {
        sha: fact
        for sha, fact in facts.items()
        if sha not in known or _rev(fact) > _int(known[sha], "rev") & ~KNOWS_MORE
    }
    return _records(context, wanted, known)


def _records(context: "Context", facts: "Facts", known: "dict[str, Record] | None" = None) -> "list[Record]":
    known = known or {}
    existing = set(log.existing(context.where.root, facts).values())
    shas = [sha for sha in facts if sha in existing]
    described = log.describe(context.where.root, shas, context.where.common_dir)
    return [record(commit, facts[commit.sha], more(known.get(commit.sha, {}))) for commit in described]


def more(record: "Record") -> "Record":
    """What a commit's record says under keys that gitml itself does not write."""
    return {key: value for key, value in record.items() if key not in KEYS[STREAM] and key != TRUNCATED}


def record(commit: "Commit", fact: "pending.Fact", carried: "Record | None" = None) -> "Record":
    """The record of a commit, with what is known besides; ``carried`` are keys that gitml does not know. The data it
    carries is not its work: no ``.git-ml/``."""
    files = None if commit.files is None else [one for one in commit.files if not one[0].startswith(DATA + "/")]
    made: Record = {
        "id": commit.sha,
        "timestamp": of_epoch(commit.seconds),
        "author": commit.author,
        "subject": commit.subject[:MOST_SUBJECT],
        "branch": fact.branch,
        "parents": commit.parents,
        "files": [_file(one) for one in (files or [])[:MOST_FILES]],
        "insertions": _sum(files, 1),
        "deletions": _sum(files, 2),
        "session_id": fact.session,
        "superseded_by": fact.successor,
        "updated_at": of_epoch(commit.seconds),
        "deriver": DERIVER_VERSION,
        "rev": _rev(fact) | (KNOWS_MORE if carried else 0),
    }
    if files is not None and len(files) > MOST_FILES:
        made[TRUNCATED] = len(files) - MOST_FILES
    return {**made, **(carried or {})}


def _file(counts: "FileCounts") -> "dict[str, Any]":
    path, insertions, deletions = counts
    return {"path": path, "insertions": insertions, "deletions": deletions}


def _sum(files: "list[FileCounts] | None", column: int) -> "int | None":
    """None where the files could not be counted."""
    if files is None:
        return None
    return sum(count for one in files if isinstance(count := one[column], int))


def _rev(fact: "pending.Fact") -> int:
    return (
        (KNOWS_BRANCH if fact.branch else 0)
        | (KNOWS_SESSION if fact.session else 0)
        | (KNOWS_SUCCESSOR if fact.successor else 0)
    )


def _append(context: "Context", records: "Iterable[Record]") -> int:
    gate = gate_of(context)
    return spool.append(context.layout, [gate.seal(STREAM, one) for one in records])


def _recorded(context: "Context") -> "dict[str, Record]":
    """Every commit record there is, hidden ones too: what was forgotten is not recorded again."""
    from gitml.store.fold import fold

    return {_text(one, "id"): one for one in fold(context.layout, STREAM, hidden=True).records()}


def _in_spool(context: "Context") -> "dict[str, Record]":
    """The commit records of this work tree's spool alone: what a commit made a moment ago can be in."""
    winners = Winners(STREAM)
    for part in spool.parts(context.layout):
        if STREAM in part.streams():
            for line in read_bytes(part.file(STREAM)).split(b"\n"):
                winners.take(line)
    return {_text(one, "id"): one for one in map(decode, winners.lines())}


def _text(record: "Record | None", key: str) -> str:
    value = (record or {}).get(key)
    return value if isinstance(value, str) else ""


def _int(record: "Record", key: str) -> int:
    value = record.get(key)
    return value if isinstance(value, int) else 0
