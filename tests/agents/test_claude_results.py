"""Tool results: how a call ended, what it touched, which commits it made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.claude_files import Scribe, read, said

NO = "The user doesn't want to proceed with this tool use. The tool use was rejected"
STATUS: dict[str, tuple[Any, Any, dict[str, Any], str]] = {
    "no flag": ("fine", None, {}, "ok"),
    "flag down": ("Exit code 1 is what it printed", {"stdout": "x", "interrupted": False}, {"is_error": False}, "ok"),
    "exit code": ("Exit code 2\nno such file", "Error: Exit code 2\nno such file", {"is_error": True}, "error"),
    "bare error of 1.0": ("no such file", "Error: no such file", {"is_error": True}, "error"),
    "tool error": ("<tool_use_error>File does not exist.</tool_use_error>", None, {"is_error": True}, "error"),
    "rejected": (NO, "User rejected tool use", {"is_error": True}, "rejected"),
    "interrupted": ("[Request interrupted by user for tool use]", None, {"is_error": True}, "interrupted"),
    "shell interrupted": ("", {"stdout": "", "stderr": "", "interrupted": True}, {}, "interrupted"),
    "timed out": ("Exit code 143\nCommand timed out after 2m 0.0s", None, {"is_error": True}, "timeout"),
    "timed out, 1.0": ("Command timed out after 2m", {"interrupted": True}, {}, "timeout"),
    "about timeouts": ("Command timed out after", None, {}, "ok"),
    "cascade": (
        "<tool_use_error>Sibling tool call errored</tool_use_error>",
        "Sibling tool call errored",
        {"is_error": True},
        "cascade",
    ),
}


def payload(root: Path, content: Any, rich: Any = None, command: str = "", **block: Any) -> dict[str, Any]:
    """The payload of one result, of a Bash command if one is given."""
    scribe = Scribe()
    records = [scribe.call("toolu_1", "Bash", command=command)] if command else []
    return read(root, [*records, scribe.result("toolu_1", content, rich, **block)])[-1].payload


@pytest.mark.parametrize("name", STATUS)
def test_status(name: str, tmp_path: Path) -> None:
    """How a call ended: failures, decisions, interrupts, timeouts and cascades are told apart."""
    content, rich, block, status = STATUS[name]
    assert payload(tmp_path, content, rich, **block)["status"] == status


def test_exit_code(tmp_path: Path) -> None:
    """Only a failing command states one; nothing is guessed for the others."""
    assert payload(tmp_path, "Exit code 128\nfatal: x", is_error=True)["exit_code"] == 128
    assert "exit_code" not in payload(tmp_path, "Exit code 128")


FILES: dict[str, tuple[Any, list[str] | None]] = {
    "edited": ({"filePath": "/w/a.py", "oldString": "a", "newString": "b"}, ["/w/a.py"]),
    "read": ({"type": "text", "file": {"filePath": "/w/b.py", "content": "x"}}, ["/w/b.py"]),
    "searched": ({"mode": "files_with_matches", "filenames": ["/w/a.py"], "numFiles": 1}, None),
    "a string": ("Error: /w/a.py", None),
    "a list": ([{"type": "text", "text": "x"}], None),
    "nonsense": ({"filePath": 7, "file": "x"}, None),
}


@pytest.mark.parametrize("name", FILES)
def test_files(name: str, tmp_path: Path) -> None:
    """What was read or written is named; what a search listed is not."""
    rich, files = FILES[name]
    assert payload(tmp_path, "x", rich).get("files") == files


@pytest.mark.parametrize(
    ("rich", "expected"),
    [
        ({"durationMs": 12}, 12),
        ({"durationMs": 0}, 0),
        ({"totalDurationMs": 3}, 3),
        ({"durationSeconds": 1.5}, 1500),
        ({"durationMs": "9"}, None),
        ("x", None),
    ],
)
def test_duration(rich: Any, expected: int | None, tmp_path: Path) -> None:
    """Milliseconds where the result states a time in any of the tools' ways, else nothing."""
    assert payload(tmp_path, "x", rich).get("duration_ms") == expected


def test_text_is_a_preview(tmp_path: Path) -> None:
    """The first 2,000 characters, of a list as well; what the client put into a file stays in its file."""
    assert payload(tmp_path, "x" * 5000)["text"] == "x" * 2000
    assert payload(tmp_path, [said("a"), said("b")])["text"] == "a\nb"
    kept = "<persisted-output>\nOutput too large (33.4KB). Full output saved to: /h/tool-results/b.txt\n\nPreview:\nx"
    assert payload(tmp_path, kept)["text"] == kept


def one(sha: str, kind: str = "committed", branch: str | None = "main") -> dict[str, str]:
    return {"sha": sha, "kind": kind, **({"branch": branch} if branch else {})}


