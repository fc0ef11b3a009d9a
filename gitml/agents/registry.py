"""Every adapter, by name. Loaded one at a time, so that a hook imports only its own agent's."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.agents.base import Adapter

NAMES = ("claude",)


def adapter(name: str) -> "Adapter":
    """The adapter of that agent. Raises KeyError for an agent gitml does not know."""
    if name not in NAMES:
        raise KeyError(name)
    from importlib import import_module

    made: Adapter = import_module(f"gitml.agents.{name}").ADAPTER
    return made
