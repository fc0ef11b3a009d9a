"""Compaction, titles, pull requests, times of turns, and where a session came from."""

from __future__ import annotations

from pathlib import Path

from support.claude_files import Scribe, brief, read, said

SUMMARY = "This session is being continued from a previous conversation that ran out of context."


def test_compaction_with_a_boundary(tmp_path: Path) -> None:
    """2.0.64 on: the boundary is the compaction; the summary behind it is no second one."""
    scribe = Scribe("2.1.38")
    metadata = {"trigger": "manual", "preTokens": 155000}
    boundary = scribe.record("system", subtype="compact_boundary", parentUuid=None, compactMetadata=metadata)
    events = read(tmp_path, [boundary, scribe.user(SUMMARY, isCompactSummary=True, isVisibleInTranscriptOnly=True)])
    assert brief(events) == [("compaction", "manual"), ("user", "compact_summary")]
    assert events[0].payload["pre_tokens"] == 155000


def test_compaction_without_one(tmp_path: Path) -> None:
    """1.0.x writes the summary alone: it stands for the compaction, each time."""
    scribe = Scribe("1.0.60")
    summary = [scribe.user([said(SUMMARY)], isCompactSummary=True, parentUuid=None) for _ in range(2)]
    assert brief(read(tmp_path, summary)) == [("compaction", "unknown"), ("user", "compact_summary")] * 2


def test_microcompaction_is_none(tmp_path: Path) -> None:
    """It clears results in the context only; the file keeps them."""
    assert brief(read(tmp_path, [Scribe().record("system", subtype="microcompact_boundary")])) == [
        ("system", "microcompact_boundary")
    ]


def test_titles_and_summaries(tmp_path: Path) -> None:
    """Each says what it is; one without its text is nothing; none needs a uuid or a time."""
    events = read(
        tmp_path,
        [
            {"type": "summary", "summary": "An afternoon", "leafUuid": "l"},
            {"type": "ai-title", "aiTitle": "Mend the door", "sessionId": "s"},
            {"type": "custom-title", "customTitle": "My door"},
            {"type": "last-prompt", "lastPrompt": "and now?", "leafUuid": "m"},
            {"type": "last-prompt"},
            {"type": "ai-title", "aiTitle": 7},
        ],
    )
    assert brief(events) == [
        ("summary", "summary"),
        ("summary", "title"),
        ("summary", "title"),
        ("summary", "last_prompt"),
    ]
    assert [event.payload.get("leaf") for event in events] == ["l", None, None, "m"]


def test_system_records(tmp_path: Path) -> None:
    """The time of a turn and the address of a pull request; the others by their name."""
    scribe = Scribe()
    events = read(
        tmp_path,
        [
            scribe.record("system", subtype="turn_duration", durationMs=48575),
            {
                "type": "pr-link",
                "prNumber": 3,
                "prUrl": "https://forge.invalid/a/b/pull/3",
                "timestamp": "2026-03-01T10:00:00.000Z",
            },
            {"type": "pr-link"},
            scribe.record("system", subtype="stop_hook_summary", hookCount=1),
            scribe.record("system", content="Claude Opus limit reached, now using Sonnet 4"),
        ],
    )
    assert brief(events) == [("system", name) for name in ("turn_duration", "pr_link", "stop_hook_summary", "notice")]
    assert events[0].payload["duration_ms"] == 48575 and events[1].payload["url"].endswith("/pull/3")


def test_where_a_session_came_from(tmp_path: Path) -> None:
    """Records of another session, and forks, say so; this session's own do not."""
    scribe = Scribe()
    events = read(
        tmp_path,
        [
            scribe.user("old", sessionId="99999999-aaaa"),
            scribe.user("forked", forkedFrom={"sessionId": "88888888-bbbb", "messageUuid": "m"}),
            scribe.user("new"),
        ],
    )
    assert [event.payload.get("foreign_session") for event in events] == ["99999999-aaaa", None, None]
    assert [event.payload.get("forked_from") for event in events] == [None, "88888888-bbbb", None]


def test_the_envelope(tmp_path: Path) -> None:
    """Folder, branch and version of each record; no branch where there was none."""
    scribe = Scribe("2.1.38")
    branches = ["main", "feat/x", "", "HEAD", None]
    events = read(tmp_path, [scribe.user("x", gitBranch=branch, cwd=f"/w/{n}") for n, branch in enumerate(branches)])
    assert [event.payload.get("branch") for event in events] == ["main", "feat/x", None, None, None]
    assert [event.payload["cwd"] for event in events] == [f"/w/{n}" for n in range(5)]
    assert events[1].parent_uuid == events[0].uuid and events[0].payload["version"] == "2.1.38"


def test_a_replay_is_told_once(tmp_path: Path) -> None:
    """Records that stand twice in a file, a stretch rewound and played again, are told once; results as well."""
    scribe = Scribe("2.1.14")
    stretch = [
        scribe.user("go"),
        scribe.call("toolu_1", "Bash", command="ls"),
        scribe.result("toolu_1"),
        scribe.assistant(said("so")),
    ]
    assert brief(read(tmp_path, [*stretch, *stretch[1:], scribe.user("on")])) == [
        ("user", "prompt"),
        ("tool_use", "Bash"),
        ("tool_result", "ok"),
        ("assistant", "so"),
        ("user", "prompt"),
    ]
