"""Which agents' sessions are read, and whether all that are wanted can be."""

from __future__ import annotations

import os
from collections.abc import Iterator

from gitml.agents import registry
from gitml.ops.record.present import present
from gitml.ops.setup.doctor.finding import OK, WARN, Finding, Patient


def read(patient: Patient) -> Iterator[Finding]:
    """Those whose folders are on this machine, and what is wrong with the others."""
    warnings: list[str] = []
    adapters = list(present(patient.context.config, warnings))
    here = [each.name for each in adapters if _is_here(each.name, patient.environ)]
    yield Finding("agents", OK, f"sessions are read of: {', '.join(here) or 'none, no agent has any on this machine'}")
    for warning in warnings:
        yield Finding("agents", WARN, warning)


def _is_here(name: str, environ: dict[str, str]) -> bool:
    return any(os.path.isdir(root) for root in registry.roots(name, environ))
