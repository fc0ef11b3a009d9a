"""Prompts typed while the agent was busy: told once, when they are delivered, whichever trace the version leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.adapter_contract import in_pieces
from support.claude_files import SESSION, Record, Scribe, put, read, said, source, to_bytes

from gitml.agents.registry import adapter


def operation(name: str, content: str | None = None, second: int = 30) -> Record:
    own = {} if content is None else {"content": content}
    time = f"2026-03-01T10:00:{second}.000Z"
    return {"type": "queue-operation", "operation": name, "timestamp": time, "sessionId": SESSION, **own}


def prompts(root: Path, version: str, *records: Record | bytes) -> list[tuple[str, Any, bool]]:
    """(origin, text, queued) of every user event behind a first record of that version."""
    events = read(root, [Scribe(version).assistant(said("busy")), *records])
    return [
        (event.payload["origin"], event.payload["text"], event.payload.get("queued", False))
        for event in events
        if event.kind == "user"
    ]


def attachment(version: str, prompt: Any, **own: Any) -> Record:
    return Scribe(version).record(
        "attachment", attachment={"type": "queued_command", "prompt": prompt, **own}, uuid=f"at-{prompt}"
    )


@pytest.mark.parametrize("version", ["2.0.76", "2.1.38", "2.1.63"])
def test_removed_means_delivered(version: str, tmp_path: Path) -> None:
    """2.0.x to 2.1.6x: what is removed was put into the running turn, first come first; nothing else tells of it."""
    found = prompts(
        tmp_path,
        version,
        operation("enqueue", "one"),
        operation("enqueue", "two"),
        operation("enqueue", "three"),
        operation("remove"),
        operation("remove"),
    )
    assert found == [("prompt", "one", True), ("prompt", "two", True)]


def test_an_enqueue_is_no_delivery(tmp_path: Path) -> None:
    """Dequeued, taken back or left waiting: nothing is told, and a later removal takes the right one."""
    records = [
        operation("enqueue", "becomes a record of its own"),
        operation("dequeue"),
        operation("enqueue", "taken back"),
        operation("enqueue", "taken back, too"),
        operation("popAll", "taken back"),
        operation("enqueue", "delivered"),
        operation("remove"),
        operation("remove"),
        operation("dequeue"),
        operation("enqueue", "waits for ever"),
    ]
    assert prompts(tmp_path, "2.1.38", *records) == [("prompt", "delivered", True)]


def test_some_versions_name_what_they_remove(tmp_path: Path) -> None:
    """2.0.30 does: its word counts, also where nothing is known to wait; 2.1.30 has removals of what it never wrote."""
    assert prompts(tmp_path, "2.0.30", operation("remove", "one")) == [("prompt", "one", True)]
    assert prompts(tmp_path, "2.0.30", operation("enqueue", "one"), operation("remove", "one")) == [
        ("prompt", "one", True)
    ]
    assert prompts(tmp_path, "2.1.30", operation("dequeue"), operation("remove"), operation("remove")) == []


def test_notifications_wait_in_the_same_queue(tmp_path: Path) -> None:
    """A background task's report is a notification however it came in."""
    found = prompts(
        tmp_path, "2.1.38", operation("enqueue", "<task-notification>x</task-notification>"), operation("remove")
    )
    assert found == [("notification", "<task-notification>x</task-notification>", False)]


@pytest.mark.parametrize("version", ["2.1.160", "2.1.169", "2.1.237", "2.2.0", "3.0"])
def test_attachments_tell_it_from_then_on(version: str, tmp_path: Path) -> None:
    """From 2.1.16x on the attachment has the text; the removal beside it is not told again."""
    found = prompts(
        tmp_path,
        version,
        operation("enqueue", "one"),
        operation("remove"),
        attachment(version, "one"),
        attachment(version, [said("two"), {"type": "image"}]),
        attachment(version, "three", commandMode="task-notification"),
    )
    assert found == [("prompt", "one", True), ("prompt", "two", True), ("notification", "three", False)]


@pytest.mark.parametrize("version", ["2.1.70", "2.1.112", "2.1.159"])
@pytest.mark.parametrize("order", [0, 1])
def test_versions_nobody_has_seen(version: str, order: int, tmp_path: Path) -> None:
    """Between, either trace may be missing or come first: each delivery is told once, by whichever there is."""
    both = [operation("remove"), attachment(version, "one")]
    if order:
        both.reverse()
    records = [operation("enqueue", "one"), operation("enqueue", "one", 31), *both, operation("remove")]
    assert prompts(tmp_path, version, *records) == [("prompt", "one", True)] * 2


def test_a_delivery_has_a_stable_name(tmp_path: Path) -> None:
    """Its uuid comes from the time and the text of the enqueue, so that a copy of the records has the same."""
    records = [
        operation("enqueue", "one"),
        operation("enqueue", "one", 31),
        operation("remove", second=40),
        operation("remove", second=40),
    ]
    first, second = read(tmp_path / "a", records)
    assert [event.uuid for event in read(tmp_path / "b", [*records[:2], operation("dequeue"), records[2]])] == [
        second.uuid
    ]
    assert first.uuid != second.uuid and first.timestamp == "2026-03-01T10:00:40.000Z"


def test_the_waiting_text_is_in_no_state(tmp_path: Path) -> None:
    """What waits is remembered by its place in the file, and told by a later reader all the same."""
    head = to_bytes([operation("enqueue", "the secret of the well")])
    session = source(put(tmp_path, head), tmp_path)
    reader = adapter("claude").read(session, session.path)
    (step,) = list(reader)
    state = reader.state()
    assert "secret" not in str(state)
    put(tmp_path, head + to_bytes([operation("remove")]))
    events = [
        event for later in adapter("claude").read(session, session.path, step.end, state) for event in later.events
    ]
    assert [event.payload["text"] for event in events] == ["the secret of the well"]


def test_a_state_that_points_nowhere(tmp_path: Path) -> None:
    """Where the file no longer has the enqueue at its place, nothing is told in its stead."""
    data = to_bytes([Scribe().user("x"), operation("remove"), operation("remove"), operation("remove")])
    session = source(put(tmp_path, data), tmp_path)
    state = {"queue": [[0, 0], [0, 7], [10**9, 0]]}
    steps = list(adapter("claude").read(session, session.path, data.index(b"\n") + 1, state))
    assert len(steps) == 3 and not any(step.events for step in steps)


def test_two_operations_on_one_line(tmp_path: Path) -> None:
    """An enqueue that shares its line with another record is found again."""
    line = to_bytes([operation("enqueue", "one")]).strip() + to_bytes([operation("enqueue", "two")]).strip()
    found = prompts(tmp_path, "2.1.38", line, operation("remove"), operation("remove"))
    assert [text for _, text, _ in found] == ["one", "two"]
    session = source(put(tmp_path, line + b"\n" + to_bytes([operation("remove"), operation("remove")])), tmp_path)
    pieces = in_pieces(adapter("claude"), session, 1, False)
    assert [event.payload["text"] for event in pieces] == ["one", "two"]
