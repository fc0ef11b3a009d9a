"""Made-up secrets of every vendor, built at run time from pieces: no scanner may take the repository for leaking."""

from __future__ import annotations

import base64
import json
import random
import string
import uuid

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
ALNUM = LOWER + UPPER + DIGITS
ALPHABETS = {
    "a": ALNUM,
    "h": DIGITS + "abcdef",
    "l": LOWER + DIGITS,
    "u": UPPER + DIGITS,
    "w": ALNUM + "_-",
    "b": ALNUM + "+/",
    "2": UPPER + "234567",
    "9": DIGITS,
}

# Vendor: pieces of the token. "|" only keeps the prefix apart from itself; {a36} is 36 letters and digits.
VENDORS = {
    "anthropic": "sk-|ant-|api03-{w93}AA",
    "openai": "sk-|{a20}T3Blbk|FJ{a20}",
    "openai-project": "sk-|proj-{w74}T3Blbk|FJ{w74}",
    "openrouter": "sk-|or-v1-{h64}",
    "deepseek": "sk-|{h32}",
    "github": "gh|p_{a36}",
    "github-oauth": "gh|o_{a36}",
    "github-app": "gh|s_{a36}",
    "github-fine": "github_|pat_{a22}_{a59}",
    "gitlab": "gl|pat-{w20}",
    "gitlab-runner": "gl|rt-{w20}",
    "aws-id": "AK|IA{2:16}",
    "aws-session-id": "AS|IA{2:16}",
    "google": "AI|za{w35}",
    "google-oauth": "GOC|SPX-{w28}",
    "google-access": "ya|29.a0{w120}",
    "google-refresh": "1/|/0{w40}",
    "azure-ad": "{a3}8Q|~{w34}",
    "azure-storage": "DefaultEndpointsProtocol=https;AccountName=x1;Account|Key={b86}==",
    "slack-bot": "xo|xb-{9:12}-{9:12}-{a24}",
    "slack-user": "xo|xp-{9:12}-{9:12}-{9:12}-{h32}",
    "slack-app": "xa|pp-1-A{u10}-{9:13}-{h64}",
    "slack-webhook": "https://hooks.|slack.com/services/T{u8}/B{u10}/{a24}",
    "discord-bot": "M{a23}.{w6}.{w38}",
    "discord-webhook": "https://discord.com/api/web|hooks/{9:18}/{w68}",
    "teams-webhook": "https://x.web|hook.office.com/webhookb2/{uuid}@{uuid}/IncomingWebhook/{h32}/{uuid}",
    "stripe": "sk|_live_{a24}",
    "stripe-restricted": "rk|_live_{a99}",
    "stripe-webhook": "wh|sec_{a32}",
    "twilio": "S|K{h32}",
    "sendgrid": "S|G.{w22}.{w43}",
    "mailgun": "ke|y-{h32}",
    "mailchimp": "{h32}|-us{9:2}",
    "brevo": "xkey|sib-{h64}-{a16}",
    "resend": "r|e_{a8}_{a24}",
    "postmark-mailersend": "ml|sn.{h64}",
    "npm": "np|m_{a36}",
    "pypi": "py|pi-AgEIcHlwaS5vcmc{w150}",
    "rubygems": "ruby|gems_{h48}",
    "crates": "ci|o{a32}",
    "nuget": "oy|2{l43}",
    "docker": "dck|r_pat_{w27}",
    "clojars": "CLO|JARS_{l60}",
    "artifactory": "AK|Cp{a69}",
    "heroku": "HR|KU-AA{w58}",
    "netlify": "nf|p_{a36}",
    "vercel": "vc|p_{a24}",
    "render": "rn|d_{a32}",
    "fly": "fo|1_{w43}",
    "digitalocean": "do|p_v1_{h64}",
    "cloudflare-origin": "v1.|0-{h24}-{h146}",
    "vault": "hv|s.{w90}",
    "terraform": "{a14}.atlas|v1.{w67}",
    "doppler": "dp|.pt.{a43}",
    "onepassword": "ops|_eyJ{a250}",
    "age": "AGE-SEC|RET-KEY-1{u58}",
    "pulumi": "pu|l-{h40}",
    "newrelic": "NR|AK-{u27}",
    "grafana": "gl|sa_{a32}_{h8}",
    "grafana-cloud": "gl|c_{a80}",
    "sentry": "sn|tryu_{h64}",
    "dynatrace": "dt|0c01.{u24}.{u64}",
    "snyk": "sn|yk_uat.{h8}.{w60}",
    "sonar": "sq|u_{h40}",
    "posthog": "ph|x_{a43}",
    "launchdarkly": "sd|k-{uuid}",
    "huggingface": "h|f_{a34}",
    "replicate": "r|8_{a37}",
    "groq": "gs|k_{a52}",
    "perplexity": "pp|lx-{a48}",
    "xai": "xa|i-{a80}",
    "nvidia": "nv|api-{w64}",
    "elevenlabs": "sk|_{h48}",
    "langsmith": "lsv|2_pt_{h32}_{h10}",
    "tavily": "tv|ly-dev-{a32}",
    "pinecone": "pc|sk_{a6}_{a60}",
    "atlassian": "AT|ATT3xFfGF0{w160}={u8}",
    "bitbucket": "AT|BB{a32}",
    "linear": "lin|_api_{a40}",
    "notion": "nt|n_{9:11}{a35}",
    "notion-old": "sec|ret_{a43}",
    "airtable": "pa|t{a14}.{h64}",
    "asana": "1/{9:16}:{h32}",
    "figma": "fi|gd_{w40}",
    "dropbox": "s|l.{w137}",
    "typeform": "tf|p_{w59}",
    "hubspot": "pat|-na1-{uuid}",
    "shopify": "sh|pat_{h32}",
    "square": "sq|0atp-{w22}",
    "square-secret": "sq|0csp-{w43}",
    "plaid": "acc|ess-sandbox-{uuid}",
    "razorpay": "rz|p_live_{a14}",
    "easypost": "EZ|AK{a54}",
    "shippo": "ship|po_live_{h40}",
    "duffel": "duf|fel_live_{w43}",
    "facebook": "EA|A{a160}",
    "telegram": "{9:10}:A|A{w33}",
    "supabase": "sb|p_{h40}",
    "planetscale": "psc|ale_tkn_{w43}",
    "neon": "na|pi_{l64}",
    "databricks": "da|pi{h32}",
    "contentful": "CF|PAT-{w43}",
    "mapbox": "s|k.eyJ{a60}.{w22}",
    "postman": "PM|AK-{h24}-{h34}",
    "buildkite": "bk|ua_{h40}",
    "circleci": "CC|IPAT_{a22}_{h40}",
    "tailscale": "ts|key-auth-{a17}-{a32}",
    "openshift": "sha|256~{w43}",
    "swarm": "SW|MTKN-1-{l50}-{l25}",
    "yandex": "AQ|VN{w38}",
    "alibaba": "LT|AI{a20}",
    "adafruit": "ai|o_{a28}",
    "infracost": "ic|o-{a32}",
    "prefect": "pn|u_{a36}",
    "readme": "rd|me_{l70}",
    "rapidapi": "{l10}ms|h{l15}p1{l6}js|n{l12}",
    "mongodb-atlas": "mdb|_sa_sk_{w40}",
    "jwt": "{jwt}",
    "sentry-dsn": "https://{h32}@o{9:6}.ingest.sentry.io/{9:7}",
}


