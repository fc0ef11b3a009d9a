"""The clone's default branch, from git's files: nothing in a work tree can move it. The hook path imports this.

The branch the remote ``origin`` calls its own; where that is not known here, ``main`` or ``master`` if one of the two
is here, else its only branch if it has no remote. Its local branch counts before the remote's.
"""

import os
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

ORIGIN = "refs/remotes/origin/"
HEADS = "refs/heads/"
USUAL = ("main", "master")
SIDE = "gitml/"
"""Branches of gitml's own, which hold records alone."""

SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./+@-]{0,200}")


def find(root: str, common_dir: str) -> "tuple[str, str]":
    """(name, id of its commit) of the default branch; ("", "") where there is none or nobody can tell."""
    if os.path.isdir(os.path.join(common_dir, "reftable")):
        return _asked(root)
    said = _first_line(os.path.join(common_dir, ORIGIN, "HEAD"))
    if said.startswith(f"ref: {ORIGIN}"):
        name = said.removeprefix(f"ref: {ORIGIN}")
        sha = _ref(common_dir, HEADS + name) or _ref(common_dir, ORIGIN + name)
        return (name, sha) if sha else ("", "")
    there = {name: sha for name in USUAL if (sha := _ref(common_dir, HEADS + name))}
    return _only(there) if there else _only(_own_branches(common_dir))


def _only(branches: "dict[str, str]") -> "tuple[str, str]":
    """The one there is. Of two, nobody can tell which is meant."""
    return next(iter(branches.items())) if len(branches) == 1 else ("", "")


def _own_branches(common_dir: str) -> "dict[str, str]":
    packed = dict(_packed(common_dir))
    if os.path.isdir(os.path.join(common_dir, "refs", "remotes")) or any("refs/remotes/" in ref for ref in packed):
        return {}
    found = {ref.removeprefix(HEADS): sha for ref, sha in packed.items() if ref.startswith(HEADS)}
    base = os.path.join(common_dir, HEADS)
    for folder, _, files in os.walk(base):
        for file in files:
            name = os.path.relpath(os.path.join(folder, file), base)
            found[name] = _ref(common_dir, HEADS + name)
    return {name: sha for name, sha in found.items() if sha and not name.startswith(SIDE)}


def _ref(common_dir: str, ref: str) -> str:
    if _NAME.fullmatch(ref) is None or ".." in ref:
        return ""
    line = _first_line(os.path.join(common_dir, ref))
    if SHA.fullmatch(line):
        return line
    return next((sha for name, sha in _packed(common_dir) if name == ref), "") if not line else ""


def _packed(common_dir: str) -> "Iterator[tuple[str, str]]":
    try:
        with open(os.path.join(common_dir, "packed-refs"), encoding="utf-8", errors="surrogateescape") as file:
            for line in file:
                sha, _, ref = line.rstrip("\n").partition(" ")
                if SHA.fullmatch(sha):
                    yield ref, sha
    except OSError:
        return


def _asked(root: str) -> "tuple[str, str]":
    """From git itself, 3 ms a question: a reftable cannot be read by hand."""
    from gitml.git.run import run

    def ask(*arguments: str) -> str:
        return run(root, *arguments, check=False).out.decode("utf-8", "replace").strip()

    said = ask("symbolic-ref", "--quiet", f"{ORIGIN}HEAD")
    if said.startswith(ORIGIN):
        name = said.removeprefix(ORIGIN)
        sha = ask("rev-parse", "--verify", "--quiet", HEADS + name) or ask("rev-parse", "--verify", "--quiet", said)
        return (name, sha) if sha else ("", "")
    listed = ask("for-each-ref", "--format=%(refname) %(objectname)", HEADS, "refs/remotes").split("\n")
    refs = dict(line.split(" ", 1) for line in listed if " " in line)
    own = {ref.removeprefix(HEADS): sha for ref, sha in refs.items() if ref.startswith(HEADS)}
    there = {name: own[name] for name in USUAL if name in own}
    alone = {name: sha for name, sha in own.items() if not name.startswith(SIDE)}
    return _only(there or (alone if len(own) == len(refs) else {}))


def _first_line(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.readline().strip()
    except OSError:
        return ""
