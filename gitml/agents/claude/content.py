"""``message.content``: a string, or a list of blocks."""

from gitml.agents.fields import items, mapping, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

REMINDER = ("<system-reminder>", "</system-reminder>")


class Content:
    """The text of a content, how many images it has, and whether anything else was attached."""

    __slots__ = ("documents", "images", "text")

    def __init__(self, text: str, images: int, documents: int) -> None:
        self.text = text
        self.images = images
        self.documents = documents


def content(value: object) -> Content:
    """Texts of a list are joined by newlines; blocks that are nothing but the client's reminder are left out."""
    if isinstance(value, str):
        return Content(value, 0, 0)
    found = blocks(value)
    kinds = [block.get("type") for block in found]
    texts = [text(block.get("text")) for block in found if block.get("type") == "text"]
    spoken = [one for one in texts if one and not is_reminder(one)]
    return Content("\n".join(spoken or texts), kinds.count("image"), kinds.count("document"))


def blocks(value: object) -> "list[dict[str, Any]]":
    """The blocks of a content; a string is one text block."""
    if isinstance(value, str):
        return [{"type": "text", "text": value}]
    return [mapping(block) for block in items(value)]


def is_reminder(value: str) -> bool:
    """Whether the text is one reminder that the client put there, and nothing else."""
    value = value.strip()
    return value.startswith(REMINDER[0]) and value.endswith(REMINDER[1]) and value.count(REMINDER[1]) == 1
