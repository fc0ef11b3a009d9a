"""A made-up project in the older layouts, taken in."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from support.migrating import bytes_below, gitml, lines, named, records, take_in
from support.old_layout import DAY, IDS, SESSION, SHA, UNREADABLE, chat, commit, project, put, session
from support.riding import Clone
from support.secrets_made import made
from support.setup_tree import set_up
from support.stores import files_below

SECRET = made()["github-token"]


def test_everything_is_found_again(clone: Clone) -> None:
    """Every record by its id, whatever it looks like; everything else is named with file, line and reason."""
    report = take_in(clone)
    for stream, wanted in IDS.items():
        assert set(wanted) <= set(records(clone, stream)), stream
    assert named(report) == UNREADABLE
    assert [Path(path).name for path in report.passed] == ["notes.txt"]
    assert report.hunks == 1
    for stream, one in [("chats", "../../etc/passwd"), ("sessions", SESSION), ("commits", SHA[:8])]:
        assert one in gitml(clone, "cat", stream, one)


def test_what_versions_say_is_united(clone: Clone) -> None:
    """One record an id: the newest counts, others fill it in, and what they said otherwise is named."""
    report = take_in(clone)
    chats, sessions, commits = (records(clone, name) for name in ("chats", "sessions", "commits"))
    assert chats[chat(8)["id"]]["commits"] == [SHA] and chats[chat(8)["id"]]["rating"] == 5
    assert sessions[SESSION] | {"rev": 0} == sessions[SESSION] | {
        "rev": 0, "summary": "Made it work.", "chat_count": 3, "queries": ["q"], "tools_used": {"Edit": 2},
        "started_at": f"{DAY}T15:00:00.000Z", "session_id": SESSION, "migrated": True, "unzoned": True,
    }  # fmt: skip
    assert commits[SHA]["ci_result"] == "pass" and commits[SHA]["message"].endswith("At last.")
    assert "hunks" not in commits[SHA] and "person@" not in json.dumps(commits[SHA])
    loser = next(text for text in report.lost if chat(0)["id"] in text)
    assert loser.endswith((": output", ": input, output")) and (
        "legacy/chats.jsonl:1" in loser or chat(0)["id"] in loser
    )


def test_times_and_odd_values(clone: Clone) -> None:
    """Times are UTC in the one form; what has no zone or no time is marked; odd values are kept as texts."""
    take_in(clone)
    chats, commits = records(clone, "chats"), records(clone, "commits")
    assert chats[chat(1)["id"]]["timestamp"] == f"{DAY}T15:00:01.123Z" and chats[chat(1)["id"]]["unzoned"] is True
    assert commits["cd" * 20]["timestamp"] == f"{DAY}T14:30:00.000Z" and "unzoned" not in commits["cd" * 20]
    assert chats["chat-nan"]["timestamp"] == "2025-12-16T15:03:32.000Z" and chats["chat-nan"]["score"] == "nan"
    odd = chats["../../etc/passwd"]
    assert odd["timestamp"] == f"{DAY}T00:00:00.000Z" and odd["input"] == "7" and odd["tools"] == ["Bash"]


def test_twice_is_once(clone: Clone) -> None:
    """The second run appends nothing, and the fold has the same bytes; so it is after a commit and a compaction."""
    take_in(clone)
    before = {name: found for name, found in lines(clone).items() if name != "commits"}
    assert take_in(clone).sum("new") == 0
    clone.git("commit", "-q", "-m", "records")
    clone.settled()
    assert take_in(clone).sum("new") == 0
    gitml(clone, "compact", "--older-than", "0s", "--commit", "-q")
    assert take_in(clone).sum("new") == 0
    assert {name: found for name, found in lines(clone).items() if name != "commits"} == before
    assert clone.status() == ""


def test_no_secret_gets_through(clone: Clone) -> None:
    """A secret that one record gives away is taken out of all; in gitml's files there is none, not even in logs."""
    report = take_in(clone)
    local = Path(clone.context.layout.local)
    assert set(report.secrets) == {"github-token"}
    assert SECRET.encode() not in bytes_below(local)
    chats = records(clone, "chats")
    assert chats[chat(4)["id"]]["output"] == "it was [redacted:github-token]"
    assert chats[chat(3)["id"]]["note"] == "again [redacted:github-token]"
    clone.git("commit", "-q", "-m", "records")
    clone.settled()
    assert SECRET.encode() not in bytes_below(clone.root / ".git-ml" / "tracked" / "live", local)


