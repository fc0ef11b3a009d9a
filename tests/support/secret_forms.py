"""Generic forms a secret stands in, and the contexts of transcripts round them. ``@`` is the secret's place."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

from support.secret_makers import LOWER, made, pem, run

TOKENS = ("{a32}", "{h32}", "{b40}", "{w43}", "{l24}", "{h64}", "{a20}", "{uuid}")
WORDS = ("blue", "Tiger", "winter", "Rocket", "monkey", "dragon", "Summer", "coffee", "purple", "master")


def token(dice: random.Random) -> str:
    """What a service hands out."""
    return made(dice.choice(TOKENS), dice)


def password(dice: random.Random) -> str:
    """What a person or a manager of passwords thinks of."""
    kind = dice.randrange(4)
    word = dice.choice(WORDS)
    if kind == 0:
        return f"{word}{dice.randrange(10, 9999)}{dice.choice('!#@%')}"
    if kind == 1:
        return run(dice, "a", dice.randrange(10, 24))
    if kind == 2:
        return f"{word[0].upper()}{word[1:].replace('e', '3').replace('o', '0')}-{run(dice, 'a', 5)}"
    return f"{word}{dice.choice('_.-')}{dice.choice(WORDS)}{dice.randrange(100)}"


def spaced_password(dice: random.Random) -> str:
    return password(dice).replace("#", "!").replace("@", "_").replace("%", "_")


def lower(dice: random.Random) -> str:
    return run(dice, "l", 32) if dice.random() < 0.5 else "".join(dice.choice(LOWER) for _ in range(24))


def opaque(dice: random.Random) -> str:
    return run(dice, "a", dice.randrange(28, 48))


def crypt(dice: random.Random) -> str:
    return "$" + "2b$12$" + run(dice, "a", 53)


def crypt6(dice: random.Random) -> str:
    return "$" + "6$" + run(dice, "a", 16) + "$" + run(dice, "a", 86)


def argon(dice: random.Random) -> str:
    return "$" + "argon2id$v=19$m=65536,t=3,p=4$" + run(dice, "b", 22) + "$" + run(dice, "b", 43)


def basic(dice: random.Random) -> str:
    import base64

    return base64.b64encode(f"user:{run(dice, 'a', 14)}".encode()).decode()


def key(dice: random.Random) -> str:
    return pem(dice, dice.choice(["RSA ", "", "EC ", "OPENSSH "]), dice.randrange(3, 12))


Maker = Callable[[random.Random], str]

FORMS: dict[str, tuple[str, Maker]] = {
    "env": ("DB_PASSWORD=@", spaced_password),
    "env-quoted": ('API_KEY="@"', token),
    "env-secret": ("APP_SECRET=@", token),
    "export": ("export SERVICE_TOKEN=@", token),
    "yaml": ("password: @", password),
    "yaml-quoted": ("  api_key: '@'", token),
    "yaml-block": ("client_secret: |\n  @", token),
    "json": ('{"password": "@"}', password),
    "json-key": ('"apiKey": "@",', token),
    "json-camel": ('"clientSecret":"@"', token),
    "ruby-hash": (":secret_key_base => '@'", token),
    "php-array": ("'password' => '@',", password),
    "php-define": ("define('DB_PASSWORD', '@');", password),
    "python": ('password = "@"', password),
    "python-kwarg": ("connect(host='h', password='@')", password),
    "python-annotated": ('api_token: str = "@"', token),
    "javascript": ("const apiSecret = '@';", token),
    "typescript": ("private readonly authToken: string = '@';", token),
    "java": ('private static final String SECRET_KEY = "@";', token),
    "go": ('apiKey := "@"', token),
    "rust": ('let password: &str = "@";', password),
    "csharp": ('public string ApiKey { get; set; } = "@";', token),
    "swift": ('let accessToken: String = "@"', token),
    "elixir": ('config :app, secret_key: "@"', token),
    "powershell": ("$env:API_TOKEN = '@'", token),
    "batch": ("set API_KEY=@", token),
    "toml": ('auth_token = "@"', token),
    "ini": ("[db]\npasswd = @", spaced_password),
    "properties": ("spring.datasource.password=@", spaced_password),
    "xml": ("<password>@</password>", spaced_password),
    "xml-attribute": ('<add key="ApiKey" value="@" />', token),
    "xml-attr-password": ('<user name="x" password="@"/>', password),
    "dockerfile": ("ENV API_TOKEN=@", token),
    "docker-run": ("docker run -e DB_PASSWORD=@ image", spaced_password),
    "flag": ("tool --token @ run", token),
    "flag-equals": ("tool --password=@ run", spaced_password),
    "curl-user": ("curl -u admin:@ https://h.invalid/", spaced_password),
    "mysql": ("mysql -h db -u root -p@ shop", spaced_password),
    "sshpass": ("sshpass -p @ ssh h.invalid", spaced_password),
    "docker-login": ("docker login -u me -p @ r.invalid", spaced_password),
    "bearer": ("Authorization: Bearer @", token),
    "basic": ("Authorization: Basic @", basic),
    "header-token": ("Authorization: Token @", token),
    "x-api-key": ("X-Api-Key: @", token),
    "cookie": ("Cookie: theme=dark; sessionid=@; lang=en", opaque),
    "set-cookie": ("Set-Cookie: connect.sid=@; Path=/; HttpOnly", opaque),
    "header-call": ('headers.set("X-Auth-Token", "@")', token),
    "query-token": ("https://h.invalid/a?user=1&access_token=@&x=2", token),
    "query-sig": ("https://h.invalid/a?sv=2020&sig=@", lambda dice: run(dice, "a", 43) + "%3D"),
    "query-key": ("https://h.invalid/a?key=@", lambda dice: run(dice, "a", 32)),
    "postgres": ("postgres://app:@@db.invalid:5432/x", lambda dice: run(dice, "a", 16)),
    "mongodb": ("mongodb+srv://app:@@c.invalid/x?w=1", lambda dice: run(dice, "a", 16)),
    "redis": ("redis://:@@r.invalid:6379/0", lambda dice: run(dice, "a", 20)),
    "amqp": ("amqp://guest:@@mq.invalid/v", lambda dice: run(dice, "a", 12)),
    "jdbc": ("jdbc:mysql://h.invalid/x?user=a&password=@", lambda dice: run(dice, "a", 14)),
    "ado": ("Server=h;Database=d;User Id=sa;Password=@;Encrypt=yes", spaced_password),
    "pem": ("@", key),
    "bcrypt": ("root:@:19000:0:", crypt),
    "sha-crypt": ("root:@:19000:0:", crypt6),
    "argon2": ("hash @", argon),
    "basic-tuple": ("requests.get(u, auth=('admin', '@'))", password),
    "vendor-key-value": ("ACME_API_KEY @", token),
    "netrc": ("machine h.invalid login me password @", spaced_password),
    "npmrc": ("//registry.invalid/:_authToken=@", token),
    "set-value": ("set SERVICE_SECRET @", token),
    "lower-token": ('auth_token = "@"', lower),
    "opaque": ("got @ from the service", opaque),
    "sql": ("CREATE USER x IDENTIFIED BY '@';", password),
    "k8s-env": ('- name: API_TOKEN\n  value: "@"', token),
    "prose": ("the password is @", lambda dice: run(dice, "a", 12)),
}


def placed(form: str, secret: str) -> tuple[str, int]:
    """The form with the secret in it, and where it stands."""
    at = form.index("@@") if "@@" in form else form.index("@")
    return form[:at] + secret + form[at + 1 :], at


Context = Callable[[str, int, int, random.Random], tuple[str, list[tuple[int, int]]]]
"""(text, start, end of the secret in it, dice) -> the whole and the spans of the secret's pieces."""


