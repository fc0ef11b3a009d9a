"""The laws that hold for every agent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gitml.agents.base import Source
from gitml.agents.names import is_plain
from gitml.model.events import KINDS, ORIGINS, STATUSES, USAGE_KEYS, SessionEvent
from gitml.model.times import normal

if TYPE_CHECKING:
    from gitml.agents.base import Adapter

Place = Callable[[Path, bytes], Path]


def opened(adapter: Adapter, root: Path, place: Place, data: bytes) -> Source:
    """The session that these bytes make below ``root``."""
    found = adapter.at(str(place(root, data)), str(root))
    assert found is not None
    return found


def whole(adapter: Adapter, source: Source) -> list[SessionEvent]:
    """Every event of a session's main file."""
    return [event for step in adapter.read(source, source.path) for event in step.events]


def in_pieces(adapter: Adapter, source: Source, every: int, checkpoint: bool) -> list[SessionEvent]:
    """Read with a new reader after every so many steps, from ``state`` or, one step earlier, from ``checkpoint``."""
    events: list[SessionEvent] = []
    offset, state = 0, None
    while True:
        reader = adapter.read(source, source.path, offset, state)
        for taken, step in enumerate(reader, 1):
            if taken > every and checkpoint:
                offset, state = step.offset, json.loads(json.dumps(reader.checkpoint()))
                break
            events += step.events
            if taken >= every and not checkpoint:
                offset, state = step.end, json.loads(json.dumps(reader.state()))
                break
        else:
            return events


def spent(events: Iterable[SessionEvent]) -> dict[str, int]:
    """Tokens by key, of each response the newest usage, with the largest ``output``."""
    newest: dict[str, dict[str, int]] = {}
    for event in events:
        usage = event.payload.get("usage")
        if usage is not None:
            key = event.payload["response"]
            newest[key] = {**usage, "output": max(usage["output"], newest.get(key, usage)["output"])}
    return {key: sum(usage[key] for usage in newest.values()) for key in USAGE_KEYS}


def are_of_the_contract(events: list[SessionEvent], session: Source) -> None:
    """Fails where an event is not as ``gitml.model.events`` documents it."""
    assert [event.seq for event in events] == list(range(len(events)))
    for event in events:
        payload = event.payload
        assert event.session_uid == session.uid and event.kind in KINDS
        assert event.timestamp == normal(event.timestamp)
        assert isinstance(event.uuid, str) and isinstance(event.parent_uuid, str)
        assert event.kind != "user" or (payload["origin"] in ORIGINS and isinstance(payload["text"], str))
        assert event.kind != "tool_use" or (isinstance(payload["input"], dict) and isinstance(payload["name"], str))
        assert event.kind != "tool_result" or payload["status"] in STATUSES
        assert tuple(payload.get("usage", dict.fromkeys(USAGE_KEYS, 0))) == USAGE_KEYS
        assert all(isinstance(count, int) and count >= 0 for count in payload.get("usage", {}).values())
        assert "usage" not in payload or payload["response"]
        assert SessionEvent.from_dict(json.loads(json.dumps(event.to_dict()))) == event


