"""``gitml compact``: what it folds, where it puts it, what it leaves alone."""

from __future__ import annotations

import fcntl
import gzip
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.compacting import LIVE, NAMES, OLD, TRACKED, Store, chat, line
from support.verifying import QUICK

from gitml.errors import GitmlError
from gitml.ops.compacting.compact import compact
from gitml.ops.compacting.plan import Wanted
from gitml.ops.context import open_at
from gitml.ops.verifying import checks, repair


def test_folds_old_parts(store: Store) -> None:
    """Old parts are gone and their records in the base, each once, newest, by time; the young part stays; what reads
    the stream sees no difference."""
    before = store.cat()
    store.gitml("compact", "--commit")
    live = [path for path in store.files() if path.startswith("live/")]
    assert live == ["live/29990101/000000Z-ffffff/chats.jsonl"]
    base = [json.loads(text) for text in store.lines("chats.jsonl")]
    assert len({record["id"] for record in base}) == len(base) == 13
    assert [record["timestamp"] for record in base] == sorted(record["timestamp"] for record in base)
    assert next(record for record in base if record["id"] == chat(9, "2021-09-01")["id"])["rev"] == 3
    assert store.cat() == before
    assert store.git("status", "--porcelain") == ""


def test_stages(store: Store) -> None:
    """Without an option the result is staged and lies in the work tree, and what the user staged stays as it was; a
    second run knows that it is staged."""
    store.write("mine.txt", b"mine\n")
    store.git("add", "mine.txt")
    store.write("mine.txt", b"mine and more\n")
    head = store.head()
    store.gitml("compact")
    staged = store.git("diff", "--cached", "--name-status", "--no-renames").split("\n")
    assert staged[0] == f"M\t{TRACKED}/chats.jsonl" and "A\tmine.txt" in staged
    assert sum(text.startswith(f"D\t{LIVE}") for text in staged) == 4
    assert store.git("diff", "--name-only").split() == ["mine.txt"]
    assert store.head() == head and not (store.root / LIVE / OLD).exists()
    assert "staged already" in store.gitml("compact")
    store.commit("compacted")
    assert "nothing to compact" in store.gitml("compact")


def test_commits_that_alone(store: Store) -> None:
    """``--commit``: one commit of records alone; staged and unstaged work is byte for byte what it was, and no hook
    runs."""
    hook = store.root / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\ntouch ran\nexit 1\n")
    hook.chmod(0o755)
    store.write("new.txt", b"new\n")
    store.git("add", "new.txt")
    store.write("new.txt", b"newer\n")
    store.write("untracked.txt", b"x\n")
    before = store.git("status", "--porcelain"), store.git("diff"), store.git("diff", "--cached")
    parent = store.head()
    store.gitml("compact", "--commit")
    assert (store.git("status", "--porcelain"), store.git("diff"), store.git("diff", "--cached")) == before
    assert store.git("rev-parse", "HEAD^").strip() == parent
    changed = store.git("diff-tree", "-r", "--name-only", "HEAD^", "HEAD").split()
    assert changed and all(path.startswith(TRACKED) for path in changed)
    assert store.git("log", "-1", "--format=%an|%B").strip() == "A Tester|gitml: compact 4 parts"
    assert store.git("diff-index", "--quiet", "HEAD", "--", ".git-ml") == ""


def test_dry_run_changes_nothing(store: Store) -> None:
    """``--dry-run`` says what would be done; not a byte of index, work tree or refs changes."""
    index = (store.root / ".git" / "index").read_bytes()
    said = json.loads(store.gitml("compact", "--dry-run", "--json"))
    assert sorted(said["parts"]) == sorted(NAMES) and said["records"]["chats"] == {"read": 16, "kept": 13}
    assert said["commit"] is None and said["dry_run"] is True
    assert store.git("status", "--porcelain") == "" and (store.root / ".git" / "index").read_bytes() == index


