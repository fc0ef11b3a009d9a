"""Entry point. Hooks branch off before click (36 ms) is imported."""

import sys


def main() -> None:
    """Run gitml. ``gitml hook …`` always exits 0; everything else exits with the codes of ``gitml.errors``."""
    if sys.argv[1:2] == ["hook"]:
        from gitml.hooks.entry import run

        run(sys.argv[2:])
        return
    from gitml.cli.main import cli

    cli()


if __name__ == "__main__":
    main()
