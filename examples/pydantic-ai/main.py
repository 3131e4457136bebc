"""A chat, a stream, a tool, structured output, an image and a stream that is left, with Pydantic AI: in OpenAI's format,
by Converse or by Anthropic's Messages, as the first argument says (openai, bedrock, anthropic; default openai).

GATEWAY_URL    default http://localhost:3000; for bedrock the HTTPS address, such as https://localhost:3443
GATEWAY_KEY    a virtual key, sk-…
GATEWAY_MODEL  default claude-sonnet; for bedrock us.anthropic.claude-sonnet-4-5-20250929-v1:0
AWS_CA_BUNDLE  for bedrock and a local certificate: the authority's PEM file

The simulated model of a local gateway does what stands in [[sim …]]; a real one is asked in words.
"""

import asyncio
import base64
import os
import sys

from pydantic import BaseModel
from pydantic_ai import Agent, BinaryContent

url = os.environ.get("GATEWAY_URL", "http://localhost:3000")
key = os.environ["GATEWAY_KEY"]
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="


def make_model(api):
    if api == "bedrock":
        from pydantic_ai.models.bedrock import BedrockConverseModel
        from pydantic_ai.providers.bedrock import BedrockProvider

        name = os.environ.get("GATEWAY_MODEL", "us.anthropic.claude-sonnet-4-5-20250929-v1:0")
        provider = BedrockProvider(api_key=key, base_url=f"{url}/bedrock", region_name="us-east-1")
        return BedrockConverseModel(name, provider=provider)
    name = os.environ.get("GATEWAY_MODEL", "claude-sonnet")
    if api == "anthropic":
        from pydantic_ai.models.anthropic import AnthropicModel
        from pydantic_ai.providers.anthropic import AnthropicProvider

        return AnthropicModel(name, provider=AnthropicProvider(api_key=key, base_url=url))
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    return OpenAIChatModel(name, provider=OpenAIProvider(api_key=key, base_url=f"{url}/v1"))


class Weather(BaseModel):
    """The weather of a city."""

    city: str
    degrees: int


async def main():
    model = make_model(sys.argv[1] if len(sys.argv) > 1 else "openai")
    agent = Agent(model)
    print("answer:", (await agent.run("Say hello.")).output)

    async with agent.run_stream("Say hello.") as run:
        print("stream:", "".join([text async for text in run.stream_text(delta=True, debounce_by=None)]))

    with_tool = Agent(model)

    @with_tool.tool_plain
    def get_weather(city: str) -> str:
        """The weather of a city."""
        print("tool: get_weather", city)
        return "It is sunny."

    asked = await with_tool.run('What is the weather in Paris? [[sim tool=get_weather input={"city":"Paris"}]]')
    print("answer to it:", asked.output)

    print("structured:", repr((await Agent(model, output_type=Weather).run("Oslo")).output))

    picture = BinaryContent(data=base64.b64decode(PNG), media_type="image/png")
    print("image:", (await agent.run(["What is this? [[sim look]]", picture])).output)

    # Who leaves a stream pays no more than what was said by then: the gateway has the model stop.
    async with agent.run_stream("Count to a thousand. [[sim words=1000 delayMs=20]]") as run:
        pieces = 0
        async for _ in run.stream_text(delta=True, debounce_by=None):
            pieces += 1
            if pieces == 5:
                await run.cancel()
                break
    print("left after", pieces, "pieces")


asyncio.run(main())
