"""gitml's block in git's hooks: beside what is there, never instead of it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from conftest import Git
from support.setup_tree import snapshot

from gitml.git import where as locations
from gitml.ops.setup import hooks_plan, hooktext
from gitml.ops.setup.apply import apply
from gitml.ops.setup.hookfolder import NAMES
from gitml.ops.setup.memory import Memory
from gitml.ops.setup.plan import Plan

TRACE = 'echo "$(basename "$0") $*" >> "$(git rev-parse --show-toplevel)/../trace"\n'
SHELL_HOOKS = {
    "sh": "#!/bin/sh\n" + TRACE,
    "bash by env": "#!/usr/bin/env bash\nset -euo pipefail\n" + TRACE,
    "sh -e": "#!/bin/sh -e\n" + TRACE,
    "no shebang": TRACE,
    "no newline at the end": "#!/bin/sh\n" + TRACE.rstrip("\n"),
    "only a shebang": "#!/bin/sh",
    "exec at the end": "#!/usr/bin/env bash\n" + TRACE + "exec true\n",
    "not UTF-8": "#!/bin/sh\n# caf\udce9\n" + TRACE,
}
FOREIGN = {
    "python": "#!/usr/bin/env python3\nimport sys, os\n"
    "open('../trace', 'a').write('python ' + ' '.join(sys.argv[1:]) + '\\n')\nsys.exit(CODE)\n",
    "awk": '#!/usr/bin/awk -f\nBEGIN { print "awk " >> "../trace"; exit CODE }\n',
}


def where_of(root: Path) -> locations.Where:
    where = locations.find(str(root))
    assert where is not None
    return where


def install(root: Path, **options: bool) -> Plan:
    """Plan and apply the hooks alone."""
    where = where_of(root)
    memory = Memory(os.path.join(where.common_dir, "gitml"), where)
    plan = hooks_plan.install(where, memory, **options)
    apply(plan, memory)
    return plan


def remove(root: Path) -> Plan:
    where = where_of(root)
    memory = Memory(os.path.join(where.common_dir, "gitml"), where)
    plan = hooks_plan.remove(where, memory)
    apply(plan, memory)
    return plan


def write_hook(root: Path, name: str, text: str, mode: int = 0o755) -> Path:
    path = root / ".git" / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    path.chmod(mode)
    return path


def commit(root: Path) -> subprocess.CompletedProcess[str]:
    (root / "a.txt").write_text((root / "a.txt").read_text() + "more\n")
    return subprocess.run(["git", "commit", "-qam", "next"], cwd=root, capture_output=True, text=True, check=False)


def trace(root: Path) -> list[str]:
    path = root.parent / "trace"
    return path.read_text().splitlines() if path.exists() else []


def test_hooks_are_made_and_removed(repo: Path) -> None:
    """Where there were none: five executable files, a commit works, and removing leaves the folder as it was."""
    before = snapshot(repo)
    install(repo)
    for name in NAMES:
        path = repo / ".git" / "hooks" / name
        assert os.access(path, os.X_OK)
        assert subprocess.run(["sh", "-n", path], check=False).returncode == 0
    assert commit(repo).returncode == 0
    assert install(repo).empty
    remove(repo)
    (repo / "a.txt").write_text("one\n")
    assert snapshot(repo) == before


@pytest.mark.parametrize("text", SHELL_HOOKS.values(), ids=SHELL_HOOKS.keys())
def test_shell_hooks_keep_working_and_come_back_byte_for_byte(repo: Path, text: str) -> None:
    """The block goes on top; the hook runs once, as before; a second install changes nothing."""
    for name in ("pre-commit", "post-commit"):
        write_hook(repo, name, text)
    before = snapshot(repo)
    install(repo)
    once = snapshot(repo)
    assert install(repo).empty and snapshot(repo) == once
    done = commit(repo)
    assert done.returncode == 0, done.stderr
    assert len(trace(repo)) == (2 if TRACE.strip() in text else 0)
    (repo / "a.txt").write_text("one\n")
    remove(repo)
    assert snapshot(repo) == before


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN.keys())
@pytest.mark.parametrize("code", [0, 1])
def test_a_hook_in_another_language_is_called_with_its_exit_code(repo: Path, text: str, code: int) -> None:
    """It is put aside, gets the same arguments, may still forbid the commit, and comes back untouched."""
    write_hook(repo, "pre-commit", text.replace("CODE", str(code)))
    before = snapshot(repo)
    install(repo)
    assert (repo / ".git" / "hooks" / "pre-commit.gitml-chained").exists()
    assert install(repo).empty
    assert (commit(repo).returncode == 0) == (code == 0)
    assert len(trace(repo)) == 1
    (repo / "a.txt").write_text("one\n")
    remove(repo)
    assert snapshot(repo) == before


def test_a_binary_hook_and_a_link_are_put_aside(repo: Path, tmp_path: Path) -> None:
    """What cannot be edited is called; a link stays the link it was."""
    elsewhere = tmp_path / "shared-hook"
    elsewhere.write_text("#!/bin/sh\n" + TRACE)
    elsewhere.chmod(0o755)
    (repo / ".git" / "hooks" / "post-commit").symlink_to(elsewhere)
    binary = repo / ".git" / "hooks" / "pre-commit"
    binary.write_bytes(Path("/bin/true").resolve().read_bytes())
    binary.chmod(0o755)
    before = snapshot(repo)
    install(repo)
    assert commit(repo).returncode == 0
    assert len(trace(repo)) == 1
    assert elsewhere.read_text() == "#!/bin/sh\n" + TRACE
    (repo / "a.txt").write_text("one\n")
    remove(repo)
    assert snapshot(repo) == before


def test_a_hook_that_was_switched_off_stays_off(repo: Path) -> None:
    """Somebody took its executable bit away; installing must not bring it back to life."""
    write_hook(repo, "pre-commit", "#!/bin/sh\nexit 1\n", mode=0o644)
    before = snapshot(repo)
    install(repo)
    assert commit(repo).returncode == 0
    (repo / "a.txt").write_text("one\n")
    remove(repo)
    assert snapshot(repo) == before


def test_two_foreign_hooks_are_one_too_many(repo: Path) -> None:
    """Another tool replaced our hook while one was put aside already: nothing is overwritten, and it is said."""
    write_hook(repo, "pre-commit", "#!/usr/bin/env python3\n")
    install(repo)
    write_hook(repo, "pre-commit", "#!/usr/bin/env node\n")
    plan = install(repo)
    assert any("pre-commit.gitml-chained" in failure for failure in plan.failures)
    assert (repo / ".git/hooks/pre-commit").read_text() == "#!/usr/bin/env node\n"
    assert (repo / ".git/hooks/pre-commit.gitml-chained").read_text() == "#!/usr/bin/env python3\n"


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace(hooktext.SHELL.start + "\n", ""),
        lambda text: text.replace(hooktext.SHELL.end + "\n", ""),
        lambda text: text.replace("any()", "many()"),
        lambda text: hooktext.SHELL.wrap("gitml hook git pre-commit") + text,
        lambda text: text + text,
        lambda text: text.replace("#!/bin/sh\n", "#!/bin/sh\necho first >/dev/null\n"),
    ],
    ids=["no start", "no end", "edited", "an old block as well", "twice", "moved down"],
)
def test_damaged_blocks_are_mended(repo: Path, damage: object) -> None:
    """Installing again makes one whole block of it, and what was the user's is still there after removal."""
    write_hook(repo, "pre-commit", "#!/bin/sh\n" + TRACE)
    install(repo)
    path = repo / ".git" / "hooks" / "pre-commit"
    path.write_text(damage(path.read_text()))  # type: ignore[operator]
    install(repo)
    assert hooktext.healthy(path.read_text(), "pre-commit")
    assert path.read_text().count(hooktext.SHELL.start) == 1
    remove(repo)
    assert TRACE in path.read_text() and "gitml" not in path.read_text()


