"""A chat, a stream, a tool, structured output, an image and a stream that is left, with Anthropic's library for Python.

ANTHROPIC_BASE_URL  the gateway's address, such as http://localhost:3000
ANTHROPIC_API_KEY   a virtual key, sk-…
GATEWAY_MODEL       default claude-sonnet

The simulated model of a local gateway does what stands in [[sim …]]; a real one is asked in words.
"""

import json
import os

from anthropic import Anthropic

# Address and key come from the environment: nothing here knows that it is not talking to Anthropic.
client = Anthropic()
model = os.environ.get("GATEWAY_MODEL", "claude-sonnet")
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


def user(content):
    return {"role": "user", "content": content}


def ask(messages, **more):
    return client.messages.create(model=model, max_tokens=1000, messages=messages, **more)


def text_of(message):
    return "".join(block.text for block in message.content if block.type == "text")


print("answer:", text_of(ask([user("Say hello.")])))

print("stream: ", end="")
with client.messages.stream(model=model, max_tokens=1000, messages=[user("Say hello.")]) as stream:
    for text in stream.text_stream:
        print(text, end="", flush=True)
print()

schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
tools = [{"name": "get_weather", "input_schema": schema}]
messages = [user('What is the weather in Paris? [[sim tool=get_weather input={"city":"Paris"}]]')]
asked = ask(messages, tools=tools)
results = []
for call in [block for block in asked.content if block.type == "tool_use"]:
    print("tool:", call.name, json.dumps(call.input))
    results.append({"type": "tool_result", "tool_use_id": call.id, "content": "It is sunny."})
messages += [{"role": "assistant", "content": asked.content}, user(results)]
print("answer to it:", text_of(ask(messages, tools=tools)))

# A tool that has to be called: its input is the answer.
properties = {"city": {"type": "string"}, "degrees": {"type": "integer"}}
weather = {"type": "object", "properties": properties, "required": ["city", "degrees"]}
parsed = ask(
    [user("Oslo")],
    tools=[{"name": "weather", "input_schema": weather}],
    tool_choice={"type": "tool", "name": "weather"},
)
print("structured:", parsed.content[0].input)

picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}
print("image:", text_of(ask([user([{"type": "text", "text": "What is this? [[sim look]]"}, picture])])))

# Who leaves a stream pays no more than what was said by then: the gateway has the model stop.
pieces = 0
counting = [user("Count to a thousand. [[sim words=1000 delayMs=20]]")]
with client.messages.stream(model=model, max_tokens=5000, messages=counting) as stream:
    for _ in stream.text_stream:
        pieces += 1
        if pieces == 5:
            break
print("left after", pieces, "pieces")
