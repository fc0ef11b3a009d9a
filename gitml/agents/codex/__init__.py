"""Codex CLI: reads its rollouts. Numbers in comments are counts over 35 real files, 0.47.0 to 0.142.5."""

from gitml.agents.codex.adapter import Codex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.agents.base import Adapter

ADAPTER: "Adapter" = Codex()
