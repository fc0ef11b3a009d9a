"""The redaction gate: the one way from data to ``Sealed`` bytes."""
