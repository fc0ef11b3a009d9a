"""What a name says of its value: PASSWORD, SECRET, WEAK or NOTHING. Remembered, since names come again and again."""

from gitml.redact.lazily import pattern

NOTHING, WEAK, SECRET, PASSWORD = range(4)
LONGEST = 64
"""A longer name is none."""

_WORD = pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_PASSWORDS = pattern(
    r"password|passwd|passphrase|passcode|passwort|kennwort|contrasen|motdepasse|senha|wachtwoord|losenord|parola"
)
_SECRETS = pattern(
    r"secret|token(?!iz)|credential|authorization|apikey|accesskey|authkey|privatekey|secretkey|accountkey|sharedkey|"
    r"signingkey|encryptionkey|masterkey|licensekey|licencekey|clientkey|servicekey|storagekey|subscriptionkey|"
    r"adminkey|serverkey|writekey|readkey|consumerkey|deploykey|integrationkey|jwtkey|hmackey|aeskey|cipherkey|"
    r"sessionkey|restkey|projectkey|securitykey|hostkey|functionkey|functionskey|rootkey|unsealkey|sshkey|"
    r"sharedaccess|connectionstring|webhookurl|clientkeydata|mnemonic|seedphrase|recoveryphrase|totpsecret|"
    r"presharedkey|wpapsk|refreshtoken|bearer|keypair|appkey|apisecret|authtoken|privkey|accesstoken"
)
_OF_A_THING = pattern(
    r"(?:db|root|user|my|admin|smtp|ftp|mail|sql|auth|login|key|redis|pg|mongo|svc|service|app|http|ldap|vpn|wifi|host|ssh"
    r"|proxy|cert|pfx|jks|test|enc|sudo)pass$"
)
_SHORT_PASSWORDS = frozenset({"pass", "pwd", "pw", "psk", "pswd", "pword", "passw"})
_WEAK = frozenset(
    {"key", "auth", "session", "sessionid", "sid", "sess", "cookie", "sig", "signature", "salt", "otp", "keys", "jwt"}
    | {"creds", "cred", "pat", "dsn", "code", "pepper", "phpsessid", "jsessionid", "license", "seed", "hmac", "oauth"}
)
# Names that speak about a secret and hold none.
_LAST = frozenset(
    "name names file files path paths url uri urls endpoint type types length len size limit limits count "
    "counts max min policy field fields form label hint expires expiry expiration exp ttl age index version "
    "format pattern regex prompt error errors message title icon button strength required enabled disabled "
    "mode status state provider manager service handler helper util utils class func function dir directory "
    "folder cmd command column attempts rotation rule rules prefix suffix source var usage used budget cost "
    "price rate total sum ids id vault store storage ref refs arn at on to for in of per reset link page view "
    "test tests spec desc description help info kind set map list dict array scope scopes algorithm alg "
    "method methods created updated date time timestamp seconds ms days window stream estimator ring board "
    "boards word words down up press code event events frame frames bind binding bindings generator factory "
    "validator checker parser reader writer checks hash hashes digest fingerprint sha sha256 md5 checksum "
    "exists present missing valid invalid visible shown host port realm region user username login email "
    "issuer audience subject".split()
)
_ANY = frozenset(
    "public max min num number total input output cached cache primary foreign sort no has is are show hide "
    "forgot toggle enable disable use used partition idempotency dedupe i18n translation tokenizer tokenize "
    "tokenized tokens keyword keyboard placeholder count remaining prompt completion thinking pub known".split()
)
_known: "dict[str, int]" = {}


def strength(name: str) -> int:
    """How much of a secret's name this is."""
    known = _known.get(name)
    if known is None:
        if len(_known) > 4096:
            _known.clear()
        known = _known[name] = _judge(name)
    return known


def _judge(name: str) -> int:
    if len(name) > LONGEST:
        return NOTHING
    words = [word.lower() for word in _WORD.findall(name)]
    while words and words[-1].isdigit():
        words.pop()
    if not words or words[-1] in _LAST or not _ANY.isdisjoint(words):
        return NOTHING
    return _of_words(words)


def _of_words(words: "list[str]") -> int:
    joined = "".join(words)
    if _PASSWORDS.search(joined) or words[-1] in _SHORT_PASSWORDS:
        return PASSWORD
    if joined.endswith(("pwd", "passwd")) or _OF_A_THING.search(joined):
        return PASSWORD
    if _SECRETS.search(joined):
        return SECRET
    if words[-1] in _WEAK or "session" in words or joined.endswith(("key", "sessid", "sessionid", "auth")):
        return WEAK
    return WEAK if "key" in words and len(words) > 1 else NOTHING
