"""Asks the real LiteLLM what calls cost, and writes its answers beside the price map, for the tests to compare with.

    LITELLM_LOCAL_MODEL_COST_MAP=True <venv of LiteLLM>/bin/python scripts/price-vectors.py

One line of JSON per call. A call without `price` is priced by its model alone; one with it as a deployment of a Router
whose `litellm_params` (`params`) and `model_info` (`info`) say so. `usd` is a float, as LiteLLM has it.
"""

import json
import os
import pathlib
import random

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")

import litellm  # noqa: E402
from litellm import Router  # noqa: E402
from litellm.cost_calculator import batch_cost_calculator, completion_cost  # noqa: E402
from litellm.llms.bedrock.chat.converse_transformation import AmazonConverseConfig  # noqa: E402
from litellm.types.utils import Choices, Message, ModelResponse  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "packages/litellm/price-map"
CHANCE = random.Random(5)
REGIONS = [None, "us-east-1", "us-gov-west-1", "ap-northeast-1"]
TIERS = [None, "default", "flex", "priority", "reserved"]


def usages(threshold_heavy):
    """Wire usages of Converse: each kind of token alone, all together, around every threshold."""
    yield {"inputTokens": 1, "outputTokens": 0}
    yield {"inputTokens": 0, "outputTokens": 1}
    yield {"inputTokens": 1234, "outputTokens": 567}
    yield {"inputTokens": 10, "outputTokens": 20, "cacheReadInputTokens": 3000}
    yield {"inputTokens": 10, "outputTokens": 20, "cacheWriteInputTokens": 4001}
    yield {
        "inputTokens": 11,
        "outputTokens": 21,
        "cacheReadInputTokens": 301,
        "cacheWriteInputTokens": 401,
        "cacheDetails": [{"ttl": "5m", "inputTokens": 100}, {"ttl": "1h", "inputTokens": 301}],
    }
    if threshold_heavy:
        for tokens in (100000, 100001, 200000, 200001, 272000, 272001):
            yield {"inputTokens": tokens, "outputTokens": 17}
            yield {
                "inputTokens": tokens - 700,
                "outputTokens": 17,
                "cacheReadInputTokens": 300,
                "cacheWriteInputTokens": 400,
                "cacheDetails": [{"ttl": "1h", "inputTokens": 400}],
            }


def answer(model, wire, tier):
    usage = AmazonConverseConfig().transform_usage({"totalTokens": 0, **wire})
    response = ModelResponse(model=model, choices=[Choices(message=Message(content=""))])
    response.usage = usage
    if tier is not None:
        response.service_tier = tier
    return response


def cost(model, wire, tier, region, **more):
    return completion_cost(
        completion_response=answer(model, wire, tier),
        model=model,
        custom_llm_provider="bedrock",
        call_type="acompletion",
        region_name=region,
        **more,
    )


def map_vectors():
    for line in (FOLDER / "bedrock.jsonl").read_text().splitlines():
        entry = json.loads(line)
        name = entry["model"]
        if entry["mode"] not in ("chat", "completion", "embedding") or name.startswith("bedrock/"):
            continue
        if "input_cost_per_token" not in entry or "output_cost_per_token" not in entry:
            continue
        heavy = any("_above_" in field and "_tokens" in field for field in entry)
        for wire in usages(heavy):
            if heavy or CHANCE.random() < 0.34:
                tier = CHANCE.choice(TIERS)
                region = CHANCE.choice(REGIONS)
                yield {"modelId": name, "region": region, "tier": tier, "usage": wire, "usd": cost(name, wire, tier, region)}


def name_vectors():
    """Names that the map has under another name, or in another price in some region."""
    wire = {"inputTokens": 1234, "outputTokens": 567}
    names = [
        ("apac.anthropic.claude-sonnet-4-20250514-v1:0", None),
        ("jp.anthropic.claude-sonnet-4-20250514-v1:0", None),
        ("us-gov.anthropic.claude-sonnet-4-20250514-v1:0", None),
        ("global.amazon.nova-lite-v1:0", None),
        ("amazon.nova-lite-v1:0:300k", None),
        ("Amazon.Nova-Lite-v1:0", None),
        ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", "us-east-1"),
        ("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0", "us-east-1"),
    ]
    for line in (FOLDER / "bedrock.jsonl").read_text().splitlines():
        listed = json.loads(line)
        parts = listed["model"].split("/")
        if len(parts) == 3 and "output_cost_per_token" in listed:
            names.append((parts[2], parts[1]))
    for name, region in names:
        try:
            usd = cost(name, wire, None, region)
        except Exception:
            continue
        yield {"modelId": name, "region": region, "tier": None, "usage": wire, "usd": usd}


