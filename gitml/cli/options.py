"""What every command shares: ``-C --json -q -v``, and the ``Run`` they make."""

from __future__ import annotations

import functools
import io
import os
import sys
from collections.abc import Callable
from typing import Any

import click

from gitml.errors import BadUsage


class Run:
    """How this command was called: ``folder`` (where to act), ``json``, ``quiet``, ``verbose``."""

    __slots__ = ("folder", "json", "quiet", "verbose")

    def __init__(self, folder: str = ".", json: bool = False, quiet: bool = False, verbose: bool = False) -> None:
        self.folder = folder
        self.json = json
        self.quiet = quiet
        self.verbose = verbose

    def say(self, text: str = "") -> None:
        """A line for people, on stdout. Nothing with ``-q`` or ``--json``."""
        if not self.quiet and not self.json:
            click.echo(text)

    def emit(self, value: Any) -> None:
        """The answer for programs, one JSON value on stdout. Nothing without ``--json``."""
        if self.json:
            from gitml.model.jsonl import encode

            click.echo(encode(value))

    def warn(self, text: str) -> None:
        """A line on stderr, whatever the options but ``-q``."""
        from gitml.cli.render.text import clean

        if not self.quiet:
            click.echo(f"warning: {clean(text)}", err=True)


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the shared options; its function gets a ``Run`` as its first argument in their place."""

    @functools.wraps(command)
    def wrapped(folder: str, as_json: bool, quiet: bool, verbose: bool, **rest: Any) -> Any:
        run = Run(_from_group(folder), as_json, quiet, verbose)
        _show_what_can_be_shown()
        try:
            result = command(run, **rest)
            sys.stdout.flush()
            return result
        except BrokenPipeError:
            return _reader_left()

    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


_OPTIONS = (
    click.option("-C", "folder", metavar="DIR", default=".", help="Act on the repository that holds DIR."),
    click.option("--json", "as_json", is_flag=True, help="Answer (and fail) in JSON, with stable keys."),
    click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
    click.option("-v", "--verbose", is_flag=True, help="Say more; show the traceback of an unexpected error."),
)


def _from_group(folder: str) -> str:
    """``gitml -C A status -C B`` acts in A/B, as git does. Raises BadUsage where that is no folder."""
    context = click.get_current_context(silent=True)
    above = context.find_root().params.get("folder") if context is not None and context.parent is not None else None
    joined = os.path.join(above, folder) if above else folder
    if not os.path.isdir(joined):
        raise BadUsage("no such folder", where=joined)
    return joined


def _show_what_can_be_shown() -> None:
    """A terminal or pipe of another encoding than UTF-8 gets a ``?`` for what it lacks, never an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _reader_left() -> None:
    """``gitml cat chats | head`` is no error; nor may the interpreter complain when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
