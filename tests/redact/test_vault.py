"""A session's secrets: numbered, and found again in every wrapping."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.secrets_made import made

from gitml.redact.again import Again
from gitml.redact.engine import Engine
from gitml.redact.gate import Gate
from gitml.redact.vault import Vault, replaced

SECRET = "t0p/S3cret+v4lue" + "=x9"
WRAPPINGS = {
    "bare": lambda value: value,
    "json": json.dumps,
    "json in json": lambda value: json.dumps(json.dumps({"a": value})),
    "url": lambda value: quote(value, safe=""),
    "url with slashes": quote,
    "form": quote_plus,
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "basic auth": lambda value: base64.b64encode(b"user:" + value.encode()).decode(),
    "base64, off by one": lambda value: base64.b64encode(b"u:" + value.encode() + b"\n").decode(),
    "base64 for urls": lambda value: base64.urlsafe_b64encode(b"ab" + value.encode()).decode(),
    "broken by a line": lambda value: f"{value[:7]}\n{value[7:]}",
    "broken by a shell": lambda value: f"{value[:7]}\\\n    {value[7:]}",
    "broken in a diff": lambda value: f"+{value[:7]}\n+{value[7:]}",
    "broken twice": lambda value: f"{value[:5]}\n  {value[5:9]}\n  {value[9:]}",
}


def knowing(*values: str) -> Vault:
    """A vault that learnt the values where their context gave them away."""
    vault = Vault(Engine())
    for at, value in enumerate(values):
        vault.look("password", value, (at,), ("", at, 0))
    vault.settle()
    assert [secret.value for secret in vault.secrets] == list(values)
    return vault


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("value", [SECRET, 'quo"te\\d S3cret', "pässwörter-123"])
def test_a_secret_is_found_again(wrapping: str, value: str) -> None:
    """What was recognised once goes wherever it comes again, however it is wrapped, and keeps its number."""
    text = f"see {WRAPPINGS[wrapping](value)} there"
    clean = knowing("another-0ne-x", value).clean(text)
    assert "[redacted:password:2]" in clean
    assert clean.startswith("see ")
    assert clean.endswith(" there")
    assert not any(form in clean for form in (value, value[4:], value[:-4]) if len(form) > 6)


def test_equal_secrets_are_recognisable_and_different_ones_told_apart() -> None:
    """A number stands for one value throughout a session, and says nothing of it."""
    vault = knowing("first-S3cret", "second-S3cret")
    clean = vault.clean("first-S3cret then second-S3cret then first-S3cret")
    assert clean == "[redacted:password:1] then [redacted:password:2] then [redacted:password:1]"


@pytest.mark.parametrize("word", ["secret", "password", "hello", "12345", "localhost", "production", "20251120"])
def test_words_are_no_search_terms(word: str) -> None:
    """A password that is a word goes where it is assigned; the word itself stays everywhere else."""
    vault = Vault(Engine())
    vault.look("password", word, (0,), ("", 0, 0))
    vault.settle()
    assert vault.clean(f"the {word} of the day") == f"the {word} of the day"


def test_a_vault_is_kept_as_places() -> None:
    """Its state holds where values stand, never a value, and restores the same numbers."""
    vault = knowing("first-S3cret", "second-S3cret")
    state = json.loads(json.dumps(vault.state()))
    assert "S3cret" not in json.dumps(state)
    again = Vault(Engine())
    again.restore(state, lambda file, offset, which: ["first-S3cret", "second-S3cret"][offset])
    assert again.clean("second-S3cret") == "[redacted:password:2]"
    with pytest.raises(LookupError):
        Vault(Engine()).restore(state, lambda file, offset, which: "short")


def test_numbers_follow_the_order_given() -> None:
    """Whatever order texts are searched in, numbers follow the order they are told."""
    vault = Vault(Engine())
    for at in (3, 1, 2):
        vault.look("password", f"value-{at}-S3cret", (at,), ("", at, 0))
    vault.settle()
    assert [secret.value for secret in vault.secrets] == [f"value-{at}-S3cret" for at in (1, 2, 3)]


def test_nothing_shows_a_value() -> None:
    """Neither a vault nor a secret gives its value away when printed."""
    vault = knowing("first-S3cret")
    assert "S3cret" not in repr(vault.secrets) + repr(vault) + str(vault.counts())


@settings(deadline=None)
@given(st.text(), st.sampled_from(sorted(made())), st.text(), st.sampled_from(sorted(WRAPPINGS)))
def test_cleaning_twice_changes_nothing(before: str, kind: str, after: str, wrapping: str) -> None:
    """A cleaned text passes unchanged, with the vault that cleaned it and with an empty one."""
    value = made()[kind]
    vault = Vault(Engine())
    vault.look("", value, (0,), ("", 0, 0))
    vault.settle()
    once = vault.clean(f"{before} {WRAPPINGS[wrapping](value)} {after}")
    assert vault.clean(once) == once
    assert Vault(Engine()).clean(once) == once


_LEAVES = st.integers() | st.text("abc xyz{}[]", max_size=20)


@given(st.recursive(_LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner)))
def test_what_holds_no_secret_is_the_same_bytes(value: object) -> None:
    """Records without secrets come out as they went in."""
    assert Gate(knowing("first-S3cret")).value(value) == value


def test_spans_that_overlap_leave_nothing() -> None:
    """All that any span covers goes, under the mark of the first and longest."""
    assert replaced("abcdefgh", [(1, 4, "X"), (2, 6, "Y"), (1, 3, "Z")]) == "aXgh"


def test_hostile_values_take_linear_time() -> None:
    """A value of one repeated character in a text of the same does not take forever."""
    Again("a1" * 2_000).find("a1" * 100_000 + "\n" + "a1" * 100_000)
