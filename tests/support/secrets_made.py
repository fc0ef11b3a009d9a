"""Secrets that are none: made at run time from pieces, so that no scanner takes the repository for leaking."""

from __future__ import annotations

import random
import string

ALNUM = string.ascii_letters + string.digits


def _run(seed: int, length: int, alphabet: str = ALNUM) -> str:
    made = random.Random(seed)
    body = "".join(made.choice(alphabet) for _ in range(length - 2))
    return f"{body}a7" if alphabet == ALNUM else body + alphabet[:2]


def made(seed: int = 7) -> dict[str, str]:
    """One made-up secret a kind."""
    upper = string.ascii_uppercase + "234567"
    return {
        "anthropic-key": "sk-" + "ant-api03-" + _run(seed, 60),
        "openai-key": "sk-" + "proj-" + _run(seed + 1, 48),
        "github-token": "gh" + "p_" + _run(seed + 2, 36),
        "github-token/pat": "github_" + "pat_" + _run(seed + 3, 60),
        "aws-key-id": "AK" + "IA" + _run(seed + 4, 16, upper),
        "slack-token": "xo" + "xb-" + "1234567890-" + _run(seed + 5, 24),
        "jwt": "ey" + "J" + _run(seed + 6, 20) + "." + "ey" + "J" + _run(seed + 7, 30) + "." + _run(seed + 8, 40),
        "private-key": pem(seed + 9),
    }


def pem(seed: int) -> str:
    """A private key's text, none of it a key."""
    lines = "\n".join(_run(seed + row, 64) for row in range(6))
    dashes = "-" * 5
    return f"{dashes}BEGIN RSA PRIVATE {'KEY'}{dashes}\n{lines}\n{dashes}END RSA PRIVATE {'KEY'}{dashes}"
