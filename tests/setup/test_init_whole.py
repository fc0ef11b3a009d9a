"""``gitml init`` and ``gitml uninstall`` on real repositories, whole."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Git
from support.setup_tree import forget_memory, set_up, snapshot, take_out

from gitml.errors import BadUsage, GitmlError, NothingHere
from gitml.model.streams import STREAMS
from gitml.ops.setup import init, opening, uninstall

STAGED = [
    ".claude/settings.json",
    ".git-ml/.gitattributes",
    ".git-ml/config.toml",
    *sorted(f".git-ml/tracked/{stream}.jsonl" for stream in STREAMS),
]


def staged(git: Git, root: Path) -> list[str]:
    return git(root, "diff", "--cached", "--name-only").splitlines()


def test_init_writes_and_stages_what_a_repository_needs(repo: Path, git: Git) -> None:
    """Everything is in its place; what is to be committed is staged, and nothing else is left to see."""
    outcome = set_up(repo)
    assert outcome.failures == [] and outcome.backfilled == 1
    assert staged(git, repo) == STAGED
    assert git(repo, "status", "--porcelain").count("\n") == len(STAGED)
    assert all((repo / ".git-ml" / "tracked" / f"{stream}.jsonl").read_bytes() == b"" for stream in STREAMS)
    assert 'default_branch = "main"' in (repo / ".git-ml" / "config.toml").read_text()
    assert "/.git-ml/tracked/live/" in (repo / ".git" / "info" / "exclude").read_text().splitlines()
    assert oct((repo / ".git" / "gitml").stat().st_mode)[-3:] == "700"
    git(repo, "commit", "-q", "-m", "set up")
    assert git(repo, "status", "--porcelain") == ""


def test_the_attributes_are_what_git_makes_of_them(repo: Path, git: Git) -> None:
    """merge=union for base and archive only; no conversion, no filter, no diff and not in archives for everything."""
    (repo / ".gitattributes").write_text("*.jsonl filter=lfs diff=lfs merge=lfs text working-tree-encoding=UTF-16\n")
    set_up(repo)
    git(repo, "add", ".gitattributes")
    git(repo, "commit", "-q", "-m", "set up")
    names = ["text", "diff", "filter", "ident", "working-tree-encoding", "export-ignore", "linguist-generated", "merge"]
    part = ".git-ml/tracked/live/20261120/150332Z-7f3a9c/chats.jsonl"
    found = {}
    archives = [f".git-ml/tracked/archive/2026-09/{place}chats.jsonl" for place in ("", "2/")]
    for path in (".git-ml/tracked/chats.jsonl", *archives, part):
        lines = git(repo, "check-attr", *names, "--", path).splitlines()
        found[path] = dict(line.rsplit(": ", 2)[1:] for line in lines)
    always = {
        "text": "unset",
        "diff": "unset",
        "filter": "unspecified",
        "ident": "unspecified",
        "working-tree-encoding": "unspecified",
        "export-ignore": "set",
        "linguist-generated": "set",
    }
    assert found[".git-ml/tracked/chats.jsonl"] == {**always, "merge": "union"}
    assert [found[archive] for archive in archives] == [{**always, "merge": "union"}] * 2
    assert found[part].items() >= always.items()
    assert found[part]["merge"] != "union"
    archived = subprocess.run(["git", "archive", "HEAD"], cwd=repo, capture_output=True, check=True).stdout
    assert b"chats.jsonl" not in archived and b"a.txt" in archived


def test_a_second_init_changes_nothing(repo: Path) -> None:
    """Not a byte and not a time, before the commit and after it."""
    set_up(repo)
    before = snapshot(repo)
    memory = (repo / ".git/gitml/setup.json").read_bytes()
    for _ in range(2):
        again = set_up(repo)
        assert again.plan.empty and again.plan.stage == [] and again.backfilled == 0
    assert snapshot(repo) == before
    assert (repo / ".git/gitml/setup.json").read_bytes() == memory


@pytest.mark.parametrize("remembers", [True, False], ids=["remembering", "by the marks alone"])
def test_uninstall_leaves_everything_as_it_was(repo: Path, git: Git, remembers: bool) -> None:
    """Every file and folder, its bytes and its mode; the index, too, where nothing was committed in between."""
    (repo / ".claude").mkdir()
    (repo / ".claude" / "settings.json").write_text('{\n\t"model": "x"\n}')
    (repo / ".git" / "hooks" / "pre-commit").write_text("#!/bin/bash -e\ntrue\n")
    (repo / ".git" / "hooks" / "pre-commit").chmod(0o750)
    (repo / ".git" / "info" / "exclude").write_text("*.o")
    (repo / "CLAUDE.md").write_text("# How to work here\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "settings")
    before, index = snapshot(repo), git(repo, "ls-files", "-s")
    set_up(repo, guide=True)
    assert snapshot(repo) != before
    if not remembers:
        forget_memory(repo)
    take_out(repo)
    assert snapshot(repo) == before
    assert [line for line in git(repo, "ls-files", "-s").splitlines() if ".git-ml" not in line] == index.splitlines()
    again, _ = take_out(repo)
    assert again.empty


def test_a_repository_without_any_of_it_is_left_without_any_of_it(repo: Path, git: Git) -> None:
    """Files and folders gitml made go; even info/ and hooks/ where a bare template had none."""
    for name in ("hooks", "info"):
        for path in sorted((repo / ".git" / name).iterdir()):
            path.unlink()
        (repo / ".git" / name).rmdir()
    before = snapshot(repo)
    set_up(repo, guide=True)
    assert (repo / "AGENTS.md").exists()
    take_out(repo)
    assert snapshot(repo) == before
    assert git(repo, "diff", "--cached", "--name-only").splitlines() == [one for one in STAGED if ".git-ml" in one]


def test_what_is_not_ours_stays_as_it_is_in_the_index(repo: Path, git: Git) -> None:
    """Staged work stays staged, unstaged stays unstaged, also in a settings file that gitml writes to."""
    (repo / ".claude").mkdir()
    settings = repo / ".claude" / "settings.json"
    settings.write_text('{"model": "x"}')
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "settings")
    settings.write_text('{"model": "mine, not ready"}')
    (repo / "a.txt").write_text("staged\n")
    git(repo, "add", "a.txt")
    (repo / "a.txt").write_text("not staged\n")
    outcome = set_up(repo)
    assert "a.txt" in staged(git, repo) and ".claude/settings.json" not in staged(git, repo)
    assert git(repo, "show", ":a.txt") == "staged\n"
    assert any(".claude/settings.json" in note for note in outcome.plan.notes)


def test_no_stage_leaves_the_index_alone_and_a_later_init_stages(repo: Path, git: Git) -> None:
    """--no-stage is not a decision for ever."""
    set_up(repo, stage=False)
    assert staged(git, repo) == []
    set_up(repo)
    assert staged(git, repo) == STAGED


def test_ignored_folders(repo: Path, git: Git) -> None:
    """.git-ml is staged whatever ignores it; .claude is not, and it is said that nobody else gets it."""
    (repo / ".gitignore").write_text(".git-ml/\n.claude/\n")
    outcome = set_up(repo)
    assert staged(git, repo) == [name for name in STAGED if ".claude" not in name]
    notes = " ".join(outcome.plan.notes)
    assert ".git-ml" in notes and ".claude/settings.json is ignored" in notes
    assert ".claude" not in (repo / ".git" / "info" / "exclude").read_text()


def test_settings_local_stays_out_of_commits(repo: Path, home: Path, git: Git) -> None:
    """Excluded where nothing hides it, and the exclusion goes with uninstall; not added where git ignores it anyway."""
    set_up(repo)
    assert "/.claude/settings.local.json" in (repo / ".git" / "info" / "exclude").read_text().splitlines()
    git(repo, "add", "-A")
    assert ".claude/settings.local.json" not in staged(git, repo)
    take_out(repo)
    (home / ".config" / "git").mkdir(parents=True)
    (home / ".config" / "git" / "ignore").write_text("**/.claude/settings.local.json\n")
    set_up(repo)
    assert "settings.local" not in (repo / ".git" / "info" / "exclude").read_text()


def test_settings_that_cannot_be_read_do_not_stop_the_rest(repo: Path) -> None:
    """The file stays as it is, the failure names the place, everything else is done."""
    (repo / ".claude").mkdir()
    (repo / ".claude" / "settings.json").write_text('{\n  "a": 1, // mine\n}')
    outcome = set_up(repo)
    assert len(outcome.failures) == 1 and "line 2, column 11" in outcome.failures[0]
    assert (repo / ".claude" / "settings.json").read_text() == '{\n  "a": 1, // mine\n}'
    assert (repo / ".claude" / "settings.local.json").exists()
    assert (repo / ".git" / "hooks" / "pre-commit").exists()


def test_the_persons_own_settings(repo: Path, home: Path, git: Git) -> None:
    """--user writes to the folder the client uses, and to nothing in the repository."""
    set_up(repo, user=True)
    assert not (repo / ".claude").exists()
    own = home / ".claude" / "settings.json"
    assert "gitml hook claude" in own.read_text()
    take_out(repo)
    assert own.exists()
    take_out(repo, user=True)
    assert not own.exists()


def test_persist(repo: Path) -> None:
    """The way that was asked for is written to config, and nothing else in it changes; what is none is refused."""
    with pytest.raises(BadUsage, match="'by-post' is no way"):
        set_up(repo, persist="by-post")
    assert not (repo / ".git-ml").exists()
    set_up(repo)
    path = repo / ".git-ml" / "config.toml"
    before = path.read_text()
    assert '# persist = "auto"' in before
    for way in ("own-commits", "side-branch", "auto", "with-commits"):
        set_up(repo, persist=way)
        assert path.read_text() == before.replace('# persist = "auto"', f'persist = "{way}"')
    set_up(repo)
    assert 'persist = "with-commits"' in path.read_text()


def test_the_default_branch_is_the_remotes(repo: Path, tmp_path: Path, git: Git) -> None:
    """As the clone knows it, whatever is checked out."""
    git(repo, "branch", "-m", 'odd"name')
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(repo), str(clone))
    git(clone, "checkout", "-q", "-b", "work")
    set_up(clone)
    opened = opening.open_here(str(clone))
    assert opened.config.get("default_branch") == 'odd"name'


def test_linked_work_trees_and_submodules(repo: Path, tmp_path: Path, git: Git) -> None:
    """Settings beside the files, hooks and local state in the git directory that is shared; each can be undone."""
    linked = tmp_path / "linked"
    git(repo, "worktree", "add", "-q", str(linked))
    before = snapshot(linked)
    set_up(linked)
    assert (linked / ".claude" / "settings.json").exists() and not (repo / ".claude").exists()
    assert (repo / ".git" / "hooks" / "pre-commit").exists()
    assert (repo / ".git" / "gitml" / "bin").exists()
    git(linked, "commit", "-q", "-m", "set up")
    assert git(linked, "status", "--porcelain") == ""
    take_out(linked)
    after = snapshot(linked)
    assert after == before
    git(repo, "submodule", "add", "-q", str(linked), "sub")
    set_up(repo / "sub")
    assert (repo / ".git" / "modules" / "sub" / "gitml" / "bin").exists()
    assert "live" in (repo / ".git" / "modules" / "sub" / "info" / "exclude").read_text()


def test_where_there_is_nothing_to_set_up(tmp_path: Path, git: Git) -> None:
    """Outside a repository and in a bare one: one clear error, and nothing is made."""
    with pytest.raises(NothingHere, match="not in a git repository"):
        opening.open_here(str(tmp_path))
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    with pytest.raises(NothingHere, match="bare"):
        opening.open_here(str(tmp_path / "bare.git"))
    assert not (tmp_path / "bare.git" / "gitml").exists()


def test_before_the_first_commit(tmp_path: Path, git: Git) -> None:
    """A repository without any commit can be set up."""
    git(tmp_path, "init", "-q", "fresh")
    outcome = set_up(tmp_path / "fresh")
    assert outcome.failures == [] and outcome.backfilled == 0
    assert staged(git, tmp_path / "fresh") == STAGED


def test_a_store_behind_a_link_is_refused(repo: Path, tmp_path: Path) -> None:
    """.git-ml leading elsewhere: nothing is written there."""
    (tmp_path / "elsewhere").mkdir()
    (repo / ".git-ml").symlink_to(tmp_path / "elsewhere")
    outcome = set_up(repo)
    assert any("symbolic link" in failure for failure in outcome.failures)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_purging_what_no_commit_carries_needs_force(repo: Path) -> None:
    """The spool holds the back-filled commit; only --force throws it away."""
    set_up(repo)
    context = opening.open_here(str(repo))
    with pytest.raises(GitmlError, match="no commit carries"):
        uninstall.check_purge(context, force=False)
    uninstall.check_purge(context, force=True)
    take_out(repo, purge=True)
    assert os.listdir(repo / ".git" / "gitml") == ["uninstalled"]
    assert (repo / ".git-ml" / "config.toml").exists()


def test_a_file_that_changes_under_the_plan_is_not_overwritten(repo: Path) -> None:
    """Between looking and writing somebody saved the file: nothing at all is done."""
    (repo / ".claude").mkdir()
    path = repo / ".claude" / "settings.json"
    path.write_text("{}")
    context = opening.open_here(str(repo))
    memory = init.remembered(context)
    plan = init.plan(context, init.Options(), memory)
    path.write_text('{"new": 1}')
    from gitml.ops.setup.apply import apply

    with pytest.raises(GitmlError, match="changed"):
        apply(plan, memory)
    assert path.read_text() == '{"new": 1}'
    assert not (repo / ".git-ml").exists()


def gitml(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command itself, without a terminal."""
    return subprocess.run(
        ["gitml", *arguments], cwd=root, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def test_the_commands(repo: Path, home: Path) -> None:
    """Dry run, init, init again, uninstall: what they print, and their exit codes."""
    before = snapshot(repo)
    dry = gitml(repo, "init", "--dry-run", "--json")
    assert dry.returncode == 0 and snapshot(repo) == before and not (repo / ".git" / "gitml").exists()
    foreseen = json.loads(dry.stdout)
    done = gitml(repo, "init", "--json")
    assert done.returncode == 0
    assert [step["path"] for step in json.loads(done.stdout)["steps"]] == [step["path"] for step in foreseen["steps"]]
    again = gitml(repo, "init")
    assert again.returncode == 0 and "nothing changed" in again.stdout
    assert gitml(repo, "uninstall", "--purge-local").returncode == 1
    out = gitml(repo, "uninstall")
    assert out.returncode == 0 and ".git-ml/ stay" in out.stdout
    assert snapshot(repo) == before


def test_init_warns_and_says_what_to_do_next(repo: Path) -> None:
    """Prompts become readable by everyone who has the repository: nobody may learn that later."""
    done = gitml(repo, "init")
    assert "readable by\neveryone who has the repository" in done.stdout
    assert 'git commit -m "' in done.stdout
    (repo / ".git" / "hooks" / "pre-commit").unlink()
    assert "readable by" not in gitml(repo, "init").stdout


def test_exit_code_three_when_a_part_could_not_be_done(repo: Path) -> None:
    """And the reason is on stderr; a dry run says so, too."""
    (repo / ".claude").mkdir()
    (repo / ".claude" / "settings.json").write_text("{,}")
    foreseen = gitml(repo, "init", "--dry-run", "--json")
    for done in (gitml(repo, "init", "--dry-run"), gitml(repo, "init")):
        assert done.returncode == 3
        assert "settings.json, line 1, column 2" in done.stderr
    assert foreseen.returncode == 3 and len(json.loads(foreseen.stdout)["failures"]) == 1


def session(home: Path, repo: Path, name: str) -> None:
    """One earlier session of this repository on the machine."""
    slug = "".join(character if character.isalnum() else "-" for character in os.path.realpath(repo))
    folder = home / ".claude" / "projects" / slug
    folder.mkdir(parents=True, exist_ok=True)
    common = {
        "sessionId": name,
        "cwd": os.path.realpath(repo),
        "version": "2.1.100",
        "isSidechain": False,
        "gitBranch": "main",
        "userType": "external",
    }
    prompt = {
        **common,
        "type": "user",
        "uuid": f"{name[:-1]}a",
        "parentUuid": None,
        "timestamp": "2026-11-01T10:00:00.000Z",
        "message": {"role": "user", "content": "add a file"},
    }
    answer = {
        **common,
        "type": "assistant",
        "uuid": f"{name[:-1]}b",
        "parentUuid": f"{name[:-1]}a",
        "timestamp": "2026-11-01T10:00:05.000Z",
        "requestId": "req_1",
        "message": {
            "id": "msg_1",
            "role": "assistant",
            "type": "message",
            "model": "a-model",
            "content": [{"type": "text", "text": "done"}],
            "stop_reason": "end_turn",
            "usage": {"input_tokens": 1, "output_tokens": 1},
        },
    }
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(record) + "\n" for record in (prompt, answer)))


