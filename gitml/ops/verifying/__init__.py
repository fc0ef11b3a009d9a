"""``gitml verify``: small checks, each looking for one way in which what is stored can be wrong; and mending it.

A check is a function ``(Subject) -> Iterator[Finding]``; ``checks.CHECKS`` lists them. A finding that can be mended
carries a step; ``repair`` plans and applies steps. ``docs/verify.md`` is the page about it.
"""
