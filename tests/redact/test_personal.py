"""Personal data: what is replaced, what stays readable, and that a second pass changes nothing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitml.redact.personal import clean_personal, find_personal
from gitml.redact.personal_numbers import luhn
from gitml.redact.policy import PERSONAL, Policy

HOME = "/home/marta.k"
ALL = Policy(personal=PERSONAL)


def clean(text: str, policy: Policy = ALL) -> str:
    return clean_personal(text, policy, HOME)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/home/marta.k/work/api/src/a.py:12", "~/work/api/src/a.py:12"),
        ("cd /home/marta.k", "cd ~"),
        ("cd /home/marta.k && ls", "cd ~ && ls"),
        ("PATH=/home/marta.k/bin:/usr/bin", "PATH=~/bin:/usr/bin"),
        (
            "/home/marta.k/.claude/projects/-home-marta-k-work-api/x.jsonl",
            "~/.claude/projects/-home-user-work-api/x.jsonl",
        ),
        ("/home/marta.kx/a", "/home/user/a"),
        ("/mnt/disk/home/marta.k/a", "/mnt/disk/home/user/a"),
        ("file:///home/marta.k/a.html", "file:///home/user/a.html"),
        ("drwx /home/piet/x", "drwx /home/user/x"),
        ("/Users/Piet Jan", "/Users/user Jan"),
        ("/Users/piet", "/Users/user"),
        (r"C:\Users\Piet\src\x.py", r"C:\Users\user\src\x.py"),
        (r'"C:\\Users\\Piet\\src"', r'"C:\\Users\\user\\src"'),
        ("c:/Users/piet/x", "c:/Users/user/x"),
        ("/Users/Shared/x /home/runner/work /home/user/x", "/Users/Shared/x /home/runner/work /home/user/x"),
        ("https://example.com/home/piet/x", "https://example.com/home/piet/x"),
        ("GET /home/index.html", "GET /home/index.html"),
        ("/home/$USER/x /home/{name}/x /home/", "/home/$USER/x /home/{name}/x /home/"),
        ("src/home/page/x.py app/Users/list.tsx", "src/home/user/x.py app/Users/list.tsx"),
        ("mail marta.k@firma.example.com now", "mail [email] now"),
        ("git@github.com:a/b.git noreply@x.example", "git@github.com:a/b.git noreply@x.example"),
        ("pip install x@1.2.3 @scope/pkg@4.5.6", "pip install x@1.2.3 @scope/pkg@4.5.6"),
        ("from 203.0.113.77 port 22", "from [ip] port 22"),
        ("http://10.1.2.3:8080/", "http://[ip]:8080/"),
        ("127.0.0.1 0.0.0.0 255.255.255.0 ::1", "127.0.0.1 0.0.0.0 255.255.255.0 ::1"),
        ("version 1.2.3.4, v4.3.2.1, 1.2.3.4.5, 300.1.1.1", "version 1.2.3.4, v4.3.2.1, 1.2.3.4.5, 300.1.1.1"),
        ("2001:db8:85a3::8a2e:370:7334 up", "[ip] up"),
        ("fe80:0:0:0:1:2:3:4", "[ip]"),
        ("12:34:56 std::vector dead::beef 00:1a:2b:3c:4d:5e", "12:34:56 std::vector dead::beef 00:1a:2b:3c:4d:5e"),
        ("card 4111 1111 1111 1111.", "card [card]."),
        ("5555-5555-5555-4444", "[card]"),
        ("4111 1111 1111 1112 and 1763650000000000", "4111 1111 1111 1112 and 1763650000000000"),
        ("call +49 30 901820 or (555) 234-5678", "call [phone] or [phone]"),
        ("+31612345678x +31 6 12345678", "+31612345678x [phone]"),
        ("@@ -1,7 +1,9 @@\n+12345678901\n2026-11-20", "@@ -1,7 +1,9 @@\n+12345678901\n2026-11-20"),
    ],
)
def test_what_is_replaced(text: str, expected: str) -> None:
    """Names and numbers of people go; paths stay readable, code, versions and times as they are."""
    assert clean(text) == expected
    assert clean(expected) == expected


def test_only_what_was_asked_for() -> None:
    """Paths by default; each other kind alone; nothing where paths are switched off."""
    text = "/home/piet/x piet@firma.example.com 203.0.113.77 +49 30 901820 4111111111111111"
    parts = ("/home/user/x", "[email]", "[ip]", "[phone]", "[card]")
    words = text.replace("+49 30 901820", "\0").split(" ")
    for kind, index in (("paths", 0), ("emails", 1), ("ips", 2), ("phones", 3), ("cards", 4)):
        expected = " ".join([*words[:index], parts[index], *words[index + 1 :]]).replace("\0", "+49 30 901820")
        assert clean(text, Policy(personal=[kind])) == expected
    assert clean(text, Policy(personal=())) == text
    assert clean(text, Policy()) == text.replace("piet/", "user/")


def test_the_folder_of_the_administrator() -> None:
    """/root is a home as well, and no folder that merely begins so."""
    assert clean_personal("/root/x /rootfs/y /root", Policy(), "/root") == "~/x /rootfs/y ~"
    assert clean_personal("a /usr/x", Policy(), "/") == "a /usr/x"
    assert clean_personal("a /usr/x", Policy(), "") == "a /usr/x"


def test_spans_fit_the_text() -> None:
    """Sorted, apart, and what stands there is what goes."""
    text = "/home/piet/a 203.0.113.77 piet@firma.example.com"
    spans = find_personal(text, ALL, HOME)
    assert [text[start:end] for start, end, _ in spans] == ["piet", "203.0.113.77", "piet@firma.example.com"]


PIECES = st.sampled_from(
    ["/home/", "marta.k", "piet", "/Users/", "~", "C:\\Users\\", "@", "firma.example.com", "203.0.113.7", ".", " ", "/",
     "4111111111111111", "+49 30 901820", "-home-marta-k", "\n", ":", "2001:db8::1:2", "https://", "x", "[email]", "-"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join))
def test_twice_is_once(text: str) -> None:
    """Another pass changes nothing, however the pieces meet."""
    once = clean(text)
    assert clean(once) == once


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    """Nothing is raised, and a second pass changes nothing."""
    once = clean(text)
    assert clean(once) == once


@pytest.mark.parametrize(
    "piece", ["/home/", "a@", "1.", ":1", "1 ", "+1 ", "/home/a.", "https://", "-home-marta-k", "a"]
)
def test_no_text_takes_long(piece: str) -> None:
    """100 kB of whatever nearly fits."""
    text = piece * (100_000 // len(piece))
    started = time.monotonic()
    clean(text)
    assert time.monotonic() - started < 1.5


def test_check_digits() -> None:
    """Luhn's, on the networks' own test numbers."""
    assert all(map(luhn, ["4111111111111111", "378282246310005", "6011111111111117"]))
    assert not luhn("4111111111111112") and not luhn("0000000000000000")
