"""``gitml hook AGENT`` and ``gitml hook git NAME``. Whatever happens, nothing is printed and the exit code is 0:
exit 2 from a recorder makes an agent loop or erases the prompt that was typed."""

import os
import sys

AGENTS = ("claude", "codex", "gemini", "grok", "cursor")
"""Each has a module here, whose ``heard`` reads that agent's payload."""


def run(arguments: "list[str]") -> None:
    """Run a hook and end the process with exit 0."""
    try:
        _dispatch(arguments, _silence())
    except BaseException as error:  # a hook must not fail its caller, whatever it is that went wrong
        _tell(error)
    finally:
        os._exit(0)  # nothing is buffered; unwinding the interpreter costs another 3 ms


def _dispatch(arguments: "list[str]", output: int) -> None:
    off = os.environ.get("GITML") == "off"
    if arguments and arguments[0] in AGENTS:
        from importlib import import_module

        from gitml.hooks import engine

        engine.run(import_module(f"gitml.hooks.{arguments[0]}").heard, output, off)
    elif off:
        return
    elif arguments[:1] == ["git"] and len(arguments) > 1:
        from gitml.hooks import git

        git.run(arguments[1], arguments[2:])


def _silence() -> int:
    """Send stdout and stderr to nowhere, and give back where stdout went: only asked-for context is written there."""
    try:
        output = os.dup(1)
    except OSError:  # started with stdout closed
        output = -1
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return output


def _tell(error: BaseException) -> None:
    """Leave a line in the local log, if there is one to leave it in."""
    try:
        from gitml.ops.hooklog import failed

        failed(error, sys.argv[2:])
    except BaseException:
        return
