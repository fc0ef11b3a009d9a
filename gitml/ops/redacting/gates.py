"""The redaction gate of a repository: its rules, and the values it must never give away. The hook path imports this."""

import os

from gitml.git import worktrees
from gitml.ops.redacting.rules import policy
from gitml.redact.engine import VERSION, Engine
from gitml.redact.gate import Gate
from gitml.redact.known import Known
from gitml.redact.personal import clean_personal
from gitml.redact.vault import Vault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gitml.ops.context import Context
    from gitml.redact.policy import Policy


def gate_of(context: "Context") -> Gate:
    """A gate with an empty vault. Raises BadUsage for rules that make no sense, EngineFailed where none can be made."""
    rules = policy(context)
    return Gate(Vault(Engine(rules, known_to(context))), _personal(rules), f"{VERSION}/{rules.fingerprint}")


def known_to(context: "Context") -> Known:
    """The values known here: of the environment, of the clone's work trees, of the home folder."""
    return Known.gather(worktrees.roots(context.where), os.environ)


def _personal(rules: "Policy") -> "Callable[[str], str] | None":
    if not rules.personal:
        return None
    return lambda text: clean_personal(text, rules)
