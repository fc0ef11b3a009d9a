"""`gitml init --agent`: hooks of Codex, Gemini CLI and Cursor, put in, mended, found wrong, taken out byte for byte."""

from __future__ import annotations

import json
import os
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from conftest import Git
from support.calling import SHAPES
from support.setup_tree import forget_memory, set_up, snapshot, take_out

from gitml.errors import BadUsage
from gitml.ops import assets
from gitml.ops.setup import settings
from gitml.ops.setup.clients import CLAUDE, CLIENTS, CODEX, CURSOR, GEMINI, GROK, Client
from gitml.ops.setup.doctor import checks
from gitml.ops.setup.doctor.finding import FAIL, OK, WARN

OTHERS = (CODEX, GEMINI, GROK, CURSOR)
EACH = pytest.mark.parametrize("client", OTHERS, ids=[client.name for client in OTHERS])
NOW = 1795186800.0


def found(root: Path, *severities: str) -> list[str]:
    """What the doctor says of agents' hooks."""
    wanted = severities or (WARN, FAIL)
    return [one.says for one in checks.examine(str(root), NOW) if one.check == "agent hooks" and one.severity in wanted]


def file_of(root: Path, client: Client) -> Path:
    return root / client.project[0]


def edit(path: Path, change: Any) -> None:
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value, indent=2))


@EACH
def test_one_agent_alone(repo: Path, git: Git, client: Client) -> None:
    """Its file is written and staged, Claude Code's are not; a second init, named or not, changes nothing."""
    outcome = set_up(repo, agents=(client.name,))
    assert outcome.failures == []
    assert client.project[0] in git(repo, "diff", "--cached", "--name-only").splitlines()
    assert not (repo / ".claude").exists()
    assert found(repo, OK)[:1] == [f"{client.title} hooks are in {client.project[0]}"]
    before = snapshot(repo)
    for agents in ((), (client.name,)):
        assert set_up(repo, agents=agents).plan.steps == []
    assert snapshot(repo) == before


def test_all_of_them_and_out_again(repo: Path) -> None:
    """Byte for byte, modes and folders included; with what was remembered and without."""
    (repo / ".gemini").mkdir()
    (repo / ".gemini" / "settings.json").write_text('{\n\t"ui": {"theme": "x"}\n}\n')
    (repo / ".gemini" / "settings.json").chmod(0o600)
    before = snapshot(repo)
    for forget in (False, True):
        assert set_up(repo, agents=tuple(client.name for client in CLIENTS)).failures == []
        assert all(settings.MARK in file_of(repo, client).read_text() for client in CLIENTS)
        if forget:
            forget_memory(repo)
            subprocess.run(["git", "checkout", "-q", "--", "."], cwd=repo, check=True)
        assert take_out(repo)[1] == []
        subprocess.run(["git", "rm", "-rqf", "--cached", ".git-ml"], cwd=repo, check=True)
        left = {path: what for path, what in snapshot(repo).items() if not path.startswith(".git/")}
        assert left == {path: what for path, what in before.items() if not path.startswith(".git/")}


def test_agents_that_a_repository_is_made_for(repo: Path, home: Path) -> None:
    """Without a name: Claude Code, and those whose folder the repository has. Not Cursor, and not what only this
    machine has: that one is told how."""
    for folder in (".codex", ".cursor"):
        (repo / folder).mkdir()
    (home / ".gemini").mkdir()
    outcome = set_up(repo)
    assert CLAUDE.project[0] in [step.path.removeprefix(f"{repo}/") for step in outcome.plan.steps]
    assert file_of(repo, CODEX).exists()
    assert not file_of(repo, CURSOR).exists() and not file_of(repo, GEMINI).exists()
    assert any("gitml init --agent gemini" in note for note in outcome.plan.notes)
    assert any("/hooks" in note for note in outcome.plan.notes)


def test_a_folder_adds_nobody_to_what_was_chosen(repo: Path, git: Git) -> None:
    """A teammate's plain init in a fresh clone writes no file that the team did not want; it names the command."""
    set_up(repo, agents=("claude",))
    (repo / ".codex").mkdir()
    (repo / ".codex" / "config.toml").touch()
    git(repo, "add", ".codex")
    git(repo, "commit", "-q", "-m", "set up")
    git(repo.parent, "clone", "-q", str(repo), "clone")
    outcome = set_up(repo.parent / "clone")
    assert not file_of(repo.parent / "clone", CODEX).exists()
    assert any("gitml init --agent codex" in note for note in outcome.plan.notes)


