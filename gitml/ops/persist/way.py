"""Which way records take into history here, and why. The hook path imports this."""

from gitml.config import AUTO, REMOTE, WAYS, WITH_COMMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.ops.context import Context


class Way:
    """The way in force: its ``name`` (one of ``config.WAYS``), what is ``configured``, and ``why``, in words."""

    __slots__ = ("configured", "name", "why")

    def __init__(self, name: str, configured: str, why: str) -> None:
        self.name = name
        self.configured = configured
        self.why = why


def way_of(context: "Context") -> Way:
    """The way in force in this process: config and environment decide, nothing else is looked at."""
    configured = str(context.config.get("persist"))
    name = context.config.way()
    return Way(name, configured, _why(configured, name))


def until(name: str) -> str:
    """What records in the spool wait for, where that way is in force."""
    return "the next commit" if name == WITH_COMMITS else "the end of a turn"


def _why(configured: str, name: str) -> str:
    if configured in WAYS:
        return "config.toml says so"
    if configured != AUTO:
        return f"`{configured}` in config.toml is no way gitml knows"
    if name == WITH_COMMITS:
        return "the default"
    return f"the default where {REMOTE}=true: this machine is thrown away"
