"""Who can switch redaction off: the default branch's committed config and the user's own, nobody else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gitml.errors import BadUsage
from gitml.git import default_branch
from gitml.ops.context import open_at
from gitml.ops.redacting import rules
from gitml.redact.policy import Policy

Git = Callable[..., str]
VALUE = "0penly-Known-" + "Value-77"
OFF = f'[redact]\nallow = ["{VALUE}"]\n[redact.personal]\npaths = false\n'


def policy(root: Path) -> Policy:
    """As a hook has it: the local state is there, so that the rules are cached; asked twice, once from the cache."""
    context = open_at(str(root))
    Path(context.layout.local).mkdir(exist_ok=True)
    first = rules.policy(open_at(str(root)))
    again = rules.policy(open_at(str(root)))
    assert first.fingerprint == again.fingerprint
    return first


def switched_off(root: Path) -> bool:
    found = policy(root)
    assert found.allows(VALUE) == (found.personal == frozenset())
    return found.allows(VALUE)


def write(root: Path, text: str = OFF) -> Path:
    path = root / ".git-ml" / "config.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def commit(git: Git, root: Path, text: str = OFF) -> None:
    write(root, text)
    git(root, "add", ".git-ml")
    git(root, "commit", "-q", "-m", "config")


def test_the_work_tree_cannot(repo: Path, git: Git) -> None:
    """Neither a file that is only there nor one that is staged."""
    write(repo)
    assert not switched_off(repo)
    git(repo, "add", ".git-ml")
    assert not switched_off(repo)


def test_the_committed_config_of_the_default_branch_can(repo: Path, git: Git) -> None:
    """Also while another branch is checked out that lacks it, and no more once it is taken back there."""
    git(repo, "branch", "old")
    commit(git, repo)
    assert switched_off(repo)
    git(repo, "switch", "-q", "old")
    assert switched_off(repo)
    git(repo, "switch", "-q", "main")
    commit(git, repo, "")
    assert not switched_off(repo)


def test_packed_refs_count(repo: Path, git: Git) -> None:
    """A branch need not be a file of its own."""
    commit(git, repo)
    git(repo, "pack-refs", "--all")
    assert switched_off(repo)


def test_another_branch_cannot(repo: Path, git: Git) -> None:
    """Whatever it calls itself: its config may say that it is the default branch."""
    git(repo, "switch", "-q", "-c", "proposal")
    commit(git, repo, 'default_branch = "proposal"\n' + OFF)
    assert not switched_off(repo)
    git(repo, "tag", "main")
    git(repo, "update-ref", "refs/heads/x/main", "HEAD")
    assert not switched_off(repo)


def test_a_detached_head_cannot(repo: Path, git: Git) -> None:
    """A pull request's merge, as CI checks it out."""
    git(repo, "switch", "-q", "--detach")
    commit(git, repo)
    assert not switched_off(repo)


def test_main_beside_master_cannot(repo: Path, git: Git) -> None:
    """Where nobody can tell which of the two is meant, neither is trusted."""
    git(repo, "branch", "master")
    commit(git, repo)
    assert not switched_off(repo)


def test_the_only_branch_of_a_lone_repository_can(repo: Path, git: Git) -> None:
    """Whatever its name; with a second one it is no longer clear."""
    git(repo, "branch", "-m", "trunk")
    commit(git, repo)
    assert switched_off(repo)
    git(repo, "branch", "other")
    assert not switched_off(repo)


def test_the_remote_says_which_branch_it_is(repo: Path, git: Git, tmp_path: Path) -> None:
    """``origin/HEAD``, though a branch called main exists; also in a clone that has no local branch of that name."""
    git(repo, "branch", "-m", "trunk")
    commit(git, repo)
    git(tmp_path, "clone", "-q", "repo", "clone")
    clone = tmp_path / "clone"
    assert switched_off(clone)
    git(clone, "switch", "-q", "-c", "main")
    commit(git, clone, "")
    git(clone, "branch", "-D", "trunk")
    assert default_branch.find(str(clone), str(clone / ".git"))[0] == "trunk"
    assert switched_off(clone)


def test_reftables(tmp_path: Path, git: Git) -> None:
    """Refs that lie in no files are asked of git."""
    root = tmp_path / "tables"
    root.mkdir()
    git(root, "init", "-q", "--ref-format=reftable", check=False)
    if not (root / ".git" / "reftable").is_dir():
        pytest.skip("this git has no reftable")
    commit(git, root)
    assert switched_off(root)
    git(root, "switch", "-q", "-c", "proposal")
    git(root, "branch", "-f", "main", "HEAD")
    git(root, "branch", "master")
    assert not switched_off(root)


