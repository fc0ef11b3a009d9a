"""Which folder a chat belongs to. Its file has only a hash of the path; what the client keeps beside tells the path."""

import os

from gitml.agents.fields import mapping
from gitml.agents.files import head
from gitml.agents.gemini.head import head_of
from gitml.agents.gemini.names import CHATS
from gitml.agents.parse import objects

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitml.agents.base import Source

REGISTRY_BYTES = 4 * 1024 * 1024
MARKER_BYTES = 16 * 1024
HASH_WIDTH = 64


def cwds(source: "Source", maybe: "Sequence[str]" = ()) -> list[str]:
    """The project's folder; [] where nothing tells it.

    ``<project>/.project_root`` holds the path, ``projects.json`` beside ``tmp`` maps paths to names of project folders,
    and before either a folder was called by the sha256 of the path, as every file still says. What fits that hash goes
    before what does not, and ``maybe`` are paths that nothing names but that may fit it.
    """
    folder = os.path.dirname(source.path)
    project = os.path.dirname(folder) if os.path.basename(folder) == CHATS else folder
    registered = _registry(os.path.dirname(os.path.dirname(project)))
    name = os.path.basename(project)
    named = [*_marker(project), *(path for path, called in registered.items() if called == name)]
    wanted = head_of(source.path).project or (name if len(name) == HASH_WIDTH else "")
    fitting = _fitting((*named, *registered, *maybe), wanted) if wanted else []
    return list(dict.fromkeys(fitting or named))


def _fitting(paths: "Iterable[str]", wanted: str) -> list[str]:
    from hashlib import sha256  # OpenSSL takes 3 to 10 ms to load

    return [path for path in paths if sha256(path.encode("utf-8", "surrogateescape")).hexdigest() == wanted]


def _marker(project: str) -> list[str]:
    path = head(os.path.join(project, ".project_root"), MARKER_BYTES).decode("utf-8", "replace").strip()
    return [path] if _is_path(path) else []


def _registry(home: str) -> dict[str, str]:
    """{path: name of its project folder}."""
    found, _ = objects(head(os.path.join(home, "projects.json"), REGISTRY_BYTES).replace(b"\n", b" "))
    projects = mapping(mapping(found[0]).get("projects")) if found else {}
    return {path: name for path, name in projects.items() if isinstance(name, str) and _is_path(path)}


def _is_path(value: str) -> bool:
    return "\0" not in value and (os.path.isabs(value) or value[1:3] in (":\\", ":/"))
