"""Images, documents, other binary content: reduced to type, size and hash. The hook path imports this."""

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LONGEST = 1000
"""Characters of Base64 that stay. A key or a token is shorter, and the other rules see to it; a picture is longer."""

HASHED = 16
"""Hexadecimal digits of the SHA-256 that are told: enough to know a picture again."""

UNKNOWN = "application/octet-stream"
_TYPE = re.compile(r"[a-z]{1,20}/[A-Za-z0-9.+-]{1,80}")
_BODY = re.compile(r"[A-Za-z0-9+/_%-]+={0,2}")
_DATA_URL = re.compile(r"data:([a-z]{1,20}/[A-Za-z0-9.+-]{1,80})?(?:;[a-z-]{1,20}=[^;,\s]{1,60})*;base64,")
_RUN = re.compile(rf"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{{{LONGEST},}}={{0,2}}")
_LINES = re.compile(r"(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/_-]{40,200}\r?\n[ \t]{0,8}){7,}[A-Za-z0-9+/_-]{1,200}={0,2}")
_TYPE_KEYS = ("media_type", "mimeType", "mime_type", "mediaType")
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\x7fELF", "application/x-executable"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
)
"""How content begins, and its type; RIFF (WebP, WAV) is told apart below."""


def drop(value: "Any") -> "Any":
    """The value with every such content in its strings replaced by ``[image/png 12345 bytes sha256:ab12…]``.

    Keys and structure stay. Dropping twice changes nothing.
    """
    if isinstance(value, str):
        return drop_text(value)
    if isinstance(value, dict):
        declared = _declared(value)
        if declared:
            rest = {key: drop(member) for key, member in value.items() if key != "data"}
            return {key: _told(value["data"], declared) if key == "data" else rest[key] for key in value}
        return {key: drop(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [drop(member) for member in value]
    return value


def drop_text(text: str) -> str:
    """A text without the Base64 content in it: data URLs of any length, long runs, blocks of lines."""
    if len(text) < LONGEST and ";base64," not in text:
        return text
    if ";base64," in text:
        text = _without_urls(text)
    if len(text) >= LONGEST:
        text = _RUN.sub(_run, text)
        text = _LINES.sub(_run, text)
    return text


def drop_signature(text: str) -> str:
    """What a client signs its model's thoughts with, which nobody else can read: told like other content, however
    short. Chance writes names of services into it. A text that is no Base64 stays."""
    return _told(text, "") if _is_base64(text) else text


def _declared(value: "dict[str, Any]") -> str:
    """The type of what ``data`` holds, where the object itself says that it is Base64; "" where it does not."""
    data = value.get("data")
    if not isinstance(data, str) or data.startswith("["):
        return ""
    kind = next((str(value[key]) for key in _TYPE_KEYS if isinstance(value.get(key), str)), "")
    if value.get("type") != "base64" and not (kind and value.get("type") != "text" and _is_base64(data)):
        return ""
    return kind if _TYPE.fullmatch(kind) else UNKNOWN


def _without_urls(text: str) -> str:
    made: list[str] = []
    at = 0
    for match in _DATA_URL.finditer(text):
        body = _BODY.match(text, match.end())
        if body is None or match.start() < at or len(body[0]) < 64:
            continue
        made += [text[at : match.start()], _told(body[0], match[1] or "")]
        at = body.end()
    return "".join([*made, text[at:]])


def _run(match: "re.Match[str]") -> str:
    text = match[0]
    if len(text) <= LONGEST and "\n" not in text:
        return text
    if match.string[max(0, match.start() - 80) : match.start()].rstrip().endswith("-----"):
        return text  # a key or a certificate: the other rules know which
    if not _is_base64(text) or not (re.search("[0-9]", text) and re.search("[A-Za-z]", text)):
        return text
    return _told(text, "")


def _is_base64(text: str) -> bool:
    return len(text) >= 64 and _decoded(text) is not None and len(set(text)) > 10


def _decoded(text: str) -> "bytes | None":
    """The content; hexadecimal too. None where it is neither."""
    from binascii import a2b_base64, unhexlify

    packed = re.sub(r"\s+", "", text).replace("-", "+").replace("_", "/").replace("%3D", "=")
    if re.fullmatch("[0-9a-f]+|[0-9A-F]+", packed):
        return unhexlify(packed) if len(packed) % 2 == 0 else None
    packed = packed.rstrip("=")
    try:
        return a2b_base64(packed + "=" * (-len(packed) % 4))
    except ValueError:  # also for what is not ASCII
        return None


def _told(text: str, kind: str) -> str:
    data = _decoded(text)
    if data is None:
        data = text.encode("utf-8", "surrogatepass")
    if not kind or kind == UNKNOWN:
        kind = _type_of(data)
    return f"[{kind} {len(data)} bytes sha256:{_sha256(data)[:HASHED]}]"


def _type_of(data: bytes) -> str:
    if data[:4] == b"RIFF":
        return "image/webp" if data[8:12] == b"WEBP" else "audio/wav" if data[8:12] == b"WAVE" else UNKNOWN
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), UNKNOWN)


def _sha256(data: bytes) -> str:
    """CPython's own module: ``hashlib`` loads OpenSSL, 10 ms."""
    for name in ("_sha2", "_sha256"):
        try:
            return str(__import__(name).sha256(data).hexdigest())
        except ImportError:
            continue
    from hashlib import sha256

    return sha256(data).hexdigest()
