"""LiteLLM's own command line, in its container: from the variables of the deployment to those that LiteLLM reads.

Variables: see README.md beside this file. Nothing of their values is ever printed. Arguments go on to LiteLLM.
Facts of LiteLLM 1.106.2 (read 2026-11-23): proxy/proxy_cli.py, proxy/db/db_url_settings.py, _redis.py,
proxy/common_utils/load_config_utils.py, litellm_core_utils/get_model_cost_map.py, integrations/s3_v2.py,
integrations/custom_logger.py (turn_off_message_logging), litellm_core_utils/logging_worker.py.
"""

import asyncio
import gc
import json
import os
import re
import sys
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

Environment = MutableMapping[str, str]

VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*\Z")

DATABASE_PARTS = ("DATABASE_HOST", "DATABASE_PORT", "DATABASE_NAME", "DATABASE_USER", "DATABASE_PASSWORD")

DEFAULTS = {
    # Otherwise it reads a file `.env` of the folder it is started in.
    "LITELLM_MODE": "PRODUCTION",
    # Its tables are made by the migration task, and its own role could not change them.
    "DISABLE_SCHEMA_UPDATE": "true",
    "STORE_MODEL_IN_DB": "True",
    # What comes with it, in place of what it would fetch from web pages.
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_BLOG_POSTS": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_LOCAL_POLICY_TEMPLATES": "True",
    "LITELLM_LOCAL_AUTOROUTER_PRESETS": "True",
    # What it may write belongs to /tmp, the one folder that is writable.
    "LITELLM_MIGRATION_DIR": "/tmp/litellm-migrations",
    "LITELLM_ASSETS_PATH": "/tmp/litellm-assets",
}


class Misconfigured(Exception):
    """A variable is wrong; the text names it and the mend, never its value."""


def add_secret_files(env: Environment) -> None:
    """Each file of SECRETS_DIR is a variable of its name, without one line break at its end."""
    folder = env.pop("SECRETS_DIR", "")
    if folder == "":
        return
    try:
        files = sorted(each for each in Path(folder).iterdir() if VARIABLE.match(each.name))
        secrets = {each.name: re.sub(r"\r?\n\Z", "", each.read_text("utf-8")) for each in files}
    except OSError as error:
        raise Misconfigured(f"SECRETS_DIR names {folder}, which cannot be read: {error.strerror}.") from None
    twice = [name for name in secrets if env.get(name, "") != ""]
    if twice:
        raise Misconfigured(f"SECRETS_DIR holds files for {', '.join(twice)}, which the environment sets as well.")
    env.update(secrets)


def add_provider_keys(env: Environment) -> None:
    """PROVIDER_KEYS is a JSON object of variables; what the environment sets by itself stays."""
    text = env.pop("PROVIDER_KEYS", "")
    if text == "":
        return
    try:
        keys = json.loads(text)
    except ValueError:
        keys = None
    if not isinstance(keys, dict) or not all(isinstance(value, str) for value in keys.values()):
        raise Misconfigured("PROVIDER_KEYS has to be a JSON object of texts, such as {\"OPENAI_API_KEY\": \"…\"}.")
    wrong = [name for name in keys if not VARIABLE.match(name)]
    if wrong:
        raise Misconfigured(f"PROVIDER_KEYS has names that are no variables: {', '.join(wrong)}.")
    for name, value in keys.items():
        if value != "":
            env.setdefault(name, value)


def compose_database_url(env: Environment) -> None:
    """DATABASE_URL of its parts. With DATABASE_CA_FILE the server's certificate and name are checked."""
    parts = {name: env.pop(name, "") for name in DATABASE_PARTS}
    authorities = env.pop("DATABASE_CA_FILE", "")
    if env.get("DATABASE_URL", "") != "":
        return
    missing = [name for name, value in parts.items() if value == "" and name != "DATABASE_PORT"]
    if missing:
        raise Misconfigured(f"{', '.join(missing)} must be set, or DATABASE_URL in their place.")
    host, port, database, user, password = (parts[name] for name in DATABASE_PARTS)
    # In libpq's words, which LiteLLM puts into Prisma's; of many authorities it picks the one that the server has.
    verified = {"sslmode": "verify-full", "sslrootcert": authorities}
    query = f"?{urlencode(verified, quote_via=quote)}" if authorities else ""
    who = f"{quote(user, safe='')}:{quote(password, safe='')}"
    env["DATABASE_URL"] = f"postgresql://{who}@{host}:{port or '5432'}/{quote(database, safe='')}{query}"


def add_region(env: Environment) -> None:
    """boto3 and LiteLLM have names of their own for the region."""
    region = env.get("AWS_REGION", "")
    if region != "":
        env.setdefault("AWS_DEFAULT_REGION", region)
        env.setdefault("AWS_REGION_NAME", region)


def pool_size(env: Environment) -> int | None:
    """DATABASE_POOL_SIZE: connections of this process, where LiteLLM's configuration does not say."""
    text = env.pop("DATABASE_POOL_SIZE", "")
    if text == "":
        return None
    if not re.fullmatch(r"[1-9]\d{0,2}", text):
        raise Misconfigured("DATABASE_POOL_SIZE has to be a number from 1 to 999.")
    return int(text)


