"""Check for secrets in what is tracked: ``gitml redact --scan`` without history."""

from __future__ import annotations

from collections.abc import Iterator

from gitml.ops.redacting.scan import tracked
from gitml.ops.redacting.search import search_in
from gitml.ops.verifying.finding import DAMAGE, Finding, Subject


def secrets(subject: Subject) -> Iterator[Finding]:
    """Values are never shown: their kind and length are."""
    subject.progress("secrets")
    context = subject.context
    for one in tracked(context, search_in(context)).found:
        says = f"{one.where}: {one.kind} {one.preview} ({one.length} characters)"
        yield Finding("secrets", DAMAGE, one.place, says, line=one.line, mend="gitml redact --fix")
