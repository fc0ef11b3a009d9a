"""Objects: their ids computed without git, and questions to one ``git cat-file``. The hook path imports this.

``--batch-check`` and ``--batch`` in two processes rather than ``--batch-command`` in one: that needs git 2.36, and
Ubuntu 22.04 has 2.34. A process costs 2 ms.
"""

from gitml.git.run import GitFailed, run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHA1_DIGITS = 40


def blob_id(data: bytes, digits: int = SHA1_DIGITS) -> str:
    """The id git gives a blob of these bytes, unfiltered. ``digits``: how long the repository's ids are, 40 or 64."""
    content = b"blob %d\0" % len(data) + data
    if digits == SHA1_DIGITS:
        return _sha1(content)
    from hashlib import sha256

    return sha256(content).hexdigest()


def ids(root: str, names: "Iterable[str]") -> "dict[str, tuple[str, str]]":
    """What each name ("HEAD", "<commit>:path", a short id) stands for: {name: (id, type)}; missing ones are left out.

    Names must hold no line break. Raises GitFailed.
    """
    found = {}
    for asked, out in _answers(root, names, ("--batch-check=%(objectname) %(objecttype)",), 10.0):
        for name, answer in zip(asked, out.split(b"\n")[:-1], strict=False):
            object_id, _, kind = answer.decode("utf-8", "replace").rpartition(" ")
            if kind in ("blob", "tree", "commit", "tag"):
                found[name] = (object_id, kind)
    return found


def sizes(root: str, object_ids: "Iterable[str]") -> "dict[str, int]":
    """The bytes each object has, of those that are there. Raises GitFailed."""
    found = {}
    for asked, out in _answers(root, object_ids, ("--batch-check=%(objectname) %(objectsize)",), 10.0):
        for name, answer in zip(asked, out.split(b"\n")[:-1], strict=False):
            size = answer.rpartition(b" ")[2]
            if size.isdigit():
                found[name] = int(size)
    return found


def contents(root: str, object_ids: "Iterable[str]", timeout: float = 30.0) -> "dict[str, bytes]":
    """The bytes of each object that is there. Raises GitFailed."""
    found = {}
    for asked, out in _answers(root, object_ids, ("--batch", "--buffer"), timeout):
        position = 0
        for name in asked:
            end = out.index(b"\n", position)
            header = out[position:end].split(b" ")
            position = end + 1
            if len(header) == 3:
                size = int(header[2])
                found[name] = out[position : position + size]
                position += size + 1
    return found


def _answers(
    root: str, names: "Iterable[str]", options: "tuple[str, ...]", timeout: float
) -> "Iterator[tuple[list[str], bytes]]":
    """What ``git cat-file`` says of the names, in stretches: (the names, its output of them).

    A partial clone leaves objects out, and git ends at the first of those: it counts as missing, the rest is asked of
    another git.
    """
    waiting = list(dict.fromkeys(names))
    while waiting:
        lines = "".join(name + "\n" for name in waiting).encode("utf-8", "surrogateescape")
        done = run(root, "cat-file", *options, input=lines, timeout=timeout, check=False)
        if done.code == 0:
            yield waiting, done.out
            return
        if b"promisor" not in done.error:
            raise GitFailed(("cat-file", *options), done, root)
        answered = _count(done.out, "--batch" in options)
        yield waiting[:answered], done.out
        waiting = waiting[answered + 1 :]


def _count(out: bytes, with_contents: bool) -> int:
    """How many objects the output tells of."""
    if not with_contents:
        return out.count(b"\n")
    count = position = 0
    while position < len(out):
        end = out.index(b"\n", position)
        header = out[position:end].split(b" ")
        position = end + 1 + (int(header[2]) + 1 if len(header) == 3 else 0)
        count += 1
    return count


def tree(data: bytes, digits: int = SHA1_DIGITS) -> "Iterator[tuple[str, str, bool]]":
    """The entries of a tree object: (name, id, whether it is a folder)."""
    width = digits // 2
    position = 0
    while position < len(data):
        space = data.index(b" ", position)
        end = data.index(b"\0", space)
        name = data[space + 1 : end].decode("utf-8", "surrogateescape")
        yield name, data[end + 1 : end + 1 + width].hex(), data[position:space] == b"40000"
        position = end + 1 + width


def _sha1(content: bytes) -> str:
    """CPython's own module: ``hashlib`` loads OpenSSL, 10 ms."""
    try:
        from _sha1 import sha1  # type: ignore[import-not-found]
    except ImportError:
        from hashlib import sha1
    return str(sha1(content, usedforsecurity=False).hexdigest())
