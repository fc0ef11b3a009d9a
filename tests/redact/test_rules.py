"""What the gate removes, what it leaves, and that it can be trusted to do it twice."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.secrets_made import made, pem

from gitml.model.sealed import Sealed, check
from gitml.redact.engine import Engine
from gitml.redact.gate import Gate, Lines, seal, seal_state
from gitml.redact.vault import Vault

KINDS = made()


def redact(text: str) -> str:
    """A text as the gate lets it through."""
    clean = Gate(Vault(Engine())).value(text)
    assert isinstance(clean, str)
    return clean


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "around", ["topic/{}", "/home/u/{}/x.py", "https://h.invalid/{}", "refs/heads/{}", "src/{}.txt"]
)
def test_every_kind_goes_from_paths_and_branches(kind: str, around: str) -> None:
    """Whoever names a branch or a file after a token."""
    assert KINDS[kind] not in redact(around.format(KINDS[kind]))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_goes_from_numbers_of_bytes(kind: str) -> None:
    """A list that spells a secret becomes text; any other list stays as it is, in records and in lines alike."""
    told = {"id": "x", "data": list(f"it said {KINDS[kind]} é".encode()), "other": [*range(200), *b"plain words here"]}
    numbers = ",".join(map(str, KINDS[kind].split("\n")[-2 if "\n" in KINDS[kind] else 0].encode()))
    for line in (seal("chats", told).data, Lines(Gate(Vault(Engine()))).seal([told]).data):
        assert numbers not in line.decode()
        assert json.loads(line)["other"] == told["other"] and "[redacted:" in json.loads(line)["data"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "around", ["{}", "key: {}\n", "export X={}", "before {} after", '{{"a": "{}"}}', "curl -H 'x: {}' http://a.invalid"]
)
def test_every_kind_goes_wherever_it_stands(kind: str, around: str) -> None:
    """No piece of a secret that could be used stays, whatever stands around it."""
    clean = redact(around.format(KINDS[kind]))
    assert "[redacted:" in clean
    for piece in KINDS[kind].split("\n"):
        assert piece not in clean


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("password={}", "hunter2x"),
        ("PASSWORD: '{}'", "correct horse"),
        ('db_password = "{}"', "swordfish"),
        ("AWS_SECRET_ACCESS_KEY={}", "wJalrXUtnFEMI/K7MDENG/b" + "PxRfiCYzzz"),
        ('{{"api_key": "{}"}}', "abcd1234efgh5678"),
        ('{{\\"client_secret\\": \\"{}\\"}}', "abcd1234efgh5678"),
        ("postgres://user:{}@db.invalid/x", "p4ssw0rd"),
        ("Authorization: Bearer {}", "abcdef0123456789abcdef"),
        ("mysql --password {} db", "s3cretpw"),
        ("tool --api-key={} run", "abcdef123456"),
    ],
)
def test_assignments_lose_their_value_and_keep_their_name(text: str, value: str) -> None:
    """The value of a password-like assignment goes; the words around it stay, so that the text remains of use."""
    clean = redact(text.format(value))
    assert value not in clean
    assert clean.startswith(text.partition("{}")[0].replace("{{", "{")[:8])
    assert "[redacted:" in clean


@pytest.mark.parametrize(
    "text",
    [
        "token: str = None",
        "def get_token(self) -> str: return self._token",
        "password = os.environ['DB_PASSWORD']",
        "password: string",
        "const secret = getSecret()",
        "max_tokens: 4096",
        '"input_tokens": 123, "output_tokens": 456',
        "PWD=/home/user/project1",
        "the password must have 8 characters",
        "0123456789abcdef0123456789abcdef01234567",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "toolu_01AbCdEfGhIjKlMnOpQrStUv",
        "msg_01AbCdEfGhIjKlMnOpQrStUv",
        "src/secrets/token_store.py:12: unused",
        "password=$DB_PASSWORD",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """Code, ids, hashes, paths and counts survive byte for byte."""
    assert redact(text) == text


def test_a_cut_private_key_goes_to_the_end() -> None:
    """A key whose last line is missing is still a key."""
    cut = pem(3)[:200]
    assert redact(f"x\n{cut}") == "x\n[redacted:private-key]"


@given(st.text(), st.sampled_from(sorted(KINDS)), st.text())
def test_redacting_twice_changes_nothing(before: str, kind: str, after: str) -> None:
    """Redaction is idempotent: what came out of the gate passes it unchanged."""
    once = redact(f"{before} {KINDS[kind]} {after}")
    assert redact(once) == once


@given(st.text(alphabet="abpPwW=:'\"\\ -_/sk gh{}[]()0189\n", max_size=400))
def test_redacting_odd_assignments_twice_changes_nothing(text: str) -> None:
    """Idempotent on text that is nearly an assignment, too."""
    once = redact(f"password={text} token: '{text}' --secret {text}")
    assert redact(once) == once


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(_JSON, st.sampled_from(sorted(KINDS)))
def test_structure_keys_and_validity_stay(value: object, kind: str) -> None:
    """Whatever the data, the sealed line is one line of valid JSON with the same keys and shape, without the secret."""
    record = {"id": "r1", "timestamp": "2026-01-01T00:00:00.000Z", "extra": value, "deep": [{"x": KINDS[kind]}]}
    line = seal("chats", record).data
    assert b"\n" not in line
    back = json.loads(line)
    assert list(back) == list(record)
    assert back["deep"][0]["x"].startswith("[redacted:")


@given(st.text(st.characters(categories=["Cs", "L", "N"])))
def test_half_a_surrogate_pair_is_no_obstacle(text: str) -> None:
    """A transcript cut inside an emoji is written as valid UTF-8."""
    seal_state({"x": text}).data.decode("utf-8")


def test_a_key_named_password_gives_its_value_away() -> None:
    """In structured input there is no assignment to see: the key's name is enough."""
    clean = Gate(Vault(Engine())).value({"env": {"DB_PASSWORD": "swordfish", "HOST": "swordfish.invalid", "tokens": 7}})
    assert clean == {"env": {"DB_PASSWORD": "[redacted:password]", "HOST": "swordfish.invalid", "tokens": 7}}


def test_only_sealed_bytes_can_be_written() -> None:
    """The store's check refuses everything that did not pass the gate, at run time as well."""
    assert check(seal("chats", {"id": "x"})).id == "x"
    for other in (b"x", "x", {"id": "x"}, None):
        with pytest.raises(TypeError):
            check(other)
    assert isinstance(seal_state([1]), Sealed)


@pytest.mark.parametrize(
    "piece", ["password=", "-----BEGIN PRIVATE KEY-----", "sk-", "a://b:", "token:'", "eyJ.", "--token "]
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    """Ten times the text takes about ten times as long, not a hundred: no pattern backtracks over the whole."""

    def cost(times: int) -> float:
        text = piece * times
        best = 1e9
        for _ in range(3):
            start = time.perf_counter()
            redact(text)
            best = min(best, time.perf_counter() - start)
        return best

    small, large = cost(2_000), cost(20_000)
    assert large < 60 * small + 0.05
