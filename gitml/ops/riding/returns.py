"""What left history comes back: a kept copy whose part and whose records no branch holds any more returns to the spool.

``git rev-list --not`` and ``--is-ancestor`` both miss a revert, so the trees themselves are looked at.
"""

import re

from gitml.git import placing, staging
from gitml.git.objects import SHA1_DIGITS, contents, ids, tree
from gitml.model.jsonl import decode, encode
from gitml.model.streams import COPY_KEY
from gitml.ops.riding.journal import LIVE
from gitml.store import kept, tombstones
from gitml.store.files import read_bytes
from gitml.store.names import stream_of
from gitml.store.part import Part
from gitml.store.winners import Winners

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.ops.context import Context

    Need = tuple[str, frozenset[bytes], bytes]
    """One record of a copy: (stream, JSON texts of its id and copy key, line)"""

TRACKED = ".git-ml/tracked"
GZIP = b"\x1f\x8b"
MOST_UNPACKED = 512 * 1024 * 1024
"""Bytes. Anybody can commit a small file that unpacks to more than a machine has; a closed month is some megabytes."""

_KEYS = re.compile(rb'"(?:id|uuid)":("(?:[^"\\]|\\.)*")')
"""Inside a JSON text a quote is escaped, so this finds keys and nothing that a record quotes."""


def bring_back(context: "Context", tips: "list[str]", trees: "list[str]", held: "dict[str, Any]") -> "dict[str, Any]":
    """Move what is lost to this work tree's spool. Call it under the lock. Raises GitFailed, OSError.

    ``trees``: ids of the ``live`` trees of all tips. ``held`` {part: blobs that hold its records} is what was found
    out before; the same for next time is returned.
    """
    names = kept.names(context.layout)
    published = _published(context.where.root, trees) if names else set()
    missing = sorted(set(names) - {name for name, _ in published})
    if not missing:
        return {}
    base = _base_blobs(context.where.root, tips)
    verdicts = {name: held[name] for name in missing if held.get(name) and set(held[name]) <= set(base)}
    doubtful = [name for name in missing if name not in verdicts]
    if not doubtful:
        return verdicts
    _purge_hidden(context, base, sorted(object_id for _, object_id in published))
    verdicts.update(_found(context, doubtful, base))
    lost = [name for name in doubtful if name not in verdicts]
    _clear_away(context, lost)
    for name in lost:
        kept.bring_back(context.layout, name)
    return verdicts


def _clear_away(context: "Context", names: "list[str]") -> None:
    """Take files of these parts out of the work tree where no index has them: ``reset --mixed`` leaves them lying.

    A stash of all files would take them, and could not be taken up again once a commit has the part anew.
    """
    root = context.where.root
    parts = [Part(context.layout.kept, name, "") for name in names]
    lying = [(f"{LIVE}/{part.name}/{stream}.jsonl", part.file(stream)) for part in parts for stream in part.streams()]
    lying = [(path, source) for path, source in lying if placing.holds(root, path) is not None]
    held = staging.staged(root, LIVE) if lying else {}
    for path, source in lying:
        if path not in held:
            placing.take_away(root, path, read_bytes(source).__eq__)


def _published(root: str, trees: "list[str]") -> "set[tuple[str, str]]":
    """(name, tree) of all parts that any of the ``live`` trees has."""
    digits = len(trees[0]) if trees else SHA1_DIGITS
    entries = [entry for data in contents(root, trees).values() for entry in tree(data, digits)]
    days = {(name, object_id) for name, object_id, folder in entries if folder}  # a link or a file is no day
    inner = contents(root, sorted(object_id for _, object_id in days))
    return {
        (f"{day}/{name}", part) for day, object_id in days for name, part, _ in tree(inner.get(object_id, b""), digits)
    }


def _base_blobs(root: str, tips: "list[str]") -> "dict[str, str]":
    """{blob id: stream} of the base and archive files of all tips, HEAD's first: the newest base has most of what
    older ones have, and is mostly the only one that has to be read. Raises GitFailed.
    """
    found = ids(root, [f"{tip}:{TRACKED}" for tip in ("HEAD", *tips)])
    waiting = [object_id for object_id, _ in found.values()]
    blobs: dict[str, str] = {}
    while waiting:
        entries = [entry for data in contents(root, waiting).values() for entry in tree(data, len(tips[0]))]
        waiting = [object_id for name, object_id, folder in entries if folder and name != "live"]
        blobs.update((object_id, stream_of(name)) for name, object_id, folder in entries if not folder)
    return {blob: stream for blob, stream in blobs.items() if stream}


