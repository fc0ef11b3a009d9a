"""Text from outside cannot drive the terminal, and columns line up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitml.cli.render import table, text


@given(st.text(st.characters()))
def test_nothing_a_terminal_obeys_is_left(raw: str) -> None:
    """Of all control characters only newline and tab come through, and cleaning twice changes nothing."""
    clean = text.clean(raw)
    assert not [c for c in clean if (ord(c) < 0x20 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0]
    assert not set(clean) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200b\ufeff")
    assert text.clean(clean) == clean
    clean.encode("utf-8")


def test_escape_sequences_are_seen_not_obeyed() -> None:
    """An ANSI colour, a title change and a cursor movement stay readable."""
    assert text.clean("\x1b[31mred\x1b]0;title\x07\r\nnext\x9b2J") == "␛[31mred␛]0;title␇\nnext�2J"


@given(st.text(), st.integers(1, 60))
def test_what_fits_is_no_wider(raw: str, columns: int) -> None:
    """Cut text takes no more columns than there are, wide characters and combining marks included."""
    line = text.one_line(raw)
    assert text.width(text.fit(line, columns)) <= columns
    if text.width(line) <= columns:
        assert text.fit(line, columns) == line


@given(st.lists(st.lists(st.text(max_size=40), min_size=4, max_size=4), max_size=6), st.integers(30, 120))
def test_a_table_fits_the_terminal(rows: list[list[str]], columns: int) -> None:
    """No line of a table is wider than the terminal."""
    cells = [[text.one_line(cell) for cell in row] for row in rows]
    for line in table.render(["a", "b", "c", "d"], cells, columns, frozenset({"b"})):
        assert text.width(line) <= columns


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.0k"),
        (12_345, "12.3k"),
        (99_960, "100k"),
        (999_950, "1.0M"),
        (3_010_000_000, "3.0G"),
    ],
)
def test_short_numbers(number: int, says: str) -> None:
    """Three figures at most, and never 1000k."""
    assert text.short_number(number) == says


@pytest.mark.parametrize(
    ("milliseconds", "says"),
    [
        (None, ""),
        (-5, ""),
        (0, "0.0s"),
        (2_500, "2.5s"),
        (45_000, "45s"),
        (724_000, "12m 04s"),
        (11_100_000, "3h 05m"),
        (187_200_000, "2d 04h"),
        (59_999, "1m 00s"),
    ],
)
def test_durations(milliseconds: int | None, says: str) -> None:
    """Two units at most."""
    assert text.duration(milliseconds) == says


def test_sizes() -> None:
    """Bytes in powers of 1000."""
    assert [text.size(n) for n in (0, 999, 12_345, 1_200_000)] == ["0 B", "999 B", "12.3 kB", "1.2 MB"]
