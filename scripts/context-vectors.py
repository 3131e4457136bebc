"""Asks the real LiteLLM how much the models of rows of a model list read, and writes its answers beside the price map.

    LITELLM_LOCAL_MODEL_COST_MAP=True <venv of LiteLLM>/bin/python scripts/context-vectors.py

One line of JSON per row: its `litellm_params` (`params`), its `model_info` (`info`), and what LiteLLM's router takes for
the longest input, in `tokens`. Rows of which it knows nothing are left out, and those that it only guesses by the
family of their name.
"""

import json
import logging
import os
import pathlib
import random

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")

import litellm  # noqa: E402
from litellm import Router  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "packages/litellm/price-map"
CHANCE = random.Random(6)
CHATS = ("chat", "completion", "responses")
# They are asked about over the network.
ASKED = ("ollama", "lemonade")


def rows():
    for name, entry in sorted(litellm.model_cost.items()):
        provider = entry.get("litellm_provider")
        if entry.get("mode") not in CHATS or not provider or name.startswith(ASKED):
            continue
        bare = name.split("/", 1)[-1]
        forms = [
            ({"model": name}, {}),
            ({"model": f"{provider}/{name}"}, {}),
            ({"model": bare, "custom_llm_provider": provider}, {}),
            ({"model": f"{name}-2026-01-31"}, {}),
            ({"model": f"{name}-001"}, {}),
            ({"model": name.upper()}, {}),
            ({"model": f"openai/{bare}"}, {}),
            ({"model": f"litellm_proxy/{bare}"}, {}),
            ({"model": name}, {"max_input_tokens": 4321}),
            ({"model": name}, {"base_model": "gpt-4"}),
        ]
        if provider in ("azure", "openai"):
            forms.append(({"model": "azure/ours"}, {"base_model": name}))
            forms.append(({"model": "azure/ours", "base_model": name}, {}))
            forms.append(({"model": "ours", "custom_llm_provider": "azure"}, {"base_model": name}))
        yield from CHANCE.sample(forms, 1)
    yield {"model": "openai/ft:gpt-4.1-2025-04-14:our-org::id"}, {}
    yield {"model": "ft:gpt-3.5-turbo:our-org:suffix:id"}, {}
    yield {"model": "fireworks_ai/kimi-k2-instruct"}, {}
    yield {"model": "bedrock/converse/us.amazon.nova-lite-v1:0"}, {}
    yield {"model": "bedrock_mantle/us-east-1/anthropic.claude-opus-4-8"}, {}


def vectors():
    router = Router(model_list=[])
    known = frozenset(litellm.model_cost)
    for params, info in rows():
        deployment = {
            "model_name": "ours",
            "litellm_params": {"api_key": "none", **params},
            "model_info": {"id": "the-id", **info},
        }
        try:
            found = router.get_router_model_info(deployment=deployment, received_model_name="ours")
        except Exception:
            continue
        tokens = found.get("max_input_tokens")
        if found["key"] in known and tokens:
            yield {"params": params, "info": info, "tokens": tokens}


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    lines = [json.dumps(vector) for vector in vectors()]
    (FOLDER / "context-vectors.jsonl").write_text("\n".join(lines) + "\n")
    print(f"{len(lines)} rows")
