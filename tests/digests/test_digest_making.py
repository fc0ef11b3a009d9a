"""``gitml digest``: when a digest is made, from what, and what it holds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.digesting import LATER, configured, digested, one, recorded
from support.ingesting import OTHER, SESSION, fresh_repo, take
from support.secrets_made import made as secrets
from support.transcript import Transcript, varied

from gitml.agents import registry
from gitml.derive.digests.shape import digest_of
from gitml.model import times
from gitml.model.jsonl import encode
from gitml.model.streams import KEYS
from gitml.ops.context import Context
from gitml.ops.digesting import plan as digesting
from gitml.ops.digesting.prices import prices_of
from gitml.ops.digesting.transcript import material_of
from gitml.ops.digesting.verify import flaw
from gitml.ops.lifecycle.safety import Safety
from gitml.store.fold import fold


def whys(context: Context, now: float = LATER, **options: Any) -> dict[str, tuple[bool, str]]:
    items = digesting.plan(context, now, **options).items
    return {str(item.session["session_id"]): (item.make, item.why) for item in items}


def lifecycle(context: Context) -> list[dict[str, Any]]:
    return [json.loads(line) for line in fold(context.layout, "lifecycle").lines]


def small(session_id: str = SESSION, **more: Any) -> Transcript:
    made = Transcript(session_id, **more)
    made.prompt("please mend the parser")
    (one,) = made.uses(("Bash", {"command": "pytest -q"}), say="I look")
    made.result(one, "Exit code 1\n1 failed", error=True)
    (two,) = made.uses(("Edit", {"file_path": "/work/app/src/parse.py", "old_string": "a", "new_string": "b"}))
    made.result(two, "done", toolUseResult={"filePath": "/work/app/src/parse.py"})
    (three,) = made.uses(("Bash", {"command": "pytest -q"}), ("mcp__linear__get_issue", {"query": "P-1"}))[:1]
    made.result(three, "1 passed")
    made.says("The parser is mended.")
    return made


def test_what_it_holds(tmp_path: Path) -> None:
    """Everything docs/digests.md lists, of a session small enough to count by hand."""
    context = recorded(tmp_path, small())
    digested(context)
    digest = one(context)
    assert (digest["id"], digest["session_id"]) == (f"claude:{SESSION}", SESSION)
    assert digest["outcome"] == "success" and digest["basis"] == "transcript"
    assert digest["evidence"] == [
        "1 turn", "the last turn came to its final answer", "1 file changed", "the last command went well",
    ]  # fmt: skip
    assert digest["tools"] == {"Bash": 2, "Edit": 1, "mcp__linear__get_issue": 1} and digest["mcp"] == {"linear": 1}
    assert (digest["errors"], digest["failed"], digest["retries"]) == (1, {"Bash": 1}, 1)
    assert (digest["files"], digest["files_changed"]) == (["src/parse.py"], 1)
    assert digest["snippets"] == [
        {"kind": "first_prompt", "text": "please mend the parser"},
        {"kind": "last_answer", "text": "The parser is mended."},
        {"kind": "error", "text": "Bash pytest -q: Exit code 1 1 failed"},
    ]
    assert digest["duration_ms"] == digest["active_ms"] > 0
    assert "raw_bytes" not in digest and "raw_sha256" not in digest
    assert (
        digest["timestamp"]
        < digest["updated_at"]
        == json.loads(fold(context.layout, "sessions").lines[0])["updated_at"]
    )


def test_interventions(tmp_path: Path) -> None:
    """Interrupts and words typed meanwhile are interventions, a refusal is a rejection; the API's retries count."""
    made = small()
    made.prompt("more")
    (one_,) = made.uses(("Bash", {"command": "rm -r build"}))
    made.result(one_, "The user doesn't want to proceed with this tool use. The tool use was rejected", error=True)
    made.record("system", subtype="api_error", error={}, retryInMs=5, retryAttempt=1, maxRetries=10)
    made.record(
        "user", message={"role": "user", "content": [{"type": "text", "text": "[Request interrupted by user]"}]}
    )
    context = recorded(tmp_path, made)
    digested(context)
    digest = one(context)
    assert digest["outcome"] == "interrupted"
    assert (digest["interventions"], digest["rejections"], digest["errors"], digest["retries"]) == (1, 1, 1, 2)


def test_marks_analyzed_once(tmp_path: Path) -> None:
    """A lifecycle record of an id made of stage and session, by gitml; a digest made again writes no other."""
    context = recorded(tmp_path, small())
    digested(context)
    (mark,) = (each for each in lifecycle(context) if each["to"] == "analyzed")
    assert mark["id"] == f"stage-analyzed-{SESSION}" and (mark["from"], mark["by"]) == ("raw", "gitml")
    assert mark["timestamp"] == times.of_epoch(LATER)
    digested(configured(context, '[prices."claude-opus-4-6"]\n' + PRICE), LATER + 60, again=True)
    assert [each for each in lifecycle(context) if each["to"] == "analyzed"] == [mark]


