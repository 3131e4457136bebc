import { checkPath, nameInPath } from '@genai-gateway/config';
import { GatewayError } from '@genai-gateway/core';
import { routeAccess } from '@genai-gateway/litellm';
import type { Dialect, ModelOperation, PassThroughAccess, SessionsRoute } from '@genai-gateway/pipeline';

/** What a path asks for. */
export type Route =
  | { readonly kind: 'native'; readonly operation: ModelOperation; readonly model: string }
  | { readonly kind: 'guardrail'; readonly guardrailId: string; readonly guardrailVersion: string }
  | { readonly kind: 'chat' }
  | { readonly kind: 'embeddings' }
  /** OpenAI's Responses. */
  | { readonly kind: 'responses' }
  | { readonly kind: 'models'; readonly model: string | undefined }
  /** Anthropic's Messages. */
  | { readonly kind: 'messages' }
  /** The tokens of one, counted before it is sent. */
  | { readonly kind: 'count-tokens' }
  | { readonly kind: 'sessions'; readonly asked: SessionsRoute }
  /** A route of LiteLLM's, or none at all: LiteLLM knows. */
  | { readonly kind: 'litellm'; readonly access: PassThroughAccess }
  | { readonly kind: 'liveness' }
  /** What the gateway's predecessor asked of: LiteLLM alive or not. */
  | { readonly kind: 'litellm-liveness' }
  | { readonly kind: 'readiness' };

interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly route: Route;
}

const chat: Endpoint = { method: 'POST', route: { kind: 'chat' } };
const embeddings: Endpoint = { method: 'POST', route: { kind: 'embeddings' } };
const responses: Endpoint = { method: 'POST', route: { kind: 'responses' } };
const models: Endpoint = { method: 'GET', route: { kind: 'models', model: undefined } };
const messages: Endpoint = { method: 'POST', route: { kind: 'messages' } };
const countTokens: Endpoint = { method: 'POST', route: { kind: 'count-tokens' } };
const liveness: Endpoint = { method: 'GET', route: { kind: 'liveness' } };
const litellmLiveness: Endpoint = { method: 'GET', route: { kind: 'litellm-liveness' } };
const readiness: Endpoint = { method: 'GET', route: { kind: 'readiness' } };

const exact: ReadonlyMap<string, Endpoint> = new Map([
  ['/v1/chat/completions', chat],
  ['/chat/completions', chat],
  ['/v1/embeddings', embeddings],
  ['/embeddings', embeddings],
  ['/v1/messages', messages],
  ['/v1/messages/count_tokens', countTokens],
  ['/v1/responses', responses],
  ['/responses', responses],
  ['/openai/v1/responses', responses],
  ['/v1/models', models],
  ['/models', models],
  ['/', litellmLiveness],
  ['/health/liveliness', liveness],
  ['/health/liveness', liveness],
  ['/bedrock/health/liveliness', litellmLiveness],
  ['/health/readiness', readiness],
  ['/chat-history', sessions({ kind: 'history', api: 'openai' })],
  ['/bedrock/chat-history', sessions({ kind: 'history', api: 'converse' })],
  ['/session-ids', sessions({ kind: 'ids' })],
]);

function sessions(asked: SessionsRoute): Endpoint {
  return { method: 'POST', route: { kind: 'sessions', asked } };
}

/** The JavaScript SDK doubles the slash when its endpoint ends in one. */
const MODEL_ROUTE =
  /^(?:\/bedrock)?\/{1,2}model\/(.+)\/(converse|converse-stream|invoke|invoke-with-response-stream|count-tokens)$/;
const GUARDRAIL_ROUTE = /^(?:\/bedrock)?\/{1,2}guardrail\/([^/]+)\/version\/([^/]+)\/apply$/;
const MODEL_CARD = /^(?:\/v1)?\/models\/(.+)$/;

