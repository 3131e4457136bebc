"""Asks once for a whole answer and once for a stream, with OpenAI's Python library.

OPENAI_BASE_URL  the gateway's address and /v1, such as http://localhost:3000/v1
OPENAI_API_KEY   a virtual key, sk-…
GATEWAY_MODEL    default claude-sonnet

Run:  OPENAI_BASE_URL=http://localhost:3000/v1 OPENAI_API_KEY=sk-… python examples/openai_chat.py
"""

import os

from openai import OpenAI

# Address and key come from the environment: nothing here knows that it is not talking to OpenAI.
client = OpenAI()
model = os.environ.get("GATEWAY_MODEL", "claude-sonnet")
messages = [{"role": "user", "content": "Say hello."}]

reply = client.chat.completions.create(model=model, messages=messages)
print("answer:", reply.choices[0].message.content)

print("stream: ", end="")
for chunk in client.chat.completions.create(model=model, messages=messages, stream=True):
    print(chunk.choices[0].delta.content or "", end="", flush=True)
print()
