"""An adapter of another package, so held that whatever it raises is one error that everybody knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from gitml.agents.belongings import Belongings
from gitml.errors import AdapterFailed

if TYPE_CHECKING:
    from gitml.agents.base import Adapter, Reader, Source, Step
    from gitml.agents.lines import Line

T = TypeVar("T")


class Guarded:
    """``gitml.agents.base.Adapter``. Every method raises AdapterFailed where the adapter raises what none may."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self.name = adapter.name
        self.by_name = bool(getattr(adapter, "by_name", False))
        self.belongings = self._belongings if callable(getattr(adapter, "belongings", None)) else None

    def roots(self, environ: Mapping[str, str]) -> list[str]:
        return self._tried(lambda: list(self._adapter.roots(environ)))

    def discover(self, root: str) -> Iterator[Source]:
        return (self._own(source) for source in self._each(self._adapter.discover, root))

    def locate(self, session_id: str, root: str) -> Source | None:
        found = self._tried(lambda: self._adapter.locate(session_id, root))
        return self._own(found) if found is not None else None

    def at(self, path: str, root: str) -> Source | None:
        found = self._tried(lambda: self._adapter.at(path, root))
        return self._own(found) if found is not None else None

    def cwds(self, source: Source, maybe: Sequence[str] = ()) -> list[str]:
        return self._tried(lambda: list(self._adapter.cwds(source, maybe)))

    def lines(self, path: str, offset: int) -> Iterator[Line]:
        return self._each(self._adapter.lines, path, offset)

    def records(self, line: bytes) -> tuple[list[dict[str, Any]], str]:
        return self._tried(lambda: self._adapter.records(line))

    def read(self, source: Source, path: str, offset: int = 0, state: dict[str, Any] | None = None) -> Reader:
        return GuardedReader(self, self._tried(lambda: self._adapter.read(source, path, offset, state)))

    def _belongings(self, source: Source) -> Belongings:
        adapter: Any = self._adapter  # not every one has it
        found = self._tried(lambda: adapter.belongings(source))
        if not isinstance(found, Belongings):
            raise AdapterFailed(f"agent {self.name!r} cannot be read: its belongings() are none")
        unsure = found.unsure
        found.unsure = lambda: self._tried(unsure)
        return found

    def _own(self, source: Source) -> Source:
        """The source, if it is this agent's: nobody writes records in another's name."""
        if source.agent != self.name:
            raise AdapterFailed(f"agent {self.name!r} cannot be read: it finds sessions of {source.agent!r}")
        return source

    def _tried(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except (OSError, ValueError, AdapterFailed):
            raise
        except Exception as error:  # a stranger's code may raise anything
            raise self._failed(error) from error

    def _each(self, method: Callable[..., Iterable[T]], *arguments: Any) -> Iterator[T]:
        try:
            yield from method(*arguments)
        except (OSError, ValueError, AdapterFailed):
            raise
        except GeneratorExit:
            raise
        except Exception as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> AdapterFailed:
        what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return AdapterFailed(f"agent {self.name!r} cannot be read: {what}")


class GuardedReader:
    """``gitml.agents.base.Reader`` of such an adapter."""

    def __init__(self, guarded: Guarded, reader: Reader) -> None:
        self._guarded = guarded
        self._reader = reader
        self.damage = guarded._tried(lambda: reader.damage)

    def __iter__(self) -> Iterator[Step]:
        return self._guarded._each(lambda: self._reader)

    def checkpoint(self) -> dict[str, Any]:
        return self._guarded._tried(self._reader.checkpoint)

    def state(self) -> dict[str, Any]:
        return self._guarded._tried(self._reader.state)
