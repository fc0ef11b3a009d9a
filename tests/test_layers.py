"""The fences of docs/architecture.md, held by a test."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "gitml"

# A layer may import itself and what stands here. `errors` and `config` are leaves anyone above may use.
ALLOWED = {
    "errors": set(),
    "model": {"errors"},
    "config": {"errors"},
    "redact": {"model", "errors", "config"},
    "agents": {"model", "errors"},
    "derive": {"model", "errors"},
    "git": {"errors"},
    "store": {"model", "errors", "config"},
    "ops": {"model", "errors", "config", "redact", "agents", "derive", "git", "store"},
    "hooks": {"model", "errors", "config", "ops"},
    "cli": {"model", "errors", "config", "ops"},
    "lifecycle": {"errors", "ops"},
    "__main__": {"hooks", "cli"},
    "__init__": set(),
}
ONLY_IN = {"click": "cli", "git": "git", "filelock": "store"}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py"))


def layer(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(path: Path) -> list[str]:
    """Full names of everything a module imports, at any depth of its code (type-only imports count as well)."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    """A module imports only its own layer and those below it, and each outside library only in its own layer."""
    here = layer(path)
    assert here in ALLOWED, f"{path} is in no known layer"
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "gitml":
            if len(parts) == 1 or parts[1].startswith("__"):
                continue
            assert parts[1] == here or parts[1] in ALLOWED[here], f"{path}: {here} must not import {name}"
        else:
            assert ONLY_IN.get(parts[0], here) == here, f"{path}: {parts[0]} belongs in {ONLY_IN[parts[0]]}"


def test_only_the_gate_seals() -> None:
    """``Sealed(…)`` is called in the redaction gate and nowhere else, so that nothing unredacted can be written."""
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Sealed":
                assert path == PACKAGE / "redact" / "gate.py", f"{path}:{node.lineno} seals on its own"
