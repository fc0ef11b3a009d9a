"""``gitml redact``: looking through all that is stored, and mending what can be."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.leaking import SECRET, leak, texts_below
from support.riding import Clone, opted_in
from support.secrets_made import made
from support.stores import run_until

from gitml.ops.redacting import advice, filtering, held, mend, scan
from gitml.ops.redacting.search import search_in
from gitml.store import kept, spool


@pytest.fixture
def clone(repo: Path) -> Clone:
    return opted_in(repo)


def gitml(clone: Clone, *arguments: str, code: int, stdin: bytes = b"") -> str:
    """Run the command; what it says on both outputs never holds the secret."""
    done = subprocess.run(
        [sys.executable, "-m", "gitml", "-C", str(clone.root), *arguments],
        capture_output=True,
        input=stdin,
        check=False,
    )
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == code, said
    assert SECRET not in said and SECRET[4:] not in said
    return done.stdout.decode()


def found(clone: Clone, *options: str, code: int = 6) -> list[dict[str, Any]]:
    answer = json.loads(gitml(clone, "redact", "--scan", "--json", *options, code=code))
    return list(answer["found"])


def committed_leak(clone: Clone) -> str:
    """A part with a secret in a commit, from before there was a check; its path."""
    part = leak(clone, 7, closed=True)
    path = clone.root / ".git-ml" / "tracked" / "live" / part.name / "chats.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(Path(part.file("chats")).read_bytes())
    clone.git("add", "-f", str(path))
    clone.git("commit", "-q", "--no-verify", "-m", "leak")
    return str(path.relative_to(clone.root))


def test_clean(clone: Clone) -> None:
    """Exit 0 and a word."""
    clone.chat(1)
    assert "nothing found" in gitml(clone, "redact", "--scan", code=0)
    assert found(clone, "--history", code=0) == []
    assert "nothing to take out" in gitml(clone, "redact", "--fix", code=0)


def test_spool_and_fix(clone: Clone) -> None:
    """Open and closed parts: told by file, line, kind and a masked preview; then mended, and they ride."""
    closed = leak(clone, 1, closed=True)
    leak(clone, 2)
    clone.chat(3)
    where = found(clone)
    assert [(one["where"], one["line"], one["kind"]) for one in where] == [("spool", 1, "github-token")] * 2
    assert {one["length"] for one in where} == {len(SECRET)}
    assert {one["preview"] for one in where} == {SECRET[:3] + "…"}
    before = texts_below(clone.context.layout.spools)
    dry = gitml(clone, "redact", "--fix", "--dry-run", code=6)
    assert "would take 2 github-token" in dry and closed.name in dry
    assert texts_below(clone.context.layout.spools) == before
    assert "took 2 github-token out of 2 files" in gitml(clone, "redact", "--fix", code=0)
    assert SECRET not in texts_below(clone.root)
    assert not (Path(clone.context.layout.spool) / closed.name).exists()
    clone.change("b.txt", "two\n")
    clone.git("commit", "-q", "-m", "work")
    clone.settled()
    assert len(clone.ids()) == 3 and "[redacted:github-token" in clone.git("show", f"HEAD:{clone.carried()[0]}")


def test_fix_clears_what_was_held(clone: Clone) -> None:
    """After it nothing is held, and the next commit takes it."""
    leak(clone, 1)
    clone.change("b.txt", "two\n")
    clone.git("commit", "-q", "-m", "work")
    clone.settled()
    assert len(held.waiting(clone.context.layout)) == 1
    gitml(clone, "redact", "--fix", code=0)
    assert held.waiting(clone.context.layout) == {}


def test_what_seal_staged_leaves_the_index(clone: Clone) -> None:
    """A copy that was staged by an older version is as bad as a committed one, and can still be taken back."""
    part = leak(clone, 1, closed=True)
    path = clone.root / ".git-ml" / "tracked" / "live" / part.name / "chats.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(Path(part.file("chats")).read_bytes())
    clone.git("add", "-f", str(path))
    gitml(clone, "redact", "--fix", code=0)
    assert clone.status() == "" and not path.exists()
    assert SECRET not in texts_below(clone.root / ".git-ml", clone.context.layout.spools)


def test_committed(clone: Clone) -> None:
    """Not touched by the fix; told with what to do, in order: rotate first, then the commands."""
    path = committed_leak(clone)
    clone.chat(8)
    said = gitml(clone, "redact", "--fix", code=6)
    assert said.index("rotate first") < said.index("gitml redact --scan --history")
    assert f"{path}:1 github-token" in said
    clone.git("rm", "-rq", str(Path(path).parent))
    clone.git("commit", "-q", "--no-verify", "-m", "gone from the tree")
    clone.settled()
    listed = found(clone, "--history")
    commit = clone.git("rev-parse", "HEAD~1").strip()
    assert [one["place"] for one in listed if one["where"] == "history"] == [f"{commit[:12]}:{path}"]
    assert "git filter-repo" in gitml(clone, "redact", "--scan", "--history", code=6)


def test_history_of_all_refs(clone: Clone) -> None:
    """Branches, tags, stashes, and what only a merge brought in; archives are unpacked; each blob once."""
    clone.git("switch", "-q", "-c", "side")
    target = clone.root / ".git-ml" / "tracked" / "archive" / "chats.jsonl.gz"
    target.parent.mkdir()
    target.write_bytes(gzip.compress(json.dumps({"id": "a", "output": SECRET}).encode() + b"\n"))
    clone.git("add", "-f", ".git-ml")
    clone.git("commit", "-q", "--no-verify", "-m", "archive")
    clone.git("tag", "kept")
    clone.git("switch", "-q", "main")
    clone.git("branch", "-D", "side")
    clone.git("merge", "-q", "--no-verify", "--no-ff", "-s", "ours", "-m", "merge", "kept")
    tracked = clone.root / ".git-ml" / "tracked" / "chats.jsonl"
    tracked.write_text(json.dumps({"id": "b", "output": made(9)["aws-key-id"]}) + "\n")
    clone.git("add", ".git-ml")
    clone.git("commit", "-q", "--no-verify", "--amend", "-m", "evil merge")
    tracked.write_text(json.dumps({"id": "c", "output": made(20)["slack-token"]}) + "\n")
    clone.git("stash", "-q")
    listed = [
        (one["place"].split(":")[1], one["kind"]) for one in found(clone, "--history") if one["where"] == "history"
    ]
    assert sorted(listed) == [
        (".git-ml/tracked/archive/chats.jsonl.gz", "github-token"),
        (".git-ml/tracked/chats.jsonl", "aws-key-id"),
        (".git-ml/tracked/chats.jsonl", "slack-token"),
    ]


def test_index_and_work_tree_apart(clone: Clone) -> None:
    """What is staged is looked at even where the file on disk is another by now."""
    path = clone.root / ".git-ml" / "tracked" / "chats.jsonl"
    path.write_text(json.dumps({"id": "b", "output": SECRET}) + "\n")
    clone.git("add", ".git-ml")
    path.write_text("")
    assert [(one["where"], one["place"]) for one in found(clone)] == [("index", ".git-ml/tracked/chats.jsonl")]


def test_strings_are_searched_decoded(clone: Clone) -> None:
    """A secret that raw JSON hides behind escapes is found; so are config and other texts."""
    escaped = json.dumps({"id": "x", "output": "-"}).replace(
        '"-"', '"' + "".join(f"\\u{ord(c):04x}" for c in SECRET) + '"'
    )
    (clone.root / ".git-ml" / "tracked" / "chats.jsonl").write_text(escaped + "\n")
    (clone.root / ".git-ml" / "notes.txt").write_text(f"token: {SECRET}\n")
    assert [one["place"] for one in found(clone)] == [".git-ml/notes.txt", ".git-ml/tracked/chats.jsonl"]


def test_kept_copies_are_told_not_touched(clone: Clone) -> None:
    """They are what a commit carried."""
    committed_leak(clone)
    said = gitml(clone, "redact", "--fix", code=6)
    assert "1 kept copies" in said and SECRET in texts_below(clone.context.layout.kept)


def test_kept_copies_that_no_commit_has_are_mended(clone: Clone) -> None:
    """Settling brings them back to the spool, where the fix finds them."""
    part = leak(clone, 1, closed=True)
    kept.keep(clone.context.layout, part)
    gitml(clone, "redact", "--fix", code=0)
    assert SECRET not in texts_below(clone.context.layout.local) and clone.waiting() == 1


def test_dead_letters(clone: Clone) -> None:
    """Local and in no commit: mended as well."""
    letters = Path(clone.context.layout.dlq)
    letters.mkdir()
    (letters / "20261120.jsonl").write_text(json.dumps({"x": SECRET}) + f'\n{{"torn": "{SECRET}\n{{"y": 1}}\n')
    assert [one["where"] for one in found(clone)] == ["dead letters"] * 2
    gitml(clone, "redact", "--fix", code=0)
    assert SECRET not in texts_below(letters) and '{"y": 1}' in texts_below(letters)


def test_other_work_trees(clone: Clone, tmp_path: Path) -> None:
    """One clone, one spool each: the fix sees to all of them."""
    clone.git("worktree", "add", "-q", str(tmp_path / "linked"))
    linked = Clone(tmp_path / "linked")
    leak(linked, 1)
    assert len(found(clone)) == 1
    gitml(clone, "redact", "--fix", code=0)
    assert SECRET not in texts_below(clone.context.layout.spools)


def test_no_link_is_followed(clone: Clone, tmp_path: Path) -> None:
    """Neither to read nor to write."""
    outside = tmp_path / "outside.jsonl"
    outside.write_text(json.dumps({"id": "x", "output": SECRET}) + "\n")
    (clone.root / ".git-ml" / "tracked" / "sessions.jsonl").symlink_to(outside)
    part = leak(clone, 1, closed=True)
    Path(part.path, "actions.jsonl").symlink_to(outside)
    gitml(clone, "redact", "--fix", code=0)
    assert SECRET in outside.read_text()


def test_a_kill_loses_nothing(clone: Clone) -> None:
    """Stopped before any step, every record is there, and another run does the rest."""
    context = clone.context
    search = search_in(context)
    steps = 0
    killed = True
    while killed:
        steps += 1
        leak(clone, 100 + steps, closed=True)
        leak(clone, 500 + steps)
        killed = run_until(lambda: mend.mend(context, search), steps)
        lines = [line for line in texts_below(context.layout.spools).split("\n") if line.endswith("}")]
        held_ids = {json.loads(line)["id"] for line in lines}
        assert {f"chat-20261120-150332-{n:0>6}" for n in (100 + steps, 500 + steps)} <= held_ids
        mend.mend(context, search)
        assert SECRET not in texts_below(context.layout.spools)
        for part in spool.parts(context.layout):
            for path in Path(part.path).iterdir():
                path.unlink()
    assert steps > 10


def test_filter(clone: Clone) -> None:
    """One file in, the same without secrets out; clean bytes stay, archives and odd lines too."""
    record = json.dumps({"b": 1, "id": "x", "password": "", "output": f"export A={SECRET}"}).encode()
    clean = b'{ "id" : "y" }\n\nnot json\r\n'
    answer = gitml(clone, "redact", "--filter", code=0, stdin=clean + record + b"\n").encode()
    assert answer.startswith(clean) and json.loads(answer[len(clean) :])["id"] == "x"
    search = search_in(clone.context)
    packed = gzip.compress(clean)
    assert filtering.filtered(packed, search) == packed
    assert SECRET.encode() not in gzip.decompress(filtering.filtered(gzip.compress(record), search))
    assert SECRET.encode() not in filtering.filtered(f"token: {SECRET}".encode(), search)


def test_the_command_that_rewrites_history(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its callback cleans just the blobs that hold something, and names no value. Run as filter-repo runs it."""
    path = committed_leak(clone)
    found_there = scan.scan(clone.context, search_in(clone.context), history=True).found
    command = advice.rewrite(clone.context, {one.blob for one in found_there if one.blob})
    assert SECRET not in command
    words = subprocess.run(
        ["sh", "-c", f'git() {{ for word; do printf "%s\\0" "$word"; done; }}; {command}'],
        capture_output=True, check=True,
    ).stdout.decode().split("\0")  # fmt: skip
    assert words[:3] == ["filter-repo", "--force", "--blob-callback"]
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")

    class Blob:
        def __init__(self, name: str) -> None:
            self.original_id = clone.git("rev-parse", name).strip().encode()
            self.data = clone.git("cat-file", "blob", name).encode()

    for name, changes in ((f"HEAD:{path}", True), ("HEAD:a.txt", False)):
        blob = Blob(name)
        before = blob.data
        exec(words[3], {"blob": blob})
        assert (blob.data != before) == changes and SECRET.encode() not in blob.data
        if changes:
            assert json.loads(blob.data)["id"] == "chat-20261120-150332-000007"


