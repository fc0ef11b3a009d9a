"""Where pieces of other sessions end, by how they begin: a session that goes on from another begins as that does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitml.store.raw import manifests

if TYPE_CHECKING:
    from gitml.store.layout import Layout
    from gitml.store.raw.manifests import Manifest
    from gitml.store.raw.writing import Known


class Pieces:
    """One a run: every manifest is read when the first new file is cut, and no more after that."""

    __slots__ = ("_known", "_layout")

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._known: Known | None = None

    def known(self) -> Known:
        """{hash of a piece's first line: {its bytes: its name}}. Raises OSError."""
        if self._known is None:
            self._known = {}
            for manifest in manifests.every(self._layout):
                self.add(manifest)
        return self._known

    def add(self, manifest: Manifest) -> None:
        """Know the pieces of a session that was captured since."""
        known = self._known
        for file in manifest.get("files", ()) if known is not None else ():
            for segment in file["segments"]:
                known.setdefault(segment[5], {})[segment[3]] = segment[0]  # type: ignore[union-attr]
