"""Logs, dead letters and the audit log: what is old goes, and nothing else, whatever lies in its place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.cleaning import aged, carried_out, cleaned, du, names, planned, put, told, why
from support.ingesting import fresh_repo

from gitml.ops.cleaning.apply import apply
from gitml.ops.context import Context
from gitml.store import audit

KINDS = ("events", "logs", "dlq")


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return fresh_repo(tmp_path / "repo")


def test_by_age(context: Context) -> None:
    """What was not changed for as long as its type is kept goes; each type has an age of its own, one asked for goes
    before them all."""
    for days in (6, 8, 13, 15, 29, 31):
        put(context, f"logs/{days}.log", days)
        put(context, f"dlq/{days}.jsonl", days)
        put(context, f"events/202001{days:02}.jsonl", days)
    assert sorted(names(cleaned(context, *KINDS))) == sorted(
        [f"{days}.log" for days in (8, 13, 15, 29, 31)]
        + ["31.jsonl"]
        + [f"202001{days:02}.jsonl" for days in (15, 29, 31)]
    )
    assert names(cleaned(context, "dlq", older_than=0)) == ["13.jsonl", "15.jsonl", "29.jsonl", "6.jsonl", "8.jsonl"]


def test_of_the_config(context: Context) -> None:
    """The config says how old; one that says no age is refused by name."""
    from support.digesting import configured

    put(context, "logs/a.log", 3)
    assert names(cleaned(context, "logs")) == []
    assert names(cleaned(configured(context, '[clean]\nlogs = "2d"\n'), "logs")) == ["a.log"]
    with pytest.raises(Exception, match=r"clean.logs: `soon` is no age"):
        planned(configured(context, '[clean]\nlogs = "soon"\n'), "logs")


def test_links_stay(context: Context, tmp_path: Path) -> None:
    """A link in a folder stays with what it leads to; a folder that is a link is not looked into."""
    outside = tmp_path / "outside"
    outside.mkdir()
    mine = outside / "mine.log"
    mine.write_text("x")
    folder = Path(context.layout.logs)
    folder.mkdir(parents=True)
    (folder / "link.log").symlink_to(mine)
    made = planned(context, "logs", older_than=0)
    assert why(made, "link.log") == "stays: a link, which is not followed"
    (folder / "link.log").unlink()
    folder.rmdir()
    folder.symlink_to(outside)
    assert planned(context, *KINDS, older_than=0).items == [] and mine.exists()


def test_a_folder_swapped_between_look_and_deletion(context: Context, tmp_path: Path) -> None:
    """Where the folder has become a link by then, what it leads to stays."""
    put(context, "logs/a.log", 99)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.log").write_text("mine")
    made = planned(context, "logs")
    os.rename(context.layout.logs, tmp_path / "moved")
    Path(context.layout.logs).symlink_to(outside)
    done = carried_out(context, made)
    assert done.gone == [] and len(done.failures) == 1 and (outside / "a.log").exists()


def test_what_changed_since_stays(context: Context) -> None:
    """A log that was written to between look and deletion stays, and is told as a failure; the rest goes."""
    put(context, "logs/a.log", 99)
    put(context, "logs/b.log", 99)
    made = planned(context, "logs")
    with (Path(context.layout.logs) / "a.log").open("a") as file:
        file.write("more\n")
    done = carried_out(context, made)
    assert names(done) == ["b.log"]
    assert ["changed since it was looked at" in reason for _, reason in done.failures] == [True]


def test_todays_audit_log_stays(context: Context) -> None:
    """Whatever age is asked for, what tells of this cleaning stays; so does a day that is still to come (a clock went
    back) and what is none of the log's files."""
    audit.write(context.layout, [])
    for name in (audit.today(), "29990101.jsonl", "mine.jsonl"):
        put(context, f"events/{name}", 99)
    old = put(context, "events/20200101.jsonl", 99)
    assert names(cleaned(context, "events", older_than=0)) == ["20200101.jsonl"]
    assert told(context) == [str(old)]


def test_told_before_it_goes(context: Context) -> None:
    """The audit log says what went, when, why, how much, by which command."""
    path = put(context, "logs/a.log", 9)
    cleaned(context, "logs")
    line, end = audit.read(context.layout)
    assert line["what"] == "clean.logs" and line["by"] == "gitml clean" and line["path"] == str(path)
    assert line["bytes"] == end["bytes"] > 0 and line["why"] == "not changed for 9d" and line["timestamp"][:2] == "20"
    assert end["what"] == "clean.end" and end["run"] == line["run"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.lists(
        st.tuples(st.sampled_from(KINDS), st.integers(0, 60), st.integers(0, 20_000), st.booleans()), max_size=8
    ),
    links=st.lists(st.tuples(st.integers(0, 7), st.sampled_from(KINDS)), max_size=4),
    outside=st.booleans(),
)
def test_a_plan_says_what_is_freed(
    tmp_path_factory: pytest.TempPathFactory,
    files: list[tuple[str, int, int, bool]],
    links: list[tuple[int, str]],
    outside: bool,
) -> None:
    """Of plain, sparse and hard-linked files, in one type or several: bytes said, bytes told and what ``du`` has less
    are one figure; and cleaned once more, nothing is left to do."""
    context = fresh_repo(tmp_path_factory.mktemp("law") / "repo")
    put(context, "events/" + audit.today(), 0)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    paths = []
    for number, (kind, days, length, sparse) in enumerate(files):
        path = put(context, f"{kind}/202001{number + 1:02}.jsonl", days, b"x" * length)
        if sparse:
            os.truncate(path, length + (1 << 24))
        paths.append(aged(path, days))
    for number, (which, kind) in enumerate(links):
        if which < len(paths):
            other = Path(context.layout.local, kind, f"202002{number + 1:02}.jsonl")
            other.parent.mkdir(exist_ok=True)
            os.link(paths[which], other)
    if outside and paths:
        os.link(paths[0], elsewhere / "name")
    made = planned(context, *KINDS)
    before = taken(context, elsewhere)
    done = carried_out(context, made)
    said = sum(item.bytes for item in made.going)
    assert said == sum(item.bytes for item in done.gone) == before - taken(context, elsewhere)
    assert planned(context, *KINDS).going == []


def taken(context: Context, elsewhere: Path) -> int:
    """What all of it takes, but for what is noted of the cleaning itself."""
    return du(*(Path(context.layout.local) / kind for kind in KINDS), elsewhere) - du(
        Path(context.layout.events) / audit.today()
    )


def test_progress_is_told_thing_by_thing(context: Context) -> None:
    """Some things take seconds each: whoever waits hears of every one."""
    for number in range(60):
        put(context, f"logs/{number:02d}.log", 99)
    heard: list[tuple[str, int, int]] = []
    apply(context, planned(context, "logs"), "gitml clean", lambda *told: heard.append(told))
    assert heard == [("logs", done, 60) for done in range(61)]