def _around(before: str, after: str) -> Context:
    def put(text: str, start: int, end: int, dice: random.Random) -> tuple[str, list[tuple[int, int]]]:
        return before + text + after, [(start + len(before), end + len(before))]

    return put


def _lines(prefix: str, before: str, after: str) -> Context:
    """Every line of the text behind a prefix."""

    def put(text: str, start: int, end: int, dice: random.Random) -> tuple[str, list[tuple[int, int]]]:
        def moved(place: int) -> int:
            return place + len(prefix) * (1 + text.count("\n", 0, place)) + len(before)

        return before + prefix + text.replace("\n", "\n" + prefix) + after, [(moved(start), moved(end))]

    return put


def _json_in_json(text: str, start: int, end: int, dice: random.Random) -> tuple[str, list[tuple[int, int]]]:
    def escaped(piece: str) -> str:
        return json.dumps(piece)[1:-1]

    whole = json.dumps({"type": "result", "content": text, "n": 1})
    at = whole.index(escaped(text)) + len(escaped(text[:start]))
    twice = json.dumps({"line": whole})
    inner = escaped(whole)
    first = twice.index(inner) + len(escaped(whole[:at]))
    return twice, [(first, first + len(escaped(escaped(text[start:end]))))]


def _split(text: str, start: int, end: int, dice: random.Random) -> tuple[str, list[tuple[int, int]]]:
    """The secret over two lines, or over two chunks of a stream."""
    cut = start + max(1, int((end - start) * dice.uniform(0.25, 0.75)))
    seam = "\n" if dice.random() < 0.5 or '"' in text[start:end] else '"}\n\ndata: {"delta":"'
    if seam == "\n":
        return text[:cut] + seam + text[cut:], [(start, cut), (cut + 1, end + 1)]
    first, second = json.dumps(text[:cut])[1:-1], json.dumps(text[cut:])[1:-1]
    head = 'data: {"delta":"'
    begin = len(head) + len(json.dumps(text[:start])[1:-1])
    again = len(head) + len(first) + len(seam)
    length = len(json.dumps(text[cut:end])[1:-1])
    return head + first + seam + second + '"}\n', [(begin, len(head) + len(first)), (again, again + length)]


CONTEXTS: dict[str, Context] = {
    "plain": _around("", ""),
    "shell": _around("$ ls\na.txt  b.txt\n$ cat notes\n", "\n$ echo $?\n0\n"),
    "dotenv": _around("# settings\nDEBUG=1\nPORT=8080\n", "\nLOG_LEVEL=info\n"),
    "json-in-json": _json_in_json,
    "curl": _around("curl -sS -X POST https://h.invalid/v1 -H 'Accept: */*' -d '", "' | jq .\n"),
    "diff": _lines("+", "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n context\n", "\n-old line\n"),
    "traceback": _around(
        'Traceback (most recent call last):\n  File "/srv/app/main.py", line 10, in <module>\n    run()\n'
        "ValueError: bad: ",
        "\n\nDuring handling of the above exception, another exception occurred:\n",
    ),
    "split": _split,
}
