"""Has a conversation that the gateway keeps, and reads it back, with OpenAI's Python library.

OPENAI_BASE_URL  the gateway's address and /v1, such as http://localhost:3000/v1
OPENAI_API_KEY   a virtual key, sk-…
GATEWAY_MODEL    default claude-sonnet

Run:  OPENAI_BASE_URL=http://localhost:3000/v1 OPENAI_API_KEY=sk-… python history.py
"""

import os

from openai import OpenAI

client = OpenAI()
model = os.environ.get("GATEWAY_MODEL", "claude-sonnet")

first = client.chat.completions.create(
    model=model, messages=[{"role": "user", "content": "Say hello."}], extra_body={"enable_history": True}
)
session_id = first.session_id
print("answer:", first.choices[0].message.content)

# The model reads the first turn too: only what is new is sent. Another model may go on with it.
print("stream: ", end="")
for chunk in client.chat.completions.create(
    model=model,
    messages=[{"role": "user", "content": "Say goodbye."}],
    extra_body={"session_id": session_id},
    stream=True,
):
    print(chunk.choices[0].delta.content or "", end="", flush=True)
print()

for turn in client.get(f"/sessions/{session_id}/turns", cast_to=object)["data"]:
    for message in turn["messages"]:
        print(f"{message['role']}: {message['content']}")
client.delete(f"/sessions/{session_id}", cast_to=object)
