"""What counts as a secret, and its replacement. Every pattern runs in linear time: no nested repeats.

Vendor prefixes are not gated by entropy: for a redactor a near miss is still better removed. Assignments are, because
`token: string` is code. Replacements read ``[redacted:<kind>]`` and are themselves never redacted again.
"""

import re

MARK = "[redacted:"

# One alternation, one pass. A group's name is the kind. Lengths are the vendors' minimum or a little below.
_VENDORS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?P<anthropic_key>sk-ant-[A-Za-z0-9_-]{8,})"
    r"|(?P<openai_key>sk-(?:proj-|svcacct-|admin-|None-)?[A-Za-z0-9_-]{20,})"
    r"|(?P<github_token>gh[opusr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,})"
    r"|(?P<gitlab_token>gl(?:pat|ptt|dt|rt|cbt|oas)-[A-Za-z0-9_-]{16,})"
    r"|(?P<aws_key_id>(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})(?![A-Za-z0-9])"
    r"|(?P<slack_token>xox[abeprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,})"
    r"|(?P<slack_webhook>hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_-]{20,})"
    r"|(?P<jwt>eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?)"
    r"|(?P<google_key>AIza[A-Za-z0-9_-]{30,})"
    r"|(?P<stripe_key>(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,})"
    r"|(?P<npm_token>npm_[A-Za-z0-9]{30,})"
    r"|(?P<pypi_token>pypi-[A-Za-z0-9_-]{40,})"
    r"|(?P<huggingface_token>hf_[A-Za-z0-9]{30,})"
    r"|(?P<sendgrid_key>SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})"
    r")"
)
# What any of the above must hold; one cheap look spares most strings the alternation.
_VENDOR_HINT = re.compile(
    r"sk-|gh[opusr]_|github_pat_|gl[a-z]{2,4}-|A[KSBC][IC]A|xox|xapp-|hooks\.slack|eyJ|AIza|[sr]k_|npm_|pypi-|hf_|SG\."
)
_PEM_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_PEM_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_URL = re.compile(r"(?<=://)([^\s/:@\"'\\]{0,256}):([^\s/@\"'\\]{1,256})(?=@)")
_BEARER = re.compile(r"\b([Bb]earer|BEARER|[Bb]asic|[Tt]oken)( +)([A-Za-z0-9._~+/=-]{16,})")

_KEYWORD = re.compile(
    r"password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key|credential"
)
# From the end of a keyword: the rest of the name, quotes, an assignment, an optional quote, and the value.
_ASSIGNED = re.compile(r"([A-Za-z0-9_-]{0,40}[\"'`\\\])]{0,6}[ \t]{0,8}(?:=>|:=|==?|:)[ \t]{0,8}\\{0,3})(?:([\"'`])|)")
_QUOTED = {quote: re.compile(rf"[^{quote}\\\n\r]{{1,4096}}") for quote in "\"'`"}
_BARE = re.compile(r"[^\s\"'`,;&|<>(){}\[\]\\]{1,4096}")
_FLAG = re.compile(
    r"(?<!\S)(--?(?:password|passwd|pass|token|secret|api-key|apikey|access-key))([ =]+)([^\s\"'`\\-][^\s\"'`\\]{5,})"
)

_NO_VALUES = frozenset(
    {
        "none",
        "null",
        "nil",
        "true",
        "false",
        "undefined",
        "string",
        "str",
        "bytes",
        "int",
        "number",
        "boolean",
        "bool",
        "object",
        "any",
        "optional",
        "required",
        "unknown",
        "secret",
        "password",
        "passwd",
        "token",
        "changeme",
        "redacted",
        "hidden",
        "example",
        "placeholder",
        "yes",
        "no",
        "empty",
        "default",
    }
)
_SECRET_NAME = re.compile(
    r"(?i)(?:.*[_.-])?(?:password|passwd|passphrase|secret|api[_-]?key|access[_-]?key|private[_-]?key|"
    r"(?:access|auth|refresh|id|session|bearer)[_-]?token|client[_-]?secret|credentials?)"
)


