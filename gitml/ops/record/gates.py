"""The redaction gate of a repository: its rules, and the values it must never give away."""

from gitml.redact.engine import Engine
from gitml.redact.gate import Gate
from gitml.redact.vault import Vault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.ops.context import Context


def gate_of(context: "Context") -> Gate:
    """A gate with an empty vault. Raises BadUsage for rules that make no sense, EngineFailed where none can be made."""
    return Gate(Vault(Engine()))
