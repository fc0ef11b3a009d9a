"""Whether a sub-agent was left running while its parent went on: then no turn of the parent has what it cost."""

from gitml.agents.grok.tools import BACKGROUND
from gitml.agents.lines import lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.agents.base import AgentFile, Source


def in_background(source: "Source", agent: "AgentFile") -> bool:
    """Whether the session's log has the answer that the client gives to a call that starts one so."""
    name, words = agent.agent_id.encode(), BACKGROUND.encode()
    try:
        return any(line.data and name in line.data and words in line.data for line in lines(source.path, 0))
    except OSError:
        return False
