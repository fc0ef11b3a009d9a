"""The vendor package (kingfisher): rules of rare vendors. Loaded only for a text that may hold what they find."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.redact.engine_scan import Scan


def installed() -> bool:
    """Whether the package is there, found without loading it."""
    import sys

    if "kingfisher_sdk" in sys.modules:
        return sys.modules["kingfisher_sdk"] is not None
    from importlib.util import find_spec

    return find_spec("kingfisher_sdk") is not None


def find(scan: "Scan") -> None:
    """What the package finds and our patterns do not."""
