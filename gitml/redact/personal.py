"""Personal data: home folders and user names in paths; addresses and numbers where a project asks. Hook path.

What takes its place has no number: it is the same for everybody, and another pass changes nothing.
"""

import os
import re

from gitml.redact import personal_numbers as numbers
from gitml.redact.lazily import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitml.redact.policy import Policy

    Span = tuple[int, int, str]

ROUNDS = 8
"""Passes over one text at the most; ordinary ones take two, the second of which finds nothing."""

USER = "user"
NOBODY = frozenset(
    {USER, "Shared", "Public", "Default", "runner", "linuxbrew", "username", "you", "your-name", "vscode", "node"}
)
"""Names below /home or /Users that are nobody's: shared folders, accounts of images, what manuals say."""

_HOMES = pattern(
    r"(?:/home/|/Users/|/var/home/|[A-Za-z]:(?:\\{1,4}|/)(?:Users|Documents and Settings)(?:\\{1,4}|/))"
    r"([A-Za-z0-9_][A-Za-z0-9._-]{0,63})"
)
_HINT = pattern(r"home/|Users|Documents and Settings")
_WEB = pattern(r"https?://[^\s\"'<>]*$")
_FOLLOWS = frozenset("/\\\"'`:;,|)]}> \t\r\n")
_EMAIL = pattern(
    r"(?<![A-Za-z0-9._%+@-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9@])"
)
_NO_PERSON = pattern(r"(?i)git@|(?:no-?reply|do-?not-?reply|mailer-daemon)@")


def find_personal(text: str, policy: "Policy", home: "str | None" = None) -> "list[Span]":
    """(start, end, what to put there) of the kinds that the policy names, sorted, apart.

    ``home`` is the folder that becomes ``~``; without it that of the environment's HOME.
    """
    spans: list[Span] = []
    if "paths" in policy.personal:
        spans += _paths(text, os.environ.get("HOME", "") if home is None else home)
    if "emails" in policy.personal and "@" in text:
        spans += _emails(text)
    if "ips" in policy.personal:
        spans += numbers.addresses(text)
    if "cards" in policy.personal:
        spans += numbers.cards(text)
    if "phones" in policy.personal:
        spans += numbers.phones(text)
    return _apart(spans)


def clean_personal(text: str, policy: "Policy", home: "str | None" = None) -> str:
    """The text with what ``find_personal`` finds replaced, until it finds nothing: what was joined to a number by a
    sign may stand by itself once that has gone."""
    for _ in range(ROUNDS):
        spans = find_personal(text, policy, home)
        if not spans:
            break
        made: list[str] = []
        at = 0
        for start, end, instead in spans:
            made += [text[at:start], instead]
            at = end
        text = "".join([*made, text[at:]])
    return text


def _apart(spans: "list[Span]") -> "list[Span]":
    """Of what overlaps the first, and of those the longest. A card is looked for before a phone number."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (one[0], -one[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def _paths(text: str, home: str) -> "Iterator[Span]":
    home = home.rstrip("/")
    if len(home) > 4 and home.startswith("/"):
        yield from _own_home(text, home)
    if not _HINT.search(text):
        return
    for match in _HOMES.finditer(text):
        if match[1] not in NOBODY and _is_user(text, match):
            yield match.start(1), match.end(1), USER


def _own_home(text: str, home: str) -> "Iterator[Span]":
    """The home folder itself, and its name as agents spell it in the names of folders: ``-home-name-project``."""
    spelled = re.sub(r"[^A-Za-z0-9]", "-", home)
    folders, _, name = home.rpartition("/")
    for wanted, instead in ((home, "~"), (spelled, spelled[: len(folders) + 1] + USER)):
        if wanted == instead or (instead != "~" and (not folders or name in NOBODY)):
            continue
        at = text.find(wanted)
        while at >= 0:
            end = at + len(wanted)
            if _stands_alone(text, at, end, instead == "~"):
                yield at, end, instead
            at = text.find(wanted, end)


def _stands_alone(text: str, start: int, end: int, is_path: bool) -> bool:
    """Not inside a longer path or name. ``file:///home/name`` keeps its form: there the name alone goes."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if before and (before.isalnum() or before in ("_./~\\" if is_path else "_.~")):
        return False
    return not (after.isalnum() or after in ("_", "-") if is_path else after.isalnum())


def _is_user(text: str, match: "re.Match[str]") -> bool:
    """No address of a web page, no file: ``/home/index.html``. A name at a text's end may be a sentence's."""
    if match[0].startswith("/") and _WEB.search(text, max(0, match.start() - 300), match.start()):
        return False
    after = text[match.end() : match.end() + 1]
    if "." in match[1].rstrip(".") and after not in ("/", "\\"):
        return False
    return not after or after in _FOLLOWS


def _emails(text: str) -> "Iterator[Span]":
    for match in _EMAIL.finditer(text):
        if not _NO_PERSON.match(match[0]):
            yield match.start(), match.end(), "[email]"