PRICE = "input = 1\noutput = 2\ncache_read = 0\ncache_write_5m = 0.5\ncache_write_1h = 0\n"


def test_incremental(tmp_path: Path) -> None:
    """Only what is new or went on; the rest keeps its digest, and a plan changes nothing."""
    made, other = small(), small(OTHER)
    context = recorded(tmp_path, made)
    digested(context)
    first = one(context)
    assert whys(context) == {SESSION: (False, "its digest is up to date")}
    other.write(tmp_path / "projects")
    take(context, tmp_path / "projects", OTHER)
    made.prompt("and the lexer")
    made.says("Done, too.")
    made.write(tmp_path / "projects")
    take(context, tmp_path / "projects")
    assert whys(context) == {SESSION: (True, "it went on"), OTHER: (True, "it has none")}
    assert len(fold(context.layout, "digests").lines) == 1
    assert len(digested(context).made) == 2
    now = next(json.loads(line) for line in fold(context.layout, "digests").lines if SESSION.encode() in line)
    assert now["chats"] == 2 and now["updated_at"] > first["updated_at"] and now["rev"] > first["rev"]


def test_active_sessions_are_left_alone(tmp_path: Path) -> None:
    """Until 5 minutes after the last word, 12 hours after one without an end; unless it is named."""
    done, stuck = small(), small(OTHER)
    stuck.prompt("run the long one")
    stuck.uses(("Bash", {"command": "make all"}))
    context = recorded(tmp_path, done, stuck)
    ends = {
        each["session_id"]: times.millis(each["updated_at"]) / 1000
        for each in map(json.loads, fold(context.layout, "sessions").lines)
    }
    may = (False, "it may still go on")
    assert whys(context, ends[SESSION] + 299)[SESSION] == may
    assert whys(context, ends[SESSION] + 301)[SESSION] == (True, "it has none")
    assert whys(context, ends[OTHER] + 11.9 * 3600)[OTHER] == may
    assert whys(context, ends[OTHER] + 12.1 * 3600)[OTHER] == (True, "it has none")
    assert whys(context, ends[OTHER] + 1, named=[OTHER]) == {OTHER: (True, "it has none")}


def test_two_clones_make_the_same(tmp_path: Path) -> None:
    """Byte for byte, at another time, in another repository, whether read in pieces or at once."""
    made = varied(SESSION, 9)
    one_, two = recorded(tmp_path / "one", made), fresh_repo(tmp_path / "two" / "repo")
    for upto in (3, 11, None):
        made.write(tmp_path / "two" / "projects", upto)
        take(two, tmp_path / "two" / "projects")
    digested(one_)
    digested(two, LATER + 1e6)
    assert fold(one_.layout, "digests").lines == fold(two.layout, "digests").lines


def test_without_the_transcript(tmp_path: Path) -> None:
    """Made from records it says so, with the same sums; it takes no richer one's place, and gives way to one."""
    made = varied(SESSION, 12)
    context, other = recorded(tmp_path / "a", made), recorded(tmp_path / "b", made)
    digested(context)
    rich = one(context)
    shutil.rmtree(tmp_path / "a" / "projects")
    assert digested(context, again=True).made == [] and one(context) == rich
    shutil.rmtree(tmp_path / "b" / "projects")
    digested(other)
    poor = one(other)
    assert poor["basis"] == "records" and whys(other)[SESSION] == (False, "its digest is up to date")
    same = ("id", "timestamp", "outcome", "chats", "cost", "usage", "models", "tools", "failed", "agents", "commits")
    assert {key: poor[key] for key in same} == {key: rich[key] for key in same}
    made.write(tmp_path / "b" / "projects")
    assert whys(other)[SESSION] == (True, "its transcript is here now")
    digested(other)
    assert one(other) == rich


def test_other_prices_take_the_place(tmp_path: Path) -> None:
    """A digest made again at other prices wins, there and back again; a model that gets a price is done by itself."""
    made = small()
    made.lines = [line.replace(b"claude-opus-4-6", b"glm-5") for line in made.lines]
    context = recorded(tmp_path, made)
    digested(context)
    assert one(context)["cost"] is None and one(context)["unpriced"] == ["glm-5"]
    priced = configured(context, '[prices."glm-5"]\n' + PRICE)
    assert whys(priced)[SESSION] == (True, "a model of it has a price by now")
    digested(priced)
    found = one(priced)
    usage = found["usage"]
    assert found["cost"] == round((usage["input"] + 2 * usage["output"] + usage["cache_write_5m"] / 2) / 1e6, 6)
    assert "unpriced" not in found
    digested(configured(context, ""), again=True)
    assert one(context)["cost"] is None and one(context)["rev"] > found["rev"]


