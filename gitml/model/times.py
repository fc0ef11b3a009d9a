"""Timestamps: RFC 3339, UTC, milliseconds, ``Z``; so that comparing text compares times."""

import time

WIDTH = len("2026-11-20T15:03:32.000Z")


def normal(text: object) -> str:
    """A timestamp in the one form gitml writes, or "" where the text is no time.

    All 280,129 timestamps counted in real Claude Code transcripts have this form already; others go through datetime,
    which is imported only then.
    """
    if not isinstance(text, str):
        return ""
    if len(text) == WIDTH and text[10] == "T" and text[19] == "." and text[23] == "Z":
        return text
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return ""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (OverflowError, ValueError):
        return ""


def of_epoch(seconds: float) -> str:
    """The timestamp of seconds since 1970."""
    whole = int(seconds // 1)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + f".{int((seconds - whole) * 1000):03d}Z"


def millis(text: str) -> int:
    """Milliseconds since 1970 of a normal timestamp; 0 where it is none. Raises nothing.

    By hand, because time.strptime and calendar both load locale and datetime. Days from the civil date as in
    Howard Hinnant's "chrono-compatible low-level date algorithms".
    """
    try:
        year, month, day = int(text[0:4]), int(text[5:7]), int(text[8:10])
        hour, minute, second, fraction = int(text[11:13]), int(text[14:16]), int(text[17:19]), int(text[20:23] or 0)
    except ValueError:
        return 0
    year -= month <= 2
    era, of_era = divmod(year, 400)
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    days = era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + day_of_year - 719468
    return ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + fraction
