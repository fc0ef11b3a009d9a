"""Checks of redaction: that it works, with all its layers, and that nothing waits because of it."""

from __future__ import annotations

from collections.abc import Iterator

from gitml.ops.redacting import held
from gitml.ops.redacting.standing import standing
from gitml.ops.setup.doctor.finding import FAIL, OK, WARN, Finding, Patient

WHY = {
    held.FOUND: "something in it may be a secret",
    held.TIME: "there was no time to search it",
    held.FAILED: "it could not be searched",
}

MEND = {held.FOUND: "gitml redact --fix", held.TIME: "git commit"}
"""The next commit goes on with the search where the last one had no more time."""


def works(patient: Patient) -> Iterator[Finding]:
    """Which layers there are; rules nobody can read; turns that were not written because the engine failed."""
    found = standing(patient.context)
    if found["error"]:
        yield Finding("redaction", FAIL, f"nothing can be recorded: {found['error']}", "edit .git-ml/config.toml")
        return
    if found["missing"]:
        says = f"{', '.join(found['missing'])} rules are missing: their package is not installed or has no wheel here"
        yield Finding("redaction", WARN, says, "pip install kingfisher-secret-scanner")
    yield Finding("redaction", OK, f"looks for secrets by {', '.join(found['layers'])}")
    if found["failed"]:
        note = found["failed"]
        says = f"failed at {note.get('timestamp')} in session {note.get('session')} ({note.get('error')}): not recorded"
        yield Finding("redaction", WARN, says, "gitml sync")
    if found["late"]:
        files = found["late"].get("files") or []
        says = f"{len(files)} files in commits hold what was recognised as a secret later"
        yield Finding("redaction", WARN, says, "gitml redact --scan --history")


def held_back(patient: Patient) -> Iterator[Finding]:
    """Parts that no commit takes until they are mended."""
    for name, note in held.waiting(patient.context.layout).items():
        why = WHY.get(str(note.get("why")), "it is held back")
        kinds = ", ".join(f"{count} {kind}" for kind, count in (note.get("kinds") or {}).items())
        says = f"part {name} waits since {note.get('since')}: {why}{f' ({kinds})' if kinds else ''}"
        yield Finding("redaction", WARN, says, MEND.get(str(note.get("why")), "gitml redact --scan"))
