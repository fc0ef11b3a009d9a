"""Laws of the engine: what it never takes, that twice is once, that any text is searched in linear time."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
import time
from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.secret_forms import FORMS, placed
from support.secret_makers import VENDORS, made, run

from gitml.redact.engine import Engine, EngineFailed

ENGINE = Engine()
DICE = random.Random(4)
SECRETS = [
    made(VENDORS[vendor], DICE) for vendor in ("github", "anthropic", "slack-bot", "jwt", "stripe", "discord-bot")
]


def replaced(text: str) -> str:
    """The text with every finding as a numbered mark."""
    result, position = "", 0
    for number, finding in enumerate(ENGINE.find(text), 1):
        result += f"{text[position : finding.start]}[redacted:{finding.kind}:{number}]"
        position = finding.end
    return result + text[position:]


HEX, ALNUM = run(DICE, "h", 40), run(DICE, "a", 22)
CLEAN = [
    f"toolu_01{ALNUM}",
    f"msg_01{ALNUM} and req_011{ALNUM}",
    f"commit {HEX}\nindex {HEX[:7]}..{HEX[:7]} 100644",
    f'"uuid": "{made("{uuid}", DICE)}", "sessionId": "{made("{uuid}", DICE)}"',
    f'"integrity": "sha512-{run(DICE, "b", 86)}==",',
    f'  resolved "https://registry.invalid/x/-/x-1.2.3.tgz#{HEX}"\n  integrity sha512-{run(DICE, "b", 86)}==',
    f"  resolution: {{integrity: sha512-00{run(DICE, 'b', 84)}==}}",
    f'"narHash": "sha256-{run(DICE, "b", 43)}=", "rev": "{HEX}"',
    f"github.com/x/y v1.2.3 h1:{run(DICE, 'b', 43)}=",
    f"sha256:{run(DICE, 'h', 64)}",
    f"SHA256:{run(DICE, 'b', 43)} user@host (ED25519)",
    f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{run(DICE, 'b', 43)} me@host",
    f"/home/x/.cache/ab/{run(DICE, 'a', 24)}/file.txt",
    f"src/{run(DICE, 'a', 24)}.chunk.js",
    "claude-opus-4-5-20251101 claude-3-5-sonnet-20241022",
    f'"signature": "Eq{run(DICE, "b", 400)}"',
    f"data:image/png;base64,iVBORw0KGgo{run(DICE, 'b', 300)}",
    "token: str = None",
    'max_tokens: 4096, "input_tokens": 123',
    "password = os.environ['DB_PASSWORD']",
    "password: string; const secret = getSecret()",
    "if token == expected_token_value2:",
    "PWD=/home/user/project1",
    "API_KEY=$SECRET_FROM_ENV TOKEN=${{ secrets.TOKEN }} PASSWORD=<your password>",
    "key=lambda item: item.sort_key2",
    "def test_password_reset_token_2(self): pass",
    "getElementById2ByTagName3AndClassName4",
    "--- PASS: TestParse_Release2 (0.00s)",
    "2026-11-20T15:03:32.123Z 10.1.2.3:8080 [INFO] request took 123ms",
    f"x = b'{b64encode(b'words that were encoded, and no more').decode()[1:]}'",
    f"{b64encode(bytes(range(48, 91))).decode()}",
    "fmt = '<4sBBHH8xIIHH8shhQQx4s'",
    "user_pass = '%s:%s' % (name, word); PASSWD = f'{name}:{word}'",
    'hkey = r"HKLM\\Software\\Vendor\\Product2\\Install"',
    '"key": "\\xf0\\x9f\\x92\\xa9\\xe5"',
    "password=make_one(NAME.encode())",
    'def pass_(self, pswd):\n    """Authorisation comes first"""',
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
]


@pytest.mark.parametrize("text", CLEAN)
def test_what_is_no_secret_stays(text: str) -> None:
    """Ids, shas, UUIDs, digests, paths, signatures, names and code survive, bare and within JSON within JSON."""
    for form in (text, json.dumps({"x": text}), json.dumps({"y": json.dumps({"x": text})})):
        assert [form[found.start : found.end] for found in ENGINE.find(form)] == []


@pytest.mark.parametrize(
    "marker", ["gitleaks:allow", "betterleaks:allow", "pragma: allowlist secret", "secretlint-disable"]
)
def test_nothing_in_a_text_switches_the_engine_off(marker: str) -> None:
    """Words that silence other scanners change nothing here."""
    text = f"# {marker}\nTOKEN={SECRETS[0]}  # {marker}"
    assert SECRETS[0] not in replaced(text)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=30), st.sampled_from(SECRETS), st.sampled_from(sorted(FORMS))), max_size=6))
def test_twice_is_once(pieces: list[str]) -> None:
    """On text with marks nothing new is found, whatever stands round them."""
    dice = random.Random(len(pieces))
    text = " ".join(placed(FORMS[piece][0], FORMS[piece][1](dice))[0] if piece in FORMS else piece for piece in pieces)
    once = replaced(text)
    assert replaced(once) == once


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="abpPwWsk=:'\"\\ -_/@.gh{}[]()0189\n\r\0Zx", max_size=300))
def test_odd_assignments_twice_are_once(text: str) -> None:
    """Text that is nearly an assignment, an escape or a seam is no exception."""
    once = replaced(f"password={text} token: '{text}' --secret {text}\nhttps://u:{text}@h")
    assert replaced(once) == once


@given(st.text(st.characters(categories=["Cs", "L", "N", "P", "Zs", "Cc"])))
def test_any_text_is_searched(text: str) -> None:
    """Lone surrogates, letters that change their length, control characters: offsets stay those of the text."""
    whole = f"{text} {SECRETS[0]} {text}"
    assert any(whole[found.start : found.end] == SECRETS[0] for found in ENGINE.find(whole)) or text[-1:].isalnum()


def test_findings_are_sorted_and_apart() -> None:
    """No two findings share a character, and equal secrets give equal values."""
    text = "\n".join(f'"api_key": "{secret}" and {secret}.' for secret in SECRETS)
    found = ENGINE.find(text)
    assert all(one.end <= two.start for one, two in itertools.pairwise(found))
    assert {text[one.start : one.end] for one in found} == set(SECRETS)


HOSTILE = [
    *(
        "password=",
        "-----BEGIN PRIVATE KEY-----",
        "sk-",
        "a://b:",
        "token:'",
        "eyJ.",
        "--token ",
        "key",
        "a1B",
        '\\"',
        "\\n",
    ),
    *(
        "$2a$10$",
        " -u a:",
        "echo a|",
        "x\nx1",
        'data: {"delta":"a1"}\n',
        "<password>",
        "A.",
        "Cookie: a=b;",
        "://",
        "@",
        "'",
    ),
    *(
        "auth=('a', 'b",
        "ghp_",
        "hooks.slack.com/services/",
        "[redacted:a]",
        "value: ",
        "your_",
        "-",
        "\\\\",
        "Bearer a1 ",
        "pass ",
    ),
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    """Ten times the text takes some ten times as long: no pattern runs over the whole from every place."""

    def cost(size: int) -> float:
        text = piece * (size // len(piece))
        start = time.process_time()
        ENGINE.find(text)
        return time.process_time() - start

    small = min(cost(20_000) for _ in range(3))
    assert any(cost(200_000) < 40 * small + 0.3 for _ in range(3))


def test_without_the_vendor_package_the_rest_works() -> None:
    """Where no wheel fits, ``layers`` says so, and our own patterns find what they find."""
    code = (
        "import sys; sys.modules['kingfisher_sdk'] = None\n"
        "from gitml.redact.engine import Engine\n"
        "engine = Engine(); text = sys.argv[1]\n"
        "print(engine.layers(), [text[f.start:f.end] for f in engine.find(text)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, f"datadog {SECRETS[0]}"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"['generic'] ['{SECRETS[0]}']"


def test_clean_text_loads_no_package() -> None:
    """A hook's clean turn pays neither for the vendor package nor for anything else that is not built in."""
    code = (
        "import sys; from gitml.redact.engine import Engine; before = set(sys.modules)\n"
        "Engine().find(sys.argv[1]); new = set(sys.modules) - before\n"
        "print([name for name in new if not name.startswith(('gitml', 'binascii'))])"
    )
    done = subprocess.run([sys.executable, "-c", code, " ".join(CLEAN)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_layer_that_breaks_is_said() -> None:
    """The caller must know that a text was not searched; the error repeats nothing of it."""

    class Broken:
        def find(self, text: str) -> list[object]:
            raise RuntimeError(text)

    with pytest.raises(EngineFailed) as caught:
        Engine(known=Broken()).find("some text with a value")  # type: ignore[arg-type]
    assert "some text" not in str(caught.value)


@pytest.mark.parametrize(
    "inner", [f"user:{run(DICE, 'h', 9)}{run(DICE, 'a', 22)}", f"it is {SECRETS[0]} now", '{"password": "swordfish-1"}']
)
def test_a_secret_in_base64_is_one(inner: str) -> None:
    """Words in Base64 stay; a pair of user and password, a token, or a secret's name with its value does not."""
    text = b64encode(inner.encode()).decode()
    assert text.strip("=") not in replaced(f"got {text} back")


def test_a_key_names_its_value() -> None:
    """In structured input the key is all there is."""
    assert ENGINE.find_named("DB_PASSWORD", "swordfish") != []
    assert ENGINE.find_named("title", "swordfish") == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("passphrase", "four words of it"),
        ("client_secret", "swordfish"),
        ("apiKey", "abc123"),
        ("refresh-token", "abcd1234efgh5678"),
        ("mnemonic", "wide river seven stones"),
    ],
)
def test_a_secret_key_takes_what_stands_for_itself(key: str, value: str) -> None:
    """The whole value is the finding; with a mark in it, it was one before."""
    assert [(found.start, found.end) for found in ENGINE.find_named(key, value)] == [(0, len(value))]
    assert ENGINE.find_named(key, f"[redacted:password:1] {value}") == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("signature", f"Eq{run(DICE, 'b', 200)}"),
        ("session_id", run(DICE, "h", 32)),
        ("key", "ArrowDown"),
        ("token", "word1"),
        ("api_key", "SOME_API_KEY"),
        ("password", "string"),
        ("password", "${PASSWORD}"),
        ("max_tokens", "12345678"),
        ("secrets", "private-key"),
        ("", "swordfish"),
    ],
)
def test_other_keys_and_placeholders_take_nothing(key: str, value: str) -> None:
    """Ids, signatures, variables, types: a key that is no secret's name, or a value that is none."""
    assert ENGINE.find_named(key, value) == []