class Contract:
    """Fixtures to give: ``adapter`` · ``root``, an empty folder that stands for the agent's own · ``place``, which
    writes bytes as a session below a folder and returns its path; a second time it overwrites them · ``sample``, the
    bytes of a main file that uses each part of the reader's memory, with prompts, answers and tools of some words
    (longer than 12 characters) · ``total``, the tokens of ``sample`` by key, each response once, as counted by hand.
    """

    made_up_ids = False
    """Whether some prompts have ids that stand nowhere in the transcript: then forgetting one costs more."""
    repeats = False
    """Whether the agent repeats a response's usage on several records; ``sample`` must then have such a response."""

    @pytest.fixture
    def session(self, adapter: Adapter, root: Path, place: Place, sample: bytes) -> Source:
        """The sample, in its place."""
        return opened(adapter, root, place, sample)

    def test_events_are_of_the_contract(self, adapter: Adapter, session: Source) -> None:
        """Kinds, origins, statuses, usage keys and timestamps are the documented ones, seq counts from 0, and an event
        written as JSON and read again is the same event."""
        events = whole(adapter, session)
        are_of_the_contract(events, session)
        assert {"user", "assistant"} <= {event.kind for event in events}

    def test_prompts_have_an_id_of_their_own(self, adapter: Adapter, session: Source) -> None:
        """A prompt is told by its uuid: in copies of a session it counts once, and it can be forgotten."""
        prompts = [event.uuid for event in whole(adapter, session) if event.payload.get("origin") == "prompt"]
        assert prompts and all(prompts) and len(set(prompts)) == len(prompts)
        text = "\n".join((unit.data or b"").decode(errors="replace") for unit in adapter.lines(session.path, 0))
        found = [uuid in text or (uuid.rpartition(".")[0] or uuid) in text for uuid in prompts]
        assert self.made_up_ids or all(found), "an id stands in the transcript, or has but a number behind a dot"

    def test_reading_twice_gives_the_same(self, adapter: Adapter, session: Source) -> None:
        """Nothing in an event comes from the clock, from chance or from an earlier reading."""
        assert whole(adapter, session) == whole(adapter, session)

    @pytest.mark.parametrize("checkpoint", [False, True])
    @pytest.mark.parametrize("every", [1, 2, 7])
    def test_pieces_equal_the_whole(self, adapter: Adapter, session: Source, every: int, checkpoint: bool) -> None:
        """Reading on from a stored state gives what one reading gives, event for event."""
        assert in_pieces(adapter, session, every, checkpoint) == whole(adapter, session)

    def test_steps_cover_the_file(self, adapter: Adapter, session: Source, sample: bytes) -> None:
        """Steps cover the file without a gap, and are the units that a raw copy is made of."""
        steps = list(adapter.read(session, session.path))
        assert [step.offset for step in steps] == [0, *(step.end for step in steps[:-1])]
        assert steps[-1].end == len(sample)
        units = list(adapter.lines(session.path, 0))
        assert [(unit.offset, unit.end) for unit in units] == [(step.offset, step.end) for step in steps]
        assert all(b"\n" not in (unit.data or b"") for unit in units)

    def test_a_raw_copy_reads_as_the_session(
        self, adapter: Adapter, root: Path, place: Place, session: Source, tmp_path: Path
    ) -> None:
        """Its units, written as JSON a line each, under the same name, are read as the session was."""
        expected = [(event.kind, event.uuid, event.payload) for event in whole(adapter, session)]
        records = [adapter.records(unit.data or b"")[0] for unit in adapter.lines(session.path, 0)]
        folder = tmp_path / "copy"
        folder.mkdir()
        path = folder / Path(session.path).name
        path.write_bytes(b"".join(json.dumps(one).encode() + b"\n" for found in records for one in found))
        copied = adapter.at(str(path), str(folder))
        assert copied is not None and copied.uid == session.uid
        assert [(event.kind, event.uuid, event.payload) for event in whole(adapter, copied)] == expected

    def test_state_is_bounded_and_holds_no_text(self, adapter: Adapter, session: Source) -> None:
        """A state is small, and what was said is not in it."""
        reader = adapter.read(session, session.path)
        texts = [event.payload["text"] for step in reader for event in step.events if "text" in event.payload]
        state = json.dumps([reader.state(), reader.checkpoint()])
        assert len(state) < 200_000
        assert not [text for text in texts if len(text) > 12 and json.dumps(text)[1:-1] in state]

    def test_every_word_can_be_searched_for_secrets(self, adapter: Adapter, session: Source) -> None:
        """What an event holds of a person's, a model's or a program's words is among the texts of its step, or of one
        before."""
        texts = ""
        for step in adapter.read(session, session.path):
            texts += "\n".join(["", *(text for _, text in step.texts())])
            for event in step.events:
                words = str(event.payload.get("text", "")).split()
                assert all(word in texts for word in words if len(word) > 12)

    def test_usage_counts_once(self, adapter: Adapter, session: Source, total: dict[str, int]) -> None:
        """Over all responses, each told by its key however many records repeat it, tokens are what they are."""
        events = whole(adapter, session)
        paid = [event.payload["response"] for event in events if "usage" in event.payload]
        assert spent(events) == total and paid
        assert not self.repeats or len(set(paid)) < len(paid)

    def test_nothing_outside_the_root(
        self, adapter: Adapter, root: Path, place: Place, sample: bytes, tmp_path: Path
    ) -> None:
        """Neither a path outside, nor a way out by dots, nor a link leads out of the root."""
        outside = tmp_path / "outside"
        outside.mkdir()
        path = place(outside, sample)
        inside = place(root, sample)
        link = inside.parent / f"linked{inside.suffix}"
        link.symlink_to(path)
        (root / "linked-folder").symlink_to(path.parent, target_is_directory=True)
        dots = root / ".." / path.relative_to(tmp_path)
        for way in (path, link, root / "linked-folder" / path.name, dots, Path(f"{inside}\0")):
            assert adapter.at(str(way), str(root)) is None
        assert adapter.locate(link.stem, str(root)) is None
        assert [found.path for found in adapter.discover(str(root))] == [str(inside.resolve())]
        session = adapter.at(str(inside), str(root))
        assert session is not None
        with pytest.raises(ValueError):
            adapter.read(session, str(path))

    @pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\0b", ".hidden", "a" * 300, "*", "é"])
    def test_only_plain_names_are_ids(self, adapter: Adapter, root: Path, session: Source, name: str) -> None:
        """What is no plain name is the id of no session."""
        assert adapter.locate(name, str(root)) is None

    def test_found_in_every_way(self, adapter: Adapter, root: Path, session: Source) -> None:
        """By path, by id and by discovery it is the same session, of this agent, and it names its working folder."""
        assert is_plain(session.session_id) and session.agent == adapter.name
        for found in (adapter.locate(session.session_id, str(root)), *adapter.discover(str(root))):
            assert found is not None
            assert (found.uid, found.path) == (session.uid, session.path)
        assert adapter.cwds(session)
