"""Known values: which are gathered from where, that they are found exactly, and that none is ever shown."""

from __future__ import annotations

import base64
import pickle
import random
import string
import time
import traceback
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitml.redact import known as module
from gitml.redact.known import FEW, Known

ALNUM = string.ascii_letters + string.digits


def made(seed: int, length: int = 24) -> str:
    """A secret that is none, of random letters with a digit."""
    choice = random.Random(seed).choice
    return "".join(choice(ALNUM) for _ in range(length - 2)) + "q7"


def knows(known: Known, value: str) -> bool:
    found = known.find(f"before {value} after")
    return [(one.start, one.end, one.kind) for one in found] == [(7, 7 + len(value), "known")]


def test_environment() -> None:
    """Values of variables that are named like secrets, and passwords in URLs; nothing else of an environment."""
    secret = {
        "GITHUB_TOKEN": made(1), "DB_PASSWORD": "x9!k" + "#2pq", "AWS_SECRET_ACCESS_KEY": made(2, 40),
        "MY_APIKEY": made(3), "STRIPE_KEY": made(4), "npm_config__auth": made(5), "PGPASSWORD": made(6, 10),
        "SESSION_COOKIE": made(7), "AZURE_STORAGE_CONNECTION_STRING": "AccountKey=" + made(8, 44) + ";x",
    }  # fmt: skip
    public = {
        "PATH": "/usr/bin:/bin", "PWD": "/src/project", "SSH_AUTH_SOCK": "/tmp/ssh-x/agent.1", "USER": "somebody1",
        "TOKENIZERS_PARALLELISM": "false", "API_KEY_ID": made(9), "SECRET_PATH": "secret/data/app1",
        "AUTHOR": "An Author 12", "TOKEN": "short7", "KEYBOARD": "qwertz-layout1", "DB_PASSWORD_2": "changeme",
        "X_TOKEN": "${OTHER_VALUE}", "Y_TOKEN": "1234567890", "Z_TOKEN": "https://example.com/a/b1",
    }  # fmt: skip
    url = made(10, 12)
    known = Known.gather("/nowhere", {**secret, **public, "SOME_URL": f"postgres://me:{url}@db.local/x1"})
    for name, value in {**secret, "url": url}.items():
        assert knows(known, value), name
    assert not [name for name, value in public.items() if known.find(f"before {value} after")]


def test_dotenv_files(tmp_path: Path) -> None:
    """Of any kind and depth within reach; quotes, exports and comments aside; templates and plain settings are no
    secrets."""
    names = (".env", ".env.local", "prod.env", "apps/web/.env.production", ".envrc", "a/b/c/.env")
    values = {name: made(index) for index, name in enumerate(names)}
    forms = ("A_TOKEN={}", 'export A_TOKEN="{}"', "A_TOKEN='{}' # why", "ANY = {}", "export A_TOKEN={} # x", "PLAIN={}")
    for (name, value), form in zip(values.items(), forms, strict=True):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"# comment\nNODE_ENV=production\n{form.format(value)}\r\nPORT=3000\n")
    sample, pkg, deep = made(20), made(21), made(22)
    for name, value in ((".env.example", sample), ("node_modules/x/.env", pkg), ("a/b/c/d/.env", deep)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"TOKEN={value}\n")
    commit = "4" * 20 + "abcdef0123456789abcd"
    (tmp_path / ".env.more").write_text(f"COMMIT={commit}\nURL=https://example.com/path1\nLOG=/var/log/app1\n")
    known = Known.gather(str(tmp_path), {})
    assert [name for name, value in values.items() if not knows(known, value)] == []
    assert not known.find(f"production {sample} {pkg} {deep} {commit} https://example.com/path1 /var/log/app1 x")