def test_earlier_sessions_are_named_and_taken_in_only_when_asked(repo: Path, home: Path) -> None:
    """Without a terminal nothing is asked and nothing imported; --import takes them."""
    session(home, repo, "11111111-1111-4111-8111-111111111111")
    first = gitml(repo, "init")
    assert first.returncode == 0 and "1 earlier session" in first.stdout and "not imported" in first.stdout
    assert "add a file" not in gitml(repo, "cat", "chats").stdout
    taken = gitml(repo, "init", "--import")
    assert taken.returncode == 0 and "imported 1 session" in taken.stdout, taken.stderr
    assert "add a file" in gitml(repo, "cat", "chats").stdout
    assert "earlier session" not in gitml(repo, "init").stdout


KILLED = """
import os, sys
from gitml.ops.setup import apply, init, opening
steps, real = int(sys.argv[2]), apply._failure
def dying(step, memory):
    global steps
    if not steps:
        os._exit(9)
    steps -= 1
    return real(step, memory)
apply._failure = dying
init.run(opening.open_here(sys.argv[1]), init.Options())
"""


@pytest.mark.parametrize("steps", [0, 3, 9, 11, 13, 16])
def test_a_kill_at_any_step_is_mended_or_undone(repo: Path, git: Git, steps: int) -> None:
    """Killed in the middle, init can be run again, or everything taken out: nothing is left over either way."""
    (repo / ".git" / "hooks" / "pre-commit").write_text("#!/usr/bin/env python3\n")
    (repo / ".git" / "hooks" / "pre-commit").chmod(0o755)
    before = snapshot(repo)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(repo), str(steps)], check=False, capture_output=True)
    assert killed.returncode == 9, killed.stderr
    if steps % 2:
        assert set_up(repo).failures == []
        assert staged(git, repo) == STAGED
    take_out(repo)
    assert snapshot(repo) == before


