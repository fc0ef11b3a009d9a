"""What in a text is a secret. ``Engine.find`` is a pure function of text, policy, known values and ``VERSION``.

Layers, each a module: known values, the project's patterns, vendors' tokens, generic forms, the vendor package.
"""

from gitml.errors import GitmlError
from gitml.redact.engine_scan import Scan, merged
from gitml.redact.engine_seams import seams
from gitml.redact.engine_view import MARKS, NUL, View, collapsed, joined, unescaped, windows, without_marks
from gitml.redact.lazily import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.redact.known import Known
    from gitml.redact.policy import Policy

VERSION = 4
"""Grows with every change of what is found."""
ROUNDS = 6
"""A text is searched again without what was found, until nothing is: so that a second redaction finds nothing new."""
WHOLE = 32768
"""Longer texts are searched again only round what was found."""
DEPTH = 3
"""How often strings within strings are unescaped: JSON in JSON in JSON."""


PLAIN = pattern(r"[A-Za-z]{0,64}|[0-9a-f-]{0,64}|[0-9TZ:.,+-]{0,40}|[A-Za-z0-9_. /-]{0,12}")
"""Most strings of a transcript: a word, a digest, an id, a time. No layer finds anything in these."""


class EngineFailed(GitmlError):
    """A layer broke: what it should have searched must not be written."""


class Finding:
    """One secret: ``start`` and ``end`` in the text, ``kind`` in words joined by dashes."""

    __slots__ = ("end", "kind", "start")

    def __init__(self, start: int, end: int, kind: str) -> None:
        self.start = start
        self.end = end
        self.kind = kind

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Finding) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"Finding({self.start}, {self.end}, {self.kind!r})"

    def _key(self) -> "tuple[int, int, str]":
        return self.start, self.end, self.kind


class Engine:
    """All layers over one text. ``policy`` and ``known`` are those of the repository; None stands for none."""

    __slots__ = ("_known", "_policy", "_vendors")

    def __init__(self, policy: "Policy | None" = None, known: "Known | None" = None) -> None:
        from gitml.redact import vendor_package

        self._policy = policy
        self._known = known
        self._vendors = vendor_package

    def layers(self) -> "list[str]":
        """The layers that are at work here, in order: known, vendor, generic, personal. ``vendor`` stands for the
        vendor package; our own vendor patterns belong to ``generic`` and never fail."""
        have = {
            "known": self._known is not None,
            "vendor": self._vendors.installed(),
            "generic": True,
            "personal": bool(getattr(self._policy, "personal", None)),
        }
        return [layer for layer, there in have.items() if there]

    def find(self, text: str) -> "list[Finding]":
        """Every secret of the text, sorted, apart. Marks are no secrets. Raises EngineFailed where a layer breaks."""
        try:
            return [Finding(*span) for span in self._find(text)]
        except GitmlError as error:
            raise EngineFailed(f"redaction failed: {error.what}", hint="gitml doctor") from error
        except Exception as error:  # whatever it is: a text that was not searched is not written
            raise EngineFailed(f"redaction failed: {type(error).__name__}", hint="gitml doctor") from error

    def find_named(self, name: str, value: str) -> "list[Finding]":
        """As ``find``, for a value under a key: ``{"password": "…"}`` has no assignment in either string."""
        found = self.find(value)
        if found or not name or MARKS.search(value) is not None:
            return found
        from gitml.redact.generic_keys import named_value

        kind = named_value(name, value)
        allowed = self._policy is not None and self._policy.allows(value)
        return [Finding(0, len(value), kind)] if kind and not allowed else []

    def _find(self, text: str) -> "list[tuple[int, int, str]]":
        views = [without_marks(text)]
        found: list[tuple[int, int, str]] = []
        for _ in range(ROUNDS):
            spans = [span for span in self._search(views[-1].text) if not self._is_allowed(views[-1], span)]
            if not spans:
                break
            found += [_back(views, span) for span in spans]
            views += _without(views[-1].text, [(start, end) for start, end, _ in spans])
        return sorted(found)

    def _is_allowed(self, view: View, span: "tuple[int, int, str]") -> bool:
        return self._policy is not None and self._policy.allows(view.text[span[0] : span[1]])

    def _search(self, text: str) -> "list[tuple[int, int, str]]":
        if len(text) < 6:
            return []
        scan = Scan(text)
        self._deep(scan)
        cuts = seams(text, scan.low)
        if cuts:
            view = joined(text, cuts, windows(cuts, len(text)))
            over = Scan(view.text)
            self._deep(over)
            for start, end, kind, rank in over.found:
                pieces = view.pieces(start, end)
                for piece in pieces if len(pieces) > 1 else ():
                    scan.add(*piece, kind, rank)
        return merged(scan.found)

    def _deep(self, scan: Scan) -> None:
        """Search a text and the strings that are escaped in it."""
        self._layers(scan)
        chain: list[View] = []
        view = unescaped(scan.text)
        while view is not None and len(chain) < DEPTH:
            chain.append(view)
            inner = Scan(view.text)
            self._layers(inner)
            for start, end, kind, rank in inner.found:
                for link in reversed(chain):
                    start, end = link.span(start, end)
                scan.add(start, end, kind, rank)
            view = unescaped(view.text)

    def _layers(self, scan: Scan) -> None:
        from gitml.redact import generic, vendor

        if self._known is not None:
            for finding in self._known.find(scan.text):
                scan.add(finding.start, finding.end, finding.kind, 9)
        if self._policy is not None:
            for start, end, kind in self._policy.denied(scan.text):
                scan.add(start, end, kind, 8)
        if PLAIN.fullmatch(scan.text) is not None:
            return
        vendor.find(scan)
        generic.find(scan)
        self._vendors.find(scan)


def _without(text: str, spans: "list[tuple[int, int]]") -> "list[View]":
    """The text without what was found; of a long one only what is near, since the rest was searched."""
    rest = collapsed(text, spans)
    if len(text) <= WHOLE:
        return [rest]
    return [rest, joined(rest.text, (), windows(_nuls(rest.text), len(rest.text)))]


def _nuls(text: str) -> "list[tuple[int, int]]":
    found: list[tuple[int, int]] = []
    at = text.find(NUL)
    while at >= 0:
        found.append((at, at + 1))
        at = text.find(NUL, at + 1)
    return found


def _back(views: "list[View]", span: "tuple[int, int, str]") -> "tuple[int, int, str]":
    start, end, kind = span
    for view in reversed(views):
        start, end = view.span(start, end)
    return start, end, kind