def batch_vectors():
    entries = [json.loads(line) for line in (FOLDER / "bedrock.jsonl").read_text().splitlines()]
    cached = [entry["model"] for entry in entries if "cache_read_input_token_cost_batches" in entry]
    priced = [entry["model"] for entry in entries if "input_cost_per_token_batches" in entry]
    for name in [*cached, *priced[::15], "amazon.nova-lite-v1:0", "us.anthropic.claude-sonnet-4-20250514-v1:0"]:
        if "/" in name:
            continue
        for wire in usages(True):
            usage = AmazonConverseConfig().transform_usage({"totalTokens": 0, **wire})
            usd = sum(batch_cost_calculator(usage, name, "bedrock"))
            yield {"modelId": name, "region": None, "tier": None, "batch": True, "usage": wire, "usd": usd}


OVERRIDES = [
    ({"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06}, {}),
    ({"input_cost_per_token": 0, "output_cost_per_token": 0}, {}),
    ({"input_cost_per_token": 3.5e-08}, {}),
    ({"output_cost_per_token": 3.5e-08}, {}),
    ({}, {"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06}),
    ({"input_cost_per_token": 1e-06}, {"input_cost_per_token": 5e-06, "output_cost_per_token": 2e-06}),
    ({"input_cost_per_token": "1e-6", "output_cost_per_token": "2e-6"}, {}),
    ({"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06, "cache_read_input_token_cost": 7e-08}, {}),
    ({"cache_read_input_token_cost": 7e-08}, {}),
    ({"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06, "output_cost_per_token_flex": 3e-06}, {}),
    ({"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06, "input_cost_per_token_above_200k_tokens": 9e-06}, {}),
    ({}, {"base_model": "amazon.nova-pro-v1:0"}),
    ({}, {"base_model": "bedrock/amazon.nova-pro-v1:0"}),
    ({}, {"base_model": "us.amazon.nova-premier-v1:0"}),
    ({"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06}, {"base_model": "amazon.nova-pro-v1:0"}),
    ({"input_cost_per_second": 0.01}, {}),
    ({"input_cost_per_second": 0.01, "input_cost_per_token": 1e-06}, {}),
]


def override_vectors():
    wires = [
        {"inputTokens": 1234, "outputTokens": 567},
        {"inputTokens": 11, "outputTokens": 21, "cacheReadInputTokens": 301, "cacheWriteInputTokens": 401},
        {"inputTokens": 200001, "outputTokens": 17},
    ]
    for backend in ("amazon.nova-lite-v1:0", "us.anthropic.claude-sonnet-4-20250514-v1:0"):
        for params, info in OVERRIDES:
            model = f"bedrock/{backend}"
            router = Router(
                model_list=[
                    {"model_name": "alias", "litellm_params": {"model": model, **params}, "model_info": {"id": "the-id", **info}}
                ]
            )
            deployment = router.get_deployment(model_id="the-id")
            custom = litellm.litellm_core_utils.litellm_logging.use_custom_pricing_for_model(
                {
                    **deployment.litellm_params.model_dump(exclude_none=True),
                    "metadata": {"model_info": deployment.model_info.model_dump(exclude_none=True)},
                }
            )
            for wire in wires:
                for tier in (None, "flex"):
                    try:
                        usd = completion_cost(
                            completion_response=answer(backend, wire, tier),
                            model=backend,
                            custom_llm_provider="bedrock",
                            call_type="acompletion",
                            custom_pricing=custom,
                            base_model=info.get("base_model"),
                            router_model_id="the-id",
                            total_time=1500,
                        )
                    except Exception as error:
                        usd = f"{type(error).__name__}: {error}"
                    yield {
                        "modelId": backend,
                        "region": None,
                        "tier": tier,
                        "durationMs": 1500,
                        "params": params,
                        "info": info,
                        "usage": wire,
                        "usd": usd,
                    }
            litellm.model_cost.pop("the-id", None)
            litellm.utils._invalidate_model_cost_lowercase_map()


if __name__ == "__main__":
    vectors = [*map_vectors(), *name_vectors(), *batch_vectors(), *override_vectors()]
    (FOLDER / "vectors.jsonl").write_text("".join(f"{json.dumps(vector, separators=(',', ':'))}\n" for vector in vectors))
    print(len(vectors), "vectors of LiteLLM")
