"""``gitml doctor``"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from gitml.cli.options import Run, common

if TYPE_CHECKING:
    from gitml.ops.setup.doctor.finding import Finding

SIGNS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}


@click.command()
@common
def command(run: Run) -> int:
    """Find what is wrong and say how to mend it.

    Looks, and changes nothing. Exits with 0 where records are made, with 1 where something keeps them from it.
    """
    from gitml.ops.setup.doctor import checks

    findings = checks.examine(run.folder, time.time())
    for finding in findings:
        _say(run, finding)
    sick = checks.sick(findings)
    run.emit({"healthy": not sick, "findings": [finding.to_dict() for finding in findings]})
    return 1 if sick else 0


def _say(run: Run, finding: Finding) -> None:
    from gitml.cli.render.text import clean

    run.say(f"{SIGNS[finding.severity]}  {finding.check}: {clean(finding.says)}")
    if finding.mend:
        run.say(f"      mend: {clean(finding.mend)}")