def test_credential_files_of_a_repository(tmp_path: Path) -> None:
    """Each kind in its own syntax; the public half of none."""
    netrc, npm, pypi, docker, tf, aws = (made(number, 30) for number in range(30, 36))
    body = [made(number, 64) for number in range(40, 44)]
    dashes, kind = "-" * 5, "PRIVATE " + "KEY"
    certificate = made(50, 64)
    auth = base64.b64encode(f"me:{docker}".encode()).decode()
    files = {
        ".netrc": f"machine x.example\n  login me\n  password {netrc}\n",
        ".npmrc": f"registry=https://registry.example.invalid/\n//registry.example.invalid/:_authToken={npm}\n",
        ".pypirc": f"[pypi]\nusername = __token__\npassword = {pypi}\n",
        ".docker/config.json": f'{{"auths": {{"x": {{"auth": "{auth}"}}}}, "other": 1}}',
        "infra/terraform.tfvars": f'region = "eu-central-1"\ndb_password = "{tf}"\n',
        ".aws/credentials": f"[default]\naws_access_key_id = X\naws_secret_access_key = {aws}\n",
        "tls/server.key": f"{dashes}BEGIN {kind}{dashes}\n" + "\n".join(body) + f"\n{dashes}END {kind}{dashes}\n",
        "tls/server.pem": f"{dashes}BEGIN CERTIFICATE{dashes}\n{certificate}\n{dashes}END CERTIFICATE{dashes}\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    known = Known.gather(str(tmp_path), {})
    assert all(knows(known, value) for value in (netrc, npm, pypi, docker, tf, aws, auth, *body))
    assert not known.find(f"{certificate} eu-central-1 __token__ https://registry.example.invalid/ x.example")


def test_home_files(tmp_path: Path) -> None:
    """Six files, by HOME of the environment that is given; nothing else in it."""
    values = {name: made(seed, 30) for seed, name in enumerate(
        (".netrc", ".npmrc", ".pypirc", ".aws/credentials", ".docker/config.json", ".config/gh/hosts.yml"), 60
    )}  # fmt: skip
    forms = {
        ".netrc": "machine x login y password {}",
        ".docker/config.json": '{{"auths":{{"x":{{"identitytoken":"{}"}}}}}}',
        ".config/gh/hosts.yml": "github.com:\n    user: me\n    oauth_token: {}\n",
    }  # fmt: skip
    home = tmp_path / "h"
    for name, value in values.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(forms.get(name, "some_token = {}").format(value))
    (home / ".env").write_text(f"TOKEN={made(70)}")
    known = Known.gather(str(tmp_path / "none"), {"HOME": str(home)})
    assert all(knows(known, value) for value in values.values())
    assert not knows(known, made(70))
    assert len(Known.gather(str(tmp_path / "none"), {})) == 0


def test_nothing_reaches_outside(tmp_path: Path) -> None:
    """Links are not followed, pipes do not make it wait, large and unreadable files are passed by."""
    import os

    outside = tmp_path / "outside"
    (outside / "sub").mkdir(parents=True)
    (outside / ".env").write_text(f"TOKEN={made(1)}")
    (outside / "sub" / ".env").write_text(f"TOKEN={made(2)}")
    root = tmp_path / "root"
    root.mkdir()
    (root / ".env").symlink_to(outside / ".env")
    (root / "sub").symlink_to(outside / "sub")
    os.mkfifo(root / ".env.pipe")
    (root / ".env.large").write_text(f"TOKEN={made(3)}\n" + "#" * 70_000)
    (root / ".env.binary").write_bytes(b"TOKEN=\xff\xfe\0\n" * 9)
    assert not Known.gather(str(root), {}).find(f"{made(1)} {made(2)} {made(3)}")


def test_no_value_is_ever_shown() -> None:
    """Neither by a representation, nor by an error, nor by pickling."""
    value = made(5)
    known = Known.gather("/nowhere", {"MY_TOKEN": value})
    assert len(known) == 1
    shown = [repr(known), str(known), f"{known}", f"{[known]}", repr(known.find(value))]
    for broken in (lambda: pickle.dumps(known), lambda: known.find(7), lambda: vars(known)):  # type: ignore[arg-type, return-value]
        with pytest.raises(TypeError) as caught:
            broken()
        shown.append("".join(traceback.format_exception(caught.value)))
    assert not [text for text in shown if value in text]


@given(st.lists(st.text("abc1", min_size=8, max_size=12), max_size=6), st.text("abc1", max_size=60))
def test_both_ways_find_the_same(values: list[str], text: str) -> None:
    """One by one, all at once: every character of every occurrence is covered, and no other."""
    known = Known(values)
    covered = {place for one in known.find(text) for place in range(one.start, one.end)}
    expected = {
        place for value in values for at in range(len(text)) if text.startswith(value, at)
        for place in range(at, at + len(value))
    }  # fmt: skip
    assert covered == expected
    assert known._all(text) == [] or sorted(known._all(text)) == sorted(known._each(text))
    spans = known.find(text)
    assert all(one.end <= other.start for one, other in pairwise(spans))


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pyahocorasick is not installed the same is found."""
    values = [made(number) for number in range(FEW + 10)]
    text = " ".join(values)
    with_package = Known(values).find(text)
    monkeypatch.setattr(module, "_machine", lambda values: False)
    assert Known(values).find(text) == with_package and len(with_package) == FEW + 10


def test_quick_in_a_large_repository(tmp_path: Path) -> None:
    """Bounded whatever the repository holds; a hook does this every turn."""
    for top in range(30):
        for below in range(10):
            (tmp_path / f"d{top}" / f"e{below}").mkdir(parents=True)
    (tmp_path / ".env").write_text(f"TOKEN={made(1)}\n")
    took = []
    for _ in range(5):
        started = time.monotonic()
        assert len(Known.gather(str(tmp_path), {})) == 1
        took.append(time.monotonic() - started)
    assert min(took) < 0.03
    print(f"gather {min(took) * 1000:.1f} ms")


@pytest.mark.parametrize(
    "text", ["A=x" + " " * 60_000 + "y", "a" * 65_000, "A=" * 30_000, "a:\t" * 20_000, "://" * 20_000]
)
def test_no_file_takes_long(tmp_path: Path, text: str) -> None:
    """Files of a repository are anybody's: none may keep a hook busy."""
    (tmp_path / ".env").write_text(text)
    (tmp_path / ".npmrc").write_text(text.replace("A", "A_TOKEN"))
    dashes, kind = "-" * 5, "PRIVATE " + "KEY"
    (tmp_path / "x.key").write_text(f"{dashes}BEGIN {kind}{dashes}\n" * 1000)
    started = time.monotonic()
    Known.gather(str(tmp_path), {"A_TOKEN": "a" * 50_000, "B_URL": "a" * 4000})
    assert time.monotonic() - started < 1.0
