"""A session as a page a person reads: prompts, answers, what was done in between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gitml.cli.render.text import clean, count, duration, fit, moment, money, one_line, short_number, size, width
from gitml.ops.reading.sessions import length
from gitml.ops.reading.totals import Total, agents, total

if TYPE_CHECKING:
    from gitml.ops.reading.sessions import Session

Record = dict[str, Any]
PROMPT_LINES = 12
ANSWER_LINES = 30
ACTIONS = 20
INDENT = "  "


def page(session: Session, columns: int, full: bool) -> Iterator[str]:
    """The lines of the page. Without ``full``, long texts and long runs of tool calls are cut, and say so."""
    yield from _head(session, columns)
    actions, batches = _by_chat(session.actions), _by_chat(session.orchestration)
    for number, chat in enumerate(session.chats, 1):
        id = str(chat.get("id"))
        yield ""
        own = batches.pop(id, [])
        took = total([chat], own, session.prices)
        yield from _chat(number, chat, actions.pop(id, []), own, took, columns, full)
    loose = [action for group in actions.values() for action in group]
    if loose or batches:
        yield from ("", _rule("outside of any chat", "", columns))
        yield from _did(loose, [batch for group in batches.values() for batch in group], columns, full)
    if session.commits:
        yield from ("", _rule("commits", "", columns))
        yield from (INDENT + fit(_commit(commit), columns - 2) for commit in session.commits)


def _head(session: Session, columns: int) -> Iterator[str]:
    record = session.record
    yield fit(one_line(record.get("id") or record.get("session_id")) + "  " + one_line(record.get("summary")), columns)
    agent = f"{one_line(record.get('agent'))} {one_line(record.get('agent_version'))}".strip()
    started = moment(record.get("started_at"))
    when = f"{started} UTC" if started else ""
    known = (agent, one_line(record.get("branch")), when, duration(length(record)))
    yield fit(" · ".join(part for part in known if part), columns)
    made = [commit for commit in session.commits if not commit.get("superseded_by")]
    sums = [count(len(session.chats), "chat"), count(len(session.actions), "tool call"), count(len(made), "commit")]
    yield fit(" · ".join(sums + spent(session.total, in_and_out=True)), columns)
    if record.get("parent"):
        yield fit(f"continues {one_line(record['parent'])}", columns)


def spent(took: Total, in_and_out: bool = False) -> list[str]:
    """Tokens and cost in words, each where known: ``≥ 12.3k tokens``; ``(11k in, 1.3k out)`` behind it if asked."""
    found = []
    if took.tokens:
        split = f" ({short_number(took.read)} in, {short_number(took.usage['output'])} out)" if in_and_out else ""
        found.append(f"{'≥ ' if took.lower_bound else ''}{short_number(took.tokens)} tokens{split}")
    if took.cost is not None:
        found.append(money(took.cost))
    return found


def _chat(
    number: int, chat: Record, actions: list[Record], batches: list[Record], took: Total, columns: int, full: bool
) -> Iterator[str]:
    yield _rule(f"{number}", moment(chat.get("timestamp"))[11:], columns)
    yield from _text("> ", chat.get("input") or _thinned(chat, "input"), 0 if full else PROMPT_LINES)
    if actions or batches:
        yield ""
        yield from _did(actions, batches, columns, full)
    said = chat.get("output") or _thinned(chat, "output")
    if said:
        yield ""
        yield from _text(INDENT, said, 0 if full else ANSWER_LINES)
    yield from ("", INDENT + _foot(chat, took))


def _thinned(chat: Record, key: str) -> str:
    """In place of a text that compaction took out."""
    thinned = chat.get("thinned")
    text = thinned.get(key) if isinstance(thinned, dict) else None
    octets = text.get("bytes") if isinstance(text, dict) else None
    return f"({size(octets)}, in git's history)" if isinstance(octets, int) else ""


def _foot(chat: Record, took: Total) -> str:
    status = one_line(chat.get("status") or "complete")
    sign = {"complete": "✓", "interrupted": "■", "error": "✗"}.get(status, "…")
    milliseconds = chat.get("duration_ms")
    parts = [f"{sign} {status}", duration(milliseconds if isinstance(milliseconds, int) else None)]
    parts += [one_line(chat.get("model")), *spent(took)]
    named = chat.get("commits")
    shas = [one_line(sha)[:9] for sha in named] if isinstance(named, list) else []
    parts.append(f"committed {' '.join(shas)}" if shas else "")
    parts += _cut(chat.get("truncated"))
    return " · ".join(part for part in parts if part)


def _cut(truncated: object) -> list[str]:
    """What ``record.max_text_bytes`` took away when it was recorded; ``--full`` cannot bring it back."""
    if not isinstance(truncated, dict):
        return []
    known = [(one_line(key), octets) for key, octets in truncated.items() if isinstance(octets, int)]
    return [f"{key} cut when recorded, of {size(octets)}" for key, octets in known]


def _did(actions: list[Record], batches: list[Record], columns: int, full: bool) -> Iterator[str]:
    shown = actions if full or len(actions) <= ACTIONS else actions[: ACTIONS - 1]
    for action in shown:
        yield fit(INDENT + _action(action, columns - 2), columns)
    if len(shown) < len(actions):
        yield f"{INDENT}… {count(len(actions) - len(shown), 'more tool call')} (--full)"
    for batch in batches:
        yield from (fit(INDENT + line, columns) for line in _batch(batch))


def _action(action: Record, columns: int) -> str:
    """``▸ Edit src/x.py ok``; a long target gives way, so that the status is always seen."""
    status = one_line(action.get("status") or _verdict(action.get("ok")) or "pending")
    front = ("  ▸ " if action.get("agent_id") else "▸ ") + one_line(action.get("tool"))
    room = min(100, columns - width(front) - width(status) - 2)
    return " ".join(part for part in (front, fit(one_line(action.get("target")), room), status) if part)


def _batch(batch: Record) -> Iterator[str]:
    members = agents(batch)
    together = " in parallel" if batch.get("execution") == "parallel" and len(members) > 1 else ""
    yield f"⑂ {count(len(members), 'sub-agent')}{together}"
    for agent in members:
        parts = [one_line(agent.get("type")) or "agent", one_line(agent.get("model"))]
        parts.append(count(agent["tools"], "tool call") if isinstance(agent.get("tools"), int) else "")
        parts += spent(total([], [{"agents": [agent]}], None))  # its chat says what all of it cost
        took = agent.get("duration_ms")
        parts.append(duration(took if isinstance(took, int) else None))
        parts.append(_verdict(agent.get("ok")))
        yield "  " + " · ".join(part for part in parts if part)


def _verdict(ok: object) -> str:
    if ok is None:
        return ""
    return "ok" if ok is True else "error"


def _commit(commit: Record) -> str:
    changed = ""
    if isinstance(commit.get("insertions"), int) and isinstance(commit.get("deletions"), int):
        changed = f"+{commit['insertions']} -{commit['deletions']}"
    gone = f"(now {one_line(commit['superseded_by'])[:9]})" if commit.get("superseded_by") else ""
    parts = [one_line(commit.get("id"))[:9], one_line(commit.get("subject")), changed, gone]
    return "  ".join(part for part in parts if part)


def _text(sign: str, text: object, most: int) -> Iterator[str]:
    lines = clean(text).strip("\n").split("\n")
    shown = lines if not most or len(lines) <= most else lines[: most - 1]
    yield sign + shown[0]
    yield from ((INDENT + line).rstrip() for line in shown[1:])
    if len(shown) < len(lines):
        yield f"{INDENT}… {count(len(lines) - len(shown), 'more line')} (--full)"


def _rule(left: str, right: str, columns: int) -> str:
    """``── 1 ──────── 15:03 ──``, as wide as the terminal, 72 at most."""
    room = min(columns, 72)
    front = f"── {left} "
    back = f" {right} ──" if right else ""
    return front + "─" * max(2, room - len(front) - len(back)) + back


def _by_chat(records: list[Record]) -> dict[str, list[Record]]:
    grouped: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        grouped[str(record.get("chat_id"))].append(record)
    return grouped
