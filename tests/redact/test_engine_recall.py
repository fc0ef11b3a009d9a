"""How much of made-up secrets the engine finds, by kind and by context. ``pytest -s`` prints the whole table."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from support.secret_forms import CONTEXTS, FORMS, placed
from support.secret_makers import VENDORS, made

from gitml.redact.engine import Engine

CASES = 4
COVERED = 0.8
"""This share of a secret's characters found counts as found."""


def vendor_cases(dice: random.Random) -> list[tuple[str, str, int, int]]:
    """(vendor, text, start, end) of a bare token, as it stands in what surrounds it."""
    cases = []
    for vendor, pieces in VENDORS.items():
        for _ in range(CASES):
            secret = made(pieces, dice)
            for part in ("AccountKey=", "://"):
                head, found, _ = secret.partition(part)
                if found and vendor in ("azure-storage", "sentry-dsn"):
                    cases.append((vendor, secret, len(head) + len(part), len(secret.partition("@")[0])))
                    break
            else:
                cases.append((vendor, f"use {secret} now", 4, 4 + len(secret)))
    return cases


def generic_cases(dice: random.Random) -> list[tuple[str, str, int, int]]:
    cases = []
    for form, (around, maker) in FORMS.items():
        for _ in range(CASES):
            secret = maker(dice)
            text, at = placed(around, secret)
            cases.append((form, text, at, at + len(secret)))
    return cases


def covered(text: str, spans: list[tuple[int, int]]) -> bool:
    """Whether the findings cover enough of the secret; a webhook's or an address's host is no secret."""
    hidden = bytearray(len(text))
    for finding in Engine().find(text):
        hidden[finding.start : finding.end] = b"\1" * (finding.end - finding.start)
    wanted = sum(end - start for start, end in spans)
    skipped = 0
    for start, end in spans:
        if text.startswith("https:", start):
            skipped = text.index("/", start + 9) + 1 - start if text.find("/", start + 9, end) > 0 else 0
            skipped += 16
    return sum(sum(hidden[start:end]) for start, end in spans) >= COVERED * (wanted - skipped)


def measure(cases: list[tuple[str, str, int, int]], dice: random.Random) -> tuple[float, str]:
    """Recall, and a table of what was missed."""
    by_kind: Counter[str] = Counter()
    by_context: Counter[str] = Counter()
    misses = 0
    total: Counter[str] = Counter()
    for kind, text, start, end in cases:
        for context, put in CONTEXTS.items():
            whole, spans = put(text, start, end, dice)
            total[kind] += 1
            if not covered(whole, spans):
                misses += 1
                by_kind[kind] += 1
                by_context[context] += 1
    count = len(cases) * len(CONTEXTS)
    rows = [f"  {kind:24s} {1 - by_kind[kind] / total[kind]:6.1%}" for kind in total]
    rows += [f"  missed in {context:14s} {missed}" for context, missed in by_context.most_common()]
    return 1 - misses / count, "\n".join(rows)


@pytest.mark.parametrize(("what", "least"), [("vendor", 0.99), ("generic", 0.95)])
def test_recall(what: str, least: float) -> None:
    """Of every vendor's tokens 99 % are found, of the generic forms 95 %, whatever surrounds or cuts them."""
    dice = random.Random(20)
    cases = vendor_cases(dice) if what == "vendor" else generic_cases(dice)
    recall, table = measure(cases, dice)
    print(
        f"\n{what}: {recall:.2%} of {len(cases) * len(CONTEXTS)} cases, "
        f"{len({case[0] for case in cases})} kinds\n{table}"
    )
    assert recall >= least