def test_a_dry_run_is_the_same_plan(clone: Clone) -> None:
    """It tells the same counts, and changes no byte of the work tree, the index or the local state."""
    before = files_below(clone.root)
    foreseen = json.loads(gitml(clone, "migrate", "--dry-run", "--json", code=3).splitlines()[0])
    after = files_below(clone.root)
    changed = {path for path in before | after if before.get(path) != after.get(path)}
    assert changed <= {".git/gitml/config.json"}  # a cache of the settings
    done = json.loads(gitml(clone, "migrate", "--json", code=3).splitlines()[0])
    assert done["moved"] == foreseen["moved"] and done["streams"] == foreseen["streams"]
    assert [one["why"] for one in done["unreadable"]] == [one["why"] for one in foreseen["unreadable"]]


def test_what_a_person_reads(clone: Clone) -> None:
    """By source with counts, what was moved and staged, each thing that could not be read, and what to do next."""
    said = gitml(clone, "migrate", code=3)
    for part in ("files: 17 records in 18 files", "shared: 8 records in 3 files", "chunked: 4 records in 3 files"):
        assert part in said
    assert "moved 2 lines of chats.jsonl to .git-ml/legacy/, staged" in said
    assert "torn.json: not JSON, or cut off" in said and "next: git commit" in said
    assert "hunks of 1 commit left out" in said and "secrets were taken out of the records: github-token" in said
    assert "took in 0 records" in gitml(clone, "migrate", code=3)


def test_commands_say_so_until_it_is_done(clone: Clone) -> None:
    """sync, status and doctor name the command while something was not taken in; and again when more of it comes."""
    told = "older layout"
    assert told in gitml(clone, "status") and told in gitml(clone, "sync") and told in gitml(clone, "doctor", code=0)
    take_in(clone)
    assert told not in gitml(clone, "status") + gitml(clone, "sync") + gitml(clone, "doctor")
    put(clone.root / ".git-ml" / "chats" / DAY / "late.json", chat(50))
    assert told in gitml(clone, "status")


def test_init_and_verify_leave_it_alone(repo: Path) -> None:
    """On a repository in the older layout init names the command and overwrites nothing, and verify takes no line of
    it for damage, before and after it is taken in."""
    project(repo / ".git-ml")
    before = files_below(repo / ".git-ml")
    clone = Clone(repo)
    outcome = set_up(repo)
    assert any("gitml migrate" in note for note in outcome.plan.notes)
    assert before.items() <= files_below(repo / ".git-ml").items()
    assert not {"sessions.jsonl", "chats.jsonl"} & {Path(name).name for name in outcome.plan.stage}
    said = gitml(clone, "verify", "--no-secrets")
    assert "lines of an older layout" in said and "mend: gitml migrate" in said
    gitml(clone, "verify", "--repair", "--no-secrets")
    assert before.items() <= files_below(repo / ".git-ml").items()
    take_in(clone)
    assert "clean" in gitml(clone, "verify")


@pytest.mark.parametrize("stream", ["chats", "sessions"])
def test_forgotten_and_switched_off_stay_out(bare: Clone, stream: str) -> None:
    """What was forgotten does not come back from a file, and a stream that nobody wants is not taken in."""
    put(bare.root / ".git-ml" / "chats" / DAY / "a.json", chat(1))
    put(bare.root / ".git-ml" / "sessions" / "a.json", session())
    take_in(bare)
    identity = {"chats": str(chat(1)["id"]), "sessions": SESSION}[stream]
    gitml(bare, "forget", *(["--session"] if stream == "sessions" else []), identity, "--yes")
    report = take_in(bare)
    assert report.sum("forgotten") and report.sum("new") == 0 and identity not in records(bare, stream)
    with (bare.root / ".git-ml" / "config.toml").open("a") as file:
        file.write('\n[record]\nstreams = ["commits"]\n')
    put(bare.root / ".git-ml" / "chats" / DAY / "b.json", chat(2, session_id="other"))
    assert take_in(bare).streams["chats"]["off"] >= 1


