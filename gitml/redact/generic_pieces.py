"""Seams: where a value goes on after a line end, or in the next chunk of a stream."""

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.redact.engine_scan import Scan

# A terminal's wrapped line, a diff's or a quote's continued one; or the end of one JSON chunk and the begin of the next.
_LINE = re.compile(r"\\?\r?\n(?:[+>|] ?)?(?=[A-Za-z0-9_])")
_CHUNK = re.compile(
    r"\\{0,3}[\"'][\]})\s,]{0,8}(?:\r?\n){1,3}(?:[a-z]{2,8}: )?[{\[][^\n\0]{0,400}?"
    r"[\"'](?:delta|content|text|output|chunk|data|token|partial_json|stdout|stderr|value|d|t|c)\\{0,3}[\"'] ?: ?\\{0,3}[\"']"
    r"(?=[A-Za-z0-9_])"
)
REACH = 480
"""A seam is no longer than this."""


def seam_after(scan: "Scan", end: int) -> "tuple[int, int] | None":
    """The run that goes on after the seam at ``end``, if there is one."""
    text = scan.text
    next_character = text[end : end + 1]
    if next_character in ("\n", "\r", "\\"):
        seam = _LINE.match(text, end)
    elif next_character in ('"', "'"):
        seam = _CHUNK.match(text, end)
    else:
        return None
    if seam is None:
        return None
    return seam.end(), scan.run_at(seam.end())


def seam_before(scan: "Scan", start: int) -> "tuple[int, int] | None":
    """The run that ended at the seam before ``start``, if there is one."""
    text = scan.text
    before = text[start - 1 : start]
    if before in ("\n", "+", ">", "|", " "):
        line = text.rfind("\n", max(0, start - 3), start)
        end = line - 1 if line > 0 and text[line - 1] == "\r" else line
    elif before in ('"', "'"):
        line = text.rfind("\n", max(0, start - REACH), start)
        end = _chunk_end(text, line)
    else:
        return None
    if end <= 0 or scan.shape[end - 1] != 120:
        return None
    seam = _LINE.match(text, end) or _CHUNK.match(text, end)
    if seam is None or seam.end() != start:
        return None
    return scan.run_before(end), end


def _chunk_end(text: str, line: int) -> int:
    """Where the string ended that the chunk before the line end ``line`` closes."""
    end = line
    while end > max(0, line - 16) and text[end - 1] in "]})\r\n\t ,\"'\\":
        end -= 1
    return end
