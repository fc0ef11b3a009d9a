"""What people read of ``gitml clean``."""

from __future__ import annotations

from collections.abc import Callable

from gitml.cli.render.cleaning import asked, carried_out, planned, told
from gitml.ops.cleaning.apply import Done
from gitml.ops.cleaning.clean import Looked
from gitml.ops.cleaning.history import Cleaning
from gitml.ops.cleaning.item import Item
from gitml.ops.cleaning.plan import Plan
from gitml.ops.cleaning.sites import Site

Golden = Callable[[str, str], None]
DAY = 86_400.0
LOCAL = "/src/app/.git/gitml"
ITEMS = [
    Item("events", "20261001.jsonl", f"{LOCAL}/events/20261001.jsonl", 8192, 50 * DAY, True, "not changed for 50d"),
    Item("logs", "gitml.log", f"{LOCAL}/logs/gitml.log", 4096, 30.0, False, "changed 30s ago, kept for 7d"),
    Item("logs", "gitml.log.1", f"{LOCAL}/logs/gitml.log.1", 1_052_672, 9 * DAY, True, "not changed for 9d"),
    Item("raw", "claude:13a84f73", f"{LOCAL}/raw/sessions/x.json", 0, 5 * 3600, False, "it may\nstill go on"),
    Item("sessions", "claude:\x1b[31mred", "/home/ada/\u202etxt", 2_500_000_000, 90 * DAY, True, "implemented"),
]  # fmt: skip


def looked(name: str, items: list[Item], failed: int = 0) -> Looked:
    """One that was looked at; the first ``failed`` of what was to go stayed."""
    made = Looked(Site(name, None))
    before = {
        kind: sum(item.bytes for item in items if item.kind == kind) + 4096
        for kind in dict.fromkeys(item.kind for item in items)
    }
    made.plan = Plan(items, before, [])
    made.done = Done()
    made.done.gone = made.plan.going[failed:]
    made.done.failures = [(item, "Permission denied") for item in made.plan.going[:failed]]
    made.done.after = {kind: before[kind] - made.done.freed(kind) for kind in before}
    return made


def test_what_people_read(golden: Golden) -> None:
    """The plan, short and thing by thing, the question, what was done; of one repository and of several."""
    one = looked("/src/app", ITEMS)
    done, one.done = one.done, None
    several = [looked("/src/app", ITEMS, 1), looked("/src/\x1bother", []), looked("/src/third", ITEMS[1:3])]
    for each in several[1:]:
        each.done = None
    pages = [
        planned([one], 100, named=False, verbose=False),
        planned([one], 100, named=False, verbose=True),
        [asked([one])],
        planned(several[1:], 100, named=True, verbose=True),
        [asked(several[1:])],
    ]
    texts = ["\n".join(page) for page in pages]
    one.done = done
    texts.append("\n".join(carried_out([one, several[0]], 100, named=True, verbose=True)))
    golden("clean.txt", "\n-----\n".join(texts) + "\n")


def test_history(golden: Golden) -> None:
    """One that came to its end, one that was cut off, one with a failure."""
    line = {
        "timestamp": "2026-11-20T18:00:44.476Z", "what": "clean.logs", "by": "gitml clean --logs", "bytes": 1_052_672,
        "why": "not changed for 20d", "path": "/src/app/.git/gitml/logs/gitml.log.1", "subject": "gitml.log.1",
    }  # fmt: skip
    made = [Cleaning(line) for _ in range(3)]
    for each in made:
        each.take(line)
        each.take({**line, "path": "/src/\x1b[31mred\nremove", "bytes": 4096})
    made[0].take({**line, "what": "clean.end"})
    made[2].take({**line, "failed": "Permission denied"})
    golden("clean-history.txt", "\n".join(told(made, verbose=True)) + "\n")