def test_equal_data_gives_equal_bytes(store: Store, tmp_path: Path) -> None:
    """Two clones that compact the same records get the same tree, however the records came: other parts, another order
    of lines, keys in another order."""
    store.gitml("compact", "--commit")
    (tmp_path / "other").mkdir()
    other = Store(tmp_path / "other")
    other.git("init", "-q")
    other.opt_in()
    records = [json.loads(text) for text in store.lines("chats.jsonl")]
    turned = [json.dumps(dict(reversed(record.items()))).encode() for record in reversed(records)]
    other.part("20210801/000000Z-abcdef", turned[:7])
    other.part("20210802/000000Z-abcdef", [*turned[5:], *turned[:3]])
    other.commit()
    other.gitml("compact", "--commit")
    assert other.lines("chats.jsonl") == store.lines("chats.jsonl")


def test_in_several_steps(store: Store) -> None:
    """Compacting in two steps gives what one step gives."""
    store.gitml("compact", "--branch", "at-once", "--older-than", "2021-11-01")
    store.gitml("compact", "--commit", "--older-than", "2021-09-10")
    assert len([path for path in store.files() if path.startswith("live/")]) == 4
    store.gitml("compact", "--commit", "--older-than", "2021-11-01")
    assert store.tree() == store.tree("at-once")


def test_tombstones(bare: Store) -> None:
    """A record that a tombstone hides leaves the base, also where the tombstone's own part is young; the tombstone
    itself stays."""
    grave = {
        "id": "tombstone-1", "timestamp": "2021-11-20T10:00:00.000Z", "session_id": "s1", "from": None,
        "to": "tombstone", "by": "hand", "notes": None, "stream": "chats", "target": chat(1)["id"],
    }  # fmt: skip
    bare.part(OLD, [chat(1), chat(2)])
    bare.part("29990101/000000Z-ffffff", [grave], "lifecycle")
    bare.commit()
    bare.gitml("compact", "--commit")
    assert [json.loads(text)["id"] for text in bare.lines("chats.jsonl")] == [chat(2)["id"]]
    bare.gitml("compact", "--commit", "--older-than", "3000-01-01")
    assert [json.loads(text)["id"] for text in bare.lines("lifecycle.jsonl")] == ["tombstone-1"]
    assert len(bare.cat("chats").splitlines()) == 1


def test_unknown_streams(bare: Store) -> None:
    """A stream gitml does not know is folded into a base of its own, its lines untouched, whatever their spelling."""
    odd = b'{"zeta": 1, "id": "n1", "timestamp": "2021-10-01"}'
    bare.part(OLD, [odd, b'{"no": "id"}'], "notes")
    bare.commit()
    bare.gitml("compact", "--commit")
    assert sorted(bare.lines("notes.jsonl")) == sorted([odd.decode(), '{"no": "id"}'])


def test_unknown_keys(bare: Store) -> None:
    """Known keys come in the schema's order, unknown ones behind them in theirs."""
    bare.part(OLD, [b'{"zeta":1,"input":"x","alpha":[{"b":1,"a":2}],"timestamp":"2021-10-01T00:00:00.000Z","id":"c1"}'])
    bare.commit()
    bare.gitml("compact", "--commit")
    wanted = '{"id":"c1","timestamp":"2021-10-01T00:00:00.000Z","input":"x","zeta":1,"alpha":[{"b":1,"a":2}]}'
    assert bare.lines("chats.jsonl") == [wanted]


def test_damaged_part(store: Store) -> None:
    """A part with a damaged line stays where it is, with all its streams, and is named; the others are folded."""
    store.part(OLD, [chat(1), b'{"id":"cut'])
    store.part(OLD, [{"id": "a1", "timestamp": "2021-10-01T12:00:00.000Z"}], "actions")
    store.commit("damage")
    before = store.cat(code=3)
    said = store.gitml("compact", "--commit", code=3)
    assert f"{LIVE}/{OLD}/chats.jsonl:2: not JSON" in said and "gitml verify --repair" in said
    live = [path for path in store.files() if path.startswith("live/2021")]
    assert live == [f"live/{OLD}/actions.jsonl", f"live/{OLD}/chats.jsonl"]
    assert store.lines("actions.jsonl") == [] and store.lines("chats.jsonl")
    assert store.cat(code=3).splitlines()[:10] == before.splitlines()[:10]


