"""What side branches are called, by ``side_branch.ref`` in the config. The hook path imports this."""

import re

from gitml.errors import BadUsage
from gitml.model.digest import hexhash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitml.ops.context import Context

FIELD = "{branch}"
USUAL = "gitml/"
"""What side branches begin with unless the config says otherwise."""

DETACHED = "detached"
"""In place of a branch where HEAD is on none."""

HEADS, REMOTES = "refs/heads/", "refs/remotes/"

_NO_REF = re.compile(r"[\x00-\x20~^:?*\[\\\x7f]|\.\.|@\{|//|^[-/.]|/\.|[/.]$|\.lock(?:/|$)|^refs/")
"""What ``git check-ref-format`` refuses, and what would look like a full name."""


class Template:
    """How a side branch's name is made of a branch's: what stands before (``head``) and behind it (``tail``)."""

    __slots__ = ("head", "tail")

    def __init__(self, head: str, tail: str) -> None:
        self.head = head
        self.tail = tail

    def candidates(self, branch: str) -> "list[str]":
        """The names a branch's side branch may have: the plain one, then one that fits where git cannot have that.

        git keeps no branch ``a`` beside ``a/b``. The second name has no slash of the branch's own, and a hash.
        """
        flat = f"{branch.replace('/', '-')}.{hexhash(branch.encode('utf-8', 'surrogateescape'), 8)}"
        return [self.head + branch + self.tail, self.head + flat + self.tail]

    def branch(self, name: str) -> str:
        """What stands in the branch's place in a name; "" where the name is none of a side branch."""
        inner = name[len(self.head) : len(name) - len(self.tail)]
        return inner if inner and name == self.head + inner + self.tail else ""

    def matches(self, ref: str) -> bool:
        """Whether that may be a side branch by its full name: local, or of a remote of whatever name."""
        if ref.startswith(HEADS):
            return bool(self.branch(ref[len(HEADS) :]))
        rest = ref[len(REMOTES) :] if ref.startswith(REMOTES) else ""
        while "/" in rest:
            rest = rest.partition("/")[2]
            if self.branch(rest):
                return True
        return False

    def refspec(self, remote: str) -> str:
        """What fetches all side branches of a remote."""
        return f"+{HEADS}{self.head}*{self.tail}:{REMOTES}{remote}/{self.head}*{self.tail}"


def template(context: "Context") -> Template:
    """As configured. Raises BadUsage for what cannot name a side branch."""
    text = str(context.config.get("side_branch.ref"))
    head, _, tail = text.partition(FIELD)
    if text.count(FIELD) != 1 or not (head or tail) or (not head and tail.startswith("/")) or _NO_REF.search(text):
        raise BadUsage(
            f"side_branch.ref {text!r} cannot name side branches",
            where=context.layout.config,
            hint='a branch name with {branch} in it: ref = "gitml/{branch}"',
        )
    return Template(head, tail)


def readable(context: "Context") -> "list[Template]":
    """By which names side branches are told that are read: the configured ones, and the usual ones from before."""
    usual = Template(USUAL, "")
    try:
        return [template(context), usual]
    except BadUsage:
        return [usual]


def fits(name: str, taken: "Iterable[str]") -> bool:
    """Whether git can have a branch of that name beside the others, which are not it."""
    return not any(other.startswith(f"{name}/") or name.startswith(f"{other}/") for other in taken)


def first_fit(names: "list[str]", taken: "Iterable[str]") -> str:
    """The first of the names that is there already or could be; "" where none can."""
    there = set(taken)
    return next((name for name in names if name in there or fits(name, there)), "")
