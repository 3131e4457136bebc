"""A chat, a stream, a tool, structured output, an image and a stream that is left, with Strands Agents: by Converse or in
OpenAI's format, as the first argument says (bedrock, openai; default bedrock).

AWS_ENDPOINT_URL_BEDROCK_RUNTIME  for bedrock: the gateway's HTTPS address and /bedrock
AWS_BEARER_TOKEN_BEDROCK          for bedrock: a virtual key, sk-…
AWS_CA_BUNDLE                     for bedrock and a local certificate: the authority's PEM file
AWS_REGION, AWS_DEFAULT_REGION    for bedrock: any region, the gateway decides where a model is called
OPENAI_BASE_URL, OPENAI_API_KEY   for openai: the gateway's address and /v1, and a virtual key
GATEWAY_MODEL                     default claude-sonnet; for bedrock us.anthropic.claude-sonnet-4-5-20250929-v1:0

The simulated model of a local gateway does what stands in [[sim …]]; a real one is asked in words.
"""

import asyncio
import base64
import os
import sys

from pydantic import BaseModel
from strands import Agent, tool

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


def make_model(api):
    if api == "openai":
        from strands.models.openai import OpenAIModel

        return OpenAIModel(model_id=os.environ.get("GATEWAY_MODEL", "claude-sonnet"))
    from strands.models import BedrockModel

    return BedrockModel(model_id=os.environ.get("GATEWAY_MODEL", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"))


@tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    print("tool: get_weather", city)
    return "It is sunny."


class Weather(BaseModel):
    """The weather of a city."""

    city: str
    degrees: int


async def main():
    model = make_model(sys.argv[1] if len(sys.argv) > 1 else "bedrock")

    def agent(**more):
        return Agent(model=model, callback_handler=None, **more)

    print("answer:", str(await agent().invoke_async("Say hello.")).strip())

    pieces = [event["data"] async for event in agent().stream_async("Say hello.") if "data" in event]
    print("stream:", "".join(pieces))

    asked = agent(tools=[get_weather])
    question = 'What is the weather in Paris? [[sim tool=get_weather input={"city":"Paris"}]]'
    print("answer to it:", str(await asked.invoke_async(question)).strip())

    # The agent asks for the form in a second step, which is all that a simulated model then knows of.
    parsed = await agent().invoke_async("Oslo", structured_output_model=Weather)
    print("structured:", repr(parsed.structured_output))

    picture = {"image": {"format": "png", "source": {"bytes": base64.b64decode(PNG)}}}
    seen = await agent().invoke_async([{"text": "What is this? [[sim look]]"}, picture])
    print("image:", str(seen).strip())

    # Who leaves a stream pays no more than what was said by then: the gateway has the model stop.
    counting = agent()
    pieces = 0
    async for event in counting.stream_async("Count to a thousand. [[sim words=1000 delayMs=20]]"):
        pieces += "data" in event
        if pieces == 5:
            counting.cancel()
    print("left after", pieces, "pieces")


asyncio.run(main())
