"""What lies on disk of one session besides its main file, for whoever takes a session away as a whole.

An adapter may say so: ``belongings(source) -> Belongings``. Sessions of one that does not are left where they are.
"""


class Belongings:
    """Paths. ``files``: plain files that are this session's and no other's, in the order in which they may go, all
    before the main one · ``folders`` that are empty once these have gone, the deepest first · ``unknown``: what lies
    among them and is none of the client's that gitml knows, links too: it stays."""

    __slots__ = ("files", "folders", "unknown")

    def __init__(self) -> None:
        self.files: list[str] = []
        self.folders: list[str] = []
        self.unknown: list[str] = []
