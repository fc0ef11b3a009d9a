"""Grok CLI (Grok Build): what its published source and its readers say of its files; no real one was at hand."""

from gitml.agents.grok.adapter import Grok

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.agents.base import Adapter

ADAPTER: "Adapter" = Grok()
