"""Calls a managed prompt, once for a whole answer and once for a stream, with an unmodified boto3 over TLS.

AWS_ENDPOINT_URL_BEDROCK_RUNTIME  the gateway's HTTPS address and /bedrock, such as https://localhost:3443/bedrock
AWS_BEARER_TOKEN_BEDROCK          a virtual key, sk-…; boto3 takes it from 1.39 on
AWS_CA_BUNDLE                     for a local certificate: the authority's PEM file
AWS_REGION, AWS_DEFAULT_REGION    any region: the gateway decides where a model is called
GATEWAY_PROMPT                    default prompt:summarize:1, which `npm start` has; the ARN of a prompt works too

The prompt names the model, and says what it is told: `promptVariables` fill in its `{{text}}`.
"""

import os

import boto3

client = boto3.client("bedrock-runtime", region_name=os.environ.get("AWS_REGION", "us-east-1"))
prompt = os.environ.get("GATEWAY_PROMPT", "prompt:summarize:1")
variables = {"text": {"text": "It rained. Then it stopped."}}

reply = client.converse(modelId=prompt, promptVariables=variables)
print("answer:", reply["output"]["message"]["content"][0]["text"])

print("stream: ", end="")
for event in client.converse_stream(modelId=prompt, promptVariables=variables)["stream"]:
    print(event.get("contentBlockDelta", {}).get("delta", {}).get("text", ""), end="", flush=True)
print()