def test_what_was_put_in_is_mended_by_a_plain_init(repo: Path) -> None:
    """Also when its file is gone: it is remembered."""
    set_up(repo, agents=("codex",))
    file_of(repo, CODEX).unlink()
    set_up(repo)
    assert settings.healthy(settings.read(file_of(repo, CODEX).read_text()), CODEX)
    assert not (repo / ".claude").exists()


def test_dry_run_shows_it_and_writes_nothing(repo: Path) -> None:
    """In the terminal, as a person sees it."""
    done = subprocess.run(
        ["gitml", "init", "--agent", "codex", "--agent", "gemini", "--dry-run"],
        cwd=repo, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0 and not (repo / ".codex").exists()
    for word in ("create  .codex/hooks.json  (Codex hooks)", "create  .gemini/settings.json", "open /hooks"):
        assert word in done.stdout


@pytest.mark.parametrize(("name", "says", "hint"), [("emacs", "knows no hooks", "gitml sync --agent")])
def test_agents_without_hooks_are_named_and_nothing_is_done(repo: Path, name: str, says: str, hint: str) -> None:
    """Exit code 2, before anything is written, also beside one that has them."""
    done = subprocess.run(
        ["gitml", "init", "--agent", "codex", "--agent", name], cwd=repo, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and says in done.stderr and hint in done.stderr
    assert not (repo / ".git-ml").exists() and not (repo / ".codex").exists()
    with pytest.raises(BadUsage):
        set_up(repo, agents=(name,))


@EACH
def test_the_persons_own_settings(repo: Path, home: Path, monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    """--user writes there and nowhere in the repository; uninstall --user takes it out."""
    monkeypatch.setenv("CODEX_HOME", str(home / "elsewhere"))
    set_up(repo, agents=(client.name,), user=True)
    path = Path(client.user_file(os.environ))
    assert path == (home / "elsewhere" if client is CODEX else home / client.folder) / client.within[0]
    assert settings.healthy(settings.read(path.read_text()), client)
    assert not (repo / client.folder).exists()
    assert f"{client.title} hooks are in your own settings" in found(repo, OK)
    set_up(repo, agents=(client.name,))
    assert any("twice" in says for says in found(repo)) == (client is not GEMINI)
    take_out(repo, user=True)
    assert not path.exists() and not (repo / client.folder).exists()


@EACH
def test_every_command_runs_and_ends_well(repo: Path, home: Path, client: Client) -> None:
    """As the agent runs it, by the person's shell or sh: with gitml on PATH, with what local state notes, and with no
    gitml at all; exit code 0, and on stdout nothing but what the agent's documentation wants."""
    set_up(repo, agents=(client.name,))
    silent = b"{}\n" if client is CURSOR else b""
    bare = {"PATH": "/usr/bin:/bin", "HOME": str(home)}
    mark = repo / ".git" / "gitml" / "last-hook"
    bin_noted = repo / ".git" / "gitml" / "bin"
    for event, handler in settings.handlers(client):
        payload = json.dumps(SHAPES[client.name](repo, event)).encode()
        for environ in (dict(os.environ), bare):
            mark.unlink(missing_ok=True)
            done = run(handler["command"], repo, environ, payload)
            assert (done.returncode, done.stdout, done.stderr) == (0, silent, b"")
            assert mark.exists()
    noted = bin_noted.read_text()
    bin_noted.write_text("/nowhere/gitml\n")
    for _, handler in settings.handlers(client):
        done = run(handler["command"], repo, bare, b"{}")
        assert (done.returncode, done.stdout, done.stderr) == (0, silent, b"")
    bin_noted.write_text(noted)


def run(command: str, folder: Path, environ: dict[str, str], stdin: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["/bin/sh", "-c", command], cwd=folder, env=environ, input=stdin, capture_output=True, check=False, timeout=30
    )


@pytest.mark.parametrize("shell", ["fish", "zsh", "bash", "dash"])
def test_whatever_shell_a_person_has(repo: Path, shell: str) -> None:
    """Codex runs hooks by the person's login shell: the text means the same to each."""
    import shutil

    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"no {shell} here")
    set_up(repo, agents=("codex",))
    payload = json.dumps(SHAPES["codex"](repo, "Stop")).encode()
    command = dict(settings.handlers(CODEX))["Stop"]["command"]
    done = subprocess.run([path, "-lc", command], cwd=repo, input=payload, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"")
    assert (repo / ".git" / "gitml" / "last-hook").exists()


def test_the_text_that_people_trusted_stays() -> None:
    """Codex asks everybody again whenever an entry changes: whoever changes this number must want that."""
    text = assets.text(CODEX.asset)
    assert sha256(text.encode()).hexdigest() == "6695a83cc64ad460207c9fcbc61685e10224c57bee38464d21c3c4cec03fc1db"


def test_time_outs_are_in_each_agents_own_unit() -> None:
    """Seconds, but milliseconds for Gemini CLI; Codex clamps SessionEnd and Interrupt to three, with a warning."""
    limits = {client: {event: one["timeout"] for event, one in settings.handlers(client)} for client in OTHERS}
    assert limits[CODEX].pop("SessionEnd") == limits[CODEX].pop("Interrupt") == 3
    assert set(limits[CODEX].values()) == set(limits[CURSOR].values()) == {30} == set(limits[GROK].values())
    assert set(limits[GEMINI].values()) == {30_000}


WRONG = {
    "seconds for Gemini": (
        GEMINI,
        lambda value: value["hooks"]["AfterAgent"][0]["hooks"][0].update(timeout=30),
        "counts milliseconds, for AfterAgent",
    ),
    "copied from Claude Code": (
        GEMINI,
        lambda value: value["hooks"]["AfterAgent"][0]["hooks"][0].update(command="gitml hook claude"),
        "another agent's for AfterAgent",
    ),
    "twice": (CODEX, lambda value: value["hooks"]["Stop"].append(value["hooks"]["Stop"][0]), "more than once for Stop"),
    "missing": (CURSOR, lambda value: value["hooks"].pop("stop"), "missing for stop"),
    "no version": (CURSOR, lambda value: value.pop("version"), "edited"),
    "for some starts": (GEMINI, lambda value: value["hooks"]["SessionStart"][0].update(matcher="startup"), "edited"),
}


@pytest.mark.parametrize(("client", "change", "says"), WRONG.values(), ids=WRONG.keys())
def test_the_doctor_finds_wrong_entries_and_init_mends_them(repo: Path, client: Client, change: Any, says: str) -> None:
    """Each is named with its events, and what the doctor says to run puts it right."""
    set_up(repo, agents=(client.name,))
    assert found(repo) == []
    edit(file_of(repo, client), change)
    complaints = [one for one in checks.examine(str(repo), NOW) if one.check == "agent hooks" and one.severity == FAIL]
    assert len(complaints) == 1 and says in complaints[0].says
    assert complaints[0].mend == f"gitml init --agent {client.name}"
    subprocess.run(complaints[0].mend.split(), cwd=repo, capture_output=True, check=True)
    assert found(repo) == []


@pytest.mark.parametrize(
    "text",
    [
        '{"hooksConfig": {"enabled": false}}',
        '{"hooksConfig": {"disabled": ["gitml"]}}',
        '{"tools": {"enableHooks": false}}',
    ],
)
def test_hooks_that_gemini_has_switched_off(repo: Path, home: Path, text: str) -> None:
    """In the person's own settings; comments there are no error."""
    set_up(repo, agents=("gemini",))
    (home / ".gemini").mkdir()
    (home / ".gemini" / "settings.json").write_text(text)
    assert len(found(repo, FAIL)) == 1
    (home / ".gemini" / "settings.json").write_text("// mine\n" + text)
    assert found(repo) == []


def test_uninstall_leaves_alone_what_gitml_never_wrote(repo: Path, tmp_path: Path) -> None:
    """Settings with comments, or behind a link, of agents that were never set up are no failure."""
    set_up(repo)
    (repo / ".gemini").mkdir()
    (repo / ".gemini" / "settings.json").write_text("// mine\n{}\n")
    (repo / ".codex").symlink_to(tmp_path)
    assert take_out(repo)[1] == []
    assert (repo / ".gemini" / "settings.json").read_text() == "// mine\n{}\n"


@EACH
def test_one_agent_is_taken_out_and_the_others_stay(repo: Path, client: Client) -> None:
    """gitml stays set up, and a plain init does not bring it back."""
    set_up(repo, agents=("claude",))
    before = snapshot(repo)
    set_up(repo, agents=(client.name,))
    done = subprocess.run(["gitml", "uninstall", "--agent", client.name], cwd=repo, capture_output=True, text=True)
    assert done.returncode == 0 and client.project[0] in done.stdout
    assert snapshot(repo) == before
    assert set_up(repo).plan.steps == [] and not file_of(repo, client).exists()
    again = subprocess.run(["gitml", "uninstall", "--agent", client.name], cwd=repo, capture_output=True, text=True)
    assert f"no hooks of {client.name}" in again.stdout


class Codex:
    """What Codex has on this machine."""

    def __init__(self, home: Path) -> None:
        self.config = home / ".codex" / "config.toml"
        self.config.parent.mkdir()

    def trust(self, path: Path, but: str = "") -> None:
        """As /hooks writes it."""
        from gitml.ops.setup.doctor import codex
        from gitml.ops.setup.settings import own, read

        text = ""
        for one in own(read(path.read_text())):
            label = {"SessionStart": "session_start", "UserPromptSubmit": "user_prompt_submit", "Stop": "stop",
                     "SubagentStop": "subagent_stop", "PreCompact": "pre_compact", "SessionEnd": "session_end",
                     "Interrupt": "interrupt"}[one.event]  # fmt: skip
            if one.event != but:
                text += f'[hooks.state."{path}:{label}:0:0"]\ntrusted_hash = "{codex._hash(label, one)}"\n'
        self.config.write_text(text)


def test_hooks_that_codex_does_not_trust(repo: Path, home: Path) -> None:
    """Codex leaves them out without a word. Told only where it is used on this machine, and until they are trusted."""
    set_up(repo, agents=("codex",))
    assert found(repo) == []
    codex = Codex(home)
    path = file_of(repo, CODEX)
    assert "7 of gitml's 7 hooks" in found(repo)[0]
    codex.trust(path, but="Stop")
    assert "1 of gitml's 7 hooks" in found(repo)[0]
    codex.trust(path)
    assert found(repo) == []
    (home / "way").symlink_to(repo)
    codex.config.write_text(codex.config.read_text().replace(f'"{repo}/', f'"{home}/way/'))
    assert found(repo) == []
    codex.config.rename(home / "kept.toml")
    codex.config.symlink_to(home / "kept.toml")
    assert found(repo) == []
    codex.config.write_text(codex.config.read_text().replace('trusted_hash = "sha256:', 'trusted_hash = "sha256:0', 1))
    assert "1 of gitml's 7 hooks" in found(repo)[0]
    codex.config.write_text(codex.config.read_text() + "[features]\nhooks = false\n")
    assert len(found(repo, FAIL)) == 1


def test_a_folder_that_grok_does_not_trust(repo: Path, home: Path) -> None:
    """Told only where Grok is used on this machine."""
    set_up(repo, agents=("grok",))
    assert found(repo) == []
    (home / ".grok").mkdir()
    assert "not told to trust" in found(repo)[0]
    (home / ".grok" / "trusted_folders.toml").write_text(f'[folders."{repo}"]\ntrusted = true\ndecided_at = 1\n')
    assert found(repo) == []


def test_the_hash_is_the_one_codex_takes() -> None:
    """Taken from `hooks/list` of Codex 0.169 for a hook of this command, event and time-out."""
    from gitml.ops.setup.doctor import codex
    from gitml.ops.setup.settings import Own

    handler = {"type": "command", "command": "/opt/probe.sh PreCompact", "timeout": 30}
    assert codex._hash("pre_compact", Own("PreCompact", handler, None, [])) == (
        "sha256:f22e8838ac3cf614a94d03cfc39061311c753e857c7935f5ee44b74d643334c0"
    )


def test_a_linked_work_tree_of_codex(repo: Path, git: Git, tmp_path: Path) -> None:
    """Codex reads the main work tree's file there; where that lacks the hooks, the doctor says so."""
    git(repo, "worktree", "add", "-q", str(tmp_path / "linked"))
    set_up(tmp_path / "linked", agents=("codex",))
    assert any("linked work trees" in says for says in found(tmp_path / "linked"))
    set_up(repo, agents=("codex",))
    assert found(tmp_path / "linked") == []


def test_a_settings_file_with_comments_is_refused_and_the_rest_goes_on(repo: Path) -> None:
    """Gemini CLI takes comments, a careful change of such a file does not."""
    (repo / ".gemini").mkdir()
    (repo / ".gemini" / "settings.json").write_text('{\n  // mine\n  "a": 1\n}\n')
    outcome = set_up(repo)
    assert len(outcome.failures) == 1 and "line 2" in outcome.failures[0]
    assert (repo / ".claude" / "settings.json").exists()


def test_a_fresh_clone_is_set_up_by_any_agents_first_session(repo: Path, git: Git) -> None:
    """The tracked file travels; the first hook that fires in the clone brings the rest."""
    set_up(repo, agents=("codex", "gemini", "cursor"))
    git(repo, "commit", "-q", "-m", "set up")
    for client, event in ((CODEX, "SessionStart"), (GEMINI, "SessionStart"), (CURSOR, "sessionStart")):
        clone = repo.parent / client.name
        git(repo.parent, "clone", "-q", str(repo), str(clone))
        payload = json.dumps(SHAPES[client.name](clone, event)).encode()
        command = dict(settings.handlers(client))[event]["command"]
        assert run(command, clone, dict(os.environ), payload).returncode == 0
        assert "gitml" in (clone / ".git" / "hooks" / "pre-commit").read_text()
        assert git(clone, "status", "--porcelain") == ""
