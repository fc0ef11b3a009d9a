"""The planner: who goes, in which order, and why."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitml.errors import GitmlError
from gitml.ops.retention.held import Held
from gitml.ops.retention.keeping import reasons
from gitml.ops.retention.plan import Plan, check, plan
from gitml.ops.retention.policy import DAY, Policy

NOW = 1000.0 * DAY


def held(name: str, age: float, size: int = 10, **more: Any) -> Held:
    """A session that was last active ``age`` days ago and shares nothing."""
    return Held(name, NOW - age * DAY, {name: size}, **more)


def gone(made: Plan) -> str:
    return "".join(choice.held.uid for choice in made.order)


def why(made: Plan, name: str) -> str:
    return next(choice.why for choice in made.choices if choice.held.uid == name)


def test_age_is_a_backstop() -> None:
    """What is older goes if its digest stands for it and no rule keeps it."""
    sessions = [held("a", 40), held("b", 35, flaw="it has no digest"), held("c", 31, stage="analyzed"), held("d", 30)]
    made = plan(sessions, Policy(max_age=30 * DAY, keep_stage=("analyzed",)), NOW)
    assert gone(made) == "a"
    assert why(made, "a") == "older than 30 days"
    assert why(made, "b") == "older than 30 days, but not analyzed: it has no digest"
    assert why(made, "c") == "it is analyzed"
    assert why(made, "d") == "within its age and the caps"


def test_the_soft_cap_takes_the_oldest_analyzed_first() -> None:
    """As many as it needs and no more; one without a digest is passed over."""
    sessions = [held("d", 1), held("c", 2), held("b", 3, flaw="it has no digest"), held("a", 4)]
    made = plan(sessions, Policy(soft_cap=25), NOW)
    assert gone(made) == "ac"
    assert (made.before, made.after, made.short) == (40, 20, [])
    assert why(made, "a") == "40 bytes are above the soft cap of 25"


def test_over_the_soft_cap_what_is_not_analyzed_stays() -> None:
    """It is refused, and the plan says that the cap is not met."""
    made = plan([held(name, 3, flaw="it has no digest") for name in "abc"], Policy(soft_cap=15), NOW)
    assert gone(made) == ""
    assert made.short == [
        "raw copies take 30 bytes, above the soft cap of 15; 0 active, 0 kept by a rule, 3 not analyzed"
    ]


def test_over_the_hard_cap_they_are_analyzed_first() -> None:
    """The oldest of those without a digest is to be analyzed, then it goes; no loss is planned before that failed."""
    sessions = [held("a", 3, flaw="it has no digest"), held("b", 2, flaw="it has no digest"), held("c", 1)]
    made = plan(sessions, Policy(hard_cap=15), NOW)
    assert [(choice.held.uid, choice.analyze, choice.loss) for choice in made.order] == [
        ("c", False, False),
        ("a", True, False),
    ]


def test_a_loss_is_the_last_resort() -> None:
    """What could not be analyzed goes after all that could, even after what a rule keeps, and the oldest first."""
    sessions = [
        held("a", 9, flaw="damaged", tried=True),
        held("b", 8, flaw="damaged", tried=True),
        held("c", 7, stage="analyzed"),
        held("d", 6),
    ]
    made = plan(sessions, Policy(hard_cap=10, keep_stage=("analyzed",)), NOW)
    assert gone(made) == "dca"
    assert [choice.loss for choice in made.order] == [False, False, True]
    assert why(made, "a") == "20 bytes are above the hard cap of 10; not analyzed: damaged"


def test_active_sessions_are_never_touched() -> None:
    """Neither age nor a cap reaches them."""
    made = plan([held("a", 90, active=True)], Policy(max_age=DAY, soft_cap=1, hard_cap=1), NOW)
    assert gone(made) == ""
    assert why(made, "a") == "it may still go on"
    assert len(made.short) == len(made.notes) == 1


def test_what_is_shared_is_freed_with_the_last_that_has_it() -> None:
    """A fork and its origin share bytes: they count once, and evicting one of them frees only what is its own."""
    sessions = [Held("a", 1, {"x": 100, "own": 1}), Held("b", 2, {"x": 100, "more": 5})]
    made = plan(sessions, Policy(soft_cap=105), NOW)
    assert (made.before, made.after, gone(made), made.order[0].freed) == (106, 105, "a", 1)
    assert plan(sessions, Policy(soft_cap=104), NOW).after == 0


def test_removing_everything_is_refused() -> None:
    """Without an explicit flag; a store that holds nothing is nothing to refuse."""
    made = plan([held("a", 5)], Policy(max_age=DAY), NOW)
    with pytest.raises(GitmlError, match="every raw copy"):
        check(made)
    check(made, remove_all=True)
    check(plan([held("a", 5)], Policy(max_age=DAY, keep_last=1), NOW))
    check(plan([], Policy(max_age=DAY), NOW))


FLAWS = st.sampled_from([("", False), ("it has no digest", False), ("damaged", True)])
SIZES = {f"o{place}": 1 + place * 7 for place in range(9)}


@st.composite
def stores(draw: st.DrawFn) -> list[Held]:
    made = []
    for place in range(draw(st.integers(0, 9))):
        flaw, tried = draw(FLAWS)
        objects = {name: SIZES[name] for name in draw(st.sets(st.sampled_from(sorted(SIZES)), max_size=4))}
        last, active = NOW - draw(st.integers(0, 60)) * DAY, draw(st.booleans() if place % 4 == 0 else st.just(False))
        stage = draw(st.sampled_from(["raw", "analyzed"]))
        made.append(Held(f"s{place}", last, {f"m{place}": 1, **objects}, flaw, active, stage, tried))
    return made


LIMIT = st.none() | st.integers(0, 150)
POLICIES = st.builds(
    Policy,
    st.none() | st.integers(0, 70).map(lambda days: float(days * DAY)),
    LIMIT,
    LIMIT,
    st.integers(0, 2),
    st.integers(0, 2),
    st.integers(0, 2),
    st.sampled_from([(), ("analyzed",)]),
)


def disk(sessions: list[Held]) -> int:
    return sum({name: size for one in sessions for name, size in one.objects.items()}.values())


@given(stores(), POLICIES)
def test_the_laws_of_a_plan(sessions: list[Held], policy: Policy) -> None:
    """Each session once; bytes add up; nobody goes without need; the dearest last; then nothing is left to do."""
    made = plan(sessions, policy, NOW)
    out = {choice.held.uid for choice in made.order}
    left = [one for one in sessions if one.uid not in out]
    kept = reasons(sessions, policy)
    assert sorted(choice.held.uid for choice in made.choices) == sorted(one.uid for one in sessions)
    assert {choice.held.uid for choice in made.choices if choice.evict} == out
    assert (made.before, made.after) == (disk(sessions), disk(left))
    assert sum(choice.freed for choice in made.order) == made.before - made.after
    for choice in made.choices:
        assert choice.why
    remaining = list(sessions)
    for choice in made.order:
        one = choice.held
        assert not one.active
        if choice.rule == "hard_cap":
            assert policy.hard_cap is not None and disk(remaining) > policy.hard_cap
        else:
            assert not one.flaw and one.uid not in kept
        if choice.rule == "soft_cap":
            assert policy.soft_cap is not None and disk(remaining) > policy.soft_cap
        assert choice.loss == bool(one.flaw and one.tried) and choice.analyze == bool(one.flaw and not one.tried)
        remaining = [other for other in remaining if other is not one]
        assert not choice.loss or all(other.active or (other.flaw and other.tried) for other in remaining)
        free = [other for other in remaining if not (other.active or other.flaw or other.uid in kept)]
        if choice.rule in ("soft_cap", "hard_cap") and one.uid not in kept and not one.flaw:
            assert all((one.last, one.uid) < (other.last, other.uid) for other in free)
    for cap in (policy.soft_cap, policy.hard_cap):
        if cap is not None and made.after > cap:
            assert made.short + made.notes
            blocked = [one.active or (cap != policy.hard_cap and (one.flaw or one.uid in kept)) for one in left]
            assert all(blocked)
    again = plan(left, policy, NOW)
    assert [choice.held.uid for choice in again.order if choice.rule != "age"] == []


@given(stores(), POLICIES, st.randoms())
def test_the_order_sessions_come_in_does_not_matter(sessions: list[Held], policy: Policy, random: Any) -> None:
    """Equal stores give equal plans."""
    mixed = list(sessions)
    random.shuffle(mixed)
    assert plan(mixed, policy, NOW) == plan(sessions, policy, NOW)
