"""Vendors' tokens that are known by how they begin: kind, alphabet of the rest, its documented length, prefixes.

Alphabets: A letters and digits · H hexadecimal · L lower-case letters and digits · U upper-case ones · W as A
with ``_-`` · D as W with dots · B Base64 of either kind · X all but spaces and quotes. A ``!`` asks for a rest drawn by
chance, where the prefix alone could begin a word. Lengths are the usual ones: 60 % of them are enough, more is taken.
The prefixes are published by the vendors themselves, for scanners.
"""

from gitml.redact.vendor_table_more import MORE

TABLE = (
    """
anthropic-key W 95 sk-ant-
openai-key W 48 sk-proj- sk-svcacct-
openai-key W 60 sk-admin-
openai-key W 48 sk-None- sk-service-
openrouter-key H 64 sk-or-v1-
openrouter-key W 40 sk-or- orv1_
langfuse-key W 36 sk-lf- pk-lf-
helicone-key W 30 sk-helicone-
litellm-key W 20 sk-litellm-
api-key W 32! sk-
langsmith-key W 43 lsv2_pt_ lsv2_sk_
langsmith-key A 32 ls__
github-token A 36 ghp_ gho_ ghu_ ghr_
github-token W 36 ghs_
github-token W 82 github_pat_
gitlab-token D 20 glpat- gldt- glrt- glrtr- glcbt- glft- glsoat- glffct- glwt-
gitlab-token D 40 glptt-
gitlab-token D 25 glimt-
gitlab-token D 50 glagent-
gitlab-token D 64 gloas-
gitlab-token W 20 GR1348941
aws-key-id U 16 AKIA ASIA ABIA ACCA AROA AIDA AGPA AIPA ANPA ANVA APKA
aws-key-id U 17! A3T
aws-bedrock-key B 110 ABSK
aws-bedrock-key B 60 bedrock-api-key-
aws-mws-token W 36 amzn.mws.
aws-oauth-secret H 64 amzn1.oa2-cs.v1.
google-key W 35 AIza
google-key W 44 AQ.Ab8RN6
google-oauth-secret W 28 GOCSPX-
google-oauth-token D 60 ya29.
google-hmac-key A 57 GOOG1E
google-hmac-key A 20! GOOG
azure-devops-token W 20! AZDO
slack-token W 50 xoxb-
slack-token W 60 xoxp- xoxc- xwfp-
slack-token W 40 xoxa- xoxa-2- xoxr- xoxo- xoxs-
slack-token W 100 xoxe-
slack-token D 100 xoxe.
slack-token X 60 xoxd-
slack-token W 80 xapp-
stripe-key A 24 sk_live_ sk_test_ rk_live_ rk_test_ pk_live_ pk_test_
stripe-key W 24 sk_prod_
stripe-secret B 32 whsec_
twilio-key H 32! SK
twilio-sid H 32! AC
sendgrid-key D 66 SG.
sendinblue-key W 81 xkeysib- xsmtpsib-
mailgun-key H 32! key- pubkey- private-
mailersend-token A 30 mlsn.
mandrill-key W 22! md-
resend-key W 33! re_
npm-token A 36 npm_
pypi-token W 150 pypi-
rubygems-key H 48 rubygems_
crates-token A 32! cio
nuget-key L 43! oy2
docker-token W 27 dckr_pat_
docker-token W 32 dckr_oat_
packagist-token W 40 packagist_ack_
packagist-token D 40 packagist_
clojars-token A 60 CLOJARS_
artifactory-key A 69 AKCp
artifactory-token A 56 cmVmdGtu
cloudsmith-token W 30! csk_
hex-key W 30! hex_
heroku-key W 58 HRKU-
vercel-token A 24 vcp_ vci_ vca_ vcr_ vck_
vercel-token W 24! vercel_
netlify-token A 36 nfp_ nfc_ nfo_ nfb_ nfu_
render-key A 32 rnd_
railway-token W 32! rw_
fly-token W 43 fo1_
fly-token B 100 fm1r_ fm1a_ fm2_
fly-token X 100 FlyV1
digitalocean-token H 64 dop_v1_ doo_v1_ dor_v1_
cloudflare-key W 170 v1.0-
cloudflare-token W 40 cfut_ cfat_ cfk_ cfd_
scaleway-key A 17! SCW
vault-token W 90 hvs. hvr.
vault-token W 130 hvb.
vault-token A 24! s.
vault-token A 90! b.
terraform-token W 40! terraform-
doppler-token A 43 dp.pt. dp.ct. dp.sa. dp.said. dp.scim. dp.audit.
doppler-token D 43 dp.st.
infisical-token D 60! st.
onepassword-token D 250 ops_ey
onepassword-key W 34! A3-
age-key U 58 AGE-SECRET-KEY-1 AGE-SECRET-KEY-PQ-1
pulumi-token H 40 pul-
newrelic-key U 27 NRAK-
newrelic-key W 32 NRII- NRIQ-
newrelic-key H 42 NRRA-
newrelic-key H 27 NRAA-
newrelic-key W 34 NRSP-
newrelic-key H 19 NRJS-
newrelic-key A 20! NRAL
datadog-key A 34 ddapp_ ddapi_ ddp_
grafana-token B 100 glc_
grafana-token W 41 glsa_
grafana-key B 60 eyJrIjoi
sentry-token B 100 sntrys_
sentry-token H 64 sntryu_ sntrya_ sntryi_
honeycomb-key W 58 hcaik_ hcxik_ hcalk_ hcamk_ hcbik_ hcxlk_ hcxmk_
dynatrace-token D 89 dt0c01. dt0s01. dt0s02. dt0s03. dt0s04. dt0s06. dt0s08. dt0s09. dt0s16.
snyk-token D 60 snyk_uat.
snyk-token D 36 snyk_
sonar-token H 40 squ_ sqp_ sqa_
launchdarkly-key W 36! sdk- api- mob- rel-
posthog-key A 43 phc_ phx_ phs_
segment-token W 64 sgp_
sourcegraph-token H 40 sgp_local_ sgs_ sgd_
sourcegraph-token H 64 slk_
statsig-key W 36! secret-
"""
    + MORE
)
