import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { GatewayError } from '@genai-gateway/core';
import { type CredentialHeaders, credentialFrom } from '@genai-gateway/identity';
import {
  type HttpLitellmProxy,
  isWebSocketRoute,
  litellmUnreachable,
  type MasterKeyProxy,
} from '@genai-gateway/litellm';
import {
  type Call,
  checkWebSocketTarget,
  identify,
  ownHeaders,
  type Services,
  servedByHeaders,
} from '@genai-gateway/pipeline';
import { pathOf } from './router.ts';

/** LiteLLM for a WebSocket. */
export interface WebSocketLitellm {
  readonly proxy: Pick<HttpLitellmProxy, 'refusal' | 'urlOf'>;
  /** Who knows which master key LiteLLM takes; undefined: there is one alone. */
  readonly masterKey: Pick<MasterKeyProxy, 'headersFor'> | undefined;
}

/** A client's connection that asks to become a WebSocket. */
export interface UpgradeRequest {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  /** What the client has sent behind its request. */
  readonly head: Buffer;
}

/** How long LiteLLM may take to agree. */
const AGREE_MS = 30_000;
/** A refusal of LiteLLM's is passed on up to this size. */
const MAX_REFUSAL_BYTES = 64 * 1024;
/** How browsers send a key, which may set no header: OpenAI's own convention. */
const KEY_PROTOCOL = 'openai-insecure-api-key.';

/** The credential of a request for a WebSocket: a header, or one of its subprotocols. */
export function webSocketCredential(headers: CredentialHeaders & IncomingMessage['headers']): string {
  const key = protocolsOf(headers).find((each) => each.startsWith(KEY_PROTOCOL));
  const hasHeader = headers.authorization ?? headers['x-api-key'] ?? headers['api-key'];
  return key !== undefined && hasHeader === undefined ? key.slice(KEY_PROTOCOL.length) : credentialFrom(headers);
}

/**
 * Serves a WebSocket of LiteLLM's (OpenAI's Realtime and Responses): checks the key, lets LiteLLM agree,
 * and joins the two connections until one of them ends.
 */
export async function serveWebSocket(
  call: Call,
  services: Services,
  litellm: WebSocketLitellm | undefined,
  { request, socket, head }: UpgradeRequest,
): Promise<void> {
  const target = request.url ?? '/';
  if (!isWebSocketRoute(pathOf(target)) || litellm === undefined) {
    throw new GatewayError(
      'route-not-found',
      'There is no WebSocket on this path. Those are /v1/realtime and /v1/responses.',
    );
  }
  const { proxy, masterKey } = litellm;
  await identify(call, services);
  checkWebSocketTarget(target);
  const refusal = proxy.refusal();
  if (refusal !== undefined) throw refusal;
  call.record.servedBy = 'litellm';
  // LiteLLM answers with the first protocol on the list; a key among them would come back in the answer.
  const protocols = protocolsOf(request.headers).filter((each) => !each.startsWith(KEY_PROTOCOL));
  const headers: Record<string, string> = { ...ownHeaders(call), connection: 'Upgrade', upgrade: 'websocket' };
  delete headers['sec-websocket-protocol'];
  if (protocols.length > 0) headers['sec-websocket-protocol'] = protocols.join(', ');

  const answer = await agree(proxy.urlOf(target), masterKey?.headersFor(headers) ?? headers, call.signal);
  call.record.upstreamStatus = answer.status;
  if (answer.kind === 'refused') {
    call.record.errorCode = answer.status >= 500 ? 'upstream-failed' : 'upstream-rejected';
    call.reply.send(answer.status, { 'content-type': answer.contentType, ...servedByHeaders(undefined) }, answer.body);
    return;
  }
  call.reply.start(101, { ...answer.headers, ...servedByHeaders(undefined) });
  for (const each of [socket, answer.socket]) each.setKeepAlive(true, 30_000).setNoDelay(true);
  socket.write(answer.head);
  answer.socket.write(head);
  // Whichever way it ends, it is over for both; an abort in the middle is how a WebSocket is often left.
  await Promise.allSettled([
    pipeline(socket, answer.socket, { signal: call.signal }),
    pipeline(answer.socket, socket, { signal: call.signal }),
  ]);
}

type Answer =
  | {
      readonly kind: 'agreed';
      readonly status: 101;
      readonly headers: Record<string, string>;
      readonly socket: Socket;
      readonly head: Buffer;
    }
  | { readonly kind: 'refused'; readonly status: number; readonly contentType: string; readonly body: Buffer };

function agree(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const upstream = send(url, { headers, signal, agent: false });
    upstream.setTimeout(AGREE_MS, () => {
      upstream.destroy();
      reject(new GatewayError('upstream-timeout', 'LiteLLM did not answer in time.'));
    });
    upstream.once('error', (cause) => {
      reject(signal.aborted ? signal.reason : litellmUnreachable(cause));
    });
    upstream.once('upgrade', (response, socket, head) => {
      upstream.setTimeout(0);
      resolve({ kind: 'agreed', status: 101, headers: handshakeOf(response), socket, head });
    });
    upstream.once('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= MAX_REFUSAL_BYTES) chunks.push(chunk);
      });
      response.once('close', () => {
        resolve({
          kind: 'refused',
          status: response.statusCode ?? 502,
          contentType: response.headers['content-type'] ?? 'text/plain',
          body: Buffer.concat(chunks),
        });
      });
    });
    upstream.end();
  });
}

/** The headers of the handshake itself; LiteLLM's others are not for the client. */
function handshakeOf(response: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = { connection: 'Upgrade', upgrade: 'websocket' };
  for (const name of ['sec-websocket-accept', 'sec-websocket-protocol', 'sec-websocket-extensions']) {
    const value = response.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  return headers;
}

function protocolsOf(headers: IncomingMessage['headers']): string[] {
  return (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}
