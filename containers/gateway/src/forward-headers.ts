import type { HttpRequest } from './body.ts';

/** Headers of one connection (RFC 9110, section 7.6.1), and those that the next request gets anew. */
const OF_THIS_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'http2-settings',
  'host',
  'content-length',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-real-ip',
  'x-cloudfront-secret',
  'x-drain-token',
]);

/**
 * Every header by which LiteLLM takes a key; which one wins depends on the route, so a request that has
 * been authorised by one of them must not bring another.
 * Source: LiteLLM 1.106.2, proxy/auth/user_api_key_auth.py (get_api_key), types/proxy/auth/special_headers.py,
 * https://github.com/BerriAI/litellm (read 2026-11-23).
 */
const CREDENTIALS = new Set([
  'authorization',
  'x-api-key',
  'api-key',
  'x-litellm-api-key',
  'x-goog-api-key',
  'ocp-apim-subscription-key',
  'litellm_user_api_key',
  'openai-organization',
  'openai-project',
  'cookie',
]);

/** A client's headers that go on to LiteLLM, lower-case names; those of the connection are left behind. */
export function endToEndHeaders(request: HttpRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  const ofConnection = (request.headers.connection ?? '').toLowerCase().split(/\s*,\s*/);
  for (const name in request.headers) {
    const value = request.headers[name];
    if (value === undefined || name.startsWith(':')) continue;
    if (OF_THIS_CONNECTION.has(name) || ofConnection.includes(name)) continue;
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  headers['x-forwarded-for'] = [request.headers['x-forwarded-for'], request.socket?.remoteAddress]
    .filter((each) => each !== undefined && each !== '')
    .join(', ');
  headers['x-forwarded-proto'] = isSecure(request) ? 'https' : 'http';
  return headers;
}

/** What a caller may say to LiteLLM about a model call; its other headers of this kind change where a call goes. */
const CALL_HEADERS = new Set([
  'x-litellm-tags',
  'x-litellm-trace-id',
  'x-litellm-session-id',
  'x-litellm-end-user-id',
  'x-litellm-customer-id',
  'x-litellm-spend-logs-metadata',
  'x-litellm-timeout',
  'x-litellm-stream-timeout',
]);

/** What callers say to the gateway itself. */
const OWN = new Set(['x-session-id', 'x-enable-history', 'x-gateway-prompt-variant']);

/**
 * The same for a call whose credential has been checked: without anything else that could be taken for
 * one, that chooses the upstream or its account, or that compresses the answer.
 */
export function headersWithoutCredentials(request: HttpRequest): Record<string, string> {
  const headers = endToEndHeaders(request);
  for (const name of Object.keys(headers)) {
    const isChoice = /^(?:x-litellm|x-mcp)-/.test(name) && !CALL_HEADERS.has(name);
    if (isChoice || CREDENTIALS.has(name) || OWN.has(name)) delete headers[name];
  }
  // Heartbeats go between the events of a stream, which a compressed one hides.
  delete headers['accept-encoding'];
  return headers;
}

/** Whether the client itself came by TLS: to us, or to the load balancer in front. */
function isSecure(request: HttpRequest): boolean {
  if (request.headers['x-forwarded-proto'] === 'https') return true;
  return request.socket !== undefined && 'encrypted' in request.socket && request.socket.encrypted === true;
}
