"""What a check says, and what it looks at."""

from __future__ import annotations

from dataclasses import dataclass, field

from gitml.ops.context import Context
from gitml.ops.setup.memory import Memory

OK, WARN, FAIL = "ok", "warn", "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """``severity``: ok; warn (something may be missed, or is not as recommended); fail (records are not made).
    ``mend`` is the command to run, "" where there is none."""

    check: str
    severity: str
    says: str
    mend: str = ""

    def to_dict(self) -> dict[str, str]:
        """Keys: check severity says mend."""
        return {"check": self.check, "severity": self.severity, "says": self.says, "mend": self.mend}


@dataclass(slots=True)
class Patient:
    """The repository examined, at ``now`` (seconds since 1970); ``config_error`` where its config cannot be read."""

    context: Context
    memory: Memory
    now: float
    config_error: str = ""
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The top of the work tree."""
        return self.context.where.root