def test_a_newer_versions_digest_stays(tmp_path: Path) -> None:
    """And so does one of a longer transcript, seen in another clone."""
    context = recorded(tmp_path, small())
    digested(context)
    from gitml.redact.gate import seal
    from gitml.store import spool

    newer = {**one(context), "deriver": 99, "files": ["of a newer version"]}
    spool.append(context.layout, [seal("digests", newer)])
    assert digested(context, again=True).made == [] and one(context) == newer


def test_no_secret_is_in_it(tmp_path: Path) -> None:
    """Neither in texts, nor in what becomes a key: tools' and models' names; numbered as in the chats."""
    secret, other = secrets(1)["github-token"], secrets(2)["github-token"]
    made = Transcript(SESSION)
    made.prompt(f"use {secret} to push")
    made.uses((f"mcp__{other}__push", {"command": f"git push https://x:{secret}@example.invalid"}))
    made.says(f"pushed with {secret}")
    made.lines[-1] = made.lines[-1].replace(b"claude-opus-4-6", b"model-" + other.encode())
    context = recorded(tmp_path, made)
    digested(context)
    (line,) = fold(context.layout, "digests").lines
    assert secret.encode() not in line and other.encode() not in line
    assert "[redacted:github-token:1]" in one(context)["snippets"][0]["text"]


def test_a_secret_recognised_late_leaves_it(tmp_path: Path) -> None:
    """Out of the digest that waits for a commit, as out of every other record; the next one is made without it."""
    late = "qZ7w" + "Xk2pVb9" + "mTr4"
    made = Transcript(SESSION)
    made.prompt(f"use {late} for it")
    made.says(f"I used {late}.")
    context = recorded(tmp_path, made)
    digested(context)
    assert late.encode() in fold(context.layout, "digests").lines[0]
    made.prompt(f"password={late}")
    made.says("I see")
    made.write(tmp_path / "projects")
    take(context, tmp_path / "projects")
    assert not any(late.encode() in path.read_bytes() for path in Path(context.layout.spools).rglob("*.jsonl"))
    assert whys(context) == {SESSION: (True, "it has none")}
    digested(context)
    assert [each["text"] for each in one(context)["snippets"]] == ["use [redacted:password:1] for it", "I see"]


def test_from_a_raw_copy(tmp_path: Path) -> None:
    """A redacted copy of the transcript makes the digest that the transcript makes, with what it was made from."""
    secret = secrets(1)["github-token"]
    made = small()
    made.prompt(f"push with {secret}")
    made.says(f"pushed with {secret}")
    context = recorded(tmp_path, made)
    digested(context)
    path = next((tmp_path / "projects").rglob("*.jsonl"))
    path.write_bytes(path.read_bytes().replace(secret.encode(), b"[redacted:github-token:1]"))
    adapter = registry.adapter("claude")
    source = adapter.locate(SESSION, str(tmp_path / "projects"))
    assert source is not None
    material, _ = material_of(context, adapter, source, prices_of(context.config), "raw")
    assert material is not None
    material.raw = {"raw_bytes": 7, "raw_sha256": "ab" * 32}
    from_raw, first = digest_of(material), one(context)
    assert from_raw == {**first, "basis": "raw", **material.raw, "rev": first["rev"] + 1}


def test_what_is_hidden_is_not_in_it(tmp_path: Path) -> None:
    """A forgotten chat is in the sums of tokens alone."""
    made = small()
    made.prompt("a word nobody may read")
    made.says("I will not tell that word.")
    context = recorded(tmp_path, made)
    from gitml.ops.forgetting import forget, targets

    chat = json.loads(fold(context.layout, "chats").lines[-1])
    digested(context)
    assert b"nobody may read" not in fold(context.layout, "digests").lines[0]
    assert b"not tell that word" in fold(context.layout, "digests").lines[0]
    usage = one(context)["usage"]
    forget.apply(context, forget.plan(context, targets.by_ids(context, (chat["id"],)), LATER))
    (line,) = fold(context.layout, "digests").lines
    assert b"that word" not in line and json.loads(line)["usage"] == usage and json.loads(line)["chats"] == 1
    spools = [path.read_bytes() for path in Path(context.layout.spools).rglob("digests.jsonl")]
    assert all(b"that word" not in data for data in spools)


