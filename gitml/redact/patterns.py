"""Patterns a project gives: run by google-re2 where that is installed, else only those that cost ``re`` little.

The hook path imports this where a project has patterns. Either way a search takes time linear in the text: RE2 by its
making, ``re`` because ``costs`` refuses a pattern that could try too many ways at one position of the text.
"""

import re

from gitml.errors import BadUsage
from gitml.redact.costs import TooDear, steps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Finder = Callable[[str], "list[tuple[int, int]]"]

LONGEST = 1000
"""Characters of one pattern."""

_SURROGATES = re.compile("[\ud800-\udfff]")


def compiled(pattern: str, where: str, *, engine: str = "") -> "Finder":
    """What finds a pattern in a text: [(start, end)], in order, none empty. ``engine``: "re2", "re", "" for the best.

    Raises BadUsage, naming the pattern, where it is none, fits the empty text, or may not run in linear time.
    """
    if not isinstance(pattern, str) or not pattern or len(pattern) > LONGEST:
        raise _bad(pattern, f"must be text of 1 to {LONGEST} characters", where)
    re2 = None if engine == "re" else _re2()
    if re2 is None and engine == "re2":
        raise _bad(pattern, "needs google-re2, which is not installed", where)
    found = _of_re(pattern, where) if re2 is None else _of_re2(re2, pattern, where)
    if found.search("") is not None:
        raise _bad(pattern, "fits the empty text", where)

    def find(text: str) -> "list[tuple[int, int]]":
        if not text.isascii():
            text = _SURROGATES.sub("\ufffd", text)  # RE2 takes UTF-8 alone; offsets stay
        return [match.span() for match in found.finditer(text) if match.end() > match.start()]

    return find


def _bad(pattern: object, why: str, where: str) -> BadUsage:
    return BadUsage(f"redact.deny: {repr(pattern)[:80]} {why}", where=where, hint=f"edit {where}")


def _re2() -> "Any":
    try:
        return __import__("re2")  # by name: it has no types
    except ImportError:
        return None


def _of_re2(re2: "Any", pattern: str, where: str) -> "Any":
    options = re2.Options()
    options.log_errors = False  # it would write to stderr, which a hook must not
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        why = error.args[0] if error.args else "?"
        text = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
        raise _bad(pattern, f"is no pattern: {text}", where) from None


def _of_re(pattern: str, where: str) -> "Any":
    """ASCII classes, as RE2 has them. What may mean something else to a later Python is refused, not warned of: a hook
    prints nothing."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)
            made = re.compile(pattern, re.ASCII)
            steps(pattern)
    except FutureWarning as warning:
        raise _bad(pattern, f"is no clear pattern: {warning}", where) from None
    except (re.error, OverflowError, RecursionError) as error:
        raise _bad(pattern, f"is no pattern: {error}", where) from None
    except TooDear as error:
        raise _bad(pattern, f"{error}, which takes google-re2 (pip install google-re2)", where) from None
    return made
