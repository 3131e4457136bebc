"""LiteLLM's own command line, in its container: from the variables of the deployment to those that LiteLLM reads.

Variables: see README.md beside this file. Nothing of their values is ever printed. Arguments go on to LiteLLM.
Facts of LiteLLM 1.106.2 (read 2026-11-23): proxy/proxy_cli.py, proxy/db/db_url_settings.py, _redis.py,
proxy/common_utils/load_config_utils.py, litellm_core_utils/get_model_cost_map.py.
"""

import gc
import json
import os
import re
import sys
from collections.abc import MutableMapping
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


def run(pool: int | None) -> None:
    """Its imports make millions of objects that stay: Python's garbage collector is kept from looking at them."""
    gc.disable()
    import litellm.proxy.proxy_server  # noqa: F401
    from litellm.proxy import proxy_cli

    if pool is not None:
        # The default has no variable of its own; `database_connection_pool_limit` of the configuration still wins.
        proxy_cli.LiteLLMDatabaseConnectionPool.database_connection_pool_limit._value_ = pool
    gc.freeze()
    gc.enable()
    proxy_cli.run_server()


if __name__ == "__main__":
    try:
        command, connections = prepare(os.environ, sys.argv[1:])
    except Misconfigured as problem:
        sys.exit(f"LiteLLM cannot start: {problem}")
    sys.argv = ["litellm", *command]
    run(connections)
