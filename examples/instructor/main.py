"""Structured answers, streamed ones, a list of them, and an image, with Instructor over OpenAI's library.

OPENAI_BASE_URL  the gateway's address and /v1, such as http://localhost:3000/v1
OPENAI_API_KEY   a virtual key, sk-…
GATEWAY_MODEL    default claude-sonnet

The simulated model of a local gateway fills in a schema with what it was asked; a real one answers.
"""

import os

import instructor
from instructor.processing.multimodal import Image
from openai import OpenAI
from pydantic import BaseModel

model = os.environ.get("GATEWAY_MODEL", "claude-sonnet")
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


class Weather(BaseModel):
    """The weather of a city."""

    city: str
    degrees: int


def ask(client, content, **more):
    return client.create(model=model, messages=[{"role": "user", "content": content}], **more)


# By a tool that the model has to call, and by a JSON schema for the answer.
tools = instructor.from_openai(OpenAI(), mode=instructor.Mode.TOOLS)
schema = instructor.from_openai(OpenAI(), mode=instructor.Mode.JSON_SCHEMA)
print("tools:", repr(ask(tools, "Paris", response_model=Weather)))
print("schema:", repr(ask(schema, "Oslo", response_model=Weather)))

# What has come so far, until it is whole.
partial = list(ask(tools, "Rome", response_model=instructor.Partial[Weather], stream=True))
print("stream:", repr(partial[-1]))

picture = Image.from_base64(f"data:image/png;base64,{PNG}")
print("image:", repr(ask(tools, ["A picture.", picture], response_model=Weather)))
