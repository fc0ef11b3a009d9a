"""The vendor package (kingfisher): rules of services whose tokens look like digests and are told by a name near by.

Asked only about a text in which a token stands that no layer took, behind the name of a service it has such rules for.
Nothing else of it is used, above all not its checks of tokens, which use the network. Its start costs 0.2 s from its
cache and 3 s without, so ``warm`` fills that cache where nobody waits; what is found does not depend on it.
"""

import re

from gitml.redact.generic_values import common_share, digits_in, is_hex, random_like
from gitml.redact.lazily import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitml.redact.engine_scan import Scan

RANK = 3
REACH = 90
"""The package's own rules reach about this far from a service's name to its token."""

# Services that the package knows and our table of prefixes does not settle.
_SERVICES = pattern(
    r"abuseipdb|adafruit|airtable|aiven|asana|bitbucket|box[_.-]|circle_?-?ci|contribsys|data\.gov|discord|honeycomb"
    r"|linear|new-?_?york|planetscale|pscale|pyowm|snyk|sonar|vercel|wandb|weightsandbiases|adobe|algolia|aliyun|alibaba|amplitude|assemblyai|auth0|bitly|bitrise|bittrex|browserstack|canva"
    r"|civo|clickhouse|clickup|cloudflare|cloudinary|codecov|cohere|coinbase|configcat|confluent|contentful|couchbase"
    r"|coveralls|databento|datadog|deepgram|disqus|droneci|dropbox|ebay|elevenlabs|etsy|exoscale|facebook|fal[_.-]|fastly"
    r"|finicity|finnhub|flickr|freshbooks|fullstory|gitea|gitter|gocardless|greptile|heroku|highnote|hubspot|hunter"
    r"|ibm_?cloud|influx|infomaniak|instantly|intercom|jumpcloud|kagi|klaviyo|kraken|kucoin|lark|launchdarkly|lighton"
    r"|linkedin|linked_in|looker|mailchimp|mailgun|mattermost|mem0|meraki|message_?bird|midtrans|miro|mistral|monday"
    r"|mux[_.-]|netlify|new_?relic|ngrok|nytimes|okta|ollama|openweather|opsgenie|ovh|pagerduty|paypal|plaid|plivo|polymarket"
    r"|postmark|private_?ai|rapidapi|razorpay|retell|scaleway|scalr|sendbird|sentry|snowflake|squarespace|sslmate"
    r"|stability|sumo|tableau|telnyx|travis|twitch|twitter|typeform|upstage|upstash|virustotal|vultr|wakatime|weatherstack"
    r"|wiz[_.-]|woocommerce|workos|yandex|zendesk|zoho",
)
_NOT_HEX_OF = pattern(r"(?:commit|sha-?[0-9]{0,3}|digest|checksum|tree|blob|hash|rev|id|integrity)[^a-z]{0,4}$")
_loaded: "list[Any]" = []


def installed() -> bool:
    """Whether the package is there, found without loading it."""
    import sys

    if "kingfisher_sdk" in sys.modules:
        return sys.modules["kingfisher_sdk"] is not None
    from importlib.util import find_spec

    return find_spec("kingfisher_sdk") is not None


def warm() -> bool:
    """Fill the package's cache of compiled rules. True where the package is installed."""
    return _scanner() is not None


def find(scan: "Scan") -> None:
    """What the package finds and our own layers do not."""
    if not _worth_asking(scan):
        return
    scanner = _scanner()
    if scanner is None:
        return
    data = scan.text.encode("utf-8", "replace")
    for finding in scanner.scan(data.decode("utf-8")):  # also those it would not show: they are halves of secrets
        place = finding.location
        start, end = (
            len(data[: place["start_offset"]].decode("utf-8", "ignore")),
            len(data[: place["end_offset"]].decode("utf-8", "ignore")),
        )
        scan.add(start, end, kind_of(finding.rule_id), RANK)


def kind_of(rule: str) -> str:
    """A rule's id as a kind: lower-case words joined by dashes, at most 40 characters."""
    name = re.sub(r"[^a-z0-9]+", "-", rule.lower().partition(".")[2] or rule.lower()).strip("-")
    return re.sub(r"-[0-9]+$", "", name)[:40].strip("-") or "secret"


def _worth_asking(scan: "Scan") -> bool:
    taken = sorted((start, end) for start, end, _, _ in scan.found)
    return any(_names_service(scan, *run) and not _is_taken(taken, run) for run in scan.runs())


def _is_taken(taken: "list[tuple[int, int]]", run: "tuple[int, int]") -> bool:
    return any(start < run[1] and run[0] < end for start, end in taken)


def _names_service(scan: "Scan", start: int, end: int) -> bool:
    value = scan.text[start:end]
    if start < 5 or end - start > 128 or scan.wordy(start, end) or digits_in(value) < 2 or value.count("-") == 4:
        return False
    before = scan.low[max(0, start - REACH) : start].decode("latin-1").rpartition("\n")[2]
    if len(before) < 5 or not random_like(value):
        return False
    if common_share(value) >= 0.5 if not is_hex(value) else _NOT_HEX_OF.search(before):
        return False
    return _SERVICES.search(before) is not None


def _scanner() -> "Any":
    """The package's scanner, made once a process; None where it is not installed."""
    if not _loaded:
        try:
            from kingfisher_sdk.scanner import Scanner
        except ImportError:
            _loaded.append(None)
        else:
            _loaded.append(Scanner())
    return _loaded[0]
