"""Entry point. Hooks branch off before click (36 ms) is imported."""

import os
import sys


def main() -> None:
    """Run gitml. ``gitml hook …`` always exits 0; everything else exits with the codes of ``gitml.errors``."""
    if sys.argv[1:2] == ["hook"]:
        from gitml.hooks.entry import run

        run(sys.argv[2:])
        return
    _open_streams()
    from gitml.cli.main import cli

    cli()


def _open_streams() -> None:
    """A standard stream that came closed leads nowhere, as git has it: else the next file that is opened gets its
    number, and what is printed goes into that."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)


if __name__ == "__main__":
    main()