@pytest.mark.parametrize("bad", [b'{"id":"cut', b"[" * 2_000_001], ids=["cut", "too long"])
def test_known_damage(store: Store, monkeypatch: pytest.MonkeyPatch, bad: bytes) -> None:
    """Once a repair has seen to a damaged part, it is folded and goes, although no commit has the repair's note yet;
    what is damaged in it since then keeps it where it is."""
    monkeypatch.setattr("gitml.model.jsonl.MAX_LINE", 2_000_000)
    store.part(OLD, [chat(1), bad, chat(7, output="only here")])
    store.commit("damage")
    run(store)
    assert f"live/{OLD}/chats.jsonl" in store.files()
    checks_of = checks.subject(str(store.root))
    repair.apply(checks_of, checks.verify(checks_of, leave_out=QUICK), time.time(), QUICK)
    start = store.head()
    store.part(OLD, [chat(1), bad, chat(7, output="only here"), b"new damage"])
    store.commit("more damage")
    run(store)
    assert f"live/{OLD}/chats.jsonl" in store.files()
    store.git("reset", "-q", "--hard", start)
    store.git("checkout", "-q", "-f", start, "--", ".git-ml")
    run(store)
    assert f"live/{OLD}/chats.jsonl" not in store.files()
    assert sum("only here" in text for text in store.lines("chats.jsonl")) == 1
    assert not any("cut" in text for text in store.lines("chats.jsonl"))


def test_damaged_base(store: Store) -> None:
    """A stream whose base is damaged is left alone, and so are the parts that hold it; others are folded."""
    store.write(f"{TRACKED}/chats.jsonl", line(chat(77)) + b"\n<<<<<<< HEAD\n")
    store.part("20210801/000000Z-abcdef", [{"id": "a1", "timestamp": "2021-10-01T12:00:00.000Z"}], "actions")
    store.git("add", TRACKED)
    store.commit("damage")
    said = store.gitml("compact", "--commit", code=3)
    assert f"{TRACKED}/chats.jsonl:2: conflict marker" in said
    assert len(store.lines("actions.jsonl")) == 1 and len(store.lines("chats.jsonl")) == 2
    assert len([path for path in store.files() if path.startswith("live/2021")]) == 4


def test_closed_months_move(bare: Store) -> None:
    """A base above ``archive_bytes`` gives its oldest closed months away until it is below; the running one stays;
    archives are not rewritten, and what comes late for an archived month stays in the base."""
    bare.write(".git-ml/config.toml", b'default_branch = "main"\narchive_bytes = 1000\n')
    for month in ("2021-07", "2021-08", "2021-09"):
        bare.part(f"{month.replace('-', '')}01/000000Z-abcdef", [chat(n, f"{month}-01") for n in range(6)])
    bare.commit()
    bare.gitml("compact", "--commit")
    archives = [path for path in bare.files() if path.startswith("archive/")]
    assert archives == ["archive/2021-07/chats.jsonl", "archive/2021-08/chats.jsonl"]
    assert all("2021-09" in text for text in bare.lines("chats.jsonl"))
    assert len(bare.cat().splitlines()) == 18
    kept = bare.git("rev-parse", f"HEAD:{TRACKED}/archive")
    bare.part("20211001/000000Z-abcdef", [chat(n, "2021-07-01", rev=5, output="x" * 90) for n in range(9)])
    bare.commit()
    before = bare.cat()
    bare.gitml("compact", "--commit")
    assert list(map(json.loads, bare.cat().splitlines())) == list(map(json.loads, before.splitlines()))
    assert bare.git("rev-parse", f"HEAD:{TRACKED}/archive/2021-07") == bare.git("rev-parse", kept.strip() + ":2021-07")
    assert sum("2021-07" in text for text in bare.lines("chats.jsonl")) == 9
    assert "nothing to compact" in bare.gitml("compact")


def test_gzip(bare: Store) -> None:
    """``--gzip``: archives without name or time inside, so that the same records give the same bytes; readable."""
    bare.write(".git-ml/config.toml", b'default_branch = "main"\narchive_bytes = 10\n')
    bare.part("20210701/000000Z-abcdef", [chat(n, "2021-07-01") for n in range(6)])
    bare.commit()
    before = bare.cat()
    bare.gitml("compact", "--gzip", "--branch", "one")
    bare.gitml("compact", "--gzip", "--commit")
    assert bare.tree() == bare.tree("one")
    packed = (bare.root / TRACKED / "archive/2021-07/chats.jsonl.gz").read_bytes()
    assert packed[3:8] == bytes(5) and len(gzip.decompress(packed).splitlines()) == 6
    assert bare.cat() == before


