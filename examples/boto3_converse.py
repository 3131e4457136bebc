"""Asks once for a whole answer and once for a stream, with an unmodified boto3 over TLS.

AWS_ENDPOINT_URL_BEDROCK_RUNTIME  the gateway's HTTPS address and /bedrock, such as https://localhost:3443/bedrock
AWS_BEARER_TOKEN_BEDROCK          a virtual key, sk-…; boto3 takes it from 1.39 on
AWS_CA_BUNDLE                     for a local certificate: the authority's PEM file
AWS_REGION, AWS_DEFAULT_REGION    any region: the gateway decides where a model is called
GATEWAY_MODEL                     default claude-sonnet; a Bedrock model id works too

`npm start` prints a command with all of them. boto3 sends a bearer token over HTTPS only; for plain
HTTP there is boto3_http.py.
"""

import os

import boto3

client = boto3.client("bedrock-runtime", region_name=os.environ.get("AWS_REGION", "us-east-1"))
model = os.environ.get("GATEWAY_MODEL", "claude-sonnet")
messages = [{"role": "user", "content": [{"text": "Say hello."}]}]

reply = client.converse(modelId=model, messages=messages)
print("answer:", reply["output"]["message"]["content"][0]["text"])

print("stream: ", end="")
for event in client.converse_stream(modelId=model, messages=messages)["stream"]:
    print(event.get("contentBlockDelta", {}).get("delta", {}).get("text", ""), end="", flush=True)
print()