def _purge_hidden(context: "Context", base: "dict[str, str]", parts: "list[str]") -> None:
    """What was forgotten in another clone must not come back from this one's copies, whichever branch says so.

    ``base``: {blob: stream}, ``parts``: the trees of all parts that any branch has.
    """
    root = context.where.root
    blobs = [blob for blob, stream in base.items() if stream == tombstones.STREAM]
    for data in contents(root, parts).values():
        entries = tree(data, len(parts[0]))
        blobs += [object_id for name, object_id, _ in entries if stream_of(name) == tombstones.STREAM]
    lines = [line for blob in blobs for line in (_read(root, blob) or b"").split(b"\n") if b'"tombstone"' in line]
    graves = tombstones.load(context.layout).joined(tombstones.of_lines(lines))
    if graves:
        tombstones.purge(context.layout, graves)


def _found(context: "Context", names: "list[str]", base: "dict[str, str]") -> "dict[str, list[str]]":
    """Which parts have all their records in base files, or later states: {part: the blobs that have them}.

    Where a blob is not there (a partial clone), nobody can say: no part is judged lost, and nothing is remembered.
    """
    needs = {name: _needs(context, name) for name in names}
    used: dict[str, list[str]] = {name: [] for name in names}
    for blob, stream in base.items():
        if not any(need[0] == stream for open_needs in needs.values() for need in open_needs):
            continue
        data = _read(context.where.root, blob)
        if data is None:
            return {name: [] for name in names}
        lines = _lines(data, {key for open_needs in needs.values() for need in open_needs for key in need[1]})
        for name, open_needs in needs.items():
            rest = [need for need in open_needs if not (need[0] == stream and _covered(need, lines, data))]
            if len(rest) < len(open_needs):
                needs[name] = rest
                used[name].append(blob)
    return {name: used[name] for name in names if not needs[name]}


def _lines(data: bytes, keys: "set[bytes]") -> "dict[bytes, list[bytes]]":
    """The lines of a file that have one of the keys, by key."""
    found: dict[bytes, list[bytes]] = {}
    if keys.isdisjoint(_KEYS.findall(data)):  # nearly always, and three times as quick
        return found
    for match in _KEYS.finditer(data):
        if match[1] in keys:
            end = data.find(b"\n", match.end())
            line = data[data.rfind(b"\n", 0, match.start()) + 1 : end if end >= 0 else len(data)]
            found.setdefault(match[1], []).append(line)
    return found


def _covered(need: "Need", lines: "dict[bytes, list[bytes]]", data: bytes) -> bool:
    """Whether the fold would choose a line of the file, or the same. An earlier state of a record does not do."""
    stream, keys, line = need
    if not keys:
        return line in data
    winners = Winners(stream)
    for other in [other for key in keys for other in lines.get(key, ())]:
        if other == line:
            return True
        winners.take(other)
    winners.take(line)
    return line not in winners.lines()


def _needs(context: "Context", name: str) -> "list[Need]":
    part = Part(context.layout.kept, name, "")
    needs = []
    for stream in part.streams():
        lines = read_bytes(part.file(stream)).split(b"\n")
        needs += [(stream, _keys(stream, line), line) for line in lines if line]
    return needs


def _keys(stream: str, line: bytes) -> "frozenset[bytes]":
    """What a record is known by, as JSON text: its id, and the key its copies share; the fold keeps one of those."""
    try:
        record = decode(line)
        values = [record.get("id"), record.get(COPY_KEY.get(stream, "id"))]
    except (ValueError, AttributeError):
        return frozenset()
    return frozenset(encode(value) for value in values if isinstance(value, str) and value)


def _read(root: str, blob: str) -> "bytes | None":
    data = contents(root, [blob]).get(blob)
    return _unpacked(data) if data is not None and data.startswith(GZIP) else data


def _unpacked(data: bytes) -> bytes:
    """What a compressed archive holds; nothing where it is damaged or too large: a record twice is better than none."""
    import gzip
    import io
    import zlib

    try:
        with gzip.open(io.BytesIO(data)) as file:
            text = bytes(file.read(MOST_UNPACKED + 1))
    except (OSError, EOFError, zlib.error):
        return b""
    return text if len(text) <= MOST_UNPACKED else b""
