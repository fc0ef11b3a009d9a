"""The plugin's files, as far as they can be checked without the client."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gitml

ROOT = Path(__file__).parents[2]


def read(name: str) -> Any:
    return json.loads((ROOT / name).read_text())


def test_the_plugin_registers_what_init_does() -> None:
    """Event for event the plugin runs the same commands as the settings entries that ``gitml init`` writes."""
    assert read("hooks/hooks.json")["hooks"] == read("hooks/claude-settings.json")["hooks"]


def test_the_versions_agree() -> None:
    """The plugin has the package's version."""
    assert read(".claude-plugin/plugin.json")["version"] == gitml.__version__


def test_the_marketplace_offers_this_folder() -> None:
    """The one plugin it lists is the repository itself."""
    (plugin,) = read(".claude-plugin/marketplace.json")["plugins"]
    assert (plugin["name"], plugin["source"]) == ("gitml", "./")
