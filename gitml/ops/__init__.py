"""What commands and hooks do. ``plan(state, config, now) -> Plan`` and ``apply(plan)`` where they delete."""
