"""``gitml verify``"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from gitml.cli.options import Run, common

if TYPE_CHECKING:
    from gitml.ops.verifying.checks import Check, Verified
    from gitml.ops.verifying.finding import Finding
    from gitml.ops.verifying.repair import Repaired

DAMAGED = 6
"""Exit code where damage is left when the command ends."""

SHOWN = 200
"""Findings listed for people; --json has all."""


@click.command()
@click.option("--repair", is_flag=True, help="Mend what can be mended; no record is deleted, no part is edited.")
@click.option("--dry-run", is_flag=True, help="With --repair: change nothing, only say what would be done.")
@click.option("--no-secrets", is_flag=True, help="Do not look for secrets, which takes most of the time.")
@common
def command(run: Run, repair: bool, dry_run: bool, no_secrets: bool) -> int:
    """Check every line, id, part and invariant of the store.

    Looks, and changes nothing without --repair. With it, what can be read in damaged files is written once more, merges
    that were not settled are united, and what is no record goes to the dead letters. Exits with 6 where damage is left;
    warnings alone exit with 0. What each finding means: docs/verify.md.
    """
    from gitml.errors import BadUsage
    from gitml.ops.verifying import checks
    from gitml.ops.verifying.secrets import secrets

    if dry_run and not repair:
        raise BadUsage("--dry-run goes with --repair", hint="gitml verify --repair --dry-run")
    subject = checks.subject(run.folder)
    leave_out: frozenset[Check] = frozenset([secrets]) if no_secrets else frozenset()
    with _Progress(run) as progress:
        subject.progress = progress.show
        verified = checks.verify(subject, leave_out=leave_out)
        if repair and not dry_run:
            from gitml.ops.verifying.repair import apply

            repaired = apply(subject, verified, time.time(), leave_out)
            progress.clear()
            return _repaired(run, repaired)
    if repair:
        return _planned(run, verified)
    run.emit(verified.to_dict())
    _tell(run, verified)
    return DAMAGED if verified.damaged else 0


def _planned(run: Run, verified: Verified) -> int:
    from gitml.cli.render.text import one_line
    from gitml.ops.verifying.repair import plan

    steps = [step.says() for step in plan(verified)]
    run.emit({"dry_run": True, "steps": steps, **verified.to_dict()})
    for says in steps:
        run.say(f"would: {one_line(says)}")
    _tell(run, verified)
    return DAMAGED if verified.damaged else 0


def _repaired(run: Run, repaired: Repaired) -> int:
    from gitml.cli.render.text import count, one_line

    counts = {"saved": repaired.saved, "letters": repaired.letters}
    done = {"dry_run": False, "steps": repaired.done, "failed": repaired.failed, **counts}
    run.emit({**done, **repaired.left.to_dict()})
    for says in repaired.done:
        run.say(f"did: {one_line(says)}")
    for says in repaired.failed:
        run.warn(f"not done: {one_line(says)}")
    if repaired.done:
        run.say(f"{count(repaired.saved, 'record')} saved, {count(repaired.letters, 'bad line')} put into dlq/")
    _tell(run, repaired.left)
    return DAMAGED if repaired.left.damaged else 0


def _tell(run: Run, verified: Verified) -> None:
    from gitml.cli.render.text import count, one_line
    from gitml.ops.verifying.finding import DAMAGE, WARNING

    found = sorted(verified.findings, key=lambda finding: finding.severity != DAMAGE)
    for finding in found[:SHOWN]:
        run.say(_line(finding))
    if len(found) > SHOWN:
        run.say(f"… and {len(found) - SHOWN} more (--json has all)")
    for mend in dict.fromkeys(finding.mend for finding in found if finding.mend):
        run.say(f"mend: {one_line(mend)}")
    for finding in verified.known if run.verbose else ():
        run.say(_line(finding, "known"))
    numbers = [sum(finding.severity == kind for finding in found) for kind in (DAMAGE, WARNING)]
    said = f"{numbers[0]} damaged, {count(numbers[1], 'warning')}" if found else "clean"
    if verified.known:
        said += f", {len(verified.known)} known from earlier repairs and skipped"
    run.say(f"{said}: {count(verified.records, 'record')} in {count(verified.files, 'file')}")


def _line(finding: Finding, severity: str = "") -> str:
    from gitml.cli.render.text import one_line, pad

    place = f"{finding.path}:{finding.line}" if finding.line else finding.path
    return one_line(f"{pad(severity or finding.severity, 7)} {finding.check}: {place}: {finding.says}")


class _Progress:
    """One line on a terminal that says what is being looked at; elsewhere nothing."""

    def __init__(self, run: Run) -> None:
        self.shown = not (run.quiet or run.json) and sys.stderr.isatty()
        self.last = 0.0

    def __enter__(self) -> _Progress:
        return self

    def show(self, text: str) -> None:
        """Replace the line, ten times a second at most."""
        from gitml.cli.render.text import fit, one_line

        now = time.monotonic()
        if self.shown and now - self.last > 0.1:
            self.last = now
            click.echo(f"\r\033[K{fit(one_line(text), 78)}", nl=False, err=True)

    def clear(self) -> None:
        """Take the line away."""
        if self.shown and self.last:
            click.echo("\r\033[K", nl=False, err=True)

    def __exit__(self, *error: object) -> None:
        self.clear()
