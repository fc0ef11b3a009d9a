"""Tokens of a Claude Code session counted straight from its files, by the rule alone and with none of gitml's code.

A response is one however many records repeat it: told by ``message.id`` if that begins with ``msg_``, else
``requestId``, else ``message.id``, else ``uuid``. Its last record counts, with the largest output. Synthetic messages
cost nothing. Copies of a sub-agent's messages in the main file count only where it has no file of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import gitml

KEYS = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h")
Counted = dict[str, dict[str, Any]]


def responses(main: Path) -> Counted:
    """{key: {model, time, the five numbers}} of a session's main file and its sub-agents' files."""
    agents = {path.stem.removeprefix("agent-"): path for path in (main.parent / main.stem).rglob("agent-*.jsonl")}
    found: Counted = {}
    for path in (main, *agents.values()):
        for record in _records(path):
            _take(found, record, agents if path == main else {})
    return found


def totals(found: Counted) -> dict[str, int]:
    """The five sums."""
    return {key: sum(each[key] for each in found.values()) for key in KEYS}


def cost(found: Counted) -> tuple[Fraction, set[str]]:
    """(USD, models without a price) by the package's table."""
    table = json.loads((Path(gitml.__file__).parent / "prices.json").read_text())["models"]
    spent, unpriced = Fraction(0), set()
    for each in found.values():
        listed = table.get(each["model"]) or table.get(re.sub(r"-\d{8}$", "", each["model"]))
        if listed is None:
            unpriced |= {each["model"]} if any(each[key] for key in KEYS) else set()
            continue
        price = next((one for one in listed if each["time"] < one.get("until", "9")), listed[-1])
        if sum(each[key] for key in KEYS if key != "output") > price.get("above", 10**12):
            price = price["long"]
        spent += sum(each[key] * Fraction(str(price[key])) / 10**6 for key in KEYS)
    return spent, unpriced


def _records(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_bytes().split(b"\n"):
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            yield value


def _take(found: Counted, record: dict[str, Any], agents: dict[str, Path]) -> None:
    nested = record.get("data") if record.get("type") == "progress" else None
    if isinstance(nested, dict) and nested.get("type") == "agent_progress" and nested.get("agentId") not in agents:
        inner = nested.get("message") or {}
        record = {"timestamp": record.get("timestamp"), **inner} if inner.get("type") == "assistant" else {}
    message = record.get("message")
    if record.get("type") != "assistant" or not isinstance(message, dict) or message.get("model") == "<synthetic>":
        return
    usage = message.get("usage")
    if not isinstance(usage, dict):
        return
    own, request = message.get("id") or "", record.get("requestId")
    key = own if own.startswith("msg_") else request or own or record["uuid"]
    before = found.get(key, {"output": 0, "time": record.get("timestamp") or ""})
    made, split = usage.get("cache_creation_input_tokens") or 0, usage.get("cache_creation") or {}
    hour = split.get("ephemeral_1h_input_tokens") or 0
    found[key] = {
        "model": message.get("model") or "",
        "time": before["time"],
        "input": usage.get("input_tokens") or 0,
        "output": max(usage.get("output_tokens") or 0, before["output"]),
        "cache_read": usage.get("cache_read_input_tokens") or 0,
        "cache_write_5m": made - hour,
        "cache_write_1h": hour,
    }
