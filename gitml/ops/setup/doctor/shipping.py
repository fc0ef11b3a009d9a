"""Checks of what is built from the repository: prompts must not end up in an image or a package by accident.

``git archive`` is taken care of by the attribute ``export-ignore``.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from gitml.ops.setup.doctor.finding import WARN, Finding, Patient
from gitml.ops.setup.paths import Refused, content
from gitml.store.layout import DATA

_WHOLE = re.compile(r"(?im)^\s*(?:copy|add)\s+(?:--\S+\s+)*\[?\s*\"?(?:\.|\./|\*|/)\"?[\s,]")
_IMAGE = re.compile(r"(?i)(?:.*\.)?(?:docker|container)file(?!.*ignore$)")
_IGNORED = re.compile(r"(?m)^\s*(?:\*\*/|/)?(?:\.git-ml(?:/.*)?|\.git\*|\.\*|\*)\s*$")


def images(patient: Patient) -> Iterator[Finding]:
    """A Dockerfile that copies everything, and no line that leaves the records out."""
    for name in filter(_IMAGE.match, sorted(os.listdir(patient.root))):
        ignores = [_text(patient, one) for one in (f"{name}.dockerignore", ".containerignore", ".dockerignore")]
        ignored = next((text for text in ignores if text), "")
        if _WHOLE.search(_text(patient, name)) and not _IGNORED.search(ignored):
            says = f"images built by {name} would hold {DATA}"
            yield Finding("shipping", WARN, says, f"echo {DATA} >> .dockerignore")


def npm(patient: Patient) -> Iterator[Finding]:
    """npm packs whatever neither "files" nor .npmignore leaves out."""
    package = _json(_text(patient, "package.json"))
    if not package or package.get("private") is True or "files" in package:
        return
    if not _IGNORED.search(_text(patient, ".npmignore") or _text(patient, ".gitignore")):
        listed = bool(_text(patient, ".npmignore"))  # to begin one would switch .gitignore off
        mend = f"echo {DATA} >> .npmignore" if listed else 'name in package.json, "files", what to ship'
        yield Finding("shipping", WARN, f"npm would pack {DATA}", mend)


def python(patient: Patient) -> Iterator[Finding]:
    """Source distributions: hatchling takes every file not ignored, setuptools-scm every tracked one."""
    project = _toml(_text(patient, "pyproject.toml"))
    build = project.get("build-system", {})
    if not isinstance(build, dict):
        return
    if str(build.get("build-backend", "")).startswith("hatchling") and not _hatch_chooses(project):
        mend = f'add to pyproject.toml: [tool.hatch.build.targets.sdist] exclude = ["/{DATA}"]'
        yield Finding("shipping", WARN, f"hatchling's source distribution would hold {DATA}", mend)
    scm = any("setuptools-scm" in str(one).replace("_", "-") for one in build.get("requires", []))
    if scm and DATA not in _text(patient, "MANIFEST.in"):
        yield Finding(
            "shipping",
            WARN,
            f"setuptools-scm's source distribution would hold {DATA}",
            f"echo 'prune {DATA}' >> MANIFEST.in",
        )


def cargo(patient: Patient) -> Iterator[Finding]:
    """cargo packs every tracked file unless told which."""
    package = _toml(_text(patient, "Cargo.toml")).get("package")
    if not isinstance(package, dict) or package.get("publish") is False or "include" in package:
        return
    if not any(DATA in str(one) for one in package.get("exclude", [])):
        mend = f'add to Cargo.toml, [package]: exclude = ["/{DATA}"]'
        yield Finding("shipping", WARN, f"cargo would pack {DATA}", mend)


def _hatch_chooses(project: dict[str, Any]) -> bool:
    """Whether hatchling was told what to take, or to leave the records out."""
    found: Any = project
    for key in ("tool", "hatch", "build"):
        found = found.get(key, {}) if isinstance(found, dict) else {}
    sdist = found.get("targets", {}).get("sdist", {}) if isinstance(found, dict) else {}
    chosen = {"include", "only-include"} & (set(sdist) | set(found))
    excluded = [*sdist.get("exclude", []), *found.get("exclude", [])]
    return bool(chosen) or any(DATA in str(one) or str(one) == ".*" for one in excluded)


def _text(patient: Patient, name: str) -> str:
    try:
        return (content(os.path.join(patient.root, name)) or b"").decode("utf-8", "replace")
    except Refused:
        return ""


def _json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
