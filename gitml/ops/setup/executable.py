"""Which gitml is in use, for hooks that run with another PATH than the person's."""

from __future__ import annotations

import os
import shutil
import sys

from gitml.ops.setup.paths import content
from gitml.ops.setup.plan import Plan, Write


def in_use() -> str:
    """The absolute path of the executable; "" where there is none (``python -m gitml`` without an installation).

    Links are not resolved: a tool's own link (pipx, uv) stays when the environment behind it is made anew.
    """
    called = sys.argv[0] if sys.argv else ""
    beside = os.path.join(os.path.dirname(sys.executable), "gitml")
    for path in (called, beside, shutil.which("gitml") or ""):
        if os.path.basename(path) == "gitml" and os.path.isfile(path) and os.access(path, os.X_OK):
            return os.path.abspath(path)
    return ""


def install(local: str) -> Plan:
    """Its path noted in local state. Raises Refused where something else is in that place."""
    path, found = os.path.join(local, "bin"), in_use()
    before, after = content(path), f"{found}\n".encode()
    if not found or before == after:
        return Plan()
    return Plan(steps=[Write(path, before, after, "where gitml is, for hooks that run with another PATH")])
