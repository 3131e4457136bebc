#!/bin/sh
# Asks once for a whole answer and once for a stream, in OpenAI's format, with curl.
#
#   GATEWAY_URL     default http://localhost:3000
#   GATEWAY_KEY     a virtual key, sk-…
#   GATEWAY_MODEL   default claude-sonnet
#   CURL_CA_BUNDLE  for an https:// address with a local certificate: the authority's PEM file
#
# Run:  GATEWAY_KEY=sk-… sh examples/curl.sh
set -eu

url="${GATEWAY_URL:-http://localhost:3000}"
model="${GATEWAY_MODEL:-claude-sonnet}"

ask() {
  curl --silent --show-error --fail-with-body --no-buffer "$url/v1/chat/completions" \
    -H "Authorization: Bearer $GATEWAY_KEY" \
    -H 'Content-Type: application/json' \
    -d "$1"
  echo
}

ask '{"model": "'"$model"'", "messages": [{"role": "user", "content": "Say hello."}]}'
ask '{"model": "'"$model"'", "stream": true, "messages": [{"role": "user", "content": "Say hello."}]}'
