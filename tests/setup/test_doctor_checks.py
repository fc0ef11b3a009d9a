"""The doctor finds each way a set-up can be broken, and names the command that mends it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Git
from support.setup_tree import set_up

from gitml.ops.setup import hooktext
from gitml.ops.setup.doctor import checks
from gitml.ops.setup.doctor.finding import FAIL, OK, WARN, Finding

NOW = time.time()


@pytest.fixture
def ready(repo: Path, git: Git, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that is set up, committed, and in which a hook has run. Made once, then copied: init takes 0.3 s."""
    kept = tmp_path_factory.getbasetemp() / "set-up-once"
    if not kept.exists():
        set_up(repo)
        git(repo, "commit", "-q", "-m", "set up")
        (repo / ".git" / "gitml" / "last-hook").touch()
        settle(repo)
        shutil.copytree(repo, kept, symlinks=True)
    shutil.rmtree(repo)
    shutil.copytree(kept, repo, symlinks=True)
    return repo


def settle(root: Path) -> None:
    """Wait until what tidies up after a commit has done so."""
    deadline = time.monotonic() + 10
    while list((root / ".git" / "gitml" / "riding").rglob("*.json")) and time.monotonic() < deadline:
        time.sleep(0.02)


def examine(root: Path, now: float = NOW) -> list[Finding]:
    return checks.examine(str(root), now)


def bad(root: Path, now: float = NOW) -> list[Finding]:
    return [finding for finding in examine(root, now) if finding.severity != OK]


