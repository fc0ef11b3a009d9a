"""The second half of ``vendor_table``: models, payments, offices, data, everything else."""

MORE = """
huggingface-token A 34 hf_ api_org_
replicate-token A 37 r8_
groq-key A 52 gsk_
perplexity-key A 48 pplx-
xai-key A 80 xai-
together-key W 43 tgp_v1_
fireworks-key A 22! fw_
nvidia-key W 64 nvapi-
elevenlabs-key A 32! sk_
cartesia-key A 20 sk_car_
onfido-token W 20! api_live. api_live_us. api_live_ca. api_sandbox. api_sandbox_us. api_sandbox_ca.
rainforest-key H 64! apikey_
woocommerce-key H 40! ck_ cs_
jina-key W 50 jina_
voyage-key W 43! pa- al-
tavily-key W 32 tvly-
firecrawl-key H 32! fc-
cerebras-key A 48! csk-
anyscale-key A 26 esecret_
wandb-key W 60 wandb_v1_
wandb-key H 40! local-
pinecone-key W 70 pcsk_
modal-key A 22! ak- as-
runpod-key A 40 rpa_ rps_
lambda-key W 40! secret_
cursor-key A 60 crsr_
cursor-key A 60! key_
e2b-key A 40 e2b_ sk_e2b_
browserbase-key W 27 bb_live_ bb_test_
dify-key A 24! app-
n8n-key W 40 n8n_api_
cohere-key A 40! co_
mem-key A 40! m0-
deepinfra-key A 30! di_
atlassian-token X 180 ATATT3 ATCTT3 ATSTT3
bitbucket-token A 32 ATBB
bitbucket-token B 44 BBDC-
trello-token H 72 ATTA
linear-key A 40 lin_api_
linear-token A 64 lin_oauth_
linear-token A 40 lin_wh_
notion-token A 46 ntn_
notion-token A 43! secret_
airtable-token D 79! pat
airtable-key A 14! key
figma-token W 40 figd_ figu_ figdh_ figo_ figor_ figoh_
clickup-token W 40! pk_
dropbox-token W 130! sl.
dropbox-token W 130 sl.u. sl.B
typeform-token D 59 tfp_
hubspot-token W 36 pat-na1- pat-na2- pat-na3- pat-eu1- pat-ap1-
salesforce-token X 90! 00D
shopify-token A 32 shpat_ shpca_ shppa_ shpss_ shpua_ shptka_ shpit_
square-token W 22 sq0atp- sq0idp- sq0cgp-
square-token W 43 sq0csp-
square-token W 60! EAAA
facebook-token A 100! EAA
instagram-token W 100! IGQ
paypal-token W 80 A21AA
paypal-token X 60 access_token$
plaid-token W 36 access-sandbox- access-development- access-production-
adyen-key X 60! AQE
razorpay-key A 14 rzp_live_ rzp_test_
mercadopago-token W 60 APP_USR-
mercadopago-token W 60! TEST-
flutterwave-key W 32 FLWSECK- FLWSECK_TEST- FLWPUBK- FLWPUBK_TEST-
flutterwave-key W 12 FLWSECK_TEST-
easypost-key A 54 EZAK EZTK
shippo-token H 40 shippo_live_ shippo_test_
checkout-key W 30 sk_sbox_
gocardless-token W 40! live_ sandbox_
lob-key W 35! test_
lob-key H 31! live_pub_ test_pub_
duffel-token W 43 duffel_live_ duffel_test_
paddle-key W 50 pdl_live_ pdl_sdbx_
polar-token W 40! polar_
polar-token A 32! polar_at_ polar_rt_ polar_pat_ polar_oat_ polar_cs_
lemonsqueezy-key W 30 lmsq_
brex-token A 40 bxt_
coinbase-key W 30! cbs_
linkedin-token D 30 WPL_AP1.
linkedin-token W 150! AQ
twitter-token X 80 AAAAAAAAAAAAAAAAAAAAA
twitch-token L 30 oauth:
discord-token W 80 mfa.
okta-token W 40! 00
supabase-token A 40 sbp_ sbp_oauth_
supabase-key W 31 sb_secret_ sb_publishable_
planetscale-token D 43 pscale_tkn_ pscale_pw_ pscale_oauth_ pscale_api_
neon-key L 64 napi_
mongodb-key W 40 mdb_sa_sk_
mongodb-key W 24 mdb_sa_id_
databricks-token H 32 dapi
databricks-secret H 32! dose
confluent-secret A 60! cflt
aiven-password W 19 AVNS_
contentful-token W 43 CFPAT-
mapbox-token D 80 sk.eyJ pk.eyJ tk.eyJ
postman-key W 59 PMAK-
postman-key W 26 PMAT-
readme-key L 70 rdme_
beamer-token W 44! b_
frameio-token W 64 fio-u-
prefect-key A 36 pnu_ pnb_
buildkite-token A 40 bkua_
buildkite-token W 40 bkct_ bkpt_ bkat_
circleci-token W 63 CCIPAT_ CCIPRJ_
jenkins-token H 32! 11
harness-token D 70! pat. sat.
octopus-key U 26! API-
tailscale-key W 40 tskey- tskey-auth- tskey-api- tskey-client-
ngrok-token W 40! ngrok_
openshift-token W 43 sha256~
rancher-token X 60! token-
swarm-token W 76 SWMTKN-1-
swarm-key B 43 SWMKEY-1-
yandex-key W 38 AQVN
yandex-token W 50 y0_ y1_ y2_
yandex-key W 20 YCAJE
yandex-key W 38! YCA
yandex-token D 150! t1.
alibaba-key-id A 20 LTAI STS.
tencent-key-id A 32 AKID
volcengine-key-id W 40 AKLT
baidu-key X 60 bce-v3/ALTAK-
adafruit-key A 28 aio_
authress-token D 80! sc_ ext_
settlemint-token A 16 sm_aat_ sm_pat_ sm_sat_
definednetworking-key W 50 dnkey-
infracost-key A 32 ico-
intra-secret H 64 s-s4t2ud- s-s4t2af-
ory-token A 32 ory_pat_
ory-token D 60 ory_at_ ory_rt_
scalingo-token W 48 tk-us- tk-eu-
freemius-secret X 29! sk_
sidekiq-secret X 17 cafebabe:
stytch-secret W 36 secret-live- secret-test-
inngest-key W 64 signkey-
trigger-key A 20 tr_dev_ tr_prod_
thunderstore-token A 30 tss_
nightfall-key A 30! NF-
phabricator-token L 28! cli-
pubnub-key W 36 sub-c- pub-c-
pubnub-key B 48 sec-c-
ably-key W 40 ably_
airbrake-key W 30! airbrake_
persona-key W 40 persona_
seam-key W 30 seam_
unkey-key W 24 unkey_
ubidots-token A 30 BBFF- BBUS-
zuplo-key W 60 zpka_
val-town-token A 30 vtwn_
deno-token A 36 ddp_ ddo_
ionic-token L 42 ion_
rootly-key H 64 rootly_
endorlabs-key W 16 endr+
sanity-token W 40 sanity_
prismic-token W 40 prismic_
apify-token A 36 apify_api_ apify_proxy_
apollo-key X 30! service: user:
airtable-oauth D 60! oaa
contentstack-token H 16! blt
customerio-key W 30! cio_
discord-webhook W 40! discord_
gumroad-token W 30 gumroad_
hop-token W 30! hop_
lark-token A 16! cli_
mux-token W 30 mux_
paystack-key W 30 PSK_
riot-key W 36 RGAPI-
roblox-key X 100 _|WARNING:-
steam-key W 30! steam_
todoist-token W 30 todoist_
tines-token W 30 tines_
voiceflow-key D 60 VF.
webflow-token H 60! ws-
weights-key W 40! wb_
zapier-key W 30! zap_
zendesk-token W 30! zd_
zulip-key W 30 zulip_
cratesio-token W 30 crates_
jfrog-key A 60 AKCP
atlas-token W 60 atlasv1.
adobe-secret A 32 p8e-
aikido-token A 24 AIK_CI_ AIK_CLIENT_
aikido-secret A 64 AIK_SECRET_
brave-key W 27! BSA
canva-secret W 51 cnvca
cloudsmith-key A 36 csa_
cockroach-key W 63 CCDB1_
configcat-key X 45 configcat-sdk-
datastax-token X 20 AstraCS:
devcycle-key W 8! dvc_server_ dvc_client_ dvc_mobile_
devin-key B 90! apk_
devin-key L 52! cog_
elastic-key B 60 essu_
exoscale-key A 26! EXO
llama-key A 48 llx-
lichess-token W 20! lip_
mercury-token W 40 mercury_production_
mergify-key W 40 mergify_application_key_
nylas-key A 67 nyk_
onesignal-key W 103 os_v2_
pinterest-token W 40 pina_
pinterest-token A 20! pina_
proof-key W 40! prf_
ramp-secret A 48 ramp_sec_
samsara-token A 28 samsara_api_
upcloud-token A 26 ucat_
wakatime-key W 36 waka_
workato-token D 80! wrka
xendit-key A 56 xnd_production_ xnd_development_
buildkite-token W 75 bkaa_
buildkite-token W 80 bkaj_
buildkite-token W 73 bkar_
miro-token W 40 eyJtaXJv
asaas-token W 40 aact_
clickhouse-secret A 38! 4b1d
"""
