import type { PassThroughAccess } from '@genai-gateway/pipeline';

/*
 * Who may use which route of LiteLLM's own HTTP API, beyond what LiteLLM itself decides.
 * Source: LiteLLM 1.106.2, the routes of its FastAPI application, proxy/_types.py (LiteLLMRoutes) and
 * proxy/auth/route_checks.py, https://github.com/BerriAI/litellm (read 2026-11-23).
 */

/**
 * Routes for the master key only, with everything below them: they change the configuration, run code,
 * call hosts that the request names, or show the inside of the process. LiteLLM lets ordinary keys or
 * the sessions of its Admin UI use some of them, and has had to mend that more than once
 * (CVE-2026-42203, CVE-2026-42271, CVE-2026-47101).
 */
const MASTER_ONLY = [
  '/debug',
  '/otel-spans',
  '/memory-usage-in-mem-cache',
  '/memory-usage-in-mem-cache-items',
  '/sso/debug',
  '/mcp-rest/test',
  '/v1/mcp/server/import',
  '/v1/a2a/discover',
  '/health/drain',
  '/health/test_connection',
  '/search_tools/test_connection',
  '/prompts/test',
  '/guardrails/test_custom_code',
  '/policies/test-pipeline',
  '/utils/test_policies_and_guardrails',
  '/utils/dotprompt_json_converter',
  '/utils/transform_request',
  '/plugin-proxy',
  '/api/plugins/auth-token',
  '/v1/rust_control_plane',
  '/queue',
];

/** Configuration: the master key changes it; the Admin UI shows it to whoever LiteLLM takes for an administrator. */
const CONFIGURATION = ['/config', '/config_overrides', '/coordination_redis', '/cache/settings'];

/**
 * LiteLLM forwards anything below these to the provider with its own credentials for it: no list of
 * models, no prices. An administrator opens the ones that are wanted (LITELLM_OPEN_PROVIDER_ROUTES).
 */
export const providerRoutes = [
  'anthropic',
  'assemblyai',
  'azure',
  'azure_ai',
  'azure_speech',
  'bedrock',
  'cohere',
  'comprehendmedical',
  'cursor',
  'deepgram',
  'eu.assemblyai',
  'fal_ai',
  'gemini',
  'gigachat',
  'langfuse',
  'milvus',
  'mistral',
  'nvidia_nim',
  'openai',
  'openai_passthrough',
  'openrouter',
  'tinyfish',
  'transcribe',
  'typesafe',
  'vertex-ai',
  'vertex_ai',
  'vllm',
  'watsonx',
] as const;

/** Routes that call models or act for a key in a provider's API. */
const MODEL_ROUTE = new RegExp(
  [
    '^(?:/(?:bespoke/|laya/|claude_code_gateway/)?v1|/v1beta|/v2)?/(?:audio|assistants|batches|chat/completions|completions',
    '|containers|decisions|embeddings|files|fine_tuning|images|interactions|introspect|messages|models|moderations|ocr|rag',
    '|realtime/client_secrets|realtime/transcription_sessions|rerank|responses|search|skills|systemone|threads',
    '|vector_stores|videos)(?:/|$)',
    '|^(?:/v1)?/a2a/|^/engines/|^/mcp-rest/tools/call$|^/utils/token_counter$',
  ].join(''),
);

/**
 * The only paths below `/openai/` that LiteLLM serves as model calls, with their methods: any other, and any
 * other method, it forwards to OpenAI raw.
 */
const OPENAI_ROUTES: readonly (readonly [methods: string, path: RegExp])[] = [
  ['POST', /^\/openai\/deployments\/.+\/(?:chat\/completions|completions|embeddings|images\/(?:edits|generations))$/],
  ['POST', /^\/openai\/v1\/responses(?:\/compact|\/input_tokens|\/[^/]+\/cancel)?$/],
  ['GET DELETE', /^\/openai\/v1\/responses\/[^/]+$/],
  ['GET', /^\/openai\/v1\/responses\/[^/]+\/input_items$/],
  ['POST', /^\/openai\/v1\/realtime\/(?:client_secrets|transcription_sessions)$/],
];

/** Files, which can be larger than anything that is looked into. */
const UPLOAD_ROUTE = /^(?:\/v1)?\/(?:files|containers\/[^/]+\/files)$/;

/**
 * Who may use a route of LiteLLM's. `path` is percent-decoded, because LiteLLM decodes it too, and has
 * been refused when it was ambiguous. `openProviderRoutes`: those of `providerRoutes` that every key may use.
 */
export function routeAccess(method: string, path: string, openProviderRoutes: readonly string[]): PassThroughAccess {
  const changes = method !== 'GET' && method !== 'HEAD';
  if (changes && CONFIGURATION.some((prefix) => isBelow(path, prefix))) return 'master';
  if (MASTER_ONLY.some((prefix) => isBelow(path, prefix))) return 'master';
  if (UPLOAD_ROUTE.test(path)) return 'upload';
  const isOpenai = OPENAI_ROUTES.some(([methods, route]) => methods.split(' ').includes(method) && route.test(path));
  if (isOpenai || MODEL_ROUTE.test(path)) return 'model';
  const provider = providerRoutes.find((name) => isBelow(path, `/${name}`));
  if (provider !== undefined && !openProviderRoutes.includes(provider)) return 'master';
  return 'litellm';
}

/** The routes of LiteLLM's that speak WebSocket; each calls a model. */
export function isWebSocketRoute(path: string): boolean {
  return /^(?:\/openai)?(?:\/v1)?\/realtime$|^(?:\/v1)?\/responses$/.test(path);
}

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}