def test_forgetting_reaches_copies_and_tracked_digests(tmp_path: Path) -> None:
    """A resumed session's digest quotes the same words; one that a commit carries loses against one made without them,
    even without a transcript, and whoever hears of it later makes it again."""
    made = Transcript(SESSION)
    made.prompt("a word nobody may read")
    made.says("I will not tell that word.")
    resumed = Transcript(OTHER, seed=2)
    for line in made.lines:
        resumed.add({**json.loads(line), "sessionId": OTHER})
    resumed.clock = made.clock
    context = recorded(tmp_path, made, resumed)
    digested(context)
    assert all(b"that word" in line for line in fold(context.layout, "digests").lines)
    old = [each.read_bytes() for each in Path(context.layout.spools).rglob("digests.jsonl")]
    shutil.rmtree(tmp_path / "projects")
    from gitml.ops.forgetting import forget, targets

    chat = json.loads(fold(context.layout, "chats").lines[0])
    forget.apply(context, forget.plan(context, targets.by_ids(context, (chat["id"],)), LATER))
    assert [json.loads(line)["forgotten"] for line in fold(context.layout, "digests").lines] == [2, 1]
    tracked = Path(context.layout.tracked, "digests.jsonl")
    tracked.parent.mkdir(parents=True)
    tracked.write_bytes(b"".join(old))
    assert not any(b"that word" in line for line in fold(context.layout, "digests").lines)
    for path in Path(context.layout.spools).rglob("digests.jsonl"):
        path.unlink()
    assert whys(context) == dict.fromkeys((SESSION, OTHER), (True, "something of it was forgotten"))
    digested(context)
    assert not any(b"that word" in line for line in fold(context.layout, "digests").lines)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.integers(1, 12))
def test_it_is_bounded_and_stands(tmp_path_factory: pytest.TempPathFactory, seed: int, turns: int) -> None:
    """Of any session: at most 4 kB, and it stands for the session it is of."""
    made = varied(SESSION, turns, seed=seed)
    for number in range(turns * 3):
        made.uses((f"mcp__server{number}__{'tool' * 9}", {"file_path": f"/work/app/{'deep/' * 20}{number}.py"}))
    context = recorded(tmp_path_factory.mktemp("d"), made)
    digested(context)
    (line,) = fold(context.layout, "digests").lines
    (session,) = map(json.loads, fold(context.layout, "sessions").lines)
    assert len(line) <= 4096 and flaw(json.loads(line), session) == ""


def test_flaws(tmp_path: Path) -> None:
    """What a digest must not be if anything is to be deleted on its word."""
    context = recorded(tmp_path, small())
    digested(context)
    digest, (session,) = one(context), map(json.loads, fold(context.layout, "sessions").lines)
    raw = {"raw_bytes": 5, "raw_sha256": "ab" * 32}
    assert flaw(digest, session) == "" and flaw({**digest, **raw}, session, raw) == ""
    assert flaw(None, session) == "it has no digest"
    assert flaw(digest, {**session, "updated_at": "2030"}) == "it went on after its digest was made"
    assert flaw(digest, {**session, "session_uid": "claude:x"}) == "its digest is of another session"
    assert flaw({**digest, "usage": None}, session) == "its digest is damaged"
    assert flaw({**digest, "snippets": ["x" * 5000]}, session) == "its digest is damaged"
    assert flaw(digest, session, raw) == "its digest is not of the raw copy that is kept"


@pytest.mark.parametrize("odd", [None, 7, "x", [7], {"a": []}])
def test_odd_records(tmp_path: Path, odd: Any) -> None:
    """Records that anybody may have written stop neither the plan nor the other sessions."""
    context = recorded(tmp_path, small(OTHER))
    shutil.rmtree(tmp_path / "projects")
    ids = {"id": "a", "session_id": "s", "session_uid": "claude:s", "timestamp": "2026-01-01T00:00:00.000Z"}
    tracked = Path(context.layout.tracked)
    tracked.mkdir(parents=True)
    for stream in ("sessions", "chats", "actions", "orchestration", "lifecycle", "digests"):
        record = dict.fromkeys(KEYS[stream], odd) | ids | {"id": "claude:s"}
        (tracked / f"{stream}.jsonl").write_bytes(encode(record) + b"\n")
    report = digesting.apply(context, digesting.plan(context, LATER, again=True), LATER)
    assert OTHER in [each["session_id"] for each in report.made]
    assert Safety(context, LATER).against({**ids, "updated_at": ""}) != ""


def test_one_failure_does_not_stop_the_rest(tmp_path: Path) -> None:
    """A transcript that cannot be read is named; the other sessions get theirs."""
    made, other = small(), small(OTHER)
    context = recorded(tmp_path, made, other)
    plan = digesting.plan(context, LATER)
    path = made.write(tmp_path / "projects")
    path.unlink()
    path.symlink_to("/dev/null")
    report = digesting.apply(context, plan, LATER)
    assert [each["session_id"] for each in report.made if each["basis"] == "transcript"] == [OTHER]
