"""A session of Codex is its rollout alone. ``history.jsonl``, ``session_index.jsonl`` and the databases beside are all
sessions', and a day's folder is every session's of that day."""

from gitml.agents.belongings import Belongings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.agents.base import Source


def belongings(source: "Source") -> Belongings:
    """Nothing besides its file. Sub-agents are sessions of their own; a fork has a copy of what it needs."""
    return Belongings()