@pytest.mark.parametrize("options", [(), ("--scan", "--fix"), ("--fix", "--history"), ("--scan", "--dry-run")])
def test_usage(clone: Clone, options: tuple[str, ...]) -> None:
    """One thing at a time."""
    gitml(clone, "redact", *options, code=2)


def test_previews() -> None:
    """Three characters at most, none of what is short, nothing that moves a terminal."""
    assert scan.preview("abcdefghijklmnopqrst") == "abc…"
    assert scan.preview("hunter2hunter2") == "…"
    assert scan.preview("\x1b[2Jabcdefghijklmnopq") == "?[2…"


def test_fix_names_what_it_could_not_read(clone: Clone) -> None:
    """Done in part is said in words, also where nothing is found in the rest."""
    leak(clone, 7)
    cut = clone.root / ".git-ml" / "tracked" / "archive" / "2026-10" / "actions.jsonl.gz"
    cut.parent.mkdir(parents=True)
    cut.write_bytes(gzip.compress(b'{"id":"x"}\n' * 9)[:-9])
    clone.git("add", "-f", str(cut))
    done = subprocess.run(
        [sys.executable, "-m", "gitml", "-C", str(clone.root), "redact", "--fix"], capture_output=True, check=False
    )
    assert done.returncode == 3, done
    assert b"actions.jsonl.gz" in done.stderr
