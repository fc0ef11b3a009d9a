"""Checks of Codex: it runs no hook that it was not told to trust, and says nothing of those it leaves out.

What it trusts is in its config.toml: for each hook, by the place of its definition, a hash of what it was then
(codex-rs/hooks/src/engine/discovery.rs; the same in Codex 0.128 to 0.169).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from gitml.ops.setup import settings
from gitml.ops.setup.clients import CODEX
from gitml.ops.setup.doctor.agent import here, whole
from gitml.ops.setup.doctor.finding import FAIL, WARN, Finding, Patient
from gitml.ops.setup.paths import Refused, content
from gitml.ops.setup.settings_plan import load

TRUST = "codex, then /hooks"


def trust(patient: Patient) -> Iterator[Finding]:
    """Only where Codex is used on this machine: a repository may have its hooks for others."""
    home = CODEX.home(patient.environ)
    if CODEX not in here(patient) or not os.path.isdir(home):
        return
    config = toml(os.path.join(home, "config.toml"))
    yield from _switched_off(patient, config)
    user, project = CODEX.user_file(patient.environ), _project_file(patient)
    path = user if whole(user, CODEX) else project
    unknown, known = _untrusted(path, config)
    if unknown:
        says = f"Codex does not run {unknown} of gitml's {known} hooks in {path}: not trusted, or changed since"
        yield Finding("agent hooks", WARN, says, TRUST)


def linked(patient: Patient) -> Iterator[Finding]:
    """In a linked work tree Codex takes project hooks from the main one (openai/codex pull 21969)."""
    path, here_is = _project_file(patient), os.path.join(patient.root, CODEX.project[0])
    if CODEX in here(patient) and path != here_is and not whole(path, CODEX) and whole(here_is, CODEX):
        says = f"in linked work trees Codex reads {path}, which lacks gitml's hooks"
        yield Finding(
            "agent hooks", WARN, says, f"gitml -C {os.path.dirname(os.path.dirname(path))} init --agent codex"
        )


def _switched_off(patient: Patient, config: dict[str, Any]) -> Iterator[Finding]:
    files = {
        os.path.join(CODEX.home(patient.environ), "config.toml"): config,
        os.path.join(patient.root, CODEX.folder, "config.toml"): None,
    }
    for path, known in files.items():
        features = table(toml(path) if known is None else known, "features")
        if features.get("hooks", features.get("codex_hooks")) is False:
            yield Finding("agent hooks", FAIL, f"hooks are switched off, [features] in {path}", f"edit {path}")
    if table(table(config, "projects"), patient.root).get("trust_level") == "untrusted":
        yield Finding("agent hooks", WARN, "Codex does not trust this folder, and runs no hooks of it", "codex")


def _untrusted(path: str, config: dict[str, Any]) -> tuple[int, int]:
    """(how many of our hooks in that file Codex will not run, how many there are)."""
    try:
        found = settings.own(load(os.path.dirname(path), path)[1])
    except Refused:
        return 0, 0
    state = table(table(config, "hooks"), "state")
    return sum(not _trusted(one, path, state) for one in found), len(found)


def _trusted(one: settings.Own, path: str, state: dict[str, Any]) -> bool:
    label = re.sub(r"(?<!^)(?=[A-Z])", "_", one.event).lower()
    place, real = f":{label}:{one.path[2][1]}:{one.path[-1][1]}", os.path.realpath(path)
    keys = [key for key in state if key.endswith(place) and os.path.realpath(key.removesuffix(place)) == real]
    known = [table(state, key) for key in keys]  # one for each way somebody came to this folder, by a link, too
    return any(each.get("enabled") is not False and each.get("trusted_hash") == _hash(label, one) for each in known)


def _hash(label: str, one: settings.Own) -> str:
    handler = {"async": False, **{key: one.handler.get(key) for key in ("command", "timeout", "type")}}
    identity: dict[str, Any] = {"event_name": label, "hooks": [handler]}
    if one.matcher is not None:
        identity["matcher"] = one.matcher
    text = json.dumps(identity, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _project_file(patient: Patient) -> str:
    """The file Codex reads for this work tree."""
    where = patient.context.where
    main = os.path.dirname(where.common_dir)
    is_linked = where.git_dir != where.common_dir and os.path.basename(where.common_dir) == ".git"
    linked_here = is_linked and os.path.dirname(where.git_dir) == os.path.join(where.common_dir, "worktrees")
    return os.path.join(main if linked_here else patient.root, CODEX.project[0])


def toml(path: str) -> dict[str, Any]:
    """A file of the person's own; {} where it cannot be read. It may well be a link to where one keeps such files."""
    try:
        return tomllib.loads((content(os.path.realpath(path)) or b"").decode())
    except (Refused, ValueError):
        return {}


def table(values: dict[str, Any], key: str) -> dict[str, Any]:
    """A table in another; {} where it is none."""
    found = values.get(key)
    return found if isinstance(found, dict) else {}
