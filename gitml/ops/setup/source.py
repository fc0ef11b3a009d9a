"""Where a machine that is thrown away gets gitml from: ``[bootstrap] install``, and what ``init --bootstrap`` takes."""

from __future__ import annotations

import os
import re

from gitml.errors import BadUsage
from gitml.store.layout import DATA

FOLDER = f"{DATA}/bootstrap"
"""Where a wheel lies that ``init`` put into the repository."""

NONE, PACK = "none", "wheel"
"""What ``--bootstrap`` takes beside a source: nothing from now on; a wheel made of the gitml that runs."""

LONGEST = 500
_PASSWORD = re.compile(r"://[^/@\s]*@")
_PATH = re.compile(r"^(?:\.{0,2}/|~)")
_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:$|[\[(<>=!~;@])")


class Source:
    """``install``: what the config says. ``wheel``: bytes to put at that path of the repository, None for none."""

    __slots__ = ("install", "wheel")

    def __init__(self, install: str, wheel: bytes | None = None) -> None:
        self.install = install
        self.wheel = wheel


def given(text: str, root: str, folder: str) -> Source:
    """What a person named, in ``folder``, for the repository at ``root``. Raises BadUsage for what is no source."""
    if text == NONE:
        return Source("")
    if text == PACK:
        from gitml.ops.setup.wheel import pack

        name, data = pack()
        return Source(f"{FOLDER}/{name}", data)
    path = os.path.realpath(os.path.join(folder, os.path.expanduser(text)))
    if text.endswith(".whl") and "://" not in text:
        return _wheel(text, path, root)
    if _PATH.match(text) or (text and os.path.isdir(path)):
        return Source(check(_within(path, root) or path))
    return Source(check(text))


def check(install: str) -> str:
    """The same text. Raises BadUsage where it is no path, wheel or requirement, or must not be committed."""
    why = ""
    if len(install) > LONGEST or not install.isprintable() or install != install.strip():
        why = "is too long, ends in a space or holds control characters"
    elif _PASSWORD.search(install):
        why = "holds a name or password: leave that to pip's own config"
    elif not (is_path(install) or _REQUIREMENT.match(install) or re.match(r"(?:git\+)?https?://", install)):
        why = "is no wheel, path or requirement"
    if why:
        raise BadUsage(f"bootstrap source {install[:60]!r} {why}", hint="gitml init --bootstrap wheel")
    return install


def is_path(install: str) -> bool:
    """Whether a file or folder is meant, absolute or below the repository."""
    plain = "://" not in install and "@" not in install and not install.startswith("-")
    return plain and (install.startswith(("/", "./")) or install.endswith(".whl"))


def kind(install: str) -> str:
    """``wheel``: a file that is unpacked. ``pip``: anything else."""
    return "wheel" if is_path(install) and install.endswith(".whl") else "pip"


def _wheel(text: str, path: str, root: str) -> Source:
    if not os.path.isfile(path):
        raise BadUsage(f"there is no wheel {text}", hint="gitml init --bootstrap wheel")
    name = os.path.basename(path)
    if not re.fullmatch(r"gitml-[A-Za-z0-9._+!-]+\.whl", name):
        raise BadUsage(f"{name} is no wheel of gitml", hint="gitml init --bootstrap wheel")
    inside = _within(path, root)
    if inside:
        return Source(check(inside))
    with open(path, "rb") as file:
        return Source(check(f"{FOLDER}/{name}"), file.read())


def _within(path: str, root: str) -> str:
    """The path as seen from the repository, "./" before it where nothing else tells it from a name."""
    if not path.startswith(root + os.sep):
        return ""
    relative = os.path.relpath(path, root)
    return relative if relative.endswith(".whl") else f"./{relative}"
