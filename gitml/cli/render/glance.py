"""The page of ``gitml status``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gitml.cli.render.text import count, duration, moment, one_line, pad, size
from gitml.model import times
from gitml.ops.persist.way import until

BAR = 20
LABEL = 12
SINGULAR = {
    "sessions": "session",
    "chats": "chat",
    "actions": "action",
    "commits": "commit",
    "orchestration": "batch of sub-agents",
    "lifecycle": "lifecycle record",
    "digests": "digest",
}
PLURAL = {"orchestration": "batches of sub-agents"}
ORDER = ("sessions", "chats", "actions", "commits", "orchestration", "lifecycle", "digests")


def glance(status: dict[str, Any], now: float) -> Iterator[str]:
    """The lines that say what ``ops.status.status`` found; ``now`` in seconds since 1970."""
    branch = one_line(status["branch"]) or "detached HEAD"
    yield f"{one_line(status['root'])} · {branch} · {_recording(status)}"
    yield ""
    yield _labelled("recorded", _recorded(status["recorded"]))
    yield _labelled("waiting", _waiting(status))
    yield from _running(status["running"])
    yield _labelled("hooks", _hooks(status["hooks"], now))
    yield from _agents(status["hooks"], now)
    yield _labelled("redaction", _redaction(status["redaction"]))
    yield from _persist(status["persist"])
    yield from _compaction(status["compaction"])
    yield from _health(status["health"], now)
    if status["milestones"]:
        yield ""
        yield from _milestones(status["milestones"])
    notes = list(_notes(status))
    if notes:
        yield ""
        yield from notes


def _recording(status: dict[str, Any]) -> str:
    if status["recording"] == "off":
        return "off: GITML=off is set"
    if status["recording"] == "paused":
        return f"paused since {moment(status['paused_since'])} UTC"
    return "recording"


def _recorded(counts: dict[str, int]) -> str:
    names = [*ORDER, *(name for name in counts if name not in ORDER)]
    said = [_counted(name, counts[name]) for name in names if counts.get(name)]
    return " · ".join(said) or "nothing yet: it comes with the first session"


def _counted(stream: str, number: int) -> str:
    if stream not in SINGULAR:
        return f"{number:,} {one_line(stream)}"
    return count(number, SINGULAR[stream], PLURAL.get(stream, ""))


def _waiting(status: dict[str, Any]) -> str:
    waiting = status["waiting"]
    if not waiting["records"]:
        return "nothing"
    what = f"{count(waiting['records'], 'record')}, {size(waiting['bytes'])}"
    return f"{what}, for {until(status['persist']['in_force'])}"


def _running(running: dict[str, int]) -> Iterator[str]:
    """Nothing where nobody is registered."""
    said = " · ".join(f"{number} {state}" for state, number in running.items() if number)
    if said:
        yield _labelled("running", f"{said} (gitml session list)")


def _persist(persist: dict[str, Any]) -> Iterator[str]:
    yield _labelled("persist", f"{persist['in_force']} ({persist['why']})")
    side = persist["side"]
    if side is None:
        return
    if side["branch"]:
        sent = f"at {one_line(side['remote'])}" if side["remote"] else "no remote to push to"
        left = f"{count(side['unpushed'], 'part')} not pushed yet" if side["unpushed"] else sent
        yield _labelled("", f"{one_line(side['branch'])} · {left}")


def _hooks(hooks: dict[str, Any], now: float) -> str:
    last = hooks["last_event"]
    ago = duration(max(0, int(now * 1000) - times.millis(last))) if last else ""
    fired = f"last event {ago} ago" if last else "no event yet"
    missing = [name for name, there in (("agent", hooks["agent_hooks"]), ("git", hooks["git_hooks"])) if not there]
    return f"{' and '.join(missing)} hooks missing · {fired}" if missing else f"in place · {fired}"


def _agents(hooks: dict[str, Any], now: float) -> Iterator[str]:
    """Where agents other than Claude Code have hooks, which of them fire; else it says nothing new."""
    if set(hooks["agents"]) <= {"claude"}:
        return
    told = [f"{one_line(name)} {_last_worked(one, now)}" for name, one in hooks["agents"].items()]
    yield _labelled("", " · ".join(told))


def _last_worked(one: dict[str, Any], now: float) -> str:
    if not one["worked"]:
        return "never worked"
    ago = duration(max(0, int(now * 1000) - times.millis(one["worked"])))
    return f"worked {ago} ago{'' if one['installed'] else ', not installed'}"


def _redaction(redaction: dict[str, Any]) -> str:
    if redaction["error"]:
        return "does not work: nothing is recorded"
    missing = f" · without {', '.join(redaction['missing'])}" if redaction["missing"] else ""
    return f"{' · '.join(redaction['layers'])}{missing}"


def _compaction(compaction: dict[str, Any]) -> Iterator[str]:
    """Nothing where none is due, or this is not the branch for it."""
    if compaction["cut_off"]:
        yield _labelled("compaction", "was cut off · gitml compact")
    elif compaction["parts"] and compaction["here"]:
        old = f"{count(compaction['parts'], 'part')} {'is' if compaction['parts'] == 1 else 'are'}"
        yield _labelled("compaction", f"{old} older than {_age(compaction['older_than'])} · gitml compact --commit")


def _health(health: dict[str, Any] | None, now: float) -> Iterator[str]:
    """Of the last look; nothing where there was none."""
    if health is not None:
        ago = duration(max(0, int(now * 1000) - times.millis(health["timestamp"])))
        hint = "" if health["level"] == "green" else " · gitml health"
        hint += ", gitml clean" if hint and health["short"] else ""
        yield _labelled("health", f"{health['level']} · {size(health['total'])} in all, {ago} ago{hint}")


def _age(text: str) -> str:
    """``14d`` as people say it."""
    number, unit = text[:-1], {"d": "day", "w": "week", "h": "hour"}.get(text[-1:], "")
    return count(int(number), unit) if unit and number.isdigit() else one_line(text)


def _milestones(found: list[dict[str, Any]]) -> Iterator[str]:
    names = max(len(one_line(one["stream"])) for one in found)
    reached = [f"{one['reached']:,}/{one['goal']:,}" for one in found]
    room = max(len(text) for text in reached)
    for one, text in zip(found, reached, strict=True):
        full = int(one["share"] * BAR)  # rounded down: a full bar means reached
        bar = "█" * full + "░" * (BAR - full)
        stream = pad(one_line(one["stream"]), max(names, LABEL - 2))
        yield f"{stream}  {bar}  {pad(text, room, right=True)}  {int(one['share'] * 100):3d} %"


def _notes(status: dict[str, Any]) -> Iterator[str]:
    if status["tracked"] != "committed":
        state = "staged but in no commit" if status["tracked"] == "staged" else "in no commit"
        command = "git commit" if status["tracked"] == "staged" else "gitml init"
        yield f"! .git-ml/ is {state} here: records wait until it is · {command}"
    if not (status["hooks"]["agent_hooks"] and status["hooks"]["git_hooks"]):
        yield "! hooks are missing in this clone · gitml init"
    for one in status["hooks"]["failing"]:
        when = moment(one["timestamp"])
        yield f"! the {one_line(one['hook'])} hook failed at {when} UTC: {one_line(one['error'])} · gitml doctor"
    own = status["persist"]["own"]
    if own is not None and own["did"] == "waits":
        yield f"! own commits: {one_line(own['why'])}, at {moment(own['when'])} UTC · gitml push"
    side = status["persist"]["side"]
    if side is not None and side["error"]:
        yield f"! side branch: {one_line(side['error'])} · gitml push"
    if status["recording"] == "paused":
        yield "! nothing is recorded · gitml resume"
    yield from _redaction_notes(status["redaction"])
    if status["damage"]:
        first = one_line(status["damage"][0])
        yield f"! {count(len(status['damage']), 'line')} cannot be read, first {first} · gitml verify --repair"
    yield from (f"! {one_line(text)}" for text in status["warnings"])


def _redaction_notes(redaction: dict[str, Any]) -> Iterator[str]:
    if redaction["error"]:
        yield f"! {one_line(redaction['error'])} · gitml doctor"
    if redaction["failed"]:
        yield f"! redaction failed at {one_line(redaction['failed'].get('timestamp'))}, a turn waits · gitml sync"
    if redaction["late"]:
        yield "! commits hold what was recognised as a secret later · gitml redact --scan --history"
    found = [note for note in redaction["held"].values() if note["why"] == "found"]
    if found:
        yield f"! {count(len(found), 'part')} held back, something may be a secret in it · gitml redact --fix"
    if len(redaction["held"]) > len(found):
        others = len(redaction["held"]) - len(found)
        yield f"! {count(others, 'part')} not searched yet, the next commit goes on with it · gitml doctor"


def _labelled(label: str, text: str) -> str:
    return pad(label, LABEL) + text
