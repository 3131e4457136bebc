"""A chat, a stream, a tool, structured output, an image and a stream that is left, with an unmodified boto3 over TLS.

AWS_ENDPOINT_URL_BEDROCK_RUNTIME  the gateway's HTTPS address and /bedrock, such as https://localhost:3443/bedrock
AWS_BEARER_TOKEN_BEDROCK          a virtual key, sk-…; boto3 takes it from 1.39 on
AWS_CA_BUNDLE                     for a local certificate: the authority's PEM file
AWS_REGION, AWS_DEFAULT_REGION    any region: the gateway decides where a model is called
GATEWAY_MODEL                     default claude-sonnet; a Bedrock model id works too

`npm start` prints a command with all of them. boto3 sends a bearer token over HTTPS only; for plain
HTTP there is http_hook.py. The simulated model of a local gateway does what stands in [[sim …]].
"""

import base64
import json
import os

import boto3

client = boto3.client("bedrock-runtime", region_name=os.environ.get("AWS_REGION", "us-east-1"))
model = os.environ.get("GATEWAY_MODEL", "claude-sonnet")
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


def user(*content):
    return {"role": "user", "content": list(content)}


def text_of(reply):
    return "".join(block.get("text", "") for block in reply["output"]["message"]["content"])


hello = [user({"text": "Say hello."})]
print("answer:", text_of(client.converse(modelId=model, messages=hello)))

print("stream: ", end="")
for event in client.converse_stream(modelId=model, messages=hello)["stream"]:
    print(event.get("contentBlockDelta", {}).get("delta", {}).get("text", ""), end="", flush=True)
print()

schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
tools = {"tools": [{"toolSpec": {"name": "get_weather", "inputSchema": {"json": schema}}}]}
messages = [user({"text": 'What is the weather in Paris? [[sim tool=get_weather input={"city":"Paris"}]]'})]
asked = client.converse(modelId=model, messages=messages, toolConfig=tools)["output"]["message"]
results = []
for call in [block["toolUse"] for block in asked["content"] if "toolUse" in block]:
    print("tool:", call["name"], json.dumps(call["input"]))
    results.append({"toolResult": {"toolUseId": call["toolUseId"], "content": [{"text": "It is sunny."}]}})
messages += [asked, user(*results)]
print("answer to it:", text_of(client.converse(modelId=model, messages=messages, toolConfig=tools)))

properties = {"city": {"type": "string"}, "degrees": {"type": "integer"}}
weather = {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}
form = {"type": "json_schema", "structure": {"jsonSchema": {"name": "weather", "schema": json.dumps(weather)}}}
reply = client.converse(modelId=model, messages=[user({"text": "Oslo"})], outputConfig={"textFormat": form})
print("structured:", json.loads(text_of(reply)))

picture = {"image": {"format": "png", "source": {"bytes": base64.b64decode(PNG)}}}
question = user({"text": "What is this? [[sim look]]"}, picture)
print("image:", text_of(client.converse(modelId=model, messages=[question])))

# Who leaves a stream pays no more than what was said by then: the gateway has the model stop.
counting = user({"text": "Count to a thousand. [[sim words=1000 delayMs=20]]"})
stream = client.converse_stream(modelId=model, messages=[counting])["stream"]
pieces = 0
for event in stream:
    pieces += 1
    if pieces == 5:
        break
stream.close()
print("left after", pieces, "pieces")
