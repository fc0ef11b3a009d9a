"""Policies: what is refused, and what the rules that keep mean."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitml.config import Config
from gitml.errors import BadUsage, GitmlError
from gitml.ops.retention.held import Held
from gitml.ops.retention.keeping import reasons
from gitml.ops.retention.policy import DAY, Policy, check, of_config


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def held(name: str, when: str, stage: str = "raw") -> Held:
    return Held(name, at(when), {name: 1}, stage=stage)


SESSIONS = [
    held("a", "2026-01-03T10:00:00"),  # Saturday of week 1
    held("b", "2026-01-04T10:00:00"),  # Sunday of week 1
    held("c", "2026-01-05T09:00:00"),  # Monday of week 2
    held("d", "2026-01-05T23:59:59"),
    held("e", "2026-01-09T00:00:00", "insights_generated"),
]


@pytest.mark.parametrize(
    ("policy", "kept"),
    [
        (Policy(), ""),
        (Policy(keep_last=2), "de"),
        (Policy(keep_last=9), "abcde"),
        (Policy(keep_daily=1), "e"),
        (Policy(keep_daily=3), "bde"),
        (Policy(keep_weekly=1), "e"),
        (Policy(keep_weekly=9), "be"),
        (Policy(keep_stage=("insights_generated",)), "e"),
        (Policy(keep_stage=("raw", "insights_generated")), "abcde"),
        (Policy(keep_last=1, keep_weekly=2), "be"),
    ],
)
def test_what_any_rule_keeps_stays(policy: Policy, kept: str) -> None:
    """Days and weeks are UTC's, weeks begin on Monday, the newest session of each counts, empty ones do not."""
    assert "".join(sorted(reasons(SESSIONS, policy))) == kept


def test_the_year_of_a_week_is_the_weeks_own() -> None:
    """The 1st of January 2027 is in week 53 of 2026, with the 31st of December."""
    found = reasons([held("a", "2026-12-31T12:00:00"), held("b", "2027-01-01T12:00:00")], Policy(keep_weekly=5))
    assert found == {"b": ["the last of the week 2026-W53"]}


def test_every_rule_that_keeps_one_is_told() -> None:
    """Reasons add up."""
    found = reasons(SESSIONS, Policy(keep_last=1, keep_daily=1, keep_stage=("insights_generated",)))
    assert found == {"e": ["among the last 1", "the last of the day 2026-01-09", "it is insights_generated"]}


@given(st.lists(st.integers(0, 60 * DAY), max_size=20), st.integers(0, 8), st.integers(0, 8), st.integers(0, 8))
def test_the_rules_are_what_they_say(times: list[int], last: int, daily: int, weekly: int) -> None:
    """Kept is what is among the newest N, or the newest of its day or week, which is among the newest N of those."""
    sessions = [Held(f"{place:02}", float(when), {}) for place, when in enumerate(times)]
    newest = sorted(sessions, key=lambda one: (one.last, one.uid), reverse=True)

    def of_buckets(most: int, bucket: Callable[[Held], object]) -> set[str]:
        firsts = [one for one in newest if one == next(other for other in newest if bucket(other) == bucket(one))]
        return {one.uid for one in firsts[:most]}

    def monday(one: Held) -> float:
        return (one.last // DAY + 3) // 7  # 1970-01-01 was a Thursday

    wanted = {one.uid for one in newest[:last]}
    wanted |= of_buckets(daily, lambda one: one.last // DAY) | of_buckets(weekly, monday)
    assert set(reasons(sessions, Policy(keep_last=last, keep_daily=daily, keep_weekly=weekly))) == wanted


def test_the_config_is_a_policy() -> None:
    """0 is no limit; days become seconds."""
    assert of_config(Config()) == Policy(keep_last=1)
    said = {"raw_max_age_days": 90, "raw_soft_cap_bytes": 5, "raw_hard_cap_bytes": 9, "keep_stage": ["analyzed"]}
    assert of_config(Config({"retention": said})) == Policy(90 * DAY, 5, 9, 1, keep_stage=("analyzed",))


def test_a_stage_that_is_none_is_named() -> None:
    """A typo in keep_stage must not let go what was to stay."""
    with pytest.raises(BadUsage, match="keep_stage: `analysed`"):
        of_config(Config({"retention": {"keep_stage": ["analysed"]}}))


@pytest.mark.parametrize("policy", [Policy(), Policy(keep_last=5), Policy(keep_stage=("raw",))])
def test_an_empty_policy_is_refused(policy: Policy) -> None:
    """Rules that keep limit nothing, so a policy of these alone is empty, too."""
    with pytest.raises(BadUsage, match="empty"):
        check(policy)
    check(policy, keep_all=True)


@pytest.mark.parametrize("policy", [Policy(max_age=0), Policy(soft_cap=0), Policy(hard_cap=0, soft_cap=0)])
def test_a_policy_of_nothing_at_all_is_refused(policy: Policy) -> None:
    """An age or a cap of 0 says that everything goes."""
    with pytest.raises(GitmlError, match="every raw copy"):
        check(policy, keep_all=True)
    check(policy, remove_all=True)


def test_caps_that_contradict_each_other_are_refused() -> None:
    """A soft cap above the hard one would never be reached."""
    with pytest.raises(BadUsage, match="above the hard cap"):
        check(Policy(soft_cap=2, hard_cap=1))
    check(Policy(soft_cap=1, hard_cap=1))
