"""The published JSON Schemas, one a stream."""

from __future__ import annotations

import json
import os
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from support import records

from gitml.model.streams import KEYS, STREAMS
from gitml.ops.context import open_store
from gitml.ops.reading import views

TRANSCRIPTS = Path(os.environ.get("GITML_TRANSCRIPTS") or Path(__file__).parents[3] / "shared" / "transcripts")


def schema(stream: str) -> Any:
    return json.loads((resources.files("gitml") / "schemas" / f"{stream}.json").read_text("utf-8"))


def errors(stream: str, record: dict[str, Any]) -> list[str]:
    validator = Draft202012Validator(schema(stream), format_checker=FormatChecker())
    return [
        f"{stream} {record.get('id')} {'/'.join(map(str, error.path))}: {error.message}"
        for error in validator.iter_errors(record)
    ]


@pytest.mark.parametrize("stream", STREAMS)
def test_each_stream_has_a_valid_schema(stream: str) -> None:
    """It is draft 2020-12, allows unknown keys, and its required keys are described."""
    found = schema(stream)
    Draft202012Validator.check_schema(found)
    assert found["additionalProperties"] is True and found["title"] == stream
    assert set(found["required"]) <= set(found["properties"])


@pytest.mark.parametrize("stream", STREAMS)
def test_every_key_is_described(stream: str) -> None:
    """All keys of the model, in its order; what follows is joined when read."""
    assert list(schema(stream)["properties"])[: len(KEYS[stream])] == list(KEYS[stream])


def test_no_schema_without_a_stream() -> None:
    """Nothing else lies in the folder."""
    names = sorted(entry.name for entry in (resources.files("gitml") / "schemas").iterdir())
    assert names == sorted(f"{stream}.json" for stream in STREAMS)


def test_records_as_they_are_read_fit(store: Path) -> None:
    """Watermarks and parents included."""
    context = open_store(str(store))
    found = {name: views.records(context, name) for name in STREAMS}
    assert [error for name, several in found.items() for record in several for error in errors(name, record)] == []


@pytest.mark.parametrize(
    ("stream", "wrong"),
    [
        ("chats", {"id": "42"}),
        ("chats", {"timestamp": "yesterday"}),
        ("chats", {"status": "fine"}),
        ("chats", {"usage": {"input": -1}}),
        ("chats", {"tools": "Edit"}),
        ("sessions", {"session_uid": "claude"}),
        ("sessions", {"started_at": "2026-11-20T15:00:00+01:00"}),
        ("sessions", {"chat_count": None}),
        ("commits", {"id": "1f1f1f1"}),
        ("commits", {"files": ["x"]}),
        ("actions", {"ok": "yes"}),
        ("orchestration", {"execution": "both"}),
        ("orchestration", {"agents": [{}]}),
        ("lifecycle", {"to": ""}),
    ],
)
def test_what_is_wrong_is_found(stream: str, wrong: dict[str, Any]) -> None:
    """Each rule of the schemas bites."""
    right = records.story()[stream][0]
    assert errors(stream, right) == [] and errors(stream, {**right, **wrong}) != []


def test_real_sessions_fit(repo: Path) -> None:
    """All that derivation makes of real transcripts."""
    projects = TRANSCRIPTS / "claude" / "projects"
    if not projects.is_dir():
        pytest.skip(f"no transcripts at {projects} (GITML_TRANSCRIPTS)")
    from gitml.ops.record.sync import sync_all

    records.write_config(repo)
    context = open_store(str(repo))
    sync_all(context, source_dir=str(projects))
    found = {name: views.records(context, name) for name in STREAMS}
    assert found["sessions"] and found["chats"] and found["actions"]
    assert [error for name, several in found.items() for record in several for error in errors(name, record)][:10] == []