def test_uncommitted_spool_is_no_obstacle(store: Store) -> None:
    """What waits in the spool, and parts that are only staged, are left as they are."""
    spool = store.root / ".git/gitml/spool/main/20210101/000000Z-abcdef/chats.jsonl"
    spool.parent.mkdir(parents=True)
    spool.write_bytes(line(chat(50)) + b"\n")
    store.part("20210101/000000Z-0000aa", [chat(51)])
    store.gitml("compact", "--commit")
    assert spool.exists() and store.git("diff", "--cached", "--name-only").split() == [
        f"{LIVE}/20210101/000000Z-0000aa/chats.jsonl"
    ]
    assert not any(
        str(number) in text for text in store.lines("chats.jsonl") for number in (50, 51) if "prompt 5" in text
    )


def test_behind_its_upstream(store: Store) -> None:
    """What was fetched and not merged may hold another's compaction: refused with the way out, done with --force."""
    store.git("branch", "-q", "theirs")
    store.git("switch", "-q", "theirs")
    store.git("commit", "-q", "--allow-empty", "-m", "by another")
    store.git("switch", "-q", "main")
    store.git("branch", "-q", "--set-upstream-to=theirs")
    refused = store.gitml("compact", "--commit", code=1)
    assert "lacks what was fetched of its upstream" in refused and "hint: git pull" in refused
    assert "lacks what was fetched" in store.gitml("compact", "--force", "--dry-run")
    store.git("merge", "-q", "theirs")
    store.gitml("compact", "--commit")


def test_refusals(store: Store) -> None:
    """Off the default branch, on none, in the middle of a merge, over changes of one's own, with an age that is none:
    nothing happens, with the reason, a hint and the documented code."""
    store.git("switch", "-qc", "feature")
    assert "only main is compacted" in store.gitml("compact", code=1)
    assert "conflict" in store.gitml("compact", "--force", "--dry-run")
    store.git("switch", "-q", "--detach")
    assert "on no branch" in store.gitml("compact", "--commit", code=1)
    store.git("switch", "-q", "main")
    (store.root / ".git/MERGE_HEAD").write_text(store.head())
    assert "in progress" in store.gitml("compact", code=1)
    (store.root / ".git/MERGE_HEAD").unlink()
    store.write(f"{TRACKED}/chats.jsonl", b"\n")
    assert "has changes that no commit has" in store.gitml("compact", "--commit", code=1)
    store.git("checkout", "-q", TRACKED)
    (store.root / TRACKED / "archive/2021-01").mkdir(parents=True)
    store.write(".git-ml/config.toml", b'compact_min_age = "soon"\ndefault_branch = "main"\n')
    assert "compact_min_age" in store.gitml("compact", code=2)
    assert store.git("status", "--porcelain").split() == ["M", ".git-ml/config.toml"]


@pytest.mark.parametrize("name", ["lock", "compact.lock"])
def test_while_another_holds_the_lock(store: Store, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Another gitml at work, compacting or not: code 5, and nothing is changed."""
    monkeypatch.setattr("gitml.ops.compacting.compact.LOCK_SECONDS", 0.1)
    store.gitml("compact", "--dry-run")
    with holding(store.root / ".git/gitml" / name), pytest.raises(GitmlError, match="holds the lock") as caught:
        run(store)
    assert caught.value.exit_code == 5 and store.git("status", "--porcelain") == ""


@contextmanager
def holding(path: Path) -> Iterator[None]:
    """The lock file held as another process holds it."""
    with path.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def run(store: Store) -> None:
    """A compaction in this process."""
    compact(
        open_at(str(store.root)), Wanted(time.time()), lambda done, all: None, commit=True, force=False, dry_run=False
    )


def test_not_set_up(repo: Path) -> None:
    """Without a store there is nothing to compact: exit 4."""
    assert "not set up" in Store(repo).gitml("compact", code=4)


def test_shallow_clone(store: Store, tmp_path: Path) -> None:
    """A shallow clone compacts as any other."""
    store.git("clone", "-q", "--depth=1", f"file://{store.root}", str(tmp_path / "shallow"))
    shallow = Store(tmp_path / "shallow")
    shallow.gitml("compact", "--commit")
    store.gitml("compact", "--commit")
    assert shallow.tree() == store.tree()
