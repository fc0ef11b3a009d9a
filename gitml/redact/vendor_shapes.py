"""Tokens that no prefix tells: JWTs, webhooks, and those with their mark in the middle or at the end."""

import re

from gitml.redact.lazily import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitml.redact.engine_scan import Scan

RANK = 6

_JWT = pattern(r"ey[A-Za-z0-9_-]{10,8192}\.(?:[A-Za-z0-9_-]{0,8192}\.){0,3}[A-Za-z0-9_-]{4,8192}")
_JWT_CUT = pattern(r"eyJ(?:hbGciOi|0eXAiOi|raWQiOi|lbmMiOi|jdHkiOi)[A-Za-z0-9_-]{4,8192}")
_TELEGRAM = pattern(r"[0-9]{8,12}:AA[A-Za-z0-9_-]{30,40}")
_DISCORD = pattern(r"[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{5,8}\.[A-Za-z0-9_-]{20,45}")
_AZURE = pattern(r"[A-Za-z0-9_~.-]{3,4}[78]Q~[A-Za-z0-9_~.-]{28,40}")
_GOOGLE = pattern(r"1//0[A-Za-z0-9_-]{30,200}")
_TERRAFORM = pattern(r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{40,100}")
_ASANA = pattern(r"[0-9]/[0-9]{15,17}(?:/[0-9]{15,17})?:[0-9a-f]{32}")
_BITWARDEN = pattern(r"0\.[0-9a-f-]{36}\.[A-Za-z0-9]{28,34}:[A-Za-z0-9+/=]{20,28}")
_RAPID = pattern(r"[a-z0-9]{8,12}msh[a-z0-9]{12,18}p1[a-z0-9]{4,8}jsn[a-z0-9]{10,14}")
_MAILCHIMP = pattern(r"[0-9a-f]{32}-us[0-9]{1,2}(?![A-Za-z0-9])")
_MAILGUN = pattern(r"[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![A-Za-z0-9-])")
_FACEBOOK = pattern(r"[0-9]{14,17}(?:\||%7C)[A-Za-z0-9_-]{26,32}")
_HEX_AND_MORE = pattern(
    r"[0-9a-fA-F]{32}\.(?=[A-Za-z_-]{0,23}[0-9])(?=[0-9a-z_-]{0,23}[A-Z])[A-Za-z0-9_-]{16,24}(?![A-Za-z0-9_.-])"
)
_RANCHER = pattern(r"token-[a-z0-9]{5}:[a-z0-9]{50,60}")
_HTTP_TAIL = r"[A-Za-z0-9/@_.%=&?-]{16,300}"
_WEBHOOK = pattern(
    r"(?:www\.)?(?:hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/"
    r"|(?:[a-z]{1,8}\.)?(?:discord|discordapp)\.com/api/(?:v[0-9]{1,2}/)?webhooks/"
    r"|[a-z0-9-]{0,60}\.?webhook\.office(?:365)?\.com/webhook[a-z0-9]{0,4}/"
    r"|hooks\.zapier\.com/hooks/catch/|hooks?\.[a-z0-9]{2,4}\.make\.com/|maker\.ifttt\.com/trigger/[a-z0-9_-]{1,60}/"
    r"|hooks\.airtable\.com/workflows/|chat\.googleapis\.com/v1/spaces/[a-z0-9_-]{6,20}/messages\?"
    r"|open\.(?:feishu|larksuite)\.(?:cn|com)/open-apis/bot/v2/hook/|qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key="
    r"|oapi\.dingtalk\.com/robot/send\?access_token=)" + f"({_HTTP_TAIL})",
    re.I,
)
_BACK = 70


def at_run(scan: "Scan", start: int, end: int) -> None:
    """Look for a shape in or round one run of token characters."""
    text = scan.text
    if text.startswith("ey", start):
        _add(scan, _JWT.match(text, start) or _JWT_CUT.match(text, start), "jwt")
    before = text[start - 1 : start]
    if before and before in ":./~|C-":
        _joined_before(scan, start, before)
    after = text[end : end + 1]
    if after and after in ".~:":
        _joined_after(scan, start, after)
    if end - start in range(35, 60):
        _by_length(scan, start, end)


def _joined_before(scan: "Scan", start: int, before: str) -> None:
    text, first = scan.text, max(0, start - _BACK)
    if before == ":":
        if text.startswith("AA", start):
            _around(scan, _TELEGRAM, "telegram-token", first, start)
        _around(scan, _ASANA, "asana-token", first, start)
        _around(scan, _RANCHER, "rancher-token", first, start)
    elif before == "/" and text.startswith("1//", start - 3):
        _add(scan, _GOOGLE.match(text, start - 3), "google-refresh-token")
    elif before == ".":
        _around(scan, _TERRAFORM, "terraform-token", max(0, start - 24), start)
    elif before == "~":
        _around(scan, _AZURE, "azure-secret", first, start)
    elif before in "|C":
        _around(scan, _FACEBOOK, "facebook-token", first, start)


def _joined_after(scan: "Scan", start: int, after: str) -> None:
    text = scan.text
    if after == ".":
        if text[start : start + 1] in ("M", "N", "O"):
            _add(scan, _DISCORD.match(text, start), "discord-token")
        _add(scan, _TERRAFORM.match(text, start), "terraform-token")
        _add(scan, _HEX_AND_MORE.match(text, start), "api-key")
    elif after == ":":
        _around(scan, _BITWARDEN, "bitwarden-token", max(0, start - _BACK), start)
    else:
        _add(scan, _AZURE.match(text, start), "azure-secret")


def _by_length(scan: "Scan", start: int, end: int) -> None:
    text = scan.text
    if text.find("-us", end - 6, end) > 0:
        _add(scan, _MAILCHIMP.match(text, start), "mailchimp-key")
    if end - start == 50 and text.find("-", start + 32, start + 33) > 0:
        _add(scan, _MAILGUN.match(text, start), "mailgun-key")
    if text.find("jsn", start + 20, end) > 0:
        _add(scan, _RAPID.match(text, start), "rapidapi-key")


def _around(scan: "Scan", shape: "re.Pattern[str]", kind: str, first: int, start: int) -> None:
    """The pattern where it reaches over the run's begin; the search covers only the run's surroundings."""
    for match in shape.finditer(scan.text, first, start + 120):
        if match.end() > start:
            _add(scan, match, kind)


def _add(scan: "Scan", match: "re.Match[str] | None", kind: str) -> None:
    if match is not None:
        scan.add(match.start(), match.end(), kind, RANK)


def find(scan: "Scan") -> None:
    """Webhooks without their scheme; those with one are looked at with the other addresses."""
    at = scan.low.find(b"hooks.slack")
    while at >= 0:
        at_address(scan, at)
        at = scan.low.find(b"hooks.slack", at + 11)


def at_address(scan: "Scan", at: int) -> None:
    """A webhook whose host begins here: its address is the secret."""
    match = _WEBHOOK.match(scan.text, at)
    if match is not None:
        scan.add(match.start(1), match.end(1), "webhook", RANK)
