"""Pasted pictures, documents and other content: only type, size and hash stay."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import textwrap
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitml.redact.blobs import HASHED, drop
from gitml.redact.engine import Engine
from gitml.redact.gate import Gate
from gitml.redact.vault import Vault

PNG = b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(3000)
PDF = b"%PDF-1.7\n" + random.Random(2).randbytes(3000)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def told(kind: str, data: bytes) -> str:
    return f"[{kind} {len(data)} bytes sha256:{hashlib.sha256(data).hexdigest()[:HASHED]}]"


def test_pictures_and_documents_of_an_agents_message() -> None:
    """The structure stays, the content goes, whatever its length."""
    small = b"\x89PNG\r\n\x1a\n123"
    message = [
        {"type": "text", "text": "look"},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": b64(PNG)}},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": b64(small)}},
        {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": b64(PDF)}},
        {"inlineData": {"mimeType": "image/png", "data": b64(PNG)}},
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "plain words stay"}},
    ]
    expected = json.loads(json.dumps(message))
    expected[1]["source"]["data"] = expected[4]["inlineData"]["data"] = told("image/png", PNG)
    expected[2]["source"]["data"] = told("image/png", small)
    expected[3]["source"]["data"] = told("application/pdf", PDF)
    assert drop(message) == expected
    assert drop(expected) == expected


@pytest.mark.parametrize(
    "wrapped",
    [
        b64(PNG),
        "\n".join(textwrap.wrap(b64(PNG), 76)),
        "\r\n".join(textwrap.wrap(b64(PNG), 64)),
        base64.urlsafe_b64encode(PNG).decode().rstrip("="),
        f"data:image/png;base64,{b64(PNG)}",
        PNG.hex(),
    ],
    ids=["plain", "lines", "crlf", "url-safe", "data-url", "hex"],
)
def test_content_inside_a_text(wrapped: str) -> None:
    """The words around it stay."""
    assert drop(f"$ cat x\n{wrapped}\n$ echo done") == f"$ cat x\n{told('image/png', PNG)}\n$ echo done"


def test_equal_content_is_told_equal() -> None:
    """However it came, a picture has one hash; unknown content is told as such."""
    unknown = bytes(range(256)) * 9
    assert drop(b64(unknown)) == told("application/octet-stream", unknown)
    assert drop({"a": [b64(PNG)]})["a"][0] == drop(f"data:image/png;base64,{b64(PNG)}")


@pytest.mark.parametrize(
    "text",
    [
        "word " * 1000,
        "a" * 5000,
        "1234567890" * 500,
        "/".join(["src", "module", "file"] * 200) + ".py",
        "\n".join(f"def function_{n}(argument):" for n in range(200)),
        "\n".join("0123456789abcdef" * 2 for _ in range(3)),
        "\n".join(hashlib.sha256(bytes([n])).hexdigest() + f"  file{n}" for n in range(60)),
        "data:image/png;base64,AAAA",
        json.dumps({"key": list(range(2000))}),
        b64(b"short one"),
    ],
)
def test_texts_stay(text: str) -> None:
    """Prose, code, lists of hashes and short Base64 are as they were."""
    assert drop(text) == text


def test_the_gate_drops_them() -> None:
    """No record holds one; a private key is still told as what it is."""
    gate = Gate(Vault(Engine()))
    page = gate.seal("chats", {"id": "x", "output": f"see data:image/png;base64,{b64(PNG)} and\n{b64(PDF)}"})
    expected = f"see {told('image/png', PNG)} and\n{told('application/pdf', PDF)}"
    assert json.loads(page.data)["output"] == expected == gate.text(expected)
    body = "\n".join(textwrap.wrap(b64(random.Random(5).randbytes(1200)), 64))
    dashes, kind = "-" * 5, "RSA PRIVATE " + "KEY"
    clean = gate.text(f"{dashes}BEGIN {kind}{dashes}\n{body}\n{dashes}END {kind}{dashes}")
    assert "private-key" in clean and "bytes sha256" not in clean


JSON: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.sampled_from([b64(PNG), PDF.hex(), "image/png", "base64"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["data", "type", "media_type", "mimeType", "text"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(JSON)
def test_twice_is_once_and_structure_stays(value: Any) -> None:
    """Any JSON: keys and shape stay, another pass changes nothing."""
    once = drop(value)
    assert drop(once) == once
    assert _shape(once) == _shape(value)


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shape(member) for key, member in value.items()}
    return [_shape(member) for member in value] if isinstance(value, list) else type(value)


@pytest.mark.parametrize(
    "text", ["A1b/" * 200 + ".", "A" * 999 + "\n", "data:;base64,", "Ab1" * 25 + "\n", "aB3+" * 10]
)
def test_no_text_takes_long(text: str) -> None:
    """A megabyte of whatever nearly fits."""
    started = time.monotonic()
    drop(text * (1_000_000 // len(text)))
    assert time.monotonic() - started < 3.0
