"""``gitml demo``: the whole promise in a throw-away folder."""

from __future__ import annotations

import os
import shutil
import tempfile

import click

from gitml.cli.options import Run, common
from gitml.errors import GitmlError
from gitml.ops.demo.count import Told
from gitml.ops.demo.stage import Stage
from gitml.ops.demo.story import play
from gitml.ops.demo.ways import WAYS, Way


class Printer:
    """Tells the story on stdout: steps are numbered, commands have a ``$``. Colour on a terminal only."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.steps = 0

    def begin(self, title: str, name: str) -> None:
        """The story of one way to persist begins."""
        self.steps = 0
        self.run.say()
        self.run.say(click.style(f"== {title} ({name}) ==", bold=True, fg="yellow"))

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

    def counts(self, told: Told) -> None:
        """What was counted at the end of one way's story."""
        self.step("Made on the first machine, found on the second")
        width = max(len(count.what) for count in told.counts)
        for count in told.counts:
            verdict = click.style("ok", fg="green") if count.fits else click.style("DOES NOT FIT", fg="red")
            self.note(f"{count.what:<{width}} {count.made:>3} {count.found:>3}  {verdict}")

    def table(self, stories: list[Told]) -> None:
        """All ways side by side."""
        self.run.say()
        self.run.say(click.style("way            turns  recovered  slowest hook  a turn is kept once", bold=True))
        for told in stories:
            row = f"{told.way.name:<13}{told.recorded:>7}{told.recovered:>11}{told.slowest:>12.2f} s  {told.way.kept}"
            self.run.say(row if not told.misfits else click.style(row, fg="red"))


@click.command()
@click.option("--persist", type=click.Choice(list(WAYS)), help="Show only this way to persist.")
@click.option("--keep", is_flag=True, help="Leave the folder there to look at, and say where it is.")
@common
def command(run: Run, persist: str | None, keep: bool) -> None:
    """Show the whole promise in a throw-away folder, for each way to persist.

    Records a scripted session, destroys the machine as soon as its turns are promised to be kept, clones anew, and
    counts what is there. Nothing outside that folder is touched, and no network is needed. Exits with 1 where anything
    is missing.
    """
    base = tempfile.mkdtemp(prefix="gitml-demo-")
    run.say(f"Everything happens in {base}" + ("." if keep else ", which is removed at the end."))
    try:
        stories = [_tell(Printer(run), base, way) for way in ([WAYS[persist]] if persist else WAYS.values())]
    finally:
        if not keep:
            shutil.rmtree(base, ignore_errors=True)
    Printer(run).table(stories)
    run.emit({"ways": [told.to_dict() for told in stories]})
    missing = [name for told in stories for name in told.misfits]
    if missing:
        raise GitmlError(f"{len(missing)} counts do not fit: {'; '.join(missing)}", hint="gitml demo --keep")
    run.say()
    run.say("Nothing is missing.")


def _tell(printer: Printer, base: str, way: Way) -> Told:
    folder = os.path.join(base, way.name)
    os.mkdir(folder)
    told = play(Stage(folder, printer, way.cloud), way)
    printer.counts(told)
    return told
