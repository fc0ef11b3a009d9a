"""A wheel of the gitml that runs: what a repository carries so that a fresh machine needs no package index."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import zipfile
from collections.abc import Iterator
from importlib import metadata

import gitml
from gitml.errors import GitmlError
from gitml.ops import assets

TAG = "py3-none-any"
TIME = (1980, 1, 1, 0, 0, 0)
"""Of every file in it: the same gitml gives the same bytes."""


def file_name(version: str) -> str:
    """What the wheel of a version is called."""
    return f"gitml-{version}-{TAG}.whl"


def pack() -> tuple[str, bytes]:
    """(file name, bytes). Raises GitmlError where this installation does not know its own metadata."""
    version = gitml.__version__
    folder = f"gitml-{version}.dist-info"
    files = dict(_package())
    files[f"{folder}/METADATA"] = _metadata()
    files[f"{folder}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: gitml\nRoot-Is-Purelib: true\nTag: {TAG}\n".encode()
    files[f"{folder}/entry_points.txt"] = b"[console_scripts]\ngitml = gitml.__main__:main\n"
    record = "".join(f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in files.items())
    files[f"{folder}/RECORD"] = f"{record}{folder}/RECORD,,\n".encode()
    return file_name(version), _zipped(files)


def _package() -> Iterator[tuple[str, bytes]]:
    """The package's files as a wheel holds them: what is installed where users are lies inside it."""
    package = os.path.dirname(os.path.abspath(gitml.__file__))
    yield from _below(package, "gitml", skip="_hooks")
    yield from _below(assets.folder(), "gitml/_hooks")


def _below(folder: str, name: str, skip: str = "") -> Iterator[tuple[str, bytes]]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if one not in ("__pycache__", skip))
        for file in sorted(files):
            path = os.path.join(here, file)
            with open(path, "rb") as opened:
                yield f"{name}/{os.path.relpath(path, folder)}", opened.read()


def _metadata() -> bytes:
    try:
        text = metadata.distribution("gitml").read_text("METADATA")
    except metadata.PackageNotFoundError:
        text = None
    if not text:
        raise GitmlError("this gitml was not installed, so no wheel can be made of it", hint="pip wheel --no-deps .")
    return text.encode()


def _zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, TIME)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, data)
    return made.getvalue()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
