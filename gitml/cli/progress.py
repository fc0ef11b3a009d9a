"""A bar on a terminal for what takes longer than a moment."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

from gitml.cli.options import Run

MOMENT = 0.5
"""Seconds for which nothing is shown: what is over by then needs no bar."""

BLINK = 0.1
"""Seconds between two figures where a count is shown."""


class Bar:
    """Use it in a ``with``; without a terminal, with ``-q`` or ``--json`` it shows nothing."""

    def __init__(self, run: Run, label: str, counted: bool = False) -> None:
        """``counted``: it says ``45/123`` in place of percents."""
        self.shown = not (run.quiet or run.json) and sys.stderr.isatty()
        self.label = label
        self.counted = counted
        self.started = time.monotonic()
        self.counting = False
        self.counted_at = 0.0
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
            self.bar = click.progressbar(length=all, label=self.label, file=sys.stderr, show_pos=self.counted)
            self.bar.__enter__()
        self.bar.update(done - self.bar.pos)

    def count(self, done: int) -> None:
        """``done`` are behind us, of nobody knows how many."""
        now = time.monotonic()
        if not self.shown or now - self.started < MOMENT or now - self.counted_at < BLINK:
            return
        self.counted_at = now
        click.echo(f"\r{self.label} {done:,}", file=sys.stderr, nl=False)
        self.counting = True

    def __exit__(self, *error: object) -> None:
        if self.bar is not None:
            self.bar.__exit__(None, None, None)
        if self.counting:
            click.echo(file=sys.stderr)


class Bars:
    """One bar after the other, each with a label of its own. Use it in a ``with``."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.bar = Bar(run, "")

    def __enter__(self) -> Bars:
        return self

    def update(self, label: str, done: int, all: int) -> None:
        """As ``Bar.update``, with the label of what is at work; ``all`` is 0 where nobody knows it."""
        if label != self.bar.label:
            self.bar.__exit__()
            self.bar = Bar(self.run, label, counted=True)
        if all:
            self.bar.update(done, all)
        else:
            self.bar.count(done)

    def __exit__(self, *error: object) -> None:
        self.bar.__exit__()