GIT: dict[str, tuple[str, str, list[dict[str, str]] | None]] = {
    "a commit": ("git commit -m x", "[main abc1234] x\n 1 file changed", [one("abc1234")]),
    "the first": ("git commit -m x", "[main (root-commit) abc1234] x", [one("abc1234")]),
    "detached": ("git commit -m x", "[detached HEAD abc1234] x", [one("abc1234", branch=None)]),
    "detached, in German": ("git commit -m x", "[losgelöster HEAD abc1234] x", [one("abc1234", branch=None)]),
    "a branch with a slash": ("git commit -m x", "[feat/a-b.c abc1234] x", [one("abc1234", branch="feat/a-b.c")]),
    "sha256": ("git commit -m x", f"[main {'a1' * 32}] x", [one("a1" * 32)]),
    "amended": ("git commit --amend --no-edit", "[main abc1234] x", [one("abc1234", "amended")]),
    "both": (
        "git commit -m a && git commit --amend -m b",
        "[main abc1234] a\n[main abc1235] b",
        [one("abc1234"), one("abc1235", "amended")],
    ),
    "chained, with a heredoc": (
        "cd /w && git add -A && git commit -m \"$(cat <<'EOF'\nx\nEOF\n)\"",
        "[main abc1234] x",
        [one("abc1234")],
    ),
    "in a folder": ("git -C '/w/a b' -c user.name=x --no-pager commit -m x", "[main abc1234] x", [one("abc1234")]),
    "picked": ("git cherry-pick abc", "[main abc1234] x\n Date: y", [one("abc1234")]),
    "reverted": ("git revert --no-edit abc", '[main abc1234] Revert "x"', [one("abc1234")]),
    "then failed": ("git commit -m x && make", "Exit code 2\n[main abc1234] x\nmake: ***", [one("abc1234")]),
    "a subject in brackets": ("git commit -m '[a 1234567] b'", "[main abc1234] [a 1234567] b", [one("abc1234")]),
    "no git": ("cat notes", "[main abc1234] x", None),
    "git log": ("git log --format='[%D %h] %s'", "[main abc1234] x", None),
    "nothing to commit": ("git commit -m x", "On branch main\nnothing to commit", None),
    "quiet": ("git commit -qm x", "", None),
}


@pytest.mark.parametrize("rich", [True, False], ids=["rich", "text alone"])
@pytest.mark.parametrize("name", GIT)
def test_commits_from_output(name: str, rich: bool, tmp_path: Path) -> None:
    """The commits a command made, as git prints them, in the rich form or the text; only where it ran git for it."""
    command, output, commits = GIT[name]
    stated = {"stdout": output, "stderr": "", "interrupted": False} if rich else None
    assert payload(tmp_path, output, stated, command).get("commits") == commits


OPERATIONS: dict[str, tuple[Any, str, list[dict[str, str]] | None]] = {
    "and git printed it": ({"sha": "abc1234", "kind": "amended"}, "[main abc1234] x", [one("abc1234", "amended")]),
    "and git was quiet": ({"sha": "abc1234", "kind": "committed"}, "", [one("abc1234", branch=None)]),
    "with its branch": ({"sha": "abc1234", "kind": "committed", "branch": "b"}, "", [one("abc1234", branch="b")]),
    "one of two": ({"sha": "abc1235"}, "[main abc1234] x\n[main abc1235] y", [one("abc1234"), one("abc1235")]),
    "nonsense": ({"sha": "../x"}, "", None),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_commits_the_client_names(name: str, tmp_path: Path) -> None:
    """From 2.1.16x on the client names a commit: it is told once, with all that is known from either side."""
    commit, output, expected = OPERATIONS[name]
    stated = {"stdout": output, "gitOperation": {"commit": commit, "push": {"branch": "topic"}}}
    found = payload(tmp_path, output, stated, "git commit -m x && git commit -m y && git push")
    assert found.get("commits") == expected and found["pushed"] == "topic"


PUSHES = {
    "   abc1234..abc1235  topic -> topic": "topic",
    " + abc1234...abc1235 topic -> other (forced update)": "other",
    " * [new branch]      topic -> topic": "topic",
    "Everything up-to-date": None,
    " ! [rejected]        main -> main (fetch first)": None,
}


@pytest.mark.parametrize("line", PUSHES)
def test_pushes_from_output(line: str, tmp_path: Path) -> None:
    """The branch a push moved; not one that was refused."""
    output = f"To github.invalid:a/b.git\n{line}"
    assert (
        payload(tmp_path, output, {"stdout": "", "stderr": output}, "git push -u origin HEAD").get("pushed")
        == PUSHES[line]
    )
    assert "pushed" not in payload(tmp_path, output, None, "git fetch")


def test_a_result_of_nothing(tmp_path: Path) -> None:
    """A result without a call, without content, with odd keys, is still the end of something."""
    events = read(
        tmp_path, [Scribe().user([{"type": "tool_result"}, {"type": "tool_result", "tool_use_id": 7, "content": 7}])]
    )
    assert [event.payload["status"] for event in events] == ["ok", "ok"]


def test_the_rich_form_belongs_to_one_result(tmp_path: Path) -> None:
    """Where a record has two results, the one rich form beside them is no one's."""
    block = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "x"}
    events = read(tmp_path, [Scribe().user([block, block], toolUseResult={"filePath": "/w/a.py"})])
    assert [event.payload.get("files") for event in events] == [None, None]
