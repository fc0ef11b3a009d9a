"""Whether a value looks like a secret: drawn by chance, or thought of by a person. Names play no part here."""

import re

# The most frequent pairs of letters of English text and of names in code: random letters hit one in five of them.
from gitml.redact.lazily import pattern

_COMMON = frozenset(
    "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi "
    "ri ro ic ne ea ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc "
    "et ut ss so rs un lo wa ge ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os iv "
    "ia am fi ci vi pl ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ex ke fr oo av ag if ap gr od bo sp rd do "
    "uc bu ei ov by rm ep tt oc fa ef cu rn sc gi da yo cr cl du ga qu ue ff ba ey ls va um pp ua up lu go ht "
    "ru ug ds lt pi rc rr eg au ck ew mu br bi pt".split()
)
_LETTERS = pattern(r"[A-Za-z]{2,}")
_CLASSES = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "a" * 26 + "A" * 26 + "0" * 10
)
_SWITCH = pattern(r"a(?=[A0])|A(?=[a0])|0(?=[aA])")
_HEX = pattern(r"[0-9a-f]+|[0-9A-F]+")
UUID = pattern(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DIGIT = pattern(r"[0-9]")
_VARIABLE = pattern(
    r"\$\{|\$\(|\$[A-Za-z_]\w*$|\$\$?[A-Za-z_]\w*[/)\]}-]|%\(|%[sdrv]$|%[A-Za-z_]\w*%$|\{\{|\{[A-Za-z_][\w.]*\}|<[^>]*>?$|#\{"
    r"|@[A-Za-z_]\w*@$|&[a-z]|\*\*\*|\.\.\.|\[[A-Za-z]"
)
_CODE = pattern(
    r"(?:[A-Za-z_$][\w$]*)(?:(?:\.|::|->|\?\.)[A-Za-z_$][\w$]*)+[!?]?$|[A-Za-z_$][\w$.:]*[\[(]|(?:process|os|env|self|this|args|config|settings)\.|!|\*"
)
_HOLE = pattern(r"%(?:\([A-Za-z_]\w*\))?[-+#0-9.]{0,6}[sdrvqixf]|\{[\w.!:]{0,40}\}|\$\{?[A-Za-z_]\w*\}?")
_CALL = pattern(r"[A-Za-z_][A-Za-z_.]*\([\w.()]*$")
_ESCAPE = pattern(r"\\{1,4}(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[0-7]{3}|[nrtbf])")
_NO_VALUES = frozenset(
    "none null nil true false undefined string str bytes int integer number boolean bool object any optional "
    "required unknown secret password passwd token tokens key changeme redacted hidden example placeholder "
    "yes no empty default user username name text value values input output email credentials auth basic "
    "bearer digest oauth oauth2 admin_password dummy todo fixme never always missing invalid expired valid "
    "disabled enabled file prompt passwordless passphrase new old current confirm strong weak plain plaintext "
    "encrypted private public this self static const readonly type typeof async await return function import "
    "from final char varchar list dict array map vault env environment keychain keyring same-origin include "
    "omit header cookie session sha1 sha256 sha512 md5 hs256 rs256 es256 aes ssl tls scram-sha-256 "
    "caching_sha2_password mysql_native_password trust peer ident on off".split()
)
_PLACEHOLDER = pattern(
    r"(?:your|the|insert|enter|put|add|some|replace|example|sample|dummy|fake|placeholder|change|redacted|todo|my[-_ ])"
    r"[-_ a-z]{0,80}[0-9]{0,3}$",
    re.I,
)


def common_share(value: str) -> float:
    """How many of the value's pairs of letters are those of words, 0 to 1; 0.5 where it has fewer than three pairs."""
    lowered = value.lower()
    pairs = [lowered[i : i + 2] for run in _LETTERS.finditer(lowered) for i in range(run.start(), run.end() - 1)]
    if len(pairs) < 3:
        return 0.5
    return sum(pair in _COMMON for pair in pairs) / len(pairs)


def switches(value: str) -> int:
    """How often the value changes between lower case, upper case and digits."""
    return sum(1 for _ in _SWITCH.finditer(value.translate(_CLASSES)))


def digits_in(value: str) -> int:
    """Number of ASCII digits."""
    return sum(map(value.count, "0123456789"))


def is_hex(value: str) -> bool:
    """Whether it is hexadecimal digits and nothing else."""
    return _HEX.fullmatch(value) is not None


def mixed(value: str) -> bool:
    """Letters and digits both."""
    return _DIGIT.search(value) is not None and any(char.isalpha() for char in value)


def random_like(value: str, least: int = 16) -> bool:
    """Whether the value was most likely drawn by chance: few pairs of letters as in words, digits strewn in."""
    if len(value) < least or " " in value:
        return False
    digits = digits_in(value)
    if is_hex(value):
        return 0 < digits < len(value)
    share = common_share(value)
    if digits == 0:
        return share < 0.5 and (len(value) >= 20 or share < 0.42) and len(set(value)) > 7
    return digits < len(value) and switches(value) >= max(3, len(value) // 8) and share < 0.68


def no_value(value: str, quoted: bool) -> bool:
    """Whether it stands for a value: a variable, a placeholder, a type, a piece of code, a row of stars."""
    lowered = value.lower().strip("\"' ")
    if lowered in _NO_VALUES or len(set(lowered)) < 3:
        return True
    if _VARIABLE.match(value) or _PLACEHOLDER.match(value) or _holes_only(value):
        return True
    return not quoted and _CODE.match(value) is not None


def _holes_only(value: str) -> bool:
    """A format such as ``%s:%s`` or ``{user}@{host}``, with nothing of its own."""
    if "%" not in value and "{" not in value and "$" not in value:
        return False
    rest = _HOLE.sub("", value)
    return rest != value and not any(map(str.isalnum, rest))


def call_like(value: str) -> bool:
    """The begin of a call, with nothing in it but names and calls: ``make(NAME.encode(``."""
    return _CALL.match(value) is not None


def path_like(value: str) -> bool:
    """A path, a file's name, an address without credentials."""
    if value.startswith(("/", "./", "../", "~/", "http://", "https://", "file:", "\\\\")) or value[1:3] in (
        ":\\",
        ":/",
    ):
        return value.startswith(("./", "../", "~/", "http", "file")) or common_share(value) >= 0.5
    parts = value.replace("\\", "/").split("/")
    return len(parts) > 1 and common_share(value) >= 0.6


def identifier_like(value: str) -> bool:
    """Words joined as names are: ``snake_case``, ``camelCase``, ``kebab-case``, ``dotted.name``, perhaps a number."""
    if not all(char.isalnum() or char in "_-.:$/ " for char in value):
        return False
    if switches(value) > 0.4 * len(value):
        return False
    return common_share(value) >= (0.5 if digits_in(value) <= 4 else 0.65)


def password_like(value: str, quoted: bool, settled: bool) -> bool:
    """A value under a password's name. ``settled``: the form says that it is a value (``PASSWORD=x`` on its line)."""
    if len(value) < 4 or no_value(value, quoted or settled):
        return False
    words = value.split(" ")
    if len(words) > 1:
        return quoted and (len(words) == 2 or mixed(value)) and len(words) < 4 and not value.istitle()
    if value.startswith(("./", "../", "~/", "/")) and "/" in value[2:] and path_like(value):
        return False
    if mixed(value):
        return quoted or settled or len(value) >= 6
    if not value.isascii():
        return False
    if quoted or settled:
        return len(value) >= 5 and not (value.endswith((":", "...")) or (value.isdigit() and len(value) < 6))
    return len(value) >= 6 and not value.replace("_", "").replace(".", "").replace("-", "").isalpha()


def secret_like(value: str, quoted: bool, settled: bool) -> bool:
    """A value under a secret's, a key's or a token's name."""
    if len(value) < 8 or no_value(value, quoted or settled) or " " in value or path_like(value):
        return False
    if is_hex(value) or UUID.fullmatch(value):
        return len(value) >= 16 or mixed(value)
    if value.isdigit():
        return len(value) >= 16 and settled
    if mixed(value):
        return not identifier_like(value) if not settled else len(value) >= 8 and value[0] not in "./"
    if random_like(value, 12):
        return True
    return (settled and len(value) >= 10 and "." not in value and "/" not in value and not value.isidentifier()) or (
        settled and value.isalpha() and len(value) >= 10 and common_share(value) < 0.75
    )


def key_like(value: str, quoted: bool) -> bool:
    """A value under a weak name (``key``, ``session``): it alone must tell."""
    if len(value) < 16 or no_value(value, quoted) or path_like(value) or UUID.fullmatch(value):
        return False
    if "\\" in value and len(_ESCAPE.sub("?", value)) < 16:
        return False
    return random_like(value) and not identifier_like(value)
