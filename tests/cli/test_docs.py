"""The pages under docs/ say what is so."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gitml.cli.main import COMMANDS
from gitml.config import DEFAULTS, load

ROOT = Path(__file__).parents[2]
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")


def keys(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from keys(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def test_every_key_of_the_config_is_explained() -> None:
    """With its default, and no key that there is not."""
    rows = dict(re.findall(r"^\| `([a-z_.]+)` \| (.+?) \|", CONFIGURATION, re.MULTILINE))
    known = dict(keys(DEFAULTS))
    assert list(rows) == list(known)
    for key, default in known.items():
        if key not in ("record.streams", "domains", "prices"):
            assert tomllib.loads(f"x = {rows[key].strip('`')}")["x"] == default, key


def test_the_example_is_a_config(tmp_path: Path) -> None:
    """It loads, and says something else than the defaults."""
    example = re.search(r"```toml\n(.*?)```", CONFIGURATION, re.DOTALL)
    assert example is not None
    (tmp_path / "config.toml").write_text(example[1])
    assert load(str(tmp_path / "config.toml")).get("milestones.chats") == 1000


def test_the_reference_is_what_help_says() -> None:
    """docs/reference.md is made by scripts/make-reference, which --check compares."""
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "make-reference", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_reference_has_every_command() -> None:
    """With its options and the keys of its JSON."""
    page = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"### gitml {name}\n" in page and f"Usage: gitml {name} " in page
