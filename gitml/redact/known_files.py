"""Which files may know secrets: of a repository, and a few of the home folder. The hook path imports this.

Bounded in folders, entries, files and bytes, so that a hook pays the same in a repository of any size. No symbolic link
is followed, and only names are looked at until a file is opened.
"""

import os
import stat

from gitml.redact.lazily import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_FOLDERS = 100
"""Of one root, nearest first. Listing one costs 10 to 20 µs."""
MOST_ENTRIES = 2000
"""Of one folder; a larger one holds data."""
DEEPEST = 3
"""``apps/<name>/config/.env`` of a repository with several programs."""
MOST_FILES = 64
MOST_BYTES = 65_536

HOME = (
    (".netrc", "netrc"),
    (".npmrc", "lines"),
    (".pypirc", "lines"),
    (".aws/credentials", "lines"),
    (".docker/config.json", "docker"),
    (".config/gh/hosts.yml", "lines"),
)
"""Relative to the home folder; nothing else there is opened."""

_NAMES = {"config.json": "", ".netrc": "netrc", ".npmrc": "lines", ".pypirc": "lines", "terraform.tfvars": "lines"}
_DOTENV = pattern(r"(?:[A-Za-z0-9_-]{0,60})?\.env(?:rc|\.[A-Za-z0-9_.-]{1,60})?")
_SAMPLE = pattern(r"(?i)[._-](?:example|sample|template|dist|defaults?|schema)s?\b")
_SKIPPED = frozenset(
    {
        *(
            "node_modules",
            "vendor",
            "venv",
            "env",
            "target",
            "dist",
            "build",
            "out",
            "bower_components",
            "site-packages",
        ),
        *("__pycache__", "Pods", "DerivedData", "coverage", "third_party"),
    }
)
_HIDDEN = frozenset({".docker", ".aws", ".config", ".devcontainer", ".circleci", ".secrets", ".env"})
"""The folders with a dot that are looked into; ``.git`` and caches are not."""


def paths(roots: "Iterable[str]", home: str) -> "Iterator[tuple[str, str]]":
    """(path, kind) of files that may hold secrets, at most MOST_FILES a root; kinds: dotenv lines netrc docker pem."""
    for root in dict.fromkeys(map(os.path.realpath, roots)):
        for number, found in enumerate(_below(root), 1):
            yield found
            if number == MOST_FILES:
                break
    if os.path.isabs(home):
        for name, kind in HOME:
            yield os.path.join(home, name), kind


def read(path: str) -> str:
    """A file's text, "" for anything that cannot be read, is no regular file, or is larger than MOST_BYTES."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    with open(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_BYTES:
            return ""
        try:
            return file.read(MOST_BYTES).decode("utf-8", "replace")
        except OSError:
            return ""


def kind_of(folder: str, name: str) -> str:
    """How a file of that name is read, "" where it is none of ours. ``folder`` is the name of the one it lies in."""
    if name == "config.json":
        return "docker" if folder == ".docker" else ""
    if name.endswith((".pem", ".key")):
        return "pem"
    if name.endswith(".auto.tfvars"):
        return "lines"
    if name in _NAMES or (folder == ".aws" and name == "credentials"):
        return _NAMES.get(name, "lines")
    return "dotenv" if _DOTENV.fullmatch(name) and not _SAMPLE.search(name) else ""


def _below(root: str) -> "Iterator[tuple[str, str]]":
    """Breadth first, by name: what is found does not depend on how the file system sorts."""
    waiting = [(root, 0)]
    looked = 0
    while waiting and looked < MOST_FOLDERS:
        folder, depth = waiting.pop(0)
        looked += 1
        files, folders = _listed(folder)
        for name in files:
            kind = kind_of(os.path.basename(folder), name)
            if kind:
                yield os.path.join(folder, name), kind
        if depth < DEEPEST:
            waiting += [(os.path.join(folder, name), depth + 1) for name in folders]


def _listed(folder: str) -> "tuple[list[str], list[str]]":
    files: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(folder) as found:
            for number, entry in enumerate(found):
                if number == MOST_ENTRIES:
                    break
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif entry.is_file(follow_symlinks=False):
                    files.append(entry.name)
    except OSError:
        return [], []
    return sorted(files), sorted(filter(_looked_into, folders))


def _looked_into(name: str) -> bool:
    return name in _HIDDEN if name.startswith(".") else name not in _SKIPPED
