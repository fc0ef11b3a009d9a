"""What the adapters that come with gitml have in common."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.agents.base import Source
    from gitml.agents.belongings import Belongings


class BuiltIn:
    """``name`` is also that of the adapter's package."""

    name: str

    def belongings(self, source: "Source") -> "Belongings":
        """What lies on disk of a session besides its main file. Loaded when it is asked for: no hook does. Raises
        OSError."""
        from importlib import import_module

        found: Belongings = import_module(f"gitml.agents.{self.name}.belongings").belongings(source)
        return found
