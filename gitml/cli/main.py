"""The ``gitml`` command: a group that imports a command's module when that command is called."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

import gitml
from gitml.cli.boundary import guarded
from gitml.errors import GitmlError

SECTIONS: dict[str, dict[str, str]] = {
    "Set up": {
        "init": "Record this repository's agent sessions from now on.",
        "uninstall": "Take the hooks out again, byte for byte.",
        "doctor": "Find what is wrong and say how to mend it.",
        "demo": "Show the whole promise in a throw-away folder, for each way to persist.",
    },
    "Read": {
        "status": "What is recorded, what waits, whether the hooks fire.",
        "list": "Sessions, newest first.",
        "show": "One session, as a person reads it.",
        "cat": "One stream, folded, as JSONL.",
    },
    "Record": {
        "sync": "Bring every stream up to date from the agents' transcripts and from git.",
        "seal": "Put what waits in the spool below .git-ml/tracked/live and stage it.",
        "push": "Take what waits into history by the way in force, and to the remote.",
        "pull": "Fetch the side branches and fold them in.",
        "pause": "Stop recording in this clone.",
        "resume": "Record again.",
        "session": "Who is running in this clone: numbers, roles, signs of life.",
    },
    "Keep": {
        "compact": "Fold old parts into the base.",
        "verify": "Check every line, id, part and invariant of the store.",
        "migrate": "Take in what older layouts hold.",
        "redact": "Look for secrets in what is stored, and take them out.",
        "clean": "Reclaim disk, by type and age.",
        "forget": "Take records out of every view, for good.",
    },
    "Judge": {
        "digest": "Make the short summary that is kept of a session for ever.",
        "lifecycle": "What became of a session, and which are safe to clean away.",
        "sweep": "Keep raw copies of transcripts within their budget; fit for a daily schedule.",
        "health": "How much disk is used, how fast that grows, what is about to be lost.",
    },
}
"""What ``gitml --help`` lists, without importing a single command for it (a test compares the texts)."""

COMMANDS: dict[str, str] = {name: f"gitml.cli.{name}:command" for section in SECTIONS.values() for name in section}


class Commands(click.Group):
    """A group whose commands are found in ``COMMANDS``; a module that does not import fails its own command only."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in the order of ``--help``."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; None for a name that is none. Raises GitmlError where it does not import."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        try:
            command = getattr(import_module(module), attribute)
        except ImportError as error:
            raise GitmlError(f"`{cmd_name}` does not load: {error}", hint="reinstall gitml") from error
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, but an unknown name says which are near. Raises click.UsageError."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(_unknown(args[0]), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands, by what one wants to do."""
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, text) for name, text in commands.items()])

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, *_: Any, **extra: Any) -> NoReturn:
        """Run the command line and exit with its code."""
        line = list(sys.argv[1:] if args is None else args)
        options = {**extra, "standalone_mode": False}
        sys.exit(guarded(lambda: click.Group.main(self, line, prog_name or "gitml", **options), line))


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, n=3, cutoff=0.5)
    return f"no command `{name}`" + (f"; did you mean {' or '.join(f'`{other}`' for other in near)}?" if near else "")


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(gitml.__version__, message="gitml %(version)s")
@click.option("-C", "folder", metavar="DIR", help="Act on the repository that holds DIR.")
@click.pass_context
def cli(context: click.Context, folder: str | None) -> None:
    """What coding agents did, recorded in the repository itself.

    Start with `gitml init`; then work, commit and push as ever. Any clone can read it: `gitml list`.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
