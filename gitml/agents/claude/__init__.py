"""Claude Code: reads its JSONL transcripts, 1.0.x to 2.1.x. Numbers in comments are counts over 1,691 real files."""

from gitml.agents.claude.adapter import Claude

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.agents.base import Adapter

ADAPTER: "Adapter" = Claude()
