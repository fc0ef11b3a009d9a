"""Work of a person's in all states that git knows, and a picture of it that can be compared."""

from __future__ import annotations

import os
from pathlib import Path

from support.riding import LIVE, Clone


def work(clone: Clone) -> None:
    """Staged, unstaged, partly staged, renamed, removed, intent-to-add, untracked, ignored, flagged, stashed."""
    for name in ("moved", "removed", "dropped", "assumed", "skipped", "stashed", "mode"):
        clone.change(f"{name}.txt", f"{name}\n")
    clone.git("commit", "-q", "-m", "files", "--no-verify")
    clone.git("push", "-q")
    clone.write("stashed.txt", "put away\n")
    clone.git("stash", "-q")
    clone.change("staged.txt", "staged\n")
    clone.change("a.txt", "staged\n")
    clone.write("a.txt", "and more\n")
    lines = "".join(f"{number}\n" for number in range(20))
    clone.change("b.txt", "first\n" + lines)
    clone.write("b.txt", "first\n" + lines + "last\n")
    clone.git("mv", "moved.txt", "elsewhere.txt")
    clone.git("rm", "-q", "removed.txt")
    (clone.root / "dropped.txt").unlink()
    (clone.root / "mode.txt").chmod(0o755)
    clone.write("intended.txt", "later\n")
    clone.git("add", "--intent-to-add", "intended.txt")
    clone.write("untracked.txt", "x\n")
    clone.write("folder/untracked too.txt", "x\n")
    clone.write(".gitignore", "*.o\n")
    clone.write("ignored.o", "x\n")
    clone.git("update-index", "--assume-unchanged", "assumed.txt")
    clone.write("assumed.txt", "changed all the same\n")
    clone.git("update-index", "--skip-worktree", "skipped.txt")
    clone.write("skipped.txt", "changed, too\n")
    (clone.root / "link").symlink_to("a.txt")


def seen(clone: Clone) -> dict[str, object]:
    """All that a person could tell a change by; gitml's own files and its entries in logs left out."""
    apart = ("--", ".", ":(exclude).git-ml/tracked/live")
    flags = [line for line in clone.git("ls-files", "-s", "-t", "-v", "--debug").split("\n") if LIVE not in line]
    return {
        "flags": _entries(clone),
        "staged": clone.git("diff", "--cached", "--binary", *apart),
        "unstaged": clone.git("diff", "--binary", *apart),
        "status": clone.git("status", "--porcelain=v2", "--untracked-files=all", "--ignored=no", *apart),
        "lines": len(flags) > 0,
        "stash": clone.git("stash", "list", "--format=%H %gs"),
        "shown": clone.git("stash", "show", "-p") if clone.git("stash", "list") else "",
        "files": files_of(clone.root),
        "config": (clone.root / ".git" / "config").read_bytes(),
        "branches": clone.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/main", "refs/stash"),
        "log": [line for line in clone.git("reflog", "--format=%gs").split("\n") if line != "gitml: records"],
    }


def _entries(clone: Clone) -> dict[str, str]:
    """Every entry of the index by stage and name, with its flags, size and times; not those of parts."""
    found: dict[str, str] = {}
    name = ""
    for line in clone.git("ls-files", "-s", "-t", "-v", "--debug").split("\n"):
        if line and not line.startswith(" "):
            name = line
            found[name] = ""
        elif line:
            found[name] += line.strip()
    return {name: about for name, about in found.items() if LIVE not in name}


def files_of(root: Path) -> dict[str, tuple[bytes, int, int, int]]:
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_dir() or name.startswith((".git/", LIVE)):
            continue
        info = path.lstat()
        data = os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
        found[name] = (data, info.st_mtime_ns, info.st_mode, info.st_ino)
    return found
