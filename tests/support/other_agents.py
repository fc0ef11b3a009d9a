"""Taking other agents' made-up sessions into quick repositories, and their raw copies."""

from __future__ import annotations

from pathlib import Path

from support.ingesting import folded, fresh_repo

from gitml.agents import registry
from gitml.agents.base import Source
from gitml.model.jsonl import decode
from gitml.ops.context import Context
from gitml.ops.raw.capture import capture
from gitml.ops.record.ingest import sync_session
from gitml.store.raw import manifests, reading

Records = dict[str, list[dict[str, object]]]


class Taking:
    """One repository and one agent's root."""

    def __init__(self, folder: Path, agent: str, session: str) -> None:
        self.agent = agent
        self.session = session
        self.root = folder / "root"
        self.root.mkdir(parents=True, exist_ok=True)
        self.context: Context = fresh_repo(folder / "repo")
        (folder / "repo/.git/gitml").mkdir()

    def source(self) -> Source | None:
        return registry.adapter(self.agent).locate(self.session, str(self.root))

    def sync(self) -> list[str]:
        """Take the session in, and its raw copy. Returns the damage."""
        source = self.source()
        assert source is not None
        damage = sync_session(self.context, registry.adapter(self.agent), source).damage
        self.capture()
        return damage

    def capture(self) -> bool:
        """Bring the raw copy up to date; the transcript may be gone."""
        return capture(self.context, registry.adapter(self.agent), self.agent, self.session, self.source())

    def lines(self) -> dict[str, list[bytes]]:
        return folded(self.context)

    def records(self) -> Records:
        return {stream: [decode(line) for line in lines] for stream, lines in self.lines().items()}

    def raw(self) -> bytes:
        manifest = manifests.load(self.context.layout, self.agent, self.session)
        assert manifest is not None
        return b"".join(reading.text(self.context.layout, manifest, None))


def of_whole(folder: Path, made: Taking) -> dict[str, list[bytes]]:
    """What one run over all of it folds to."""
    whole = Taking(folder, made.agent, made.session)
    whole.root = made.root
    whole.sync()
    return whole.lines()