def test_a_healthy_repository_has_no_complaint(ready: Path) -> None:
    """Everything ok, exit code 0."""
    assert bad(ready) == []
    done = subprocess.run(["gitml", "doctor"], cwd=ready, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_where_nothing_is_set_up_one_command_is_named(repo: Path) -> None:
    """Not twenty findings that all say the same."""
    assert [(finding.severity, finding.mend) for finding in examine(repo)] == [(FAIL, "gitml init")]
    done = subprocess.run(["gitml", "doctor", "--json"], cwd=repo, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and json.loads(done.stdout)["healthy"] is False


SHARED, LOCAL = ".claude/settings.json", ".claude/settings.local.json"
HOOK = ".git/hooks/pre-commit"
DOUBLED = {"hooks": [{"type": "command", "command": "gitml hook claude"}]}


Damage = Callable[[Path], object]


def removed(name: str) -> Damage:
    return lambda root: (root / name).unlink()


def written(name: str, text: str) -> Damage:
    def write(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)

    return write


def edited(name: str, old: str, new: str = "") -> Damage:
    def edit(root: Path) -> None:
        text = (root / name).read_text()
        assert old in text
        (root / name).write_text(text.replace(old, new, 1))

    return edit


def with_key(name: str, key: str, value: object) -> Damage:
    def edit(root: Path) -> None:
        (root / name).write_text(json.dumps({**json.loads((root / name).read_text()), key: value}))

    return edit


def doubled(root: Path) -> None:
    value = json.loads((root / SHARED).read_text())
    value["hooks"]["Stop"].append(DOUBLED)
    (root / SHARED).write_text(json.dumps(value))


def linked(root: Path) -> None:
    (root / SHARED).rename(root / "s")
    (root / SHARED).symlink_to("../s")


def git_says(*arguments: str) -> Damage:
    return lambda root: subprocess.run(["git", *arguments], cwd=root, check=True)


def another_branch(root: Path) -> None:
    git_says("checkout", "-q", "--orphan", "other")(root)
    git_says("rm", "-rqf", "--cached", ".")(root)


def raw_tracked(root: Path) -> None:
    written(".git-ml/raw/x", "x")(root)
    git_says("add", ".git-ml/raw")(root)


def silent(root: Path) -> None:
    os.utime(root / ".git/gitml/last-hook", (NOW - 40 * 86400,) * 2)


INIT = "gitml init"
CONFIG = ".git-ml/config.toml"
EXCLUDE = ".git/info/exclude"
POST = 'default_branch = "main"\npersist = "by-post"\n'
HATCH = '[build-system]\nbuild-backend = "hatchling.build"\n'
SCM = '[build-system]\nrequires = ["setuptools_scm[toml]>=8"]\n'

BREAKAGES: dict[str, tuple[Damage, str, str, str]] = {
    "shared settings gone": (removed(SHARED), FAIL, "settings.json has no hooks", INIT),
    "local settings gone": (removed(LOCAL), WARN, "subdirectory", INIT),
    "settings no JSON": (written(SHARED, "{\n// x\n}"), FAIL, "line 2, column 1", "mend"),
    "entry doubled": (doubled, FAIL, "more than once for Stop", INIT),
    "entry missing in one file": (edited(LOCAL, '"PreCompact"', '"PostCompact"'), WARN, "missing for PreCompact", INIT),
    "entry edited": (edited(SHARED, "exit 0", "exit 2"), FAIL, "edited", INIT),
    "entry behind a matcher": (
        edited(SHARED, '"Stop": [\n      {', '"Stop": [\n {"matcher": "x",'),
        FAIL,
        "edited",
        INIT,
    ),
    "settings a link": (linked, FAIL, "symbolic link", ""),
    "hooks switched off": (with_key(LOCAL, "disableAllHooks", True), FAIL, "disableAllHooks", "edit"),
    "switched off by env": (with_key(SHARED, "env", {"GITML": "off"}), WARN, "GITML=off", "edit"),
    "transcripts kept a day": (with_key(SHARED, "cleanupPeriodDays", 1), WARN, "after 1 days", "higher"),
    "hook gone": (removed(HOOK), FAIL, "pre-commit: missing", INIT),
    "hook not executable": (lambda root: (root / HOOK).chmod(0o644), FAIL, "not executable", INIT),
    "hook overwritten": (written(HOOK, "#!/bin/sh\n"), FAIL, "overwritten", INIT),
    "hook damaged": (edited(HOOK, hooktext.SHELL.end), FAIL, "damaged", INIT),
    "hook of an older version": (edited(HOOK, "gitml_hook", "gitml_old"), FAIL, "outdated", INIT),
    "hook put aside and forgotten": (written(HOOK + hooktext.ASIDE, "x"), WARN, "called by nobody", INIT),
    "hooks shadowed": (git_says("config", "core.hooksPath", ".husky/_"), FAIL, "but gitml's are in", INIT),
    "hooks outside": (
        git_says("config", "core.hooksPath", "/nowhere"),
        FAIL,
        "missing, /nowhere",
        "gitml init --force-hooks",
    ),
    "lefthook": (written("lefthook.yml", "pre-commit:\n"), WARN, "lefthook", "--dry-run"),
    "exclude line gone": (written(EXCLUDE, ""), FAIL, "live/ is not in", INIT),
    "exclude markers damaged": (edited(EXCLUDE, hooktext.SHELL.end), WARN, "damaged", INIT),
    "never opted in": (another_branch, FAIL, "carry no records", INIT),
    "base file gone": (removed(".git-ml/tracked/chats.jsonl"), FAIL, "missing: .git-ml/tracked/chats", INIT),
    "attributes changed": (written(".git-ml/.gitattributes", "* text\n"), WARN, "it lacks", INIT),
    "attributes overruled": (
        written(".git/info/attributes", "*.jsonl filter=lfs\n"),
        WARN,
        "overrules",
        "check-attr",
    ),
    "config no TOML": (written(CONFIG, "a ="), FAIL, "not valid TOML", "edit"),
    "config makes no sense": (written(CONFIG, "persist = 3\n"), FAIL, "persist must be text", "edit"),
    "config below 0": (written(CONFIG, "keep_sealed_days = -1\n"), FAIL, "must not be below 0", "edit"),
    "config with a list of numbers": (written(CONFIG, "[record]\nstreams = [1]\n"), FAIL, "a list of texts", "edit"),
    "config with a domain of no sense": (written(CONFIG, '[domains]\n"*" = 5\n'), FAIL, "domains must be", "edit"),
    "config with a stream misspelt": (
        written(CONFIG, 'default_branch = "main"\n[record]\nstreams = ["chat"]\n'),
        WARN,
        "no stream: chat",
        "edit",
    ),
    "no way into history": (written(CONFIG, POST), WARN, "no way into history", "--persist auto"),
    "no default branch": (written(CONFIG, ""), WARN, "default_branch", '"main"'),
    "foreign files tracked": (raw_tracked, WARN, "should be local", "git rm -r --cached .git-ml/raw"),
    "personal settings tracked": (git_says("add", "-f", LOCAL), WARN, "personal", "git rm --cached"),
    "a part left over": (
        written(".git-ml/tracked/live/20261119/x.jsonl", "{}\n"),
        WARN,
        "aborted commit left 1",
        "gitml sync",
    ),
    "a journal left over": (written(".git/gitml/riding/main/4194304.json", "{}"), WARN, "never ended", "gitml sync"),
    "paused": (written(".git/gitml/paused", ""), WARN, "paused", "gitml resume"),
    "a cursor damaged": (written(".git/gitml/cursors/claude/x.json", "{"), WARN, "1 damaged", "gitml sync"),
    "no hook ever ran": (removed(".git/gitml/last-hook"), WARN, "no agent hook", "claude"),
    "no hook for long": (silent, WARN, "40 days ago", "gitml sync"),
    "executable gone": (written(".git/gitml/bin", "/gone/gitml\n"), WARN, "gone", INIT),
    "executable not noted": (removed(".git/gitml/bin"), WARN, "not noted", INIT),
    "image": (written("Dockerfile", "FROM x\nCOPY . /app\n"), WARN, "images", ".dockerignore"),
    "npm": (written("package.json", '{"name": "x"}'), WARN, "npm", "files"),
    "hatchling": (written("pyproject.toml", HATCH), WARN, "hatchling", "exclude"),
    "setuptools-scm": (written("pyproject.toml", SCM), WARN, "setuptools-scm", "MANIFEST.in"),
    "cargo": (written("Cargo.toml", '[package]\nname = "x"\n'), WARN, "cargo", "exclude"),
}


@pytest.mark.parametrize(("damage", "severity", "says", "mend"), BREAKAGES.values(), ids=BREAKAGES.keys())
def test_each_breakage_is_found(ready: Path, damage: Damage, severity: str, says: str, mend: str) -> None:
    """The finding says what is wrong, how bad that is, and which command mends it."""
    damage(ready)
    findings = bad(ready)
    found = [finding for finding in findings if says in finding.says]
    assert found, findings
    assert found[0].severity == severity and mend in found[0].mend


MENDED = [name for name, (_, _, _, mend) in BREAKAGES.items() if mend == "gitml init"]


@pytest.mark.parametrize("name", [name for name in MENDED if name != "never opted in"])
def test_gitml_init_mends_what_it_is_said_to_mend(ready: Path, name: str) -> None:
    """The command named is no empty promise: after it, the complaint is gone."""
    damage, _, says, _ = BREAKAGES[name]
    damage(ready)
    set_up(ready)
    assert not [finding for finding in bad(ready) if says in finding.says]


def test_without_gitml_on_path(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hooks use the one that is noted. Without that they do nothing, and say nothing: only the doctor can."""
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert any("not on PATH" in finding.says and finding.severity == OK for finding in examine(ready))
    (ready / ".git" / "gitml" / "bin").unlink()
    assert any("not on PATH" in finding.says and finding.severity == FAIL for finding in examine(ready))


def test_an_old_spool_is_a_backlog(ready: Path) -> None:
    """Parts that wait for weeks are not carried by commits."""
    part = ready / ".git" / "gitml" / "spool" / "main" / "20260101" / "101010Z-abcdef"
    part.mkdir(parents=True)
    (part / "chats.jsonl").write_text('{"id":"x"}\n')
    (found,) = bad(ready)
    assert found.says == "1 part waits for the next commit, for more than 7 days" and found.mend == "gitml seal"


@pytest.mark.parametrize("way", ["own-commits", "side-branch"])
def test_what_the_spool_waits_for(ready: Path, way: str) -> None:
    """Where records need no commit of a person's, none is spoken of, and another command mends a backlog."""
    written(CONFIG, f'persist = "{way}"\n')(ready)
    (found,) = (finding for finding in examine(ready) if finding.check == "spool")
    assert found.says.endswith(" for the end of a turn")
    part = ready / ".git" / "gitml" / "spool" / "main" / "20260101" / "101010Z-abcdef"
    part.mkdir(parents=True)
    (part / "chats.jsonl").write_text('{"id":"x"}\n')
    assert "gitml push" in [finding.mend for finding in bad(ready)]


def test_the_persons_own_settings_count(repo: Path) -> None:
    """Set up with --user there is nothing to miss in the project's files."""
    set_up(repo, user=True)
    assert not [finding for finding in bad(repo) if finding.check == "agent hooks"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Dockerfile", "FROM x\nCOPY src /app\n"),
        ("package.json", '{"private": true}'),
        ("package.json", '{"files": ["dist"]}'),
        ("pyproject.toml", HATCH + '[tool.hatch.build.targets.sdist]\ninclude = ["src"]\n'),
        ("pyproject.toml", '[build-system]\nrequires = ["setuptools"]\n'),
        ("Cargo.toml", "[workspace]\n"),
        ("Cargo.toml", '[package]\nname = "x"\nexclude = ["/.git-ml"]\n'),
    ],
)
def test_what_ships_no_records_is_no_finding(ready: Path, name: str, text: str) -> None:
    """A warning that is wrong teaches people to skip warnings."""
    (ready / name).write_text(text)
    assert bad(ready) == []


def test_an_image_with_an_ignore_line_is_no_finding(ready: Path) -> None:
    """Either spelled out, or all dot files."""
    (ready / "Dockerfile").write_text("FROM x\nCOPY . .\n")
    for line in (".git-ml", "**/.git-ml/", ".git*", ".*", "*"):
        (ready / ".dockerignore").write_text(f"node_modules\n{line}\n")
        assert bad(ready) == [], line


def test_lefthook_that_calls_gitml_itself_is_healthy(ready: Path) -> None:
    """Its hook has none of our lines, but its config does our work."""
    written("lefthook.yml", "pre-commit:\n  commands:\n    gitml:\n      run: gitml hook git pre-commit\n")(ready)
    written(HOOK, '#!/bin/sh\ncall_lefthook run "pre-commit" "$@"\n')(ready)
    assert bad(ready) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_repository_of_another_user_is_named(ready: Path) -> None:
    """git refuses it: the command that mends this comes first, and with every error of a command."""
    os.chown(ready, 12345, 12345)
    os.chown(ready / ".git", 12345, 12345)
    mend = f"git config --global --add safe.directory '{ready}'"
    assert bad(ready)[0].mend == mend
    done = subprocess.run(["gitml", "seal"], cwd=ready, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and done.stderr.endswith(f"hint: {mend}\n")
    subprocess.run(shlex.split(mend), check=True)
    assert bad(ready) == []
