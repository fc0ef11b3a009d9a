"""A bar on a terminal for what takes longer than a moment."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

from gitml.cli.options import Run

MOMENT = 0.5
"""Seconds for which nothing is shown: what is over by then needs no bar."""


class Bar:
    """Use it in a ``with``; without a terminal, with ``-q`` or ``--json`` it shows nothing."""

    def __init__(self, run: Run, label: str) -> None:
        self.shown = not (run.quiet or run.json) and sys.stderr.isatty()
        self.label = label
        self.started = time.monotonic()
        self.bar: Any = None  # click does not export the class

    def __enter__(self) -> Bar:
        return self

    def update(self, done: int, all: int) -> None:
        """``done`` of ``all`` (files, bytes, whatever is counted) are behind us."""
        if not self.shown or all < 2:
            return
        if self.bar is None:
            if time.monotonic() - self.started < MOMENT:
                return
            self.bar = click.progressbar(length=all, label=self.label, file=sys.stderr)
            self.bar.__enter__()
        self.bar.update(done - self.bar.pos)

    def __exit__(self, *error: object) -> None:
        if self.bar is not None:
            self.bar.__exit__(None, None, None)
