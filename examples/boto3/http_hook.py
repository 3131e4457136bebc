"""Asks once for a whole answer and once for a stream, with boto3 over plain HTTP.

GATEWAY_URL    default http://localhost:3000
GATEWAY_KEY    a virtual key, sk-…
GATEWAY_MODEL  default claude-sonnet; a Bedrock model id works too

boto3 refuses to send a bearer token over HTTP, so the request stays unsigned and a hook puts the key
on it. Over HTTPS this is not needed: see main.py.
"""

import os

import boto3
from botocore import UNSIGNED
from botocore.config import Config

client = boto3.client(
    "bedrock-runtime",
    endpoint_url=os.environ.get("GATEWAY_URL", "http://localhost:3000") + "/bedrock",
    region_name="us-east-1",
    config=Config(signature_version=UNSIGNED),
)


def add_key(params, **_):
    params["headers"]["Authorization"] = "Bearer " + os.environ["GATEWAY_KEY"]


client.meta.events.register("before-call.bedrock-runtime", add_key)

model = os.environ.get("GATEWAY_MODEL", "claude-sonnet")
messages = [{"role": "user", "content": [{"text": "Say hello."}]}]

reply = client.converse(modelId=model, messages=messages)
print("answer:", reply["output"]["message"]["content"][0]["text"])

print("stream: ", end="")
for event in client.converse_stream(modelId=model, messages=messages)["stream"]:
    print(event.get("contentBlockDelta", {}).get("delta", {}).get("text", ""), end="", flush=True)
print()
