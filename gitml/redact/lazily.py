"""Patterns that are compiled when they are first used: a hook's clean text needs few of the engine's fifty."""

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import compile as pattern
else:

    class pattern:
        """A pattern with the methods of a compiled one."""

        def __init__(self, source, flags=0):
            self._source = source
            self._flags = flags

        def __getattr__(self, name):
            if name.startswith("_"):
                raise AttributeError(name)
            compiled = re.compile(self._source, self._flags)
            for method in ("match", "search", "finditer", "fullmatch", "findall"):
                setattr(self, method, getattr(compiled, method))
            return getattr(compiled, name)


__all__ = ["pattern"]
