"""Values whose key says that they are secret: ``{"password": "…"}`` has no assignment in either string."""

import re

from gitml.redact.engine import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.redact.engine import Engine

_NAME = re.compile(
    r"(?i)(?:.*[_.-])?(?:password|passwd|passphrase|secret|api[_-]?key|access[_-]?key|private[_-]?key|"
    r"(?:access|auth|refresh|id|session|bearer)[_-]?token|client[_-]?secret|credentials?)"
)
_NO_VALUES = frozenset({"none", "null", "true", "false", "undefined", "string", "required", "optional", "secret"})
SHORTEST = 4


def findings(engine: "Engine", key: str, text: str) -> "list[Finding]":
    """What the engine finds in a text, or all of it where its key names it a secret."""
    found = engine.find(text)
    if found or len(text) < SHORTEST or "[redacted:" in text or _NAME.fullmatch(key) is None:
        return found
    return [] if text.lower() in _NO_VALUES or "\n" in text else [Finding(0, len(text), "password")]
