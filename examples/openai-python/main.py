"""A chat, a stream, a tool, structured output, an image and a stream that is left, with OpenAI's library for Python.

OPENAI_BASE_URL  the gateway's address and /v1, such as http://localhost:3000/v1
OPENAI_API_KEY   a virtual key, sk-…
GATEWAY_MODEL    default claude-sonnet

The simulated model of a local gateway does what stands in [[sim …]]; a real one is asked in words.
"""

import os

from openai import OpenAI
from pydantic import BaseModel

# Address and key come from the environment: nothing here knows that it is not talking to OpenAI.
client = OpenAI()
model = os.environ.get("GATEWAY_MODEL", "claude-sonnet")
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


class Weather(BaseModel):
    """The weather of a city, for the tool and for the structured answer."""

    city: str
    degrees: int


def user(content):
    return {"role": "user", "content": content}


reply = client.chat.completions.create(model=model, messages=[user("Say hello.")])
print("answer:", reply.choices[0].message.content)

print("stream: ", end="")
for chunk in client.chat.completions.create(model=model, messages=[user("Say hello.")], stream=True):
    print(chunk.choices[0].delta.content or "", end="", flush=True)
print()

parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
tools = [{"type": "function", "function": {"name": "get_weather", "parameters": parameters}}]
messages = [user('What is the weather in Paris? [[sim tool=get_weather input={"city":"Paris"}]]')]
asked = client.chat.completions.create(model=model, messages=messages, tools=tools).choices[0].message
messages.append(asked.model_dump(exclude_none=True))
for call in asked.tool_calls:
    print("tool:", call.function.name, call.function.arguments)
    messages.append({"role": "tool", "tool_call_id": call.id, "content": "It is sunny."})
reply = client.chat.completions.create(model=model, messages=messages, tools=tools)
print("answer to it:", reply.choices[0].message.content)

parsed = client.chat.completions.parse(model=model, messages=[user("Oslo")], response_format=Weather)
print("structured:", parsed.choices[0].message.parsed)

picture = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}
words = {"type": "text", "text": "What is this? [[sim look]]"}
reply = client.chat.completions.create(model=model, messages=[user([words, picture])])
print("image:", reply.choices[0].message.content)

# Who leaves a stream pays no more than what was said by then: the gateway has the model stop.
pieces = 0
prompt = "Count to a thousand. [[sim words=1000 delayMs=20]]"
with client.chat.completions.create(model=model, messages=[user(prompt)], stream=True) as stream:
    for chunk in stream:
        pieces += 1
        if pieces == 5:
            break
print("left after", pieces, "pieces")
