"""The files gitml installs where users are: ``hooks/`` of a checkout, ``gitml/_hooks/`` of a wheel."""

from __future__ import annotations

import os

import gitml


def folder() -> str:
    """The folder that holds them. A wheel's own copy comes first: beside an installed package ``hooks`` is anyone's."""
    package = os.path.dirname(os.path.abspath(gitml.__file__))
    packed = os.path.join(package, "_hooks")
    return packed if os.path.isdir(packed) else os.path.join(os.path.dirname(package), "hooks")


def text(name: str) -> str:
    """The text of ``hooks/<name>``. Raises FileNotFoundError where this installation lacks it."""
    with open(os.path.join(folder(), name), encoding="utf-8") as file:
        return file.read()
