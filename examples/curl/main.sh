#!/bin/sh
# A chat, a stream, a tool, structured output, an image and a stream that is left, in OpenAI's format, with curl.
#
#   GATEWAY_URL     default http://localhost:3000
#   GATEWAY_KEY     a virtual key, sk-…
#   GATEWAY_MODEL   default claude-sonnet
#   CURL_CA_BUNDLE  for an https:// address with a local certificate: the authority's PEM file
#
# The simulated model of a local gateway does what stands in [[sim …]]; a real one is asked in words.
set -eu

url="${GATEWAY_URL:-http://localhost:3000}"
model="${GATEWAY_MODEL:-claude-sonnet}"
png='iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

# ask WHAT FIELDS: prints the answer to a body of these fields and the model's.
ask() {
  printf '%s: ' "$1"
  curl --silent --show-error --fail-with-body --no-buffer "$url/v1/chat/completions" \
    -H "Authorization: Bearer $GATEWAY_KEY" \
    -H 'Content-Type: application/json' \
    -d '{"model": "'"$model"'", '"$2"'}'
  echo
}

ask answer '"messages": [{"role": "user", "content": "Say hello."}]'
ask stream '"messages": [{"role": "user", "content": "Say hello."}], "stream": true'

tools='"tools": [{"type": "function", "function": {"name": "get_weather",
  "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]'
ask tool '"messages": [{"role": "user",
  "content": "What is the weather in Paris? [[sim tool=get_weather input={\"city\":\"Paris\"}]]"}], '"$tools"
ask 'answer to it' '"messages": [{"role": "user", "content": "What is the weather in Paris?"},
  {"role": "assistant", "content": null, "tool_calls": [{"id": "call_1", "type": "function",
    "function": {"name": "get_weather", "arguments": "{\"city\":\"Paris\"}"}}]},
  {"role": "tool", "tool_call_id": "call_1", "content": "It is sunny."}], '"$tools"

ask structured '"messages": [{"role": "user", "content": "Oslo"}],
  "response_format": {"type": "json_schema", "json_schema": {"name": "weather", "strict": true, "schema":
    {"type": "object", "properties": {"city": {"type": "string"}, "degrees": {"type": "integer"}},
     "required": ["city", "degrees"], "additionalProperties": false}}}'

ask image '"messages": [{"role": "user", "content": [{"type": "text", "text": "What is this? [[sim look]]"},
  {"type": "image_url", "image_url": {"url": "data:image/png;base64,'"$png"'"}}]}]'

# Who leaves a stream pays no more than what was said by then: the gateway has the model stop.
ask left '"stream": true,
  "messages": [{"role": "user", "content": "Count to a thousand. [[sim words=1000 delayMs=20]]"}]' 2>/dev/null | head -n 5
