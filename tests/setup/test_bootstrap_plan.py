"""What `gitml init --bootstrap` takes, writes and stages; what the doctor says of it."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from conftest import Git
from hypothesis import given
from hypothesis import strategies as st
from support.setup_tree import set_up, snapshot, take_out

import gitml
from gitml.config import Config
from gitml.errors import BadUsage
from gitml.ops.setup import bootstrap_plan, config_text, source, wheel
from gitml.ops.setup.doctor import checks
from gitml.ops.setup.doctor.finding import OK

NAME = wheel.file_name(gitml.__version__)


def told(root: Path) -> list[str]:
    """What the doctor says of the bootstrap, where it is not content."""
    found = checks.examine(str(root), 0)
    return [one.says for one in found if one.check == "bootstrap" and one.severity != OK]


def named(root: Path, text: str) -> source.Source:
    return source.given(text, str(root.resolve()), str(root))


def install_of(root: Path) -> str:
    values = tomllib.loads((root / ".git-ml" / "config.toml").read_text())
    return str(values["bootstrap"]["install"])


def test_the_wheel_is_committed_with_its_script(repo: Path, git: Git) -> None:
    """Both are staged with the rest, and are what the config says; a second init changes nothing."""
    set_up(repo, bootstrap=named(repo, "wheel"))
    assert install_of(repo) == f".git-ml/bootstrap/{NAME}"
    staged = git(repo, "diff", "--cached", "--name-only").splitlines()
    assert {".git-ml/bootstrap.sh", f".git-ml/bootstrap/{NAME}"} <= set(staged)
    git(repo, "commit", "-q", "-m", "set up")
    assert git(repo, "status", "--porcelain") == ""
    for again in (None, named(repo, "wheel")):
        outcome = set_up(repo, bootstrap=again)
        assert outcome.plan.steps == [] and outcome.plan.stage == []
    assert told(repo) == []


def test_without_being_asked_nothing_of_it_is_written(repo: Path) -> None:
    """`gitml init` alone chooses no code for other machines."""
    set_up(repo)
    assert bootstrap_plan.SCRIPT not in [str(path.relative_to(repo)) for path in repo.rglob("*")]
    assert told(repo) == []


def test_none_takes_it_away_again(repo: Path, git: Git) -> None:
    """Script and wheel go, also out of the index, and the config says so."""
    set_up(repo, bootstrap=named(repo, "wheel"))
    git(repo, "commit", "-q", "-m", "set up")
    set_up(repo, bootstrap=named(repo, "none"))
    assert install_of(repo) == ""
    assert sorted(git(repo, "diff", "--cached", "--name-only", "--diff-filter=D").splitlines()) == [
        ".git-ml/bootstrap.sh",
        f".git-ml/bootstrap/{NAME}",
    ]
    assert not (repo / ".git-ml" / "bootstrap").exists()


def test_a_newer_wheel_takes_the_place_of_the_old_one(repo: Path, git: Git) -> None:
    """One wheel at most is in the repository; the doctor tells one of another version."""
    old = repo.parent / "gitml-0.0.1-py3-none-any.whl"
    old.write_bytes(b"old")
    set_up(repo, bootstrap=named(repo, str(old)))
    git(repo, "commit", "-q", "-m", "set up")
    assert any("gitml-0.0.1" in text for text in told(repo))
    set_up(repo, bootstrap=named(repo, "wheel"))
    assert os.listdir(repo / ".git-ml" / "bootstrap") == [NAME]
    assert told(repo) == []


@pytest.mark.parametrize(
    ("text", "install", "kind"),
    [
        ("gitml==1.2", "gitml==1.2", "pip"),
        ("gitml[re2] >= 1", "gitml[re2] >= 1", "pip"),
        ("gitml", "gitml", "pip"),
        ("git+https://example.invalid/gitml@main", "git+https://example.invalid/gitml@main", "pip"),
        ("https://example.invalid/gitml-1-py3-none-any.whl", "https://example.invalid/gitml-1-py3-none-any.whl", "pip"),
        ("/opt/gitml", "/opt/gitml", "pip"),
        ("tools", "./tools", "pip"),
        ("tools/gitml-9-py3-none-any.whl", "tools/gitml-9-py3-none-any.whl", "wheel"),
    ],
)
def test_every_kind_of_source(repo: Path, text: str, install: str, kind: str) -> None:
    """Files and folders of the repository are named as a clone has them, everything else as it was given."""
    (repo / "tools").mkdir()
    (repo / "tools" / "gitml-9-py3-none-any.whl").write_bytes(b"")
    found = named(repo, text)
    assert (found.install, source.kind(found.install), found.wheel) == (install, kind, None)


@pytest.mark.parametrize(
    "text",
    [
        *("", "-r requirements.txt", "--index-url=x", "gitml\nother", "https://me:secret@example.invalid/gitml"),
        *("x" * 600, "missing.whl", "git+https://token@example.invalid/gitml", "$(id)", "; id", "gitml "),
    ],
)
def test_what_is_no_source_is_refused(repo: Path, text: str) -> None:
    """Options for pip, control characters, passwords, files that are not there: nothing is written."""
    with pytest.raises(BadUsage):
        named(repo, text)
    assert not (repo / ".git-ml").exists()


def test_a_config_that_names_nonsense_is_refused(repo: Path) -> None:
    """The config travels, and the script is run: what is in it by hand is looked at as well."""
    with pytest.raises(BadUsage):
        bootstrap_plan.script(Config({"bootstrap": {"install": "--target=/ evil"}}))


def test_values_cannot_leave_their_quotes() -> None:
    """What stands in the config is one word to the shell, whatever it holds."""
    install = '/opt/a\'b $(touch hit) `id` "x"'
    text = bootstrap_plan.script(Config({"bootstrap": {"install": install}}))
    assert text is not None
    (line,) = [line for line in text.decode().splitlines() if line.startswith("kind=")]
    done = subprocess.run(["sh", "-c", f'{line}\nprintf %s "$spec"'], capture_output=True, text=True, check=True)
    assert done.stdout == install


def test_the_doctor_tells_an_edited_script_and_a_missing_wheel(repo: Path, git: Git) -> None:
    """Either keeps fresh machines from recording, and the mending command mends it."""
    set_up(repo, bootstrap=named(repo, "wheel"))
    git(repo, "commit", "-q", "-m", "set up")
    script = repo / ".git-ml" / "bootstrap.sh"
    script.write_text("exit 0\n")
    assert any("bootstrap.sh is not what" in text for text in told(repo))
    set_up(repo)
    git(repo, "rm", "-q", "--cached", f".git-ml/bootstrap/{NAME}")
    assert any("not in the repository" in text for text in told(repo))
    set_up(repo, bootstrap=named(repo, "wheel"))
    assert told(repo) == []


def test_a_link_in_the_way_is_not_followed(repo: Path, tmp_path: Path) -> None:
    """Neither script nor wheel is written through a symbolic link."""
    (tmp_path / "elsewhere").mkdir()
    (repo / ".git-ml").mkdir()
    (repo / ".git-ml" / "bootstrap").symlink_to(tmp_path / "elsewhere")
    outcome = set_up(repo, bootstrap=named(repo, "wheel"))
    assert any("symbolic link" in failure for failure in outcome.failures)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_uninstall_takes_it_out(repo: Path) -> None:
    """Everything outside the records is as it was, and of the bootstrap nothing is left."""
    before = snapshot(repo)
    set_up(repo, bootstrap=named(repo, "wheel"))
    _, failures = take_out(repo)
    assert failures == []
    assert snapshot(repo) == before
    assert not (repo / ".git-ml" / "bootstrap.sh").exists() and not (repo / ".git-ml" / "bootstrap").exists()


def test_the_wheel_is_one_that_pip_installs(tmp_path: Path) -> None:
    """Deterministic, with everything hooks need in it, and pip takes it."""
    name, data = wheel.pack()
    assert wheel.pack() == (name, data)
    (tmp_path / name).write_bytes(data)
    with zipfile.ZipFile(tmp_path / name) as archive:
        held = archive.namelist()
    assert {"gitml/__main__.py", "gitml/_hooks/git-hook.sh", "gitml/_hooks/bootstrap.sh"} <= set(held)
    assert not any("__pycache__" in one for one in held)
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--target", str(tmp_path / "lib")]
    done = subprocess.run([*pip, str(tmp_path / name)], capture_output=True, text=True, check=False)
    if "No module named pip" in done.stderr:
        pytest.skip("this environment has no pip")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "lib" / "gitml" / "_hooks" / "agents.md").exists()


LINES = st.lists(st.sampled_from(["# a", 'x = "y"', "[other]", "", 'install = "z"', "n = 1"]), max_size=6)


@given(LINES, LINES, st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=20))
def test_a_value_set_in_a_config_is_read_back(before: list[str], after: list[str], value: str) -> None:
    """Wherever the table stands, or where there is none: the value is there, and every other one as before."""
    for text in ("\n".join([*before, "[bootstrap]", *after]), "\n".join(before)):
        try:
            old = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            continue
        new = tomllib.loads(config_text.with_value(text.encode(), "bootstrap", "install", value).decode())
        assert new.pop("bootstrap") == old.pop("bootstrap", {}) | {"install": value}
        assert new == old
