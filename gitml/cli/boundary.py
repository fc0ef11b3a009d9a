"""The one place where errors become a line on stderr, a hint and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

import click

from gitml.errors import BadUsage, DoneInPart, GitmlError

INTERRUPTED = 130


def guarded(call: Callable[[], Any], args: list[str]) -> int:
    """Run ``call`` and return the exit code of ``gitml.errors``; whatever went wrong is on stderr by then.

    ``args`` is the command line, from which it is told whether to answer in JSON and whether to show a traceback:
    a usage error is raised before any option has been read.
    """
    as_json = "--json" in args
    try:
        result = call()
    except (
        click.Abort,
        KeyboardInterrupt,
    ):  # the first is click's name for ctrl-C and for the end of input at a prompt
        return INTERRUPTED
    except GitmlError as error:
        return report(error, as_json)
    except click.ClickException as error:
        return report(_of_click(error), as_json)
    except OSError as error:  # a full disk, a file one may not read: no bug of gitml's, and it has a name and a place
        _let_go_of_output()
        return report(_of_system(error), as_json)
    except Exception as error:
        return _unexpected(error, as_json, any(arg in ("-v", "--verbose") for arg in args))
    return result if isinstance(result, int) else 0


def _let_go_of_output() -> None:
    """What still waits for a stdout that takes no more is dropped; the interpreter would end with 120 over it."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def report(error: GitmlError, as_json: bool) -> int:
    """Print the error (JSON keys: error, where, hint, exit_code, and failures where there are any); its exit code."""
    if as_json:
        from gitml.model.jsonl import encode

        click.echo(encode(_as_object(error)), err=True)
        return error.exit_code
    from gitml.cli.render.text import clean, one_line

    click.echo(f"error: {one_line(error)}", err=True)
    for failure in error.failures if isinstance(error, DoneInPart) else []:
        click.echo(f"  {one_line(failure)}", err=True)
    if error.hint:
        click.echo(f"hint: {clean(error.hint)}", err=True)
    return error.exit_code


def _as_object(error: GitmlError) -> dict[str, Any]:
    found: dict[str, Any] = {"error": error.what, "where": error.where, "hint": error.hint}
    found["exit_code"] = error.exit_code
    if isinstance(error, DoneInPart):
        found["failures"] = error.failures
    return found


def _of_click(error: click.ClickException) -> GitmlError:
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context is not None else "gitml"
    message = error.format_message()
    return BadUsage(message[:1].lower() + message[1:].rstrip("."), hint=f"{path} --help")


def _of_system(error: OSError) -> GitmlError:
    what = (error.strerror or str(error) or type(error).__name__).lower()
    named = isinstance(error.filename, str | bytes) and error.filename  # not the number of an open file
    return GitmlError(what, where=os.fsdecode(named) if named else None)


def _unexpected(error: Exception, as_json: bool, verbose: bool) -> int:
    from gitml.ops.reading.troubles import note

    text = "".join(traceback.format_exception(error))
    log = note(".", text)
    if verbose:
        click.echo(text, err=True, nl=False)
    what = f"unexpected {type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no message'}"
    hint = None if verbose else "run it again with -v for the traceback"
    return report(GitmlError(what, where=f"see {log}" if log else None, hint=hint), as_json)
