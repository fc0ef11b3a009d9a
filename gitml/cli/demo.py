"""``gitml demo``: the whole promise in a throw-away folder."""

from __future__ import annotations

import shutil
import tempfile

import click

from gitml.cli.options import Run, common
from gitml.errors import GitmlError
from gitml.ops.demo.stage import Stage
from gitml.ops.demo.story import Count, play


class Printer:
    """Tells the story on stdout: steps are numbered, commands have a ``$``. Colour on a terminal only."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.steps = 0

    def step(self, text: str) -> None:
        """A new step begins."""
        self.steps += 1
        self.run.say()
        self.run.say(click.style(f"{self.steps}. {text}", bold=True))

    def ran(self, command: str) -> None:
        """A command was run that a person would have typed."""
        self.run.say("   " + click.style(f"$ {command}", fg="cyan"))

    def note(self, text: str) -> None:
        """What came of it."""
        self.run.say(f"   {text}")

    def counts(self, counts: list[Count]) -> None:
        """The table at the end."""
        self.step("Made on the first machine, found on the second")
        width = max(len(count.what) for count in counts)
        for count in counts:
            verdict = click.style("ok", fg="green") if count.fits else click.style("DOES NOT FIT", fg="red")
            self.note(f"{count.what:<{width}} {count.made:>3} {count.found:>3}  {verdict}")


@click.command()
@click.option("--keep", is_flag=True, help="Leave the folder there to look at, and say where it is.")
@common
def command(run: Run, keep: bool) -> None:
    """Show the whole promise in a throw-away folder.

    Records a scripted session, commits, pushes, destroys the machine, clones anew, and counts what is there.
    Nothing outside that folder is touched, and no network is needed. Exits with 1 where a count does not fit.
    """
    base = tempfile.mkdtemp(prefix="gitml-demo-")
    run.say(f"Everything happens in {base}" + ("." if keep else ", which is removed at the end."))
    try:
        printer = Printer(run)
        counts = play(Stage(base, printer))
        printer.counts(counts)
    finally:
        if not keep:
            shutil.rmtree(base, ignore_errors=True)
    run.emit({"counts": [{"what": one.what, "made": one.made, "found": one.found, "fits": one.fits} for one in counts]})
    missing = [count.what for count in counts if not count.fits]
    if missing:
        raise GitmlError(f"{len(missing)} counts do not fit: {'; '.join(missing)}", hint="gitml demo --keep")
    run.say()
    run.say("Nothing is missing.")
