"""Runs calls of boto3, openai and anthropic for the contract tests.

One JSON object a line on standard input asks for a call, one a line on standard output answers it, in
any order. Bytes are {"$b64": "..."} in both directions.
"""

import base64
import datetime
import functools
import json
import operator
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import anthropic
import boto3
import botocore.exceptions
import botocore.session
import openai
import pydantic
from botocore import UNSIGNED
from botocore.config import Config

output_lock = threading.Lock()
client_lock = threading.Lock()


def to_json(value):
    if isinstance(value, (bytes, bytearray)):
        return {"$b64": base64.b64encode(value).decode()}
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def from_json(value):
    return base64.b64decode(value["$b64"]) if value.keys() == {"$b64"} else value


@functools.lru_cache(maxsize=None)
def bedrock_client(endpoint, key, ca, hook, attempts, give_up_ms):
    """A client for TLS takes the key as a bearer token; one with `hook`, the name of an event, is unsigned and sets the
    header itself."""
    settings = {"retries": {"total_max_attempts": attempts, "mode": "standard"}}
    if give_up_ms is not None:
        settings["read_timeout"] = give_up_ms / 1000
    if hook:
        settings["signature_version"] = UNSIGNED
    os.environ.pop("AWS_BEARER_TOKEN_BEDROCK", None)
    if key is not None and not hook:
        os.environ["AWS_BEARER_TOKEN_BEDROCK"] = key
    session = boto3.session.Session(
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="unused", region_name="us-east-1"
    )
    client = session.client("bedrock-runtime", endpoint_url=endpoint, verify=ca, config=Config(**settings))
    if hook and key is not None:

        def add_key(params=None, request=None, **_):
            headers = params["headers"] if request is None else request.headers
            headers["Authorization"] = f"Bearer {key}"

        client.meta.events.register(f"{hook}.bedrock-runtime", add_key)
    return client


def bedrock_failure(error):
    response = getattr(error, "response", None) or {}
    metadata = response.get("ResponseMetadata", {})
    # A stream's exception has one class for all kinds; its code tells them apart.
    is_stream = isinstance(error, botocore.exceptions.EventStreamError)
    return {
        "name": response["Error"]["Code"] if is_stream else type(error).__name__,
        "message": str(error),
        "status": metadata.get("HTTPStatusCode"),
        "retryAfter": metadata.get("HTTPHeaders", {}).get("retry-after"),
    }


def bedrock(request):
    with client_lock:
        client = bedrock_client(
            request["endpoint"],
            request["key"],
            request.get("ca"),
            request.get("hook"),
            request["attempts"],
            request.get("giveUpMs"),
        )
    events = None
    try:
        answer = getattr(client, request["method"])(**request["input"])
        headers = answer.pop("ResponseMetadata", {}).get("HTTPHeaders")
        stream = answer.get("stream") or (answer.get("body") if request["streams"] else None)
        if stream is None:
            if "body" in answer:
                answer["body"] = answer["body"].read()
            return {"output": answer, "headers": headers}
        events = []
        for event in stream:
            events.append(event)
            if len(events) == request.get("leaveAfter"):
                stream.close()
                break
        return {"events": events, "headers": headers}
    except Exception as error:
        return {"events": events, "failure": bedrock_failure(error)}


@functools.lru_cache(maxsize=None)
def aws_client(service, endpoint, access_key, secret_key):
    session = boto3.session.Session(
        aws_access_key_id=access_key, aws_secret_access_key=secret_key, region_name="us-east-1"
    )
    return session.client(service, endpoint_url=endpoint)


def aws(request):
    """A call of any service of AWS, of which only the answer matters."""
    with client_lock:
        client = aws_client(request["service"], request["endpoint"], request["accessKey"], request["secretKey"])
    try:
        answer = getattr(client, request["method"])(**request["input"])
        answer.pop("ResponseMetadata", None)
        return {"output": answer}
    except Exception as error:
        return {"failure": bedrock_failure(error)}


@functools.lru_cache(maxsize=None)
def openai_client(base_url, key, attempts, give_up_ms):
    timeout = {} if give_up_ms is None else {"timeout": give_up_ms / 1000}
    client = openai.OpenAI(base_url=base_url, api_key=key or "none", max_retries=attempts - 1, **timeout)
    return client if key is not None else client.with_options(default_headers={"Authorization": ""})


