"""What a reader of a rollout remembers from line to line."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

WAITING = 16
TOOLS = 256
"""Calls of git whose output is awaited; the oldest is forgotten first."""

DEFAULTS: "dict[str, Any]" = {
    "seq": 0,
    "model": "",
    "branch": "",
    "echoed": False,  # the file holds event_msg records, so these tell what a person said
    "waiting": [],  # [offset, index] of each prompt that no event_msg has told yet
    "turn": "",  # the id of the turn, where it is a UUID
    "prompts": 0,  # in this turn
    "told": ["", ""],  # by which kind of record the newest prompt was, and a hash of it
    "response": 0,
    "open": False,  # the response has said something by now
    "paid": 0,  # changes of the totals so far
    "totals": [0, 0, 0, 0, 0],  # input: uncached, cached, written to the cache; output; all. Of the last token_count
    "thread": [0, 0, 0, 0, 0],  # the same of the last token_usage_record
    "recorded": False,  # the last response's tokens were told by a record of their own
    "tools": {},  # call id -> the git operations of its command
    "shells": {},  # number of a shell that goes on -> the same
}
"""``gitml.agents.memory.Memory`` of a reader at the start of a file."""