def test_what_cannot_be_written_is_said_and_the_rest_done(repo: Path) -> None:
    """Where the hooks folder should be lies a file: five failures, each named, and everything else in its place."""
    hooks = repo / ".git" / "hooks"
    shutil.rmtree(hooks)
    hooks.write_text("in the way")
    outcome = set_up(repo)
    assert len(outcome.failures) == 5 and all(str(hooks) in failure for failure in outcome.failures)
    assert (repo / ".claude" / "settings.json").exists()
    take_out(repo)
    assert hooks.read_text() == "in the way" and not (repo / ".claude").exists()


def test_a_hook_that_cannot_be_moved_is_not_overwritten(repo: Path) -> None:
    """Its place aside is taken by a folder made in the meantime."""
    hook = repo / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/usr/bin/env python3\n")
    hook.chmod(0o755)
    context = opening.open_here(str(repo))
    memory = init.remembered(context)
    plan = init.plan(context, init.Options(), memory)
    (repo / ".git" / "hooks" / "pre-commit.gitml-chained").mkdir()
    from gitml.ops.setup.apply import apply

    failures = apply(plan, memory)
    assert len(failures) == 2 and hook.read_text() == "#!/usr/bin/env python3\n"
    assert (repo / ".git" / "hooks" / "post-commit").exists()


