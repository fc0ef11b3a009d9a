"""``content``: a string, or a list of the API's parts."""

from gitml.agents.fields import mapping, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Content:
    """The text of a content, how many images it has, and whether it is nothing but tools' results."""

    __slots__ = ("images", "results", "text")

    def __init__(self, text: str, images: int, results: bool) -> None:
        self.text = text
        self.images = images
        self.results = results


def said_in(value: object) -> Content:
    """Texts of a list are joined by newlines; what the model thought is no text of it."""
    if isinstance(value, str):
        return Content(value, 0, False)
    parts = [_part(part) for part in (value if isinstance(value, list) else [value])]
    texts = [text(part.get("text")) for part in parts if part.get("thought") is not True]
    spoken = "\n".join(one for one in texts if one)
    results = any("functionResponse" in part for part in parts)
    return Content(spoken, sum(map(_is_image, parts)), results and not spoken.strip())


def _part(part: object) -> "dict[str, Any]":
    return {"text": part} if isinstance(part, str) else mapping(part)


def _is_image(part: "dict[str, Any]") -> bool:
    data = mapping(part.get("inlineData")) or mapping(part.get("fileData"))
    return text(data.get("mimeType")).startswith("image/")
