"""What was told of a message already, so that the message written again tells only what is new."""

from gitml.model.digest import hexhash

CALLS = 256
"""Tool calls of one message that are remembered."""
HASH = 8


class Told:
    """``said``: its text · ``thoughts``: how many · ``usage``: hash of its tokens · ``calls`` and ``done``: hashes of
    the tool calls that were told, and of those whose result was."""

    __slots__ = ("calls", "done", "said", "thoughts", "usage")

    def __init__(self, packed: str = "") -> None:
        said, thoughts, self.usage, calls, done = (*packed.split(","), "", "", "", "", "")[:5]
        self.said = said == "1"
        self.thoughts = int(thoughts) if thoughts.isdecimal() else 0
        self.calls = calls.split()
        self.done = done.split()

    def packed(self) -> str:
        """As one string without any text."""
        calls, done = " ".join(self.calls[-CALLS:]), " ".join(self.done[-CALLS:])
        return f"{int(self.said)},{self.thoughts},{self.usage},{calls},{done}"

    def is_new(self, name: str, calls: "list[str]") -> bool:
        """Whether a call is not among those told; it is from now on."""
        mark = hexhash(name, HASH)
        if mark in calls:
            return False
        calls.append(mark)
        return True
