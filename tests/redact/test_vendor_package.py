"""The vendor package at work: it finds what our own layers cannot know, at the right characters."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from support.secret_makers import run

from gitml.redact.engine import Engine
from gitml.redact.vendor_package import kind_of

DICE = random.Random(7)
WITHOUT = (
    "import sys; sys.modules['kingfisher_sdk'] = None\n"
    "from gitml.redact.engine import Engine\n"
    "print(len(Engine().find(sys.argv[1])))"
)
BEFORE = ["", "Größe ✓ 日本語\n", "🗝 e\u0301 \u2028 \U0001f511 ", "\ud800 lone\r\n\tü "]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("service", ["deepgram", "sendbird"])
def test_the_package_finds_what_we_do_not(service: str, before: str) -> None:
    """A digest behind nothing but a service's name: the package knows it. Its bytes are our characters, whatever
    stands before them, behind them and between."""
    pytest.importorskip("kingfisher_sdk")
    token = run(DICE, "h", 40)
    text = f"{before}{service} = '{token}' — ende ✓"
    assert [(text[found.start : found.end], found.kind[:8]) for found in Engine().find(text)] == [(token, service[:8])]


def test_without_the_package_it_stays() -> None:
    """The same text holds nothing for our own layers: what is found above is the package's."""
    text = f"deepgram = '{run(DICE, 'h', 40)}'"
    done = subprocess.run([sys.executable, "-c", WITHOUT, text], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_a_rule_gives_a_kind() -> None:
    """Kinds are words joined by dashes, without the catalogue's name and the number of the rule's variant."""
    assert kind_of("betterleaks.opsgenie-api-key.1") == "opsgenie-api-key"
    assert kind_of("veles.secrets/Some_Thing") == "secrets-some-thing"
    assert len(kind_of("x." + "long-" * 30)) <= 40
