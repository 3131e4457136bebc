"""A chat, a stream, a tool, structured output, an image and a stream that is left, with LangChain and its ChatBedrockConverse.

AWS_ENDPOINT_URL_BEDROCK_RUNTIME  the gateway's HTTPS address and /bedrock, such as https://localhost:3443/bedrock
AWS_BEARER_TOKEN_BEDROCK          a virtual key, sk-…
AWS_CA_BUNDLE                     for a local certificate: the authority's PEM file
AWS_REGION, AWS_DEFAULT_REGION    any region: the gateway decides where a model is called
GATEWAY_MODEL                     default us.anthropic.claude-sonnet-4-5-20250929-v1:0

LangChain reads off the id what a model can do, so give it a Bedrock model id; for another name say `provider`.

The simulated model of a local gateway does what stands in [[sim …]]; a real one is asked in words.
"""

import json
import os

from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_aws import ChatBedrockConverse
from pydantic import BaseModel, Field

model = ChatBedrockConverse(
    model=os.environ.get("GATEWAY_MODEL", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    region_name=os.environ.get("AWS_REGION", "us-east-1"),
)
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


@tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    return "It is sunny."


class Weather(BaseModel):
    """The weather of a city."""

    city: str = Field(description="Its name")
    degrees: int = Field(description="In Celsius")


print("answer:", model.invoke("Say hello.").text)

print("stream: ", end="")
for chunk in model.stream("Say hello."):
    print(chunk.text, end="", flush=True)
print()

with_tools = model.bind_tools([get_weather])
messages = [HumanMessage('What is the weather in Paris? [[sim tool=get_weather input={"city":"Paris"}]]')]
asked = with_tools.invoke(messages)
messages.append(asked)
for call in asked.tool_calls:
    print("tool:", call["name"], json.dumps(call["args"]))
    messages.append(ToolMessage(get_weather.invoke(call["args"]), tool_call_id=call["id"]))
print("answer to it:", with_tools.invoke(messages).text)

print("structured:", repr(model.with_structured_output(Weather).invoke("Oslo")))

picture = {"type": "image", "base64": PNG, "mime_type": "image/png"}
question = HumanMessage(content=[{"type": "text", "text": "What is this? [[sim look]]"}, picture])
print("image:", model.invoke([question]).text)

# Who leaves a stream pays no more than what was said by then: the gateway has the model stop.
pieces = 0
stream = model.stream("Count to a thousand. [[sim words=1000 delayMs=20]]")
for _ in stream:
    pieces += 1
    if pieces == 5:
        break
stream.close()
print("left after", pieces, "pieces")
