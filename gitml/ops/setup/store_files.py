"""The tracked files every clone needs: config, attributes, and each base file, empty."""

from __future__ import annotations

import os
import re

from gitml.git import staging
from gitml.git.inspect import default_branch
from gitml.git.objects import contents
from gitml.model.streams import STREAMS
from gitml.ops.setup import config_text
from gitml.ops.setup.paths import check_links, content
from gitml.ops.setup.plan import Plan, Write
from gitml.store.layout import DATA, Layout

ATTRIBUTES = """\
# Records are data: no line-ending conversion, no filter (LFS), no diff in reviews, not in archives.
* -text -diff !filter !ident !working-tree-encoding export-ignore linguist-generated
# Base and archive are the only files two branches may both change: both sides' lines are kept.
/tracked/*.jsonl merge=union
/tracked/archive/**/*.jsonl merge=union
# Settings are read in reviews like any other file.
/config.toml diff
/.gitattributes diff
"""

CONFIG = """\
# gitml's settings for this repository. Every key is optional; what stands behind a # is the default.

# The branch on which the store may be compacted.
default_branch = {branch}

# How records get into history: "with-commits" rides along with ordinary commits, "own-commits" makes and pushes commits
# of its own, "side-branch" keeps them on a branch beside. "auto": own-commits where CLAUDE_CODE_REMOTE=true.
{persist}

# Days for which a copy of what a commit carried stays in the clone, in case that commit is thrown away.
# keep_sealed_days = 30

# Milliseconds a hook may take.
# hook_budget_ms = 5000

# Compaction leaves parts younger than this alone.
# compact_min_age = "14d"

# Bytes from which a base file gives its oldest closed months to archive/.
# archive_bytes = 8388608

# [side_branch]
# ref = "gitml/{{branch}}"

# [record]
# streams = ["commits", "sessions", "chats", "actions", "orchestration", "lifecycle", "digests"]
# backfill_commits = 500
# max_text_bytes = 65536

# [domains]
# "owner/api*" = "backend"

# [milestones]
# commits = 500
# sessions = 100
# chats = 200

# Whether a session's start tells the agent what the last sessions on the branch did.
# [context]
# enabled = false
# max_bytes = 2000
# sessions = 3

# What installs gitml on machines that are thrown away; gitml init --bootstrap writes it.
# [bootstrap]
# install = ""
"""

BRING_IN = f"git sparse-checkout add {DATA}"
"""What puts the store into a sparse work tree."""

_PERSIST = re.compile(r"(?m)^#?[ \t]*persist[ \t]*=.*$")
_TABLE = re.compile(r"(?m)^[ \t]*\[")


def install(layout: Layout, persist: str | None, base: bool = True, bootstrap: str | None = None) -> Plan:
    """The tracked files that are missing, and attributes that lack a line. Raises Refused for links in their way.
    ``persist`` and ``bootstrap`` (what installs gitml) go into the config, where they are asked for.

    Without ``base`` no base files: with side branches the working branch holds settings alone. One that the index has
    comes back as it is there; one that a sparse checkout leaves out stays out.
    """
    plan = Plan()
    held, absent = staging.staged(layout.root, DATA), staging.left_out(layout.root, DATA)
    for path, name in zip(paths(layout, base), relative(layout, base), strict=True):
        check_links(layout.root, path)
        before = content(path)
        if before is None and name in absent:
            continue
        known = before if before is not None else _indexed(layout.root, held.get(name, ""))
        after = _after(layout, path, known, persist)
        if path == layout.config and bootstrap is not None and after is not None:
            after = config_text.with_value(after, "bootstrap", "install", bootstrap)
        if after != before:
            plan.steps.append(Write(path, before, after, _REASONS.get(os.path.basename(path), "base file")))
    if absent.intersection(relative(layout, base)):
        plan.notes.append(f"this sparse checkout leaves {DATA} out; to read records here: {BRING_IN}")
    return plan


def _indexed(root: str, blob: str) -> bytes | None:
    return contents(root, [blob]).get(blob) if blob else None


def paths(layout: Layout, base: bool = True) -> list[str]:
    """Absolute paths of the tracked files, in the order they are made; with ``base`` the base files, too."""
    files = [os.path.join(layout.tracked, f"{stream}.jsonl") for stream in STREAMS if base]
    return [layout.config, os.path.join(layout.data, ".gitattributes"), *files]


def missing_attributes(text: str) -> list[str]:
    """The lines of ``ATTRIBUTES`` that count and are not in the text."""
    there = {line.strip() for line in text.splitlines()}
    return [line for line in ATTRIBUTES.splitlines() if not line.startswith("#") and line not in there]


_REASONS = {"config.toml": "settings, every key optional", ".gitattributes": "how git treats the records"}


def _after(layout: Layout, path: str, before: bytes | None, persist: str | None) -> bytes | None:
    name = os.path.basename(path)
    if name == "config.toml":
        return _config(layout, before, persist)
    if name == ".gitattributes":
        return _attributes(before)
    return b"" if before is None else before


def _attributes(before: bytes | None) -> bytes:
    if before is None:
        return ATTRIBUTES.encode()
    text = before.decode("utf-8", "surrogateescape")
    missing = missing_attributes(text)
    if missing:
        text += "" if text.endswith("\n") or not text else "\n"
        text += "".join(f"{line}\n" for line in missing)
    return text.encode("utf-8", "surrogateescape")


def _config(layout: Layout, before: bytes | None, persist: str | None) -> bytes:
    """A file that is there stays as it is, but for ``persist`` where that was asked for."""
    line = f'persist = "{persist}"' if persist else '# persist = "auto"'
    if before is None:
        return CONFIG.format(branch=config_text.quoted(default_branch(layout.root) or "main"), persist=line).encode()
    if not persist:
        return before
    text = before.decode("utf-8", "surrogateescape")
    table = _TABLE.search(text)
    head, rest = (text[: table.start()], text[table.start() :]) if table else (text, "")
    head = _PERSIST.sub(line, head, count=1) if _PERSIST.search(head) else f"{line}\n{head}"
    return (head + rest).encode("utf-8", "surrogateescape")


def relative(layout: Layout, base: bool = True) -> list[str]:
    """The tracked files as git names them."""
    return [os.path.join(DATA, os.path.relpath(path, layout.data)) for path in paths(layout, base)]