def openai_failure(error):
    response = getattr(error, "response", None)
    return {
        "name": type(error).__name__,
        "message": str(error),
        "status": getattr(error, "status_code", None),
        "retryAfter": response.headers.get("retry-after") if response is not None else None,
        "type": getattr(error, "type", None),
        "code": getattr(error, "code", None),
    }


def model_of(fields):
    """The pydantic model with these fields, each of which has the name of its type."""
    types = {"str": str, "float": float}
    return pydantic.create_model("Answer", **{name: (types[kind], ...) for name, kind in fields.items()})


def openai_call(request):
    """`method` is the path of a method of the client, such as `chat.completions.create`."""
    with client_lock:
        client = openai_client(request["endpoint"], request["key"], request["attempts"], request.get("giveUpMs"))
    events = None
    try:
        fields = request["input"]
        if isinstance(fields.get("text_format"), dict):
            fields = {**fields, "text_format": model_of(fields["text_format"])}
        answer = operator.attrgetter(request["method"])(client)(**fields)
        if request["method"].endswith(".stream"):
            with answer as stream:
                if request["method"] == "responses.stream":
                    events = [event.to_dict() for event in stream]
                    return {"events": events, "output": stream.get_final_response().to_dict()}
                return {"output": stream.get_final_completion().to_dict()}
        if not request["input"].get("stream"):
            return {"output": answer.to_dict()}
        events = []
        for chunk in answer:
            events.append(chunk.to_dict())
            if len(events) == request.get("leaveAfter"):
                answer.close()
                break
        return {"events": events}
    except Exception as error:
        return {"events": events, "failure": openai_failure(error)}


@functools.lru_cache(maxsize=None)
def anthropic_client(base_url, key, sent_as, betas, attempts, give_up_ms):
    timeout = {} if give_up_ms is None else {"timeout": give_up_ms / 1000}
    secret = {"auth_token": key} if sent_as == "token" else {"api_key": key or "none"}
    headers = {} if betas is None else {"anthropic-beta": betas}
    if key is None:
        headers["X-Api-Key"] = ""
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
        os.environ.pop(name, None)
    return anthropic.Anthropic(
        base_url=base_url, max_retries=attempts - 1, default_headers=headers, **secret, **timeout
    )


def anthropic_failure(error):
    failure = openai_failure(error)
    body = getattr(error, "body", None)
    detail = body.get("error") if isinstance(body, dict) else None
    return {
        **failure,
        "type": detail.get("type") if isinstance(detail, dict) else None,
        "requestId": getattr(error, "request_id", None),
    }


def anthropic_call(request):
    with client_lock:
        client = anthropic_client(
            request["endpoint"],
            request["key"],
            request["as"],
            request.get("betas"),
            request["attempts"],
            request.get("giveUpMs"),
        )
    events = None
    try:
        if request["method"] == "stream":
            events = []
            with client.messages.stream(**request["input"]) as stream:
                for event in stream:
                    events.append(event.to_dict() if hasattr(event, "to_dict") else {"type": event.type})
                    if len(events) == request.get("leaveAfter"):
                        return {"events": events}
                return {"events": events, "output": stream.get_final_message().to_dict()}
        raw = getattr(client.messages.with_raw_response, request["method"])(**request["input"])
        return {"output": raw.parse().to_dict(), "headers": dict(raw.headers)}
    except Exception as error:
        return {"events": events, "failure": anthropic_failure(error)}


def run(line):
    request = json.loads(line, object_hook=from_json)
    try:
        reply = CALLS[request["api"]](request)
    except BaseException as error:
        reply = {"crash": f"{type(error).__name__}: {error}"}
    text = json.dumps({**reply, "id": request["id"]}, default=to_json)
    with output_lock:
        print(text, flush=True)


CALLS = {"anthropic": anthropic_call, "aws": aws, "bedrock": bedrock, "openai": openai_call}

with ThreadPoolExecutor(max_workers=16) as pool:
    for each in sys.stdin:
        pool.submit(run, each)