def test_edits_around_the_block_survive_removal(repo: Path) -> None:
    """Lines added to a hook gitml made are the user's: the file stays, with them."""
    install(repo)
    path = repo / ".git" / "hooks" / "post-commit"
    path.write_text(path.read_text() + TRACE)
    remove(repo)
    assert path.read_text() == "#!/bin/sh\n" + TRACE
    assert not (repo / ".git" / "hooks" / "pre-commit").exists()


def test_linked_work_trees_and_submodules_have_their_own_places(repo: Path, tmp_path: Path, git: Git) -> None:
    """A linked work tree shares the clone's hooks; a submodule has those of its own git directory."""
    linked = tmp_path / "linked"
    git(repo, "worktree", "add", "-q", str(linked))
    install(linked)
    assert (repo / ".git" / "hooks" / "pre-commit").exists()
    assert install(repo).empty
    git(repo, "submodule", "add", "-q", str(linked), "sub")
    install(repo / "sub")
    assert (repo / ".git" / "modules" / "sub" / "hooks" / "pre-commit").exists()
    remove(repo / "sub")
    assert not (repo / ".git" / "modules" / "sub" / "hooks" / "pre-commit").exists()
    assert (repo / ".git" / "hooks" / "pre-commit").exists()


def test_a_hooks_folder_outside_is_left_alone(repo: Path, tmp_path: Path, git: Git) -> None:
    """It serves other repositories, too. It is said; --force-hooks writes there; removal finds it again."""
    shared = tmp_path / "shared-hooks"
    shared.mkdir()
    git(repo, "config", "core.hooksPath", str(shared))
    plan = install(repo)
    assert plan.failures and "--force-hooks" in " ".join(plan.notes)
    assert not list(shared.iterdir())
    install(repo, forced=True)
    assert len(list(shared.iterdir())) == len(NAMES)
    assert git(repo, "config", "core.hooksPath").strip() == str(shared)
    remove(repo)
    assert not list(shared.iterdir())


