"""``gitml doctor``: small checks, each looking for one way a set-up can be broken, naming the command that mends it.

Checks only look. They are functions ``(Patient) -> Iterator[Finding]``; ``checks.CHECKS`` lists them.
"""