@pytest.mark.parametrize("link", [".git-ml/config.toml", ".git-ml"])
def test_a_symbolic_link_cannot(repo: Path, git: Git, tmp_path: Path, link: str) -> None:
    """One committed on the default branch, to a file that would allow."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "config.toml").write_text(OFF)
    path = repo / link
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(elsewhere / "config.toml" if link.endswith("toml") else elsewhere)
    git(repo, "add", link)
    git(repo, "commit", "-q", "-m", "link")
    assert not switched_off(repo)


def test_replaced_objects_cannot(repo: Path, git: Git) -> None:
    """``refs/replace`` comes along with a fetch of everything."""
    before = git(repo, "rev-parse", "HEAD").strip()
    git(repo, "switch", "-q", "-c", "proposal")
    commit(git, repo)
    git(repo, "replace", before, "proposal")
    git(repo, "switch", "-q", "main", check=False)
    assert not switched_off(repo)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GITML_REDACT", "off"),
        ("GITML_ALLOW", VALUE),
        ("GIT_DIR", "{evil}/.git"),
        ("GIT_WORK_TREE", "{evil}"),
        ("GIT_OBJECT_DIRECTORY", "{evil}/.git/objects"),
        ("GIT_NAMESPACE", "evil"),
        ("XDG_CONFIG_HOME", "{repo}/.config"),
        ("XDG_CONFIG_HOME", "."),
        ("HOME", "{repo}"),
    ],
)
def test_environment_variables_cannot(
    repo: Path, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """Nor a user's config that an agent's settings in the repository point into the repository."""
    evil = tmp_path / "evil"
    git(tmp_path, "clone", "-q", "repo", "evil")
    commit(git, evil)
    own = repo / ".config" / "gitml" / "config.toml"
    own.parent.mkdir(parents=True)
    own.write_text(OFF)
    (repo / "gitml").mkdir()
    (repo / "gitml" / "config.toml").write_text(OFF)
    monkeypatch.chdir(repo)
    if name == "HOME":
        monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv(name, value.format(repo=repo, evil=evil))
    assert not switched_off(repo)


def test_the_users_own_config_can(repo: Path, home: Path) -> None:
    """In every repository; also by way of a link to where the user keeps such files; until it is changed again."""
    own = home / ".config" / "gitml" / "config.toml"
    own.parent.mkdir(parents=True)
    kept = home / "dotfiles.toml"
    kept.write_text(OFF)
    own.symlink_to(kept)
    assert switched_off(repo)
    kept.write_text("# nothing\n")
    assert not switched_off(repo)


@pytest.mark.parametrize("way", ["link", "world"])
def test_what_others_may_write_is_not_the_users_own(repo: Path, home: Path, way: str) -> None:
    """A link into the repository, or a file that anybody may write to."""
    own = home / ".config" / "gitml" / "config.toml"
    own.parent.mkdir(parents=True)
    if way == "link":
        own.symlink_to(write(repo))
    else:
        own.write_text(OFF)
        own.chmod(0o666)
    assert not switched_off(repo)


def test_a_damaged_cache_costs_a_look_at_git(repo: Path, git: Git) -> None:
    """And what it kept tells no value."""
    commit(git, repo)
    assert switched_off(repo)
    cache = Path(open_at(str(repo)).layout.local) / rules.CACHE
    assert VALUE not in cache.read_text() and cache.stat().st_mode & 0o077 == 0
    cache.write_text("{")
    assert switched_off(repo)


def test_rules_add_up(repo: Path, git: Git) -> None:
    """Taking the default branch's patterns out of the work tree's config does not take them out."""
    commit(git, repo, '[redact]\ndeny = ["corp-[0-9]{4}"]\n[redact.personal]\nips = true\n')
    write(repo, '[redact]\ndeny = ["acme-[0-9]{4}"]\n')
    found = policy(repo)
    assert [text[0:2] for text in found.denied("corp-1234 acme-1234")] == [(0, 9), (10, 19)]
    assert found.personal == {"paths", "ips"}


@pytest.mark.parametrize("text", ["[redact]\ndeny = ['(']\n", "[redact]\nallow = 'x'\n", "[redact"])
def test_a_bad_config_is_an_error(repo: Path, git: Git, text: str) -> None:
    """Nothing is recorded by rules that nobody meant; on the default branch too."""
    commit(git, repo, text)
    os.remove(repo / ".git-ml" / "config.toml")
    with pytest.raises(BadUsage):
        policy(repo)
