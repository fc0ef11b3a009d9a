"""Vendors' tokens that are known by how they begin: kind, prefix, alphabet of the rest, its documented length.

Alphabets: A letters and digits · H hexadecimal · L lower-case letters and digits · U upper-case ones · W as A with ``_-``
· D as W with dots · B Base64 of either kind · X all but spaces and quotes. A ``!`` asks for a digit in the rest, where
the prefix alone could begin a word. Lengths are the usual ones: two thirds are enough, and more is taken as well.
The prefixes are published by the vendors themselves, for scanners.
"""

TABLE = """
anthropic-key sk-ant- W 95
openai-key sk-proj- W 100
openai-key sk-svcacct- W 100
openai-key sk-admin- W 60
openai-key sk-None- W 48
openai-key sk-service- W 48
openrouter-key sk-or-v1- H 64
openrouter-key sk-or- W 40
langfuse-key sk-lf- W 36
langfuse-key pk-lf- W 36
helicone-key sk-helicone- W 30
litellm-key sk-litellm- W 20
api-key sk- W 32 !
langsmith-key lsv2_pt_ W 43
langsmith-key lsv2_sk_ W 43
langsmith-key ls__ A 32
github-token ghp_ A 36
github-token gho_ A 36
github-token ghu_ A 36
github-token ghs_ W 36
github-token ghr_ A 36
github-token github_pat_ W 82
gitlab-token glpat- D 20
gitlab-token gldt- D 20
gitlab-token glrt- D 20
gitlab-token glrtr- D 20
gitlab-token glcbt- D 20
gitlab-token glptt- D 40
gitlab-token glft- D 20
gitlab-token glimt- D 25
gitlab-token glagent- D 50
gitlab-token gloas- D 64
gitlab-token glsoat- D 20
gitlab-token glffct- D 20
gitlab-token glwt- D 20
gitlab-token GR1348941 W 20
aws-key-id AKIA U 16
aws-key-id ASIA U 16
aws-key-id ABIA U 16
aws-key-id ACCA U 16
aws-key-id A3T U 17 !
aws-key-id AROA U 16
aws-key-id AIDA U 16
aws-key-id AGPA U 16
aws-key-id AIPA U 16
aws-key-id ANPA U 16
aws-key-id ANVA U 16
aws-key-id APKA U 16
aws-bedrock-key ABSK B 110
aws-bedrock-key bedrock-api-key- B 60
aws-mws-token amzn.mws. W 36
aws-oauth-secret amzn1.oa2-cs.v1. H 64
google-key AIza W 35
google-oauth-secret GOCSPX- W 28
google-oauth-token ya29. D 60
google-hmac-key GOOG1E A 57
google-hmac-key GOOG A 20 !
azure-devops-token AZDO W 20 !
slack-token xoxb- W 50
slack-token xoxp- W 60
slack-token xoxa- W 40
slack-token xoxa-2- W 40
slack-token xoxr- W 40
slack-token xoxo- W 40
slack-token xoxs- W 40
slack-token xoxe- W 100
slack-token xoxe. D 100
slack-token xoxc- W 60
slack-token xoxd- X 60
slack-token xapp- W 80
slack-token xwfp- W 60
stripe-key sk_live_ A 24
stripe-key sk_test_ A 24
stripe-key rk_live_ A 24
stripe-key rk_test_ A 24
stripe-key pk_live_ A 24
stripe-key pk_test_ A 24
stripe-key sk_prod_ W 24
stripe-secret whsec_ B 32
twilio-key SK H 32 !
twilio-sid AC H 32 !
sendgrid-key SG. D 66
sendinblue-key xkeysib- W 81
sendinblue-key xsmtpsib- W 81
mailgun-key key- H 32 !
mailgun-key pubkey- H 32 !
mailgun-key private- H 32 !
mailersend-token mlsn. H 64
mandrill-key md- W 22 !
resend-key re_ W 33 !
npm-token npm_ A 36
pypi-token pypi- W 150
rubygems-key rubygems_ H 48
crates-token cio A 32 !
nuget-key oy2 L 43 !
docker-token dckr_pat_ W 27
docker-token dckr_oat_ W 32
packagist-token packagist_ack_ W 40
packagist-token packagist_ D 40
clojars-token CLOJARS_ A 60
artifactory-key AKCp A 69
artifactory-token cmVmdGtu A 56
cloudsmith-token csk_ W 30 !
hex-key hex_ W 30 !
heroku-key HRKU- W 58
vercel-token vcp_ A 24
vercel-token vci_ A 24
vercel-token vca_ A 24
vercel-token vcr_ A 24
vercel-token vck_ A 24
vercel-token vercel_ W 24 !
netlify-token nfp_ A 36
netlify-token nfc_ A 36
netlify-token nfo_ A 36
netlify-token nfb_ A 36
netlify-token nfu_ A 36
render-key rnd_ A 32
railway-token rw_ W 32 !
fly-token fo1_ W 43
fly-token fm1r_ B 100
fly-token fm1a_ B 100
fly-token fm2_ B 100
fly-token FlyV1 X 100
digitalocean-token dop_v1_ H 64
digitalocean-token doo_v1_ H 64
digitalocean-token dor_v1_ H 64
cloudflare-key v1.0- W 170
cloudflare-token cfut_ W 40
cloudflare-token cfat_ W 40
cloudflare-token cfk_ W 40
cloudflare-token cfd_ W 40
scaleway-key SCW A 17 !
vault-token hvs. W 90
vault-token hvb. W 130
vault-token hvr. W 90
vault-token s. A 24 !
vault-token b. A 90 !
terraform-token terraform- W 40 !
doppler-token dp.pt. A 43
doppler-token dp.st. D 43
doppler-token dp.ct. A 43
doppler-token dp.sa. A 43
doppler-token dp.said. A 43
doppler-token dp.scim. A 43
doppler-token dp.audit. A 43
infisical-token st. D 60 !
onepassword-token ops_ey D 250
onepassword-key A3- W 34 !
age-key AGE-SECRET-KEY-1 U 58
age-key AGE-SECRET-KEY-PQ-1 U 58
pulumi-token pul- H 40
newrelic-key NRAK- U 27
newrelic-key NRII- W 32
newrelic-key NRIQ- W 32
newrelic-key NRRA- H 42
newrelic-key NRAA- H 27
newrelic-key NRSP- W 34
newrelic-key NRJS- H 19
newrelic-key NRAL A 20 !
datadog-key ddapp_ A 34
datadog-key ddapi_ A 34
datadog-key ddp_ A 34
grafana-token glc_ B 100
grafana-token glsa_ W 41
grafana-key eyJrIjoi B 60
sentry-token sntrys_ B 100
sentry-token sntryu_ H 64
sentry-token sntrya_ H 64
sentry-token sntryi_ H 64
honeycomb-key hcaik_ W 58
honeycomb-key hcxik_ W 58
honeycomb-key hcalk_ W 58
honeycomb-key hcamk_ W 58
honeycomb-key hcbik_ W 58
honeycomb-key hcxlk_ W 58
honeycomb-key hcxmk_ W 58
dynatrace-token dt0c01. D 89
dynatrace-token dt0s01. D 89
dynatrace-token dt0s02. D 89
dynatrace-token dt0s03. D 89
dynatrace-token dt0s04. D 89
dynatrace-token dt0s06. D 89
dynatrace-token dt0s08. D 89
dynatrace-token dt0s09. D 89
dynatrace-token dt0s16. D 89
snyk-token snyk_uat. D 60
snyk-token snyk_ D 36
sonar-token squ_ H 40
sonar-token sqp_ H 40
sonar-token sqa_ H 40
launchdarkly-key sdk- W 36 !
launchdarkly-key api- W 36 !
launchdarkly-key mob- W 36 !
launchdarkly-key rel- W 36 !
posthog-key phc_ A 43
posthog-key phx_ A 43
posthog-key phs_ A 43
segment-token sgp_ W 64
sourcegraph-token sgp_local_ H 40
sourcegraph-token slk_ H 64
sourcegraph-token sgs_ H 40
sourcegraph-token sgd_ H 40
statsig-key secret- W 36 !
huggingface-token hf_ A 34
huggingface-token api_org_ A 34
replicate-token r8_ A 37
groq-key gsk_ A 52
perplexity-key pplx- A 48
xai-key xai- A 80
together-key tgp_v1_ W 43
fireworks-key fw_ A 22 !
nvidia-key nvapi- W 64
elevenlabs-key sk_ A 32 !
jina-key jina_ W 50
voyage-key pa- W 43 !
voyage-key al- W 43 !
tavily-key tvly- W 32
firecrawl-key fc- H 32 !
cerebras-key csk- A 48 !
anyscale-key esecret_ A 26
wandb-key wandb_v1_ W 60
wandb-key local- H 40 !
pinecone-key pcsk_ W 70
modal-key ak- A 22 !
modal-key as- A 22 !
runpod-key rpa_ A 40
runpod-key rps_ A 40
lambda-key secret_ W 40 !
cursor-key crsr_ A 60
cursor-key key_ A 60 !
e2b-key e2b_ A 40
e2b-key sk_e2b_ A 40
browserbase-key bb_live_ W 27
browserbase-key bb_test_ W 27
dify-key app- A 24 !
n8n-key n8n_api_ W 40
cohere-key co_ A 40 !
mem-key m0- A 40 !
deepinfra-key di_ A 30 !
atlassian-token ATATT3 X 180
atlassian-token ATCTT3 X 180
atlassian-token ATSTT3 X 180
bitbucket-token ATBB A 32
bitbucket-token BBDC- B 44
trello-token ATTA H 72
linear-key lin_api_ A 40
linear-token lin_oauth_ A 64
linear-token lin_wh_ A 40
notion-token ntn_ A 46
notion-token secret_ A 43 !
airtable-token pat D 79 !
airtable-key key A 14 !
figma-token figd_ W 40
figma-token figu_ W 40
figma-token figdh_ W 40
figma-token figo_ W 40
figma-token figor_ W 40
figma-token figoh_ W 40
clickup-token pk_ W 40 !
dropbox-token sl. W 130 !
dropbox-token sl.u. W 130
dropbox-token sl.B W 130
typeform-token tfp_ D 59
hubspot-token pat-na1- W 36
hubspot-token pat-na2- W 36
hubspot-token pat-na3- W 36
hubspot-token pat-eu1- W 36
hubspot-token pat-ap1- W 36
salesforce-token 00D X 90 !
shopify-token shpat_ A 32
shopify-token shpca_ A 32
shopify-token shppa_ A 32
shopify-token shpss_ A 32
shopify-token shpua_ A 32
shopify-token shptka_ A 32
shopify-token shpit_ A 32
square-token sq0atp- W 22
square-token sq0csp- W 43
square-token sq0idp- W 22
square-token sq0cgp- W 22
square-token EAAA W 60 !
facebook-token EAA A 100 !
instagram-token IGQ W 100 !
paypal-token A21AA W 80
paypal-token access_token$ X 60
plaid-token access-sandbox- W 36
plaid-token access-development- W 36
plaid-token access-production- W 36
adyen-key AQE X 60 !
razorpay-key rzp_live_ A 14
razorpay-key rzp_test_ A 14
mercadopago-token APP_USR- W 60
mercadopago-token TEST- W 60 !
flutterwave-key FLWSECK- W 32
flutterwave-key FLWSECK_TEST- W 32
flutterwave-key FLWPUBK- W 32
flutterwave-key FLWPUBK_TEST- W 32
easypost-key EZAK A 54
easypost-key EZTK A 54
shippo-token shippo_live_ H 40
shippo-token shippo_test_ H 40
checkout-key sk_sbox_ W 30
gocardless-token live_ W 40 !
gocardless-token sandbox_ W 40 !
lob-key test_ W 35 !
duffel-token duffel_live_ W 43
duffel-token duffel_test_ W 43
paddle-key pdl_live_ W 50
paddle-key pdl_sdbx_ W 50
polar-token polar_ W 40 !
lemonsqueezy-key lmsq_ W 30
brex-token bxt_ A 40
coinbase-key cbs_ W 30 !
linkedin-token WPL_AP1. D 30
linkedin-token AQ W 150 !
twitter-token AAAAAAAAAAAAAAAAAAAAA X 80
twitch-token oauth: L 30
discord-token mfa. W 80
okta-token 00 W 40 !
supabase-token sbp_ H 40
supabase-token sbp_oauth_ H 40
supabase-key sb_secret_ W 31
supabase-key sb_publishable_ W 31
planetscale-token pscale_tkn_ D 43
planetscale-token pscale_pw_ D 43
planetscale-token pscale_oauth_ D 43
planetscale-token pscale_api_ D 43
neon-key napi_ L 64
mongodb-key mdb_sa_sk_ W 40
mongodb-key mdb_sa_id_ W 24
databricks-token dapi H 32
databricks-secret dose H 32 !
confluent-secret cflt A 60 !
aiven-password AVNS_ W 19
contentful-token CFPAT- W 43
mapbox-token sk.eyJ D 80
mapbox-token pk.eyJ D 80
mapbox-token tk.eyJ D 80
postman-key PMAK- W 59
postman-key PMAT- W 26
readme-key rdme_ L 70
beamer-token b_ W 44 !
frameio-token fio-u- W 64
prefect-key pnu_ A 36
prefect-key pnb_ A 36
buildkite-token bkua_ H 40
buildkite-token bkct_ W 40
buildkite-token bkpt_ W 40
buildkite-token bkat_ W 40
circleci-token CCIPAT_ W 63
circleci-token CCIPRJ_ W 63
jenkins-token 11 H 32 !
harness-token pat. D 70 !
harness-token sat. D 70 !
octopus-key API- U 26 !
tailscale-key tskey- W 40
tailscale-key tskey-auth- W 40
tailscale-key tskey-api- W 40
tailscale-key tskey-client- W 40
ngrok-token ngrok_ W 40 !
openshift-token sha256~ W 43
rancher-token token- X 60 !
swarm-token SWMTKN-1- W 76
swarm-key SWMKEY-1- B 43
yandex-key AQVN W 38
yandex-token y0_ W 50
yandex-token y1_ W 50
yandex-token y2_ W 50
yandex-key YCAJE W 20
yandex-key YCA W 38 !
yandex-token t1. D 150 !
alibaba-key-id LTAI A 20
tencent-key-id AKID A 32
volcengine-key-id AKLT W 40
baidu-key bce-v3/ALTAK- X 60
adafruit-key aio_ A 28
authress-token sc_ D 80 !
authress-token ext_ D 80 !
settlemint-token sm_aat_ A 16
settlemint-token sm_pat_ A 16
settlemint-token sm_sat_ A 16
definednetworking-key dnkey- W 50
infracost-key ico- A 32
intra-secret s-s4t2ud- H 64
intra-secret s-s4t2af- H 64
ory-token ory_pat_ A 32
ory-token ory_at_ D 60
ory-token ory_rt_ D 60
scalingo-token tk-us- W 48
scalingo-token tk-eu- W 48
freemius-secret sk_ X 29 !
sidekiq-secret cafebabe: X 17
stytch-secret secret-live- W 36
stytch-secret secret-test- W 36
inngest-key signkey- W 64
trigger-key tr_dev_ A 20
trigger-key tr_prod_ A 20
thunderstore-token tss_ A 30
nightfall-key NF- A 30 !
phabricator-token cli- L 28 !
pubnub-key sub-c- W 36
pubnub-key pub-c- W 36
pubnub-key sec-c- B 48
ably-key ably_ W 40
airbrake-key airbrake_ W 30 !
persona-key persona_ W 40
seam-key seam_ W 30
unkey-key unkey_ W 24
ubidots-token BBFF- A 30
ubidots-token BBUS- A 30
zuplo-key zpka_ W 60
val-town-token vtwn_ A 30
deno-token ddp_ A 36
deno-token ddo_ A 36
ionic-token ion_ L 42
rootly-key rootly_ H 64
endorlabs-key endr+ W 16
sanity-token sanity_ W 40
prismic-token prismic_ W 40
apify-token apify_api_ A 36
apify-token apify_proxy_ A 36
apollo-key service: X 30 !
apollo-key user: X 30 !
airtable-oauth oaa D 60 !
contentstack-token blt H 16 !
customerio-key cio_ W 30 !
discord-webhook discord_ W 40 !
gumroad-token gumroad_ W 30
hop-token hop_ W 30 !
lark-token cli_ A 16 !
mux-token mux_ W 30
paystack-key PSK_ W 30
riot-key RGAPI- W 36
roblox-key _|WARNING:- X 100
steam-key steam_ W 30 !
todoist-token todoist_ W 30
tines-token tines_ W 30
voiceflow-key VF. D 60
webflow-token ws- H 60 !
weights-key wb_ W 40 !
zapier-key zap_ W 30 !
zendesk-token zd_ W 30 !
zulip-key zulip_ W 30
openrouter-key orv1_ W 40
cratesio-token crates_ W 30
jfrog-key AKCP A 60
atlas-token atlasv1. W 60
adobe-secret p8e- A 32
aikido-token AIK_CI_ A 24
aikido-secret AIK_SECRET_ A 64
alibaba-key-id STS. A 20
brave-key BSA W 27 !
canva-secret cnvca W 51
cloudsmith-key csa_ A 36
cockroach-key CCDB1_ W 63
configcat-key configcat-sdk- X 45
datastax-token AstraCS: X 80
devcycle-key dvc_server_ W 20
devcycle-key dvc_client_ W 20
devcycle-key dvc_mobile_ W 20
devin-key apk_ B 90 !
devin-key cog_ L 52 !
elastic-key essu_ B 60
exoscale-key EXO A 26 !
llama-key llx- A 48
lichess-token lip_ W 20 !
mercury-token mercury_production_ W 40
mergify-key mergify_application_key_ W 40
nylas-key nyk_ A 67
onesignal-key os_v2_ W 103
pinterest-token pina_ W 40
proof-key prf_ W 40 !
ramp-secret ramp_sec_ A 48
samsara-token samsara_api_ A 28
upcloud-token ucat_ A 26
wakatime-key waka_ W 36
workato-token wrka D 80 !
xendit-key xnd_production_ A 56
xendit-key xnd_development_ A 56
buildkite-token bkaa_ W 75
buildkite-token bkaj_ W 80
buildkite-token bkar_ W 73
miro-token eyJtaXJv W 40
asaas-token aact_ W 40
clickhouse-secret 4b1d A 38 !
"""