def test_links_lead_nowhere(bare: Clone, tmp_path: Path) -> None:
    """No link is followed, of a file or a folder; each is named."""
    outside = put(tmp_path / "outside" / "chat.json", chat(9))
    data = bare.root / ".git-ml"
    (data / "chats").mkdir()
    (data / "chats" / "link.json").symlink_to(outside)
    (data / "chats" / "folder").symlink_to(outside.parent)
    (data / "sessions").symlink_to(outside.parent)
    (data / "tracked" / "chunked").symlink_to(outside.parent)
    report = take_in(bare)
    assert records(bare, "chats") == {} and report.sum("new") == 0
    assert {one.why for one in report.unreadable} == {"a symbolic link, not followed"} and len(report.unreadable) >= 3


def test_from_another_folder(bare: Clone, tmp_path: Path) -> None:
    """--from takes in what lies elsewhere, shared files too, and changes nothing there."""
    project(tmp_path / "other" / ".git-ml", SECRET)
    before = files_below(tmp_path / "other")
    gitml(bare, "migrate", "--from", str(tmp_path / "other"), code=3)
    assert files_below(tmp_path / "other") == before and bare.status() == ""
    for stream, wanted in IDS.items():
        assert set(wanted) <= set(records(bare, stream)), stream
    first = lines(bare)
    assert take_in(bare, folder=str(tmp_path / "other" / ".git-ml")).sum("new") == 0 and lines(bare) == first
    assert "no such folder" in gitml(bare, "migrate", "--from", "nowhere", code=4)


def test_commits_that_git_knows(bare: Clone) -> None:
    """git describes them; what only the old record says rides along, also when a session is linked to it later."""
    from gitml.ops.riding.commits import link

    sha = bare.git("rev-parse", "HEAD").strip()
    put(bare.root / ".git-ml" / "commits" / "x.json", commit(hash=sha[:10], ci_result="pass", session_id=None))
    take_in(bare)
    record = records(bare, "commits")[sha]
    assert (record["subject"], record["ci_result"], record["session_id"]) == ("record sessions", "pass", "")
    assert link(bare.context, [(sha, "13a84f73-5c0e")]) == 1
    record = records(bare, "commits")[sha]
    assert (record["ci_result"], record["session_id"]) == ("pass", "13a84f73-5c0e")
    assert take_in(bare).sum("new") == 0


def test_what_gitml_recorded_itself_counts(bare: Clone) -> None:
    """An old record of a session that gitml has read itself is left alone and named; so nothing better is hidden."""
    from gitml.redact.gate import seal
    from gitml.store import spool

    own = {
        "id": f"{DAY}_{SESSION}", "started_at": f"{DAY}T14:00:00.000Z", "session_id": f"{SESSION}-5c0e",
        "chat_count": 9, "updated_at": f"{DAY}T14:10:00.000Z", "deriver": 1, "rev": 3,
    }  # fmt: skip
    spool.append(bare.context.layout, [seal("sessions", own)])
    put(bare.root / ".git-ml" / "sessions" / "a.json", session(id=own["id"]))
    report = take_in(bare)
    assert report.own == [f"sessions {own['id']}"] and records(bare, "sessions")[str(own["id"])]["chat_count"] == 9


