"""Git in shell commands: which operations a command runs, and which commits and pushes its output tells of."""

import re

from gitml.agents.fields import known, mapping, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

GIT = re.compile(
    r"""\bgit(?:\s+-[cC]\s*(?:"[^"]*"|'[^']*'|[^\s"']+)|\s+--?[a-z][\w-]*(?:=\S+)?)*"""
    r"""\s+(commit|cherry-pick|merge|revert|rebase|push)\b"""
)
"""Operations that print ``[branch sha] subject``, and pushes. 264 of some 1,500 real ones are ``git -C <dir> …``."""

COMMAND_MAX = 100_000
"""Characters of a command that are looked at: a longer one is a file in a heredoc."""

OPERATIONS_MAX = 16

COMMIT = re.compile(r"^\[([^\[\]\n]{1,250}?)(?: \([^()\n]+\))? ([0-9a-f]{7,64})\] ", re.MULTILINE)
"""``[main 9a558b6] subject``, ``[main (root-commit) 9a558b6] …``, ``[detached HEAD 9a558b6] …`` (words translated)."""

PUSHED = re.compile(r"^ [ +*=] (?:\[[^\]\n]+\]|[0-9a-f]{7,64}\.{2,3}[0-9a-f]{7,64}) +(\S+) +-> (\S+)", re.MULTILINE)
"""``   9a558b6..c0ffee1  main -> main`` and `` * [new branch]      main -> main``."""

SHA = re.compile(r"[0-9a-f]{4,64}\Z")


def operations(command: str) -> str:
    """A letter an operation, in order: c makes a commit, a amends one, p pushes; "" for none."""
    found = list(GIT.finditer(command[:COMMAND_MAX]))[:OPERATIONS_MAX]
    ends = [*(match.start() for match in found[1:]), COMMAND_MAX][: len(found)]
    return "".join(_letter(match[1], command[match.end() : end]) for match, end in zip(found, ends, strict=True))


def _letter(name: str, rest: str) -> str:
    if name == "push":
        return "p"
    return "a" if name == "commit" and "--amend" in rest else "c"


def outcome(rich: object, output: str, done: str) -> "dict[str, Any]":
    """``commits`` and ``pushed`` of a result; ``done`` are the operations of its command.

    From 2.1.16x on the client says what happened, but of several commits it names one; the output has them all.
    """
    told = mapping(mapping(rich).get("gitOperation"))
    printed = _printed(output, done) if "c" in done or "a" in done else []
    pushed = next((match[2] for match in PUSHED.finditer(output)), "") if "p" in done else ""
    return known(
        commits=_joined(printed, mapping(told.get("commit"))),
        pushed=text(mapping(told.get("push")).get("branch")) or pushed,
    )


def _joined(printed: "list[dict[str, str]]", told: "dict[str, Any]") -> "list[dict[str, str]]":
    """The commits that were printed, and what the client says of one of them or of one that was not."""
    sha = text(told.get("sha"))
    if not SHA.match(sha):
        return printed
    kind = "amended" if told.get("kind") == "amended" else "committed"
    named: dict[str, str] = known(sha=sha, kind=kind, branch=text(told.get("branch")))
    same = [place for place, commit in enumerate(printed) if commit["sha"].startswith(sha)]
    if not same:
        return [*printed, named]
    return [{**commit, **named} if place == same[0] else commit for place, commit in enumerate(printed)]


def _printed(output: str, done: str) -> "list[dict[str, str]]":
    found = list(COMMIT.finditer(output))
    kinds = [letter for letter in done if letter != "p"]
    if len(kinds) != len(found):  # which printed what is not known: one amended makes all of them so
        kinds = ["a" if "a" in kinds else "c"] * len(found)
    return [_commit(match, kind) for match, kind in zip(found, kinds, strict=True)]


def _commit(match: "re.Match[str]", kind: str) -> "dict[str, str]":
    branch = match[1] if " " not in match[1] else ""  # a detached HEAD, in whatever language; branches have no blanks
    return known(sha=match[2], kind="amended" if kind == "a" else "committed", branch=branch)
