"""What derivation needs to know besides the events."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Settings:
    """``repo`` and ``domain`` of the session · ``roots``: folders that paths are made relative to, longest first wins ·
    ``max_text_bytes``: bound of a chat's input and output · ``clean``: redaction, applied before any text is cut, so
    that a cut cannot hide half a secret from the gate.
    """

    __slots__ = ("clean", "domain", "max_text_bytes", "repo", "roots")

    def __init__(
        self,
        repo: str = "",
        domain: str = "",
        roots: "tuple[str, ...]" = (),
        max_text_bytes: int = 65536,
        clean: "Callable[[str], str]" = str,
    ) -> None:
        self.repo = repo
        self.domain = domain
        self.roots = tuple(sorted((root.rstrip("/") for root in roots), key=len, reverse=True))
        self.max_text_bytes = max_text_bytes
        self.clean = clean

    def relative(self, path: str, cwd: str) -> str:
        """A path as the repository has it: below a root, or below ``cwd``; elsewhere it stays as it is."""
        path = path.replace("\\", "/")
        if not path.startswith("/"):
            return path
        for root in (*self.roots, cwd.rstrip("/")):
            if root and path.startswith(f"{root}/"):
                return path[len(root) + 1 :]
        return path

    def line(self, text: str, limit: int) -> str:
        """The text on one line, redacted, at most ``limit`` characters, the cut shown by ``…``."""
        flat = " ".join(self.clean(text).split())
        return flat if len(flat) <= limit else flat[: limit - 1] + "…"

    def bounded(self, text: str) -> "tuple[str, int]":
        """The redacted text within ``max_text_bytes``, and its whole size in bytes where it was cut, else 0."""
        text = self.clean(text)
        if len(text) * 4 <= self.max_text_bytes:
            return text, 0
        data = text.encode("utf-8", "replace")
        if len(data) <= self.max_text_bytes:
            return text, 0
        return data[: self.max_text_bytes].decode("utf-8", "ignore"), len(data)
