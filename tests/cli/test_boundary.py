"""Errors: one line, a hint, the right exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from gitml.cli import main
from gitml.cli.boundary import guarded, report
from gitml.errors import Busy, DoneInPart, GitmlError

Gitml = Callable[..., "subprocess.CompletedProcess[str]"]


def raising(error: BaseException) -> Callable[[], None]:
    def call() -> None:
        raise error

    return call


def test_an_error_is_one_line_and_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong, where, and what to run next; nothing on stdout."""
    assert report(Busy("the lock is held", where="/x", hint="try again"), as_json=False) == 5
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "error: the lock is held, /x\nhint: try again\n")


def test_done_in_part_lists_every_failure(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 3 never hides an item, for people or for programs."""
    error = DoneInPart("two failed", ["a: no", "b: no"])
    assert report(error, as_json=False) == 3
    assert capsys.readouterr().err == "error: two failed\n  a: no\n  b: no\n"
    assert report(error, as_json=True) == 3
    assert json.loads(capsys.readouterr().err)["failures"] == ["a: no", "b: no"]


def test_json_errors_have_stable_keys(capsys: pytest.CaptureFixture[str]) -> None:
    """With --json the error is one JSON object on stderr."""
    assert guarded(raising(GitmlError("no", where="here", hint="do")), ["x", "--json"]) == 1
    assert json.loads(capsys.readouterr().err) == {"error": "no", "where": "here", "hint": "do", "exit_code": 1}


@pytest.mark.parametrize(("name", "where"), [("/x", ", /x"), (b"/y", ", /y"), (3, ""), (None, "")])
def test_the_systems_own_errors_are_one_line(capsys: pytest.CaptureFixture[str], name: object, where: str) -> None:
    """They name the file where they know it; of one that was opened by number they know none."""
    assert guarded(raising(OSError(28, "No space left on device", name)), []) == 1
    assert capsys.readouterr().err == f"error: no space left on device{where}\n"


def test_an_unexpected_error_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its traceback is shown on -v only."""
    monkeypatch.chdir(tmp_path)
    assert guarded(raising(ZeroDivisionError("oh\nno")), []) == 1
    quiet = capsys.readouterr().err
    assert quiet.startswith("error: unexpected ZeroDivisionError: oh\n") and "Traceback" not in quiet
    assert guarded(raising(ZeroDivisionError("oh")), ["-v"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_an_unexpected_error_is_logged_redacted(
    repo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The traceback goes into the clone's log, through the gate."""
    monkeypatch.chdir(repo)
    log = repo / ".git" / "gitml" / "logs" / "gitml.log"
    log.parent.parent.mkdir()
    secret = "AK" + "IA" + "QWERTYUIOPASDFGH"
    assert guarded(raising(ValueError(f"key {secret}")), []) == 1
    assert str(log) in capsys.readouterr().err
    assert "ValueError" in log.read_text() and secret not in log.read_text()


def test_ctrl_c_is_130() -> None:
    """As a shell expects of what was interrupted."""
    assert guarded(raising(click.Abort()), []) == 130


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["lsit"], 2, "did you mean `list`"),
        (["list", "--nope"], 2, "gitml list --help"),
        (["list", "-n", "x"], 2, "hint:"),
        (["-C", "/nowhere/at/all", "list"], 2, "/nowhere/at/all"),
        (["list"], 4, "git init"),
        (["list", "--json"], 4, '"exit_code":4'),
    ],
)
def test_exit_codes(gitml: Gitml, tmp_path: Path, arguments: list[str], code: int, says: str) -> None:
    """Outside a repository, and with a command line that makes no sense."""
    done = gitml(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert says in done.stderr and "Traceback" not in done.stderr


def test_a_repository_without_gitml_is_told_to_init(gitml: Gitml, repo: Path) -> None:
    """Reading where nothing was set up creates nothing and says what to run."""
    done = gitml(repo, "list")
    assert done.returncode == 4 and "hint: gitml init" in done.stderr
    assert not (repo / ".git-ml").exists() and not (repo / ".git" / "gitml").exists()


def test_a_reader_that_leaves_is_no_error(gitml: Gitml, store: Path) -> None:
    """`gitml cat actions | head -1` ends quietly."""
    command = f"{sys.executable} -m gitml cat chats | head -c 1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], cwd=store, capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("{", "", 0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_said(store: Path) -> None:
    """What the system refuses is an error with its own words, not one nobody foresaw."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "gitml", "cat", "chats"],
            cwd=store,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "error: no space left on device\n")


def test_a_command_that_does_not_load_fails_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """--help and all others work."""
    monkeypatch.setitem(main.COMMANDS, "seal", "gitml.cli.not_there:command")
    with pytest.raises(SystemExit) as exit:
        main.cli.main(["seal"])
    assert exit.value.code == 1 and "`seal` does not load" in capsys.readouterr().err
    with pytest.raises(SystemExit) as exit:
        main.cli.main(["--help"])
    assert exit.value.code == 0 and "seal" in capsys.readouterr().out


def test_folders_add_up(gitml: Gitml, store: Path) -> None:
    """`gitml -C A list -C B` acts in A/B, as git does; each alone does, too."""
    (store / "sub").mkdir()
    for arguments in (["-C", str(store), "list", "-C", "sub"], ["list", "-C", str(store)], ["-C", str(store), "list"]):
        assert "13a84f73" in gitml("/", *arguments).stdout


LOADED = """
import sys
from gitml.cli.main import cli
try:
    cli.main({arguments!r})
except SystemExit:
    pass
print(*sys.modules)
"""


def loaded(folder: Path, *arguments: str) -> set[str]:
    """The modules a run of gitml has imported at its end."""
    code = LOADED.format(arguments=list(arguments))
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_help_imports_no_command(tmp_path: Path) -> None:
    """It is the first thing people try, and must be quick."""
    modules = loaded(tmp_path, "--help")
    assert "gitml.cli.main" in modules
    assert not modules & {"git", "filelock", "orjson", "gitml.cli.show", "gitml.ops.context", "gitml.ops.reading.views"}


def test_cat_imports_no_gitpython(store: Path) -> None:
    """Its start-up costs 70 ms, filelock's 40."""
    modules = loaded(store, "cat", "chats")
    assert "gitml.store.fold" in modules and not modules & {"git", "filelock"}


def test_the_list_of_commands_says_what_each_help_says() -> None:
    """--help lists them without importing them, so the texts stand twice."""
    context = click.Context(main.cli)
    for section in main.SECTIONS.values():
        for name, text in section.items():
            command = main.cli.get_command(context, name)
            assert command is not None and command.get_short_help_str(200) == text


@pytest.mark.parametrize("stream", [0, 1, 2])
@pytest.mark.parametrize("command", [("list",), ("status",), ("cat", "chats"), ("show", "s1"), ("list", "--json"), ()])
def test_a_closed_stream_leads_nowhere(store: Path, command: tuple[str, ...], stream: int) -> None:
    """`gitml list >&-` is no bug to report: what is said is lost, the command does its work."""
    line = [sys.executable, "-m", "gitml", *command]
    whole = subprocess.run(line, cwd=store, capture_output=True, text=True, check=False)
    closed = subprocess.run(
        ["sh", "-c", f'exec "$@" {stream}>&-', "sh", *line], cwd=store, capture_output=True, text=True, check=False
    )
    assert closed.returncode == whole.returncode
    assert closed.stdout == ("" if stream == 1 else whole.stdout)
    assert closed.stderr == ("" if stream == 2 else whole.stderr)


def test_an_error_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Also where what somebody gave, and the error repeats, has several."""
    report(GitmlError("`a\nb` is none", hint="c"), False)
    assert capsys.readouterr().err == "error: `a b` is none\nhint: c\n"