def redact(text: str) -> str:
    """The text without the secrets that the rules know. Redacting twice changes nothing."""
    if len(text) < 8:  # no rule matches less
        return text
    if "PRIVATE KEY" in text:
        text = _without_pem(text)
    if _VENDOR_HINT.search(text):
        text = _VENDORS.sub(_vendor, text)
    if "://" in text:
        text = _URL.sub(_url_password, text)
    if "earer" in text or "EARER" in text or "asic" in text or "oken" in text:
        text = _BEARER.sub(_bearer, text)
    return _without_assignments(text)


def redact_named(name: str, value: str) -> str:
    """As ``redact``, for a value whose key may itself say that it is a secret."""
    clean = redact(value)
    if len(clean) >= 4 and MARK not in clean and _SECRET_NAME.fullmatch(name) and clean.lower() not in _NO_VALUES:
        return _mark("password")
    return clean


def _mark(kind: str) -> str:
    return f"{MARK}{kind.replace('_', '-')}]"


def _vendor(match: "re.Match[str]") -> str:
    return _mark(match.lastgroup or "secret")


def _url_password(match: "re.Match[str]") -> str:
    if match[2].startswith(MARK) or match[2][0] in "$<{":
        return match[0]
    return f"{match[1]}:{_mark('url-password')}"


def _bearer(match: "re.Match[str]") -> str:
    if not any(char.isdigit() for char in match[3]):
        return match[0]
    return f"{match[1]}{match[2]}{_mark('bearer-token')}"


def _without_pem(text: str) -> str:
    """Private keys gone, from the first line to the last; a key that is cut goes to the end of the text."""
    kept: list[str] = []
    position = 0
    while (begin := _PEM_BEGIN.search(text, position)) is not None:
        end = _PEM_END.search(text, begin.end())
        kept += [text[position : begin.start()], _mark("private-key")]
        position = end.end() if end else len(text)
    return "".join([*kept, text[position:]])


def _without_assignments(text: str) -> str:
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters change length; positions must agree
        lowered = text.translate(_ASCII_LOWER)
    kept: list[str] = []
    position = 0
    for hit in _KEYWORD.finditer(lowered):
        if hit.start() < position:
            continue
        span = _assigned_value(text, hit.end(), hit[0])
        if span is not None:
            kept += [text[position : span[0]], _mark("password" if "pass" in hit[0] or hit[0] == "pwd" else "secret")]
            position = span[1]
    text = "".join([*kept, text[position:]]) if kept else text
    return _FLAG.sub(_flag, text) if "--" in text or " -p" in text else text


def _flag(match: "re.Match[str]") -> str:
    value = match[3]
    if value.startswith((MARK, "$", "<")) or value.lower() in _NO_VALUES:
        return match[0]
    return f"{match[1]}{match[2]}{_mark('password')}"


def _assigned_value(text: str, at: int, keyword: str) -> "tuple[int, int] | None":
    """Where the value assigned to the name that holds the keyword lies, if it looks like a secret."""
    head = _ASSIGNED.match(text, at)
    if head is None:
        return None
    quote = head[2]
    value = (_QUOTED[quote] if quote else _BARE).match(text, head.end())
    if value is None or not _secret_like(value[0], keyword, bool(quote)):
        return None
    follows = text[value.end() : value.end() + 1]
    if not quote and follows in ("(", "["):  # a call or a look-up: code, not a value
        return None
    return value.start(), value.end()


def _secret_like(value: str, keyword: str, quoted: bool) -> bool:
    if value.startswith((MARK, "$", "<", "%", "{{", "process.", "os.", "env.")) or value.lower() in _NO_VALUES:
        return False
    if MARK in value:
        return False
    letters = any(char.isalpha() for char in value)
    digits = any(char.isdigit() for char in value)
    if keyword in ("password", "passwd", "passphrase", "pwd"):
        if keyword == "pwd" and value.startswith(("/", "./", "~", "..")):  # a shell's working folder
            return False
        if quoted:
            return len(value) >= 4
        return len(value) >= 6 and (digits or not value.replace("_", "").replace(".", "").isalpha())
    spaced = " " in value
    return len(value) >= (8 if quoted else 12) and letters and digits and not spaced


_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
