"""The rules of a project: what they mean, and that patterns run in linear time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitml.errors import BadUsage
from gitml.redact.patterns import compiled
from gitml.redact.policy import DENIED, Policy, trusted_rules

CATASTROPHIC = (
    (r"(a+)+$", "a" * 20_000 + "!"),
    (r"(a|aa)+$", "a" * 20_000 + "!"),
    (r"(a|a)*b", "a" * 20_000),
    (r"(.*)*x$", "y" * 20_000),
    (r"a*a*a*a*b", "a" * 20_000),
    (r"([a-z]+)*\d", "a" * 20_000),
    (r"(?:[a-z]{1,50}){1,50}!", "a" * 20_000),
    (r"a{1,22}a{1,22}b", "a" * 20_000),
    (r"(x+x+)+y", "x" * 20_000),
)


@pytest.mark.parametrize(("pattern", "text"), CATASTROPHIC)
@pytest.mark.parametrize("engine", ["re", "re2"])
def test_no_pattern_takes_long(pattern: str, text: str, engine: str) -> None:
    """One that would backtrack for ever is refused, or it runs through 20 kB in well under a second."""
    try:
        find = compiled(pattern, "config.toml", engine=engine)
    except BadUsage as error:
        assert pattern.replace("\\", "\\\\") in error.what
        return
    started = time.monotonic()
    find(text)
    assert time.monotonic() - started < 2.0


@pytest.mark.parametrize("engine", ["re", "re2"])
@pytest.mark.parametrize("pattern", [r"corp-[0-9]{4,8}", r"(?i)acme_[A-Z0-9]+", r"(?:ab|cd){2}x", r"\bkey=\S{3,30}\b"])
def test_ordinary_patterns_find_the_same_in_both(pattern: str, engine: str) -> None:
    """What the subset takes means the same to both engines, also behind letters that take several bytes."""
    text = "é corp-12345 \U0001f600 ACME_9XY ü ababx \ud800 key=abcdef, x"
    try:
        found = compiled(pattern, "", engine=engine)(text)
    except BadUsage:
        pytest.skip("google-re2 is not installed")
    assert [text[start:end] for start, end in found] == {
        "c": ["corp-12345"], "(?i": ["ACME_9XY"], "(?:": ["ababx"], "\\b": ["key=abcdef"]
    }[next(key for key in ("c", "(?i", "(?:", "\\b") if pattern.startswith(key))]  # fmt: skip


@pytest.mark.parametrize("pattern", ["(", "a**", "[z-a]", "a*", "(?:)", "", "x" * 2000])
@pytest.mark.parametrize("engine", ["re", ""])
def test_what_is_no_pattern_is_named(pattern: str, engine: str) -> None:
    """One line with the pattern and the file, nothing on stderr."""
    with pytest.raises(BadUsage, match=r"redact\.deny") as caught:
        compiled(pattern, "some/config.toml", engine=engine)
    assert caught.value.where == "some/config.toml" and "\n" not in str(caught.value)


@given(st.text(max_size=12))
def test_any_text_is_a_pattern_or_refused(pattern: str) -> None:
    """Whatever stands in a config, the answer is a pattern that works or BadUsage, with either engine."""
    for engine in ("re", ""):
        try:
            find = compiled(pattern, "c", engine=engine)
        except BadUsage:
            continue
        assert all(start < end for start, end in find("aaaa bbbb 1234 ((( é"))


@pytest.mark.parametrize("pattern", ["[[", "[[a]b]", "[a--b]", "[a&&b]"])
def test_what_python_warns_of_is_refused(pattern: str) -> None:
    """A warning would be printed, which a hook must not."""
    with pytest.raises(BadUsage):
        compiled(pattern, "c", engine="re")


def test_who_may_ask_for_what() -> None:
    """Anybody may have more removed; less only those who are trusted."""
    asking = {"deny": ["aa1"], "allow": ["value-one"], "personal": {"paths": False, "emails": True}}
    alone = Policy.load(asking)
    assert alone.denied("xaa1x") == [(1, 4, DENIED)]
    assert not alone.allows("value-one") and len(alone.allow) == 0
    assert alone.personal == {"paths", "emails"}
    trusted = trusted_rules({"deny": ["bb2"], "allow": ["value-two"], "personal": {"paths": False}}, "main")
    both = Policy.load({"deny": []}, [trusted])
    assert both.denied("aa1 bb2") == [(4, 7, DENIED)]
    assert both.allows("value-two") and "value-two" in both.allow and not both.allows("value-tw")
    assert both.personal == frozenset()
    assert Policy.load({"personal": {"ips": False}}, [{"personal": {"ips": True}}]).personal == {"paths", "ips"}


def test_default() -> None:
    """Without a word from anybody, paths are made anonymous and nothing is allowed."""
    assert Policy().personal == {"paths"} and Policy().denied("x" * 99) == [] and not Policy().allows("")
    assert Policy.load({}).fingerprint == Policy().fingerprint == Policy.load({"allow": ["x"]}).fingerprint


def test_allowed_values_are_not_kept() -> None:
    """Nothing of a trusted section repeats the values that it allows."""
    value = "shown-" + "nowhere"
    rules = trusted_rules({"allow": [value]}, "main")
    policy = Policy.load({}, [rules])
    assert policy.allows(value)
    assert value not in repr(rules) + repr(policy) + repr(policy.allow) + repr(policy.allow.hashes())


@pytest.mark.parametrize("section", [{"deny": "x"}, {"deny": [1]}, {"allow": {"a": 1}}, {"allow": [None]}])
def test_rules_of_the_wrong_kind(section: dict[str, object]) -> None:
    """A list of texts, or a clear word."""
    with pytest.raises(BadUsage, match="list of texts"):
        trusted_rules(section, "main")


def test_too_many_patterns() -> None:
    """Each costs a pass over every text."""
    with pytest.raises(BadUsage, match="201 patterns"):
        Policy(f"aaa{number}" for number in range(201))


def test_order_does_not_matter() -> None:
    """The fingerprint tells policies apart by what they mean."""
    one, other = Policy(["a1", "b2"], ["x", "y"]), Policy(["b2", "a1", "a1"], ["y", "x"])
    assert one.fingerprint == other.fingerprint != Policy(["a1"], ["x", "y"]).fingerprint