def test_a_record_changed_under_the_reader(bare: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that goes or changes between the two readings is named, and the rest is taken in."""
    from gitml.ops.migrating import taking

    for number in (1, 2):
        put(bare.root / ".git-ml" / "chats" / DAY / f"{number}.json", chat(number))
    real = taking.Stored

    def late(*arguments: object) -> object:
        os.unlink(bare.root / ".git-ml" / "chats" / DAY / "1.json")
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(taking, "Stored", late)
    report = take_in(bare)
    assert list(records(bare, "chats")) == [chat(2)["id"]] and named(report) == {("1.json", 0)}


def test_hostile_files(bare: Clone) -> None:
    """Depth, numbers beyond a double, half pairs, ids that no line can be found by, thousands of bad lines: all of it
    is taken in or named, each file of rubbish in a bounded number of lines."""
    chats = bare.root / ".git-ml" / "chats" / DAY
    put(chats / "deep.json", '{"id": "deep", "query": ' + "[" * 990 + "]" * 990 + "}")
    put(chats / "deeper.json", "[" * 100_000)
    put(chats / "huge.json", '{"id": "huge", "timestamp": 1e400, "query_tokens": ' + "9" * 400 + "}")
    put(chats / "half.json", '{"id": "half", "query": "\\ud800"}')
    put(chats / "long.json", {"id": "x" * 5000, "query": "long"})
    put(chats / "control.json", {"id": "a\nb", "query": "control"})
    put(chats / "none.json", {"query": "none"})
    put(chats / "number.json", {"id": 42, "query": "number"})
    put(chats / "many.json", [chat(number) for number in range(500)])
    put(bare.root / ".git-ml" / "tracked" / "chunked" / "rubbish.jsonl", *["{"] * 3000)
    report = take_in(bare)
    found = records(bare, "chats")
    assert {"huge", "half", "none", "42", *(chat(number)["id"] for number in range(500))} <= set(found)
    assert {str(found[one]["old_id"])[:3] for one in found if "old_id" in found[one]} >= {"xxx", "a\nb"}
    told = [one for one in report.unreadable if one.path.endswith("rubbish.jsonl")]
    assert len(told) == 101 and told[-1].why == "and 2,900 more lines of it"
    assert {name for name, _ in named(report)} >= {"deeper.json", "rubbish.jsonl"}
    assert take_in(bare).sum("new") == 0


def test_forgetting_says_what_it_does_not_reach(clone: Clone) -> None:
    """What was taken in stands in files that stay as they are: forgetting names them, and they do not bring it back."""
    take_in(clone)
    said = gitml(clone, "forget", str(chat(1)["id"]), "--yes")
    assert "an older layout's files still hold 1 of these: grep -rlF" in said
    assert chat(1)["id"] not in records(clone, "chats")
    assert take_in(clone).sum("forgotten") == 1 and chat(1)["id"] not in records(clone, "chats")


def test_ids_that_look_like_secrets(bare: Clone) -> None:
    """They are removed as everywhere, and the records stay several; another run knows them again."""
    tokens = [made(seed)["github-token"] for seed in (50, 60, 70)]
    for number, token in enumerate(tokens):
        put(bare.root / ".git-ml" / "chats" / DAY / f"{number}.json", chat(number, id=token))
    report = take_in(bare)
    found = records(bare, "chats")
    assert {record["input"] for record in found.values()} == {f"question {number}" for number in range(3)}
    assert not any(token.encode() in bytes_below(Path(bare.context.layout.local)) for token in tokens)
    assert len([note for note in report.notes if "looks like a secret" in note]) == 3
    assert take_in(bare).sum("new") == 0 and records(bare, "chats") == found


def test_what_is_no_regular_file(bare: Clone, tmp_path: Path) -> None:
    """A pipe never makes anything wait, wherever it stands; what tells of it names it, and the rest is taken in."""
    data = bare.root / ".git-ml"
    put(data / "sessions" / "a.json", session())
    (data / "tracked" / "chats.jsonl").unlink()
    for path in (data / "tracked" / "chats.jsonl", data / "sessions" / "pipe.json", data / "current_session.json"):
        os.mkfifo(path)
    (tmp_path / "old").mkdir()
    os.mkfifo(tmp_path / "old" / "x.jsonl.lifecycle.json")
    os.mkfifo(tmp_path / "old" / "disk_health_history.jsonl")
    os.mkfifo(tmp_path / "old" / "chats.jsonl")
    assert take_in(bare).sum("new") == 1 and SESSION in records(bare, "sessions")
    assert {one.why for one in take_in(bare, folder=str(tmp_path / "old")).unreadable} == {"not a regular file"}


def test_records_that_share_a_line(bare: Clone) -> None:
    """Two on one line, one behind another that a kill had cut, one behind a conflict marker: each is found; what was
    nested in a cut one is none, and is named."""
    whole = [json.dumps(chat(number, note="é")) for number in range(6)]
    cut = json.dumps(chat(9, context={"id": "nested"}))
    lines = [whole[0] + whole[1], cut[:-2] + whole[2], "<<<<<<< HEAD " + whole[3], cut[: cut.index("nested") + 8]]
    put(bare.root / ".git-ml" / "tracked" / "chats.jsonl", whole[0], *lines, whole[4] + " " + whole[5] + ",")
    report = take_in(bare)
    assert sorted(records(bare, "chats")) == [chat(number)["id"] for number in range(6)]
    assert named(report) == {("chats.jsonl", number) for number in (3, 4, 5, 6)}
    assert take_in(bare).sum("known") == 6