def test_a_tracked_hooks_folder_is_written_to_and_named(repo: Path, git: Git) -> None:
    """core.hooksPath inside the work tree: people commit those files."""
    git(repo, "config", "core.hooksPath", "githooks")
    plan = install(repo)
    assert (repo / "githooks" / "pre-commit").exists()
    assert "commit them" in " ".join(plan.notes)
    remove(repo)
    assert not (repo / "githooks").exists()


HUSKY = """#!/usr/bin/env sh
n=$(basename "$0")
s=$(dirname "$(dirname "$0")")/$n
[ ! -f "$s" ] && exit 0
sh -e "$s" "$@"
"""


def husky(repo: Path, git: Git) -> None:
    """The layout of husky 9."""
    stubs = repo / ".husky" / "_"
    stubs.mkdir(parents=True)
    (stubs / "h").write_text(HUSKY)
    (stubs / ".gitignore").write_text("*")
    for name in NAMES:
        (stubs / name).write_text('#!/usr/bin/env sh\n. "$(dirname "$0")/h"')
        (stubs / name).chmod(0o755)
    git(repo, "config", "core.hooksPath", ".husky/_")


def test_husky_runs_our_block_and_the_teams_hook(repo: Path, git: Git) -> None:
    """.husky/_ is made anew by husky, so the block goes into .husky/<hook>; under ``sh -e`` a failing line counts."""
    husky(repo, git)
    hook = repo / ".husky" / "pre-commit"
    hook.write_text(TRACE)
    hook.chmod(0o644)
    before = snapshot(repo)
    plan = install(repo)
    assert any("husky" in note for note in plan.notes)
    assert (repo / ".husky" / "post-commit").exists()
    assert not (repo / ".git" / "hooks" / "pre-commit").exists()
    assert install(repo).empty
    done = commit(repo)
    assert done.returncode == 0, done.stderr
    assert len(trace(repo)) == 1
    hook.write_text(hook.read_text() + "false\ntrue\n")
    assert commit(repo).returncode != 0
    hook.write_text(hook.read_text().removesuffix("false\ntrue\n"))
    (repo / "a.txt").write_text("one\n")
    remove(repo)
    assert snapshot(repo) == before


def test_lefthooks_own_hooks_get_the_block_and_its_config_a_snippet(repo: Path) -> None:
    """It rewrites its hooks now and then; the note says what to put into lefthook.yml so that nothing is lost."""
    (repo / "lefthook.yml").write_text("pre-commit:\n  commands: {}\n")
    write_hook(repo, "pre-commit", '#!/bin/sh\ncall_lefthook() { :; }\ncall_lefthook run "pre-commit" "$@"\n')
    before = snapshot(repo)
    plan = install(repo)
    assert any("gitml hook git pre-commit" in note for note in plan.notes)
    assert hooktext.healthy((repo / ".git/hooks/pre-commit").read_text(), "pre-commit")
    remove(repo)
    assert snapshot(repo) == before


@pytest.mark.parametrize("suffix", [".legacy", ".old"])
def test_our_hook_that_another_tool_put_aside_goes_as_well(repo: Path, suffix: str) -> None:
    """The pre-commit framework and lefthook rename what they find; removal looks there, too."""
    before = snapshot(repo)
    install(repo)
    hook = repo / ".git" / "hooks" / "pre-commit"
    hook.rename(hook.with_name("pre-commit" + suffix))
    write_hook(repo, "pre-commit", "#!/bin/sh\n# the tool's own\n")
    install(repo)
    remove(repo)
    assert hook.read_text() == "#!/bin/sh\n# the tool's own\n"
    hook.unlink()
    assert snapshot(repo) == before
