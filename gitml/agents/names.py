"""Which names from outside are plain: they can reach no other file and carry no text."""

import re

PLAIN = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}\Z")
"""A session's or an agent's id, as a file name without its suffix."""

SHORT = re.compile(r"[A-Za-z0-9_@-][A-Za-z0-9._:@-]{0,99}\Z")
"""Tool ids, agent ids and types, versions: what may be kept in a cursor."""


def is_plain(name: object) -> bool:
    """Whether the name can stand for one file in one folder and nothing else."""
    return isinstance(name, str) and PLAIN.match(name) is not None


def short(value: object) -> str:
    """The value where it is a short plain name, else ""."""
    return value if isinstance(value, str) and SHORT.match(value) else ""