def run(dice: random.Random, alphabet: str, length: int) -> str:
    """Random characters; from an alphabet with digits at least one is among them, and no joint stands at an end."""
    characters = ALPHABETS[alphabet]
    made = [dice.choice(characters) for _ in range(length)]
    if length > 5 and alphabet in "ahlwub":
        made[dice.randrange(1, length - 1)] = dice.choice(DIGITS)
    if alphabet in "wb" and length:
        made[-1] = dice.choice(ALNUM)
        made[0] = dice.choice(ALNUM)
    return "".join(made)


def jwt(dice: random.Random) -> str:
    """A JSON web token with a signature that signs nothing."""

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    body = {"sub": str(dice.randrange(10**9)), "iat": dice.randrange(10**9), "name": "x"}
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(body)}.{run(dice, 'w', 43)}"


def made(pieces: str, dice: random.Random) -> str:
    """A secret from its pieces."""
    result, position = "", 0
    pieces = pieces.replace("|", "")
    while (start := pieces.find("{", position)) >= 0:
        end = pieces.index("}", start)
        result += pieces[position:start] + _piece(pieces[start + 1 : end], dice)
        position = end + 1
    return result + pieces[position:]


def _piece(code: str, dice: random.Random) -> str:
    if code == "uuid":
        return str(uuid.UUID(int=dice.getrandbits(128), version=4))
    if code == "jwt":
        return jwt(dice)
    return run(dice, code[0], int(code[1:].lstrip(":")))


def pem(dice: random.Random, kind: str = "RSA ", rows: int = 8) -> str:
    """A private key's text, none of it a key."""
    body = "\n".join(run(dice, "b", 64) for _ in range(rows))
    dashes = "-" * 5
    return f"{dashes}BEGIN {kind}PRIVATE {'KEY'}{dashes}\n{body}\n{dashes}END {kind}PRIVATE {'KEY'}{dashes}"