/** LiteLLM has routes such as `/model/new` and `/model/{id}/update`, which are none of Bedrock's. */
const BEDROCK_ROUTE = /^\/(?:bedrock(?:\/|$)|\/?(?:model\/.+\/(?!update(?:\?|$))[a-z-]+|guardrail\/.+\/.+)(?:\?|$))/;

/** The dialect in which a path is answered, its errors too. */
export function dialectOf(path: string): Dialect {
  // Nobody asks for it by an AWS SDK, and without a credential it has to be a 401.
  if (/^\/bedrock\/chat-history(?:\?|$)/.test(path)) return 'openai';
  if (BEDROCK_ROUTE.test(path)) return 'bedrock';
  return MESSAGES_ROUTE.test(path) ? 'anthropic' : 'openai';
}

const MESSAGES_ROUTE = /^(?:\/anthropic)?\/v1\/messages(?:[/?]|$)/;
/** What clients are told to use whose address of LiteLLM ends in its raw route of Anthropic's. */
const ANTHROPIC_ROUTE = /^\/anthropic(?=\/v1\/messages(?:\/count_tokens)?$)/;

/** The path of a request target, without its query. Throws `invalid-request` when it is not a path. */
export function pathOf(target: string): string {
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  if (!path.startsWith('/')) {
    throw new GatewayError('invalid-request', 'The request target must be a path that starts with "/".');
  }
  return path;
}

/**
 * What is asked for. The path is read once, here. Model names may hold slashes and colons, raw or
 * encoded, and are decoded once; a path that is not one of ours is LiteLLM's, unless it could be read in
 * two ways. Throws `method-not-allowed` or `invalid-request`.
 */
export function route(method: string, path: string, options: RouteOptions): Route {
  const isRaw = options.openProviderRoutes.includes('anthropic');
  const known = exact.get(isRaw ? path : path.replace(ANTHROPIC_ROUTE, ''));
  if (known !== undefined) {
    // With a query it is not OpenAI's route, but LiteLLM's own, which its Admin UI uses.
    if (known === models && options.hasQuery) return { kind: 'litellm', access: 'model' };
    return checked(method, known);
  }
  const model = MODEL_ROUTE.exec(path);
  if (model !== null) {
    const [, name = '', operation] = model;
    return checked(method, {
      method: 'POST',
      route: { kind: 'native', operation: operation as ModelOperation, model: nameInPath(name) },
    });
  }
  const guardrail = GUARDRAIL_ROUTE.exec(path);
  if (guardrail !== null) {
    const [, id = '', version = ''] = guardrail;
    return checked(method, {
      method: 'POST',
      route: { kind: 'guardrail', guardrailId: nameInPath(id), guardrailVersion: nameInPath(version) },
    });
  }
  const card = MODEL_CARD.exec(path);
  // Google's names for its operations (`/models/x:generateContent`) are LiteLLM's to serve.
  if (card !== null && !/:[a-zA-Z]+$/.test(path))
    return checked(method, { method: 'GET', route: { kind: 'models', model: nameInPath(card[1] ?? '') } });
  checkPath(path);
  if (dialectOf(path) === 'bedrock' && !options.openProviderRoutes.includes('bedrock')) {
    throw new GatewayError('route-not-found', `Bedrock's runtime has no operation on ${path.slice(0, 200)} here.`);
  }
  return { kind: 'litellm', access: routeAccess(method, nameInPath(path), options.openProviderRoutes) };
}

export interface RouteOptions {
  readonly hasQuery: boolean;
  /** Raw routes of providers that every key may use. */
  readonly openProviderRoutes: readonly string[];
}

function checked(method: string, endpoint: Endpoint): Route {
  if (method === endpoint.method || (method === 'HEAD' && endpoint.method === 'GET')) return endpoint.route;
  throw new GatewayError('method-not-allowed', `This route takes ${endpoint.method}, not ${method.slice(0, 10)}.`);
}
