"""How redaction stands in a clone: for ``gitml status`` and ``gitml doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gitml.errors import GitmlError
from gitml.ops.record.alarm import FAILED, LATE, told
from gitml.ops.redacting import held
from gitml.ops.redacting.gates import known_to
from gitml.ops.redacting.rules import policy
from gitml.redact.engine import Engine

if TYPE_CHECKING:
    from gitml.ops.context import Context

OPTIONAL = ("vendor",)
"""What may be missing where a package has no wheel for the platform."""


def standing(context: Context) -> dict[str, Any]:
    """Keys: layers (at work here, in order), missing (those this platform lacks), error (why nothing can be redacted,
    or null), failed (the last failure: timestamp session error, or null), late (files in commits, or null),
    held {part: {why, kinds, since}}."""
    layers, error = _layers(context)
    return {
        "layers": layers,
        "missing": [] if error else [layer for layer in OPTIONAL if layer not in layers],
        "error": error,
        "failed": told(context.layout, FAILED) or None,
        "late": told(context.layout, LATE) or None,
        "held": {
            name: {key: note.get(key) for key in ("why", "kinds", "since")}
            for name, note in held.waiting(context.layout).items()
        },
    }


def _layers(context: Context) -> tuple[list[str], str | None]:
    try:
        return Engine(policy(context), known_to(context)).layers(), None
    except GitmlError as error:
        return [], str(error)