def test_a_person_at_a_terminal_is_asked(repo: Path, home: Path) -> None:
    """A yes imports, and only a yes."""
    session(home, repo, "22222222-2222-4222-8222-222222222222")
    assert "not imported" in at_a_terminal(repo, b"\n")
    assert "imported 1 session" in at_a_terminal(repo, b"y\n")


def at_a_terminal(root: Path, answer: bytes) -> str:
    """What ``gitml init`` prints on a terminal of its own, given that answer."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(["gitml", "init"], cwd=root, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.write(ours, answer)
    said = b""
    with contextlib.suppress(OSError):  # the other end is closed
        while data := os.read(ours, 4096):
            said += data
    assert process.wait() == 0
    os.close(ours)
    return said.decode()


def test_a_new_clone_of_a_recorded_repository(repo: Path, tmp_path: Path, git: Git) -> None:
    """What travels is there already: init adds what does not, and the work tree stays clean."""
    set_up(repo)
    git(repo, "commit", "-q", "-m", "set up")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(repo), str(clone))
    before = snapshot(clone)
    outcome = set_up(clone)
    assert outcome.failures == [] and outcome.plan.stage == []
    assert git(clone, "status", "--porcelain") == ""
    assert (clone / ".git" / "hooks" / "pre-commit").exists()
    take_out(clone)
    after = snapshot(clone)
    assert git(clone, "status", "--porcelain") == "D  .claude/settings.json\n"
    assert {name: value for name, value in before.items() if not name.startswith(".claude")} == after


def test_user_settings_after_project_settings_hide_the_personal_file_still(repo: Path, git: Git) -> None:
    """The exclusion stays as long as there is something to exclude."""
    set_up(repo)
    set_up(repo, user=True)
    assert ".claude/settings.local.json" not in git(repo, "ls-files", "--others", "--exclude-standard")


def test_other_work_trees_with_hooks_are_named(repo: Path, tmp_path: Path, git: Git) -> None:
    """Their settings are files of theirs, which an uninstall elsewhere does not reach."""
    linked = tmp_path / "linked"
    git(repo, "worktree", "add", "-q", str(linked))
    set_up(repo)
    set_up(linked)
    done = gitml(repo, "uninstall")
    assert "work tree linked still has hooks" in done.stdout
    assert gitml(linked, "uninstall").returncode == 0
    assert not (linked / ".claude").exists()


def test_paths_with_blanks_and_other_alphabets(tmp_path: Path, git: Git) -> None:
    """Names git would quote."""
    root = tmp_path / "a b ü\tx"
    git(tmp_path, "init", "-q", str(root))
    before = snapshot(root)
    assert set_up(root).failures == []
    assert staged(git, root) == STAGED
    take_out(root)
    assert snapshot(root) == before
