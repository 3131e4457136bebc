"""The checks of the two Python SDKs; started by ../smoke.mjs, which sets the environment."""

import json
import os

import boto3
import openai

model = os.environ["GATEWAY_MODEL"]
prompt = "Say hello to the reader of this line."
# A model does what it is asked; the simulator of the local gateway reads the words in brackets.
tool_prompt = 'What is the weather in Paris? [[sim tool=get_weather input={"city":"Paris"}]]'
schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def need(condition, message):
    if not condition:
        raise AssertionError(message)


class Boto3:
    messages = [{"role": "user", "content": [{"text": prompt}]}]

    def __init__(self):
        self.client = boto3.client("bedrock-runtime")
        # boto3 takes the token of the moment in which a client is made.
        good_key = os.environ["AWS_BEARER_TOKEN_BEDROCK"]
        os.environ["AWS_BEARER_TOKEN_BEDROCK"] = "sk-wrong"
        self.stranger = boto3.session.Session().client("bedrock-runtime")
        os.environ["AWS_BEARER_TOKEN_BEDROCK"] = good_key

    def answer(self):
        reply = self.client.converse(modelId=model, messages=self.messages)
        need(reply["output"]["message"]["content"][0]["text"], "the answer has no text")
        need(reply["usage"]["outputTokens"] > 0, "the answer has no usage")
        return f"{reply['usage']['outputTokens']} tokens"

    def stream(self):
        events = list(self.client.converse_stream(modelId=model, messages=self.messages)["stream"])
        deltas = [event["contentBlockDelta"]["delta"] for event in events if "contentBlockDelta" in event]
        need("".join(delta.get("text", "") for delta in deltas), "the stream has no text")
        stops = [event["messageStop"]["stopReason"] for event in events if "messageStop" in event]
        need(stops == ["end_turn"], "the stream has no end")
        usages = [event["metadata"]["usage"] for event in events if "metadata" in event]
        need(usages and usages[0]["outputTokens"] > 0, "the stream has no usage")
        return f"{len(events)} events"

    def tool(self):
        spec = {"name": "get_weather", "description": "The weather of a city.", "inputSchema": {"json": schema}}
        reply = self.client.converse(
            modelId=model,
            messages=[{"role": "user", "content": [{"text": tool_prompt}]}],
            toolConfig={"tools": [{"toolSpec": spec}], "toolChoice": {"any": {}}},
        )
        need(reply["stopReason"] == "tool_use", f"stopped for {reply['stopReason']}")
        calls = [block["toolUse"] for block in reply["output"]["message"]["content"] if "toolUse" in block]
        need(calls[0]["name"] == "get_weather", "another tool was called")
        need(isinstance(calls[0]["input"]["city"], str), "the city is no text")
        return json.dumps(calls[0]["input"])

    def bad_key(self):
        try:
            self.stranger.converse(modelId=model, messages=self.messages)
        except self.stranger.exceptions.AccessDeniedException as error:
            return type(error).__name__
        raise AssertionError("a wrong key was taken")


class OpenaiPython:
    messages = [{"role": "user", "content": prompt}]

    def __init__(self):
        self.client = openai.OpenAI()
        self.stranger = openai.OpenAI(api_key="sk-wrong")

    def answer(self):
        reply = self.client.chat.completions.create(model=model, messages=self.messages)
        need(reply.choices[0].message.content, "the answer has no text")
        need(reply.usage.completion_tokens > 0, "the answer has no usage")
        return f"{reply.usage.completion_tokens} tokens"

    def stream(self):
        chunks = list(
            self.client.chat.completions.create(
                model=model, messages=self.messages, stream=True, stream_options={"include_usage": True}
            )
        )
        choices = [chunk.choices[0] for chunk in chunks if chunk.choices]
        need("".join(choice.delta.content or "" for choice in choices), "the stream has no text")
        need(choices[-1].finish_reason == "stop", "the stream has no finish reason")
        need(chunks[-1].usage and chunks[-1].usage.completion_tokens > 0, "the stream has no usage")
        return f"{len(chunks)} chunks"

    def tool(self):
        reply = self.client.chat.completions.create(
            model=model,
            messages=[{"role": "user", "content": tool_prompt}],
            tools=[{"type": "function", "function": {"name": "get_weather", "parameters": schema}}],
            tool_choice="required",
        )
        need(reply.choices[0].finish_reason == "tool_calls", f"finished for {reply.choices[0].finish_reason}")
        call = reply.choices[0].message.tool_calls[0].function
        need(call.name == "get_weather", "another tool was called")
        need(isinstance(json.loads(call.arguments)["city"], str), "the city is no text")
        return call.arguments

    def bad_key(self):
        try:
            self.stranger.chat.completions.create(model=model, messages=self.messages)
        except openai.AuthenticationError as error:
            return type(error).__name__
        raise AssertionError("a wrong key was taken")


for name, make in {"boto3": Boto3, "openai-python": OpenaiPython}.items():
    client = make()
    for check in ("answer", "stream", "tool", "bad-key"):
        try:
            print(f"ok {name} {check}: {getattr(client, check.replace('-', '_'))()}", flush=True)
        except Exception as error:  # any failure is a result of its check
            print(f"FAIL {name} {check}: {type(error).__name__}: {str(error).splitlines()[:1]}", flush=True)
