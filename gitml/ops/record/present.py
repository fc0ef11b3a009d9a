"""Which agents are read here: those of ``[agents]`` in the config."""

from gitml.agents import registry
from gitml.config import AUTO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitml.agents.base import Adapter
    from gitml.config import Config


def present(config: "Config", warnings: "list[str]") -> "Iterator[Adapter]":
    """The adapters of all agents that the config wants read, whether or not they were ever used on this machine.

    ``warnings`` gets a line for each that is wanted and cannot be.
    """
    enabled = config.get("agents.enabled")
    if AUTO in enabled or any(name not in registry.BUILT_IN for name in enabled):
        warnings += [line for line in registry.problems() if AUTO in enabled or _names(line, enabled)]
    for name in registry.names() if AUTO in enabled else dict.fromkeys(enabled):
        if registry.knows(name):
            yield registry.adapter(name)
    warnings += [
        f"agents.enabled names {name!r}, and there is no adapter for it"
        for name in dict.fromkeys(enabled)
        if name != AUTO and not registry.knows(name) and not any(_names(line, [name]) for line in warnings)
    ]


def _names(line: str, names: "list[str]") -> bool:
    return any(repr(name) in line for name in names)
