import type { IncomingHttpHeaders } from 'node:http';
import { ConfigError, faultOfOrigin } from '@genai-gateway/config';

/**
 * What an answer says to browsers. Source of all that follows: Fetch Standard, "CORS protocol",
 * https://fetch.spec.whatwg.org/#http-cors-protocol (as of 2026-11-23).
 */
export interface CorsAnswer {
  /** The configured origin that asked; undefined: none did, and only caches are told that another could. */
  readonly origin: string | undefined;
}

/** What CORS needs of a request. */
export interface CorsRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Routes that pages may call: models, sessions and their history, managed prompts. LiteLLM's management and the Admin UI
 * are not among them, so that no page of another site can use a reader's login there.
 */
const OPEN_ROUTES = new RegExp(
  [
    '^(?:/v1)?/(?:chat/completions|completions|embeddings|moderations|rerank|messages(?:/count_tokens)?',
    '|(?:audio|images)/[a-z]+|(?:models|prompts|responses|sessions)(?:/.+)?)$',
    '|^/anthropic/v1/messages(?:/count_tokens)?$|^/openai/v1/responses$',
    '|^/bedrock/chat-history$|^/chat-history$|^/session-ids$',
    '|^(?:/bedrock)?/{1,2}model/.+/(?:converse|converse-stream|invoke|invoke-with-response-stream|count-tokens)$',
    '|^(?:/bedrock)?/{1,2}guardrail/[^/]+/version/[^/]+/apply$',
  ].join(''),
);

/** Headers of the SDKs, of credentials, and of the gateway's own API. Browsers send no other ones across origins. */
const REQUEST_HEADER =
  /^(?:accept|authorization|content-type|idempotency-key|if-match|user-agent|api-key|x-api-key|x-goog-api-key|x-session-id|x-enable-history|x-request-id|(?:x-gateway|x-litellm|x-stainless|x-amz|x-amzn|amz-sdk|anthropic|openai)-[a-z0-9-]+)$/;

/** Headers of an answer that pages may read, beside those that every page may. */
const ANSWER_HEADER =
  /^(?:etag|request-id|retry-after|x-request-id|x-session-id|x-should-retry|x-amzn-errortype|x-amzn-requestid|(?:x-gateway|x-ratelimit|x-amzn-bedrock|anthropic-ratelimit)-[a-z0-9-]+)$/;

const METHODS = 'GET, POST, PUT, PATCH, DELETE';

/** Chromium asks again after two hours, whatever it was told. */
const MAX_AGE_SECONDS = 7_200;

/**
 * Pages of configured origins may call models from a browser. Other origins get nothing, and nobody gets
 * `access-control-allow-credentials`: a key or token is sent by the page itself, never a cookie.
 */
export class Cors {
  readonly #origins: ReadonlySet<string>;

  /** Throws `ConfigError` for what is no origin. */
  constructor(origins: readonly string[]) {
    for (const each of origins) checkOrigin(each);
    this.#origins = new Set(origins);
  }

  /** What the answer to a request says to browsers; undefined: nothing, the route is not for pages. */
  answerTo(request: CorsRequest): CorsAnswer | undefined {
    const [path = ''] = (request.url ?? '').split('?', 1);
    if (!OPEN_ROUTES.test(path)) return undefined;
    const { origin } = request.headers;
    return { origin: origin !== undefined && this.#origins.has(origin) ? origin : undefined };
  }
}

/** The list of CORS_ALLOWED_ORIGINS; undefined: it is empty. Throws `ConfigError` for what is no origin. */
export function corsFor(origins: readonly string[]): Cors | undefined {
  return origins.length === 0 ? undefined : new Cors(origins);
}

/** Whether a browser asks if its page may send a request, before it does. Such a question bears no credential. */
export function isPreflight(request: CorsRequest, answer: CorsAnswer | undefined): boolean {
  return (
    request.method === 'OPTIONS' &&
    answer?.origin !== undefined &&
    request.headers['access-control-request-method'] !== undefined
  );
}

/** The headers of the answer to a preflight, without those of `corsHeaders`. */
export function preflightHeaders(request: CorsRequest): Record<string, string> {
  const asked = String(request.headers['access-control-request-headers'] ?? '').toLowerCase();
  // One that is not echoed makes the browser refuse the request by itself, and say which it was.
  const allowed = asked.split(',').flatMap((each) => (REQUEST_HEADER.test(each.trim()) ? [each.trim()] : []));
  return {
    'access-control-allow-methods': METHODS,
    ...(allowed.length === 0 ? {} : { 'access-control-allow-headers': allowed.join(', ') }),
    'access-control-max-age': String(MAX_AGE_SECONDS),
  };
}

/** What an answer with such headers says to browsers besides them. `vary` replaces the one that is there. */
export function corsHeaders(
  { origin }: CorsAnswer,
  headers: Readonly<Record<string, string | readonly string[]>>,
): Record<string, string> {
  const vary = varyingByOrigin(headers['vary']);
  if (origin === undefined) return { vary };
  return {
    vary,
    'access-control-allow-origin': origin,
    'access-control-expose-headers': Object.keys(headers)
      .filter((name) => ANSWER_HEADER.test(name))
      .join(', '),
  };
}

function varyingByOrigin(vary: string | readonly string[] | undefined): string {
  if (vary === undefined) return 'origin';
  const names = [vary].flat().join(', ');
  // LiteLLM, which allows every origin by itself, says it already.
  return /(?:^|,)\s*origin\s*(?:,|$)/i.test(names) ? names : `${names}, origin`;
}

function checkOrigin(text: string): void {
  const fault = faultOfOrigin(text);
  if (fault !== undefined) throw new ConfigError(fault);
}
