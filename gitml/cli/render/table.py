"""Columns that line up and fit the terminal."""

from __future__ import annotations

import os
import shutil
import sys

from gitml.cli.render.text import fit, pad, width

UNLIMITED = 100_000


def terminal_width() -> int:
    """Columns to use: those of the terminal or of COLUMNS; in a pipe no limit, so that grep sees whole texts."""
    if os.environ.get("COLUMNS", "").isdigit() or sys.stdout.isatty():
        return shutil.get_terminal_size().columns
    return UNLIMITED


def render(header: list[str], rows: list[list[str]], columns: int, right: frozenset[str] = frozenset()) -> list[str]:
    """The table's lines, no wider than ``columns``; the last column gives way first, then the widest ones.

    ``right`` names the headers of columns that align right.
    """
    widths = [max(width(cell) for cell in cells) for cells in zip(header, *rows, strict=True)]
    _shrink(widths, columns - 2 * (len(widths) - 1))
    return [_line(row, widths, [name in right for name in header]) for row in [header, *rows]]


def _shrink(widths: list[int], room: int) -> None:
    """Take columns away until the sum fits: the last one down to 12, then always the widest, down to 4."""
    excess = sum(widths) - room
    last = min(max(0, excess), max(0, widths[-1] - 12))
    widths[-1] -= last
    excess -= last
    while excess > 0 and max(widths) > 4:
        widths[widths.index(max(widths))] -= 1
        excess -= 1


def _line(cells: list[str], widths: list[int], right: list[bool]) -> str:
    shown = [pad(fit(cell, room), room, to_right) for cell, room, to_right in zip(cells, widths, right, strict=True)]
    return "  ".join(shown).rstrip()
