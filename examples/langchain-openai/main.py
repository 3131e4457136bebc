"""A chat, a stream, a tool, structured output, an image and a stream that is left, with LangChain and its ChatOpenAI.

OPENAI_BASE_URL  the gateway's address and /v1, such as http://localhost:3000/v1
OPENAI_API_KEY   a virtual key, sk-…
GATEWAY_MODEL    default claude-sonnet

The simulated model of a local gateway does what stands in [[sim …]]; a real one is asked in words.
"""

import json
import os

from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from pydantic import BaseModel, Field

model = ChatOpenAI(model=os.environ.get("GATEWAY_MODEL", "claude-sonnet"))
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