def arguments(env: Environment, given: list[str]) -> list[str]:
    """Of LiteLLM's command line. One worker: each has its own pool and 700 MB; tasks are what there are more of."""
    bucket, key = env.get("LITELLM_CONFIG_BUCKET_NAME", ""), env.get("LITELLM_CONFIG_BUCKET_OBJECT_KEY", "")
    if (bucket == "") != (key == ""):
        raise Misconfigured("LITELLM_CONFIG_BUCKET_NAME and LITELLM_CONFIG_BUCKET_OBJECT_KEY go together.")
    # With a bucket the name is not looked at, but without one its command line does not look into the bucket.
    config = [] if bucket == "" else ["--config", key]
    return [*config, "--host", "0.0.0.0", "--port", "4000", "--telemetry", "False", "--num_workers", "1", *given]


def prepare(env: Environment, given: list[str]) -> tuple[list[str], int | None]:
    """Makes LiteLLM's environment of the deployment's. Gives its arguments, and the size of its pool where it is set."""
    add_secret_files(env)
    add_provider_keys(env)
    compose_database_url(env)
    add_region(env)
    for name, value in DEFAULTS.items():
        env.setdefault(name, value)
    return arguments(env, given), pool_size(env)


@dataclass(frozen=True)
class RequestLog:
    """What LiteLLM's logger `s3_v2` reads as `s3_callback_params`, and whether prompts and answers go with it."""

    params: Mapping[str, object]
    keeps_content: bool


def request_log(env: Environment) -> RequestLog | None:
    """REQUEST_LOG_BUCKET: LiteLLM logs its calls below `litellm/`, as the gateway does its own below `gateway/`."""
    bucket, content = env.get("REQUEST_LOG_BUCKET", ""), env.get("REQUEST_LOG_CONTENT", "") or "none"
    if content not in ("none", "all"):
        raise Misconfigured("REQUEST_LOG_CONTENT has to be none or all.")
    if bucket == "":
        return None
    params = {
        "s3_bucket_name": bucket,
        "s3_region_name": env.get("AWS_REGION", "") or env.get("AWS_DEFAULT_REGION", ""),
        "s3_path": "litellm",
        "s3_partition_granularity": "hour",
        # One object per flush, every ten seconds, in place of one per call.
        "s3_batch_file_upload": True,
    }
    endpoint = env.get("S3_ENDPOINT_URL", "")
    return RequestLog({**params, **({"s3_endpoint_url": endpoint} if endpoint else {})}, content == "all")


def log_requests(log: RequestLog) -> None:
    """Adds the logger to whatever configuration is loaded, unless that has a logger into S3 by itself."""
    import litellm
    from litellm.integrations.s3_v2 import S3Logger
    from litellm.litellm_core_utils.litellm_logging import _in_memory_loggers
    from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER
    from litellm.proxy import proxy_server

    params = dict(log.params)
    load, initialise, stop = proxy_server.ProxyConfig.load_config, S3Logger.__init__, proxy_server.proxy_shutdown_event

    def is_there() -> bool:
        lists = (litellm.callbacks, litellm.success_callback, litellm.failure_callback, litellm._async_success_callback)
        return any(isinstance(each, S3Logger) or each in ("s3", "s3_v2") for known in lists for each in known)

    async def load_config(self, *given, **named):
        loaded = await load(self, *given, **named)
        if litellm.s3_callback_params is not params and (litellm.s3_callback_params or is_there()):
            print("REQUEST_LOG_BUCKET is not used: the configuration has a logger into S3 of its own.")
        elif not is_there():
            litellm.s3_callback_params = params
            litellm.logging_callback_manager.add_litellm_success_callback("s3_v2")
            litellm.logging_callback_manager.add_litellm_failure_callback("s3_v2")
        return loaded

    def without_content(self, *given, **named):
        initialise(self, *given, **named)
        # Of this logger alone: what others see is for the administrator to say.
        if not log.keeps_content and litellm.s3_callback_params is params:
            self.turn_off_message_logging = True

    async def shutdown(*given, **named):
        # By itself it would leave without what was logged since the last flush.
        try:
            await asyncio.wait_for(GLOBAL_LOGGING_WORKER.flush(), 5)
            for logger in [each for each in _in_memory_loggers if isinstance(each, S3Logger)]:
                await asyncio.wait_for(logger.flush_queue(), 10)
        except Exception as error:  # noqa: BLE001
            print(f"The request log could not be written to its end: {type(error).__name__}.")
        await stop(*given, **named)

    proxy_server.ProxyConfig.load_config = load_config
    S3Logger.__init__ = without_content
    proxy_server.proxy_shutdown_event = shutdown


def run(pool: int | None, log: RequestLog | None) -> None:
    """Its imports make millions of objects that stay: Python's garbage collector is kept from looking at them."""
    gc.disable()
    import litellm.proxy.proxy_server  # noqa: F401
    from litellm.proxy import proxy_cli

    if pool is not None:
        # The default has no variable of its own; `database_connection_pool_limit` of the configuration still wins.
        proxy_cli.LiteLLMDatabaseConnectionPool.database_connection_pool_limit._value_ = pool
    if log is not None:
        log_requests(log)
    gc.freeze()
    gc.enable()
    proxy_cli.run_server()


if __name__ == "__main__":
    try:
        command, connections = prepare(os.environ, sys.argv[1:])
        requests = request_log(os.environ)
    except Misconfigured as problem:
        sys.exit(f"LiteLLM cannot start: {problem}")
    sys.argv = ["litellm", *command]
    run(connections, requests)
