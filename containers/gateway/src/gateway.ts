import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { GatewayError, toGatewayError } from '@genai-gateway/core';
import { type Cors, isPreflight, preflightHeaders } from '@genai-gateway/dialects';
import { credentialFrom } from '@genai-gateway/identity';
import type { LitellmState } from '@genai-gateway/litellm';
import {
  type Call,
  type CallRecord,
  type Dialect,
  type Outcome,
  type Services,
  serve,
  serveChat,
  serveCountTokens,
  serveEmbeddings,
  serveGuardrail,
  serveMessages,
  serveModels,
  serveNative,
  servePassThrough,
  serveResponses,
  serveSessions,
} from '@genai-gateway/pipeline';
import { type HttpRequest, readBody, streamBody } from './body.ts';
import { endToEndHeaders, headersWithoutCredentials } from './forward-headers.ts';
import { HttpReply, type HttpResponse } from './http-reply.ts';
import { dialectOf, pathOf, type Route, route } from './router.ts';
import { SocketReply } from './socket-reply.ts';
import { serveWebSocket, type WebSocketLitellm, webSocketCredential } from './web-socket.ts';

/** What the gateway is doing as a whole; the drain and the health routes read it. */
export interface GatewayState {
  /** Raised by SIGTERM: no longer ready, but still serving. */
  draining: boolean;
  /** Has been able to check a key and to sign a call. */
  ready: boolean;
}

/** How LiteLLM is, beside the hot path: `off` where there is none. */
type LitellmPlane = 'off' | LitellmState['kind'];

export interface GatewayOptions {
  readonly services: Services;
  readonly litellmPlane: () => LitellmPlane;
  /** For WebSockets, which go past the pipeline; undefined: there is no LiteLLM. */
  readonly webSocketLitellm: WebSocketLitellm | undefined;
  /** Raw routes of providers that every key may use. */
  readonly openProviderRoutes: readonly string[];
  /** Called once per call that reached a model route, after its last byte or its abort. */
  readonly onSettled: (settled: Settled) => void;
  readonly maxInFlight: number;
  /** Whose pages may call models from a browser; undefined: nobody's. */
  readonly cors: Cors | undefined;
}

/** A call that has ended, with what the wire says of it. */
export interface Settled {
  readonly record: CallRecord;
  readonly outcome: Outcome;
  readonly status: number;
  readonly bytesSent: number;
}

/** The request handler behind every server: HTTP in, pipeline, HTTP out. */
export class Gateway {
  readonly state: GatewayState = { draining: false, ready: false };
  readonly #options: GatewayOptions;
  readonly #calls = new Map<AbortController, CallRecord>();

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** Calls that are being served. */
  get inFlight(): number {
    return this.#calls.size;
  }

  /** Those of them that stream their answer, WebSockets too. Counted when it is asked for. */
  get openStreams(): number {
    let count = 0;
    for (const { stream, operation } of this.#calls.values())
      if (stream === true || operation === 'websocket') count += 1;
    return count;
  }

  /** The listener for `request` events. Never throws and never rejects. */
  readonly handle = (request: HttpRequest, response: HttpResponse): void => {
    const requestId = randomUUID();
    const target = request.url ?? '/';
    const dialect = dialectOf(target);
    const cors = this.#options.cors?.answerTo(request);
    const reply = new HttpReply(request, response, dialect, {
      requestId,
      closeConnection: this.state.draining,
      cors,
    });
    // A response without a listener for errors would bring the process down when its client is gone.
    response.on('error', () => {});
    if (isPreflight(request, cors)) {
      reply.start(204, preflightHeaders(request));
      reply.end();
      return;
    }
    const asked = this.#routed(request, target);
    if (!(asked instanceof GatewayError) && isHealth(asked)) this.#health(asked.kind, reply);
    else this.#run(asked, dialect, request, response, reply, requestId);
  };

  /** The listener for `upgrade` events: HTTP/1.1 connections that ask to become WebSockets. */
  readonly handleUpgrade = (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    const { services, webSocketLitellm } = this.#options;
    const requestId = randomUUID();
    const reply = new SocketReply(socket, requestId);
    const record: CallRecord = { requestId, dialect: 'openai', operation: 'websocket', startedAtMs: services.now() };
    const abort = new AbortController();
    socket.once('close', () => abort.abort(clientGone()));
    const call: Call = {
      requestId,
      dialect: 'openai',
      credential: () => webSocketCredential(request.headers),
      header: (name) => headerOf(request, name),
      forwardableHeaders: () => headersWithoutCredentials(request),
      body: async () => Buffer.alloc(0),
      bodyStream: () => undefined,
      signal: abort.signal,
      abort: (reason) => abort.abort(reason),
      reply,
      record,
    };
    const stage = async (): Promise<void> => {
      if (this.inFlight > this.#options.maxInFlight) throw overloaded();
      await serveWebSocket(call, services, webSocketLitellm, { request, socket, head });
    };
    this.#serve(call, abort, reply, stage);
  };

  /** Ends every call that is still open: its caller gets this error as the last event. */
  abortAll(error: GatewayError): void {
    for (const each of this.#calls.keys()) each.abort(error);
  }

  /** What is asked for, or why it is refused before anybody looks at who is asking. */
  #routed(request: HttpRequest, target: string): Route | GatewayError {
    try {
      checkHeaderBytes(request);
      const path = pathOf(target);
      const asked = route(request.method ?? 'GET', path, {
        hasQuery: target.length > path.length + 1,
        openProviderRoutes: this.#options.openProviderRoutes,
      });
      return isHealth(asked) || this.inFlight < this.#options.maxInFlight ? asked : overloaded();
    } catch (error) {
      return toGatewayError(error);
    }
  }

  #run(
    asked: ServedRoute | GatewayError,
    dialect: Dialect,
    request: HttpRequest,
    response: HttpResponse,
    reply: HttpReply,
    requestId: string,
  ): void {
    const { services } = this.#options;
    const abort = new AbortController();
    response.on('close', () => {
      if (!reply.ended) abort.abort(clientGone());
    });
    const record: CallRecord = {
      requestId,
      dialect,
      operation: operationOf(asked, request),
      startedAtMs: services.now(),
    };
    const call: Call = {
      requestId,
      dialect,
      credential: () => credentialFrom(request.headers),
      header: (name) => headerOf(request, name),
      forwardableHeaders: () => headersWithoutCredentials(request),
      body: async () => {
        try {
          const body = await readBody(request);
          record.requestBytes = body.length;
          return body;
        } catch (error) {
          reply.closeConnectionAfter();
          throw error;
        }
      },
      bodyStream: () => streamBody(request),
      signal: abort.signal,
      abort: (reason) => abort.abort(reason),
      reply,
      record,
    };
    this.#serve(call, abort, reply, () => dispatch(asked, call, services, request));
  }

  #serve(
    call: Call,
    abort: AbortController,
    reply: { readonly status: number; readonly bytesSent: number },
    stage: () => Promise<void>,
  ): void {
    this.#calls.set(abort, call.record);
    void serve(call, stage, (outcome) => {
      this.#calls.delete(abort);
      this.#options.onSettled({ record: call.record, outcome, status: reply.status, bytesSent: reply.bytesSent });
    });
  }

  /**
   * Liveness is this process's own; readiness is the hot path's, and says how LiteLLM is beside it;
   * `litellm-liveness` is what load balancers of the predecessor ask for.
   */
  #health(kind: HealthRoute['kind'], reply: HttpReply): void {
    const { ready, draining } = this.state;
    const litellm = this.#options.litellmPlane();
    const hotPath = draining ? 'draining' : ready ? 'ready' : 'starting';
    const [isWell, body] = {
      liveness: [true, { status: 'alive' }] as const,
      'litellm-liveness': [litellm === 'ready' || litellm === 'off', { status: 'alive', planes: { litellm } }] as const,
      readiness: [
        hotPath === 'ready',
        { status: hotPath, planes: { hotPath, litellm }, inFlight: this.inFlight },
      ] as const,
    }[kind];
    reply.send(isWell ? 200 : 503, { 'content-type': 'application/json' }, JSON.stringify(body));
  }
}

type HealthRoute = Extract<Route, { kind: 'liveness' | 'readiness' | 'litellm-liveness' }>;

function isHealth(asked: Route): asked is HealthRoute {
  return asked.kind === 'liveness' || asked.kind === 'readiness' || asked.kind === 'litellm-liveness';
}

/** Node holds HTTP/1.1 to this by itself; for HTTP/2 it only tells the client so. */
const MAX_HEADER_BYTES = 16 * 1024;

function checkHeaderBytes(request: HttpRequest): void {
  if (request.httpVersionMajor < 2) return;
  let bytes = 0;
  for (const text of request.rawHeaders) bytes += text.length;
  if (bytes <= MAX_HEADER_BYTES) return;
  throw new GatewayError('headers-too-large', `The headers are larger than ${MAX_HEADER_BYTES / 1024} KiB together.`);
}

function headerOf(request: HttpRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

const clientGone = (): GatewayError => new GatewayError('client-gone', 'The client closed the connection.');

const overloaded = (): GatewayError =>
  new GatewayError('overloaded', 'The gateway is at its limit. Try again shortly.', { retryAfterSeconds: 1 });

/** For the log. Of a path of LiteLLM's only the beginning is named: keys can be in the rest. */
function operationOf(asked: ServedRoute | GatewayError, { method = 'GET', url = '/' }: HttpRequest): string {
  if (asked instanceof GatewayError) return 'unrouted';
  if (asked.kind === 'litellm') return `litellm ${method} ${/^(?:\/v\d)?\/[a-z_.-]{0,40}/.exec(url)?.[0] ?? ''}`;
  if (asked.kind === 'guardrail') return 'apply-guardrail';
  if (asked.kind === 'sessions') return `sessions ${asked.asked.kind}`;
  return asked.kind === 'native' ? asked.operation : asked.kind;
}

type ServedRoute = Exclude<Route, HealthRoute>;

async function dispatch(
  asked: ServedRoute | GatewayError,
  call: Call,
  services: Services,
  request: HttpRequest,
): Promise<void> {
  if (asked instanceof GatewayError) throw asked;
  switch (asked.kind) {
    case 'native':
      return serveNative(call, services, { ...asked, headers: bedrockHeaders(request) });
    case 'guardrail':
      return serveGuardrail(call, services, { ...asked, headers: bedrockHeaders(request) });
    case 'chat':
      return serveChat(call, services);
    case 'embeddings':
      return serveEmbeddings(call, services);
    case 'count-tokens':
      return serveCountTokens(call, services, request.url ?? '/v1/messages/count_tokens');
    case 'messages':
      return serveMessages(call, services, request.url ?? '/v1/messages');
    case 'responses':
      return serveResponses(call, services, request.url ?? '/v1/responses');
    case 'sessions':
      return serveSessions(call, services, asked.asked);
    case 'models':
      return serveModels(call, services, asked.model);
    case 'litellm':
      return servePassThrough(call, services, {
        access: asked.access,
        method: request.method ?? 'GET',
        target: request.url ?? '/',
        headers: endToEndHeaders(request),
      });
  }
}

/**
 * The headers that Bedrock's own API defines; nothing else of the caller's goes on. They are signed, so
 * blanks are folded as the signature wants it. Throws `invalid-request` for text that no header can carry.
 */
function bedrockHeaders(request: HttpRequest): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  for (const name in request.headers) {
    if (name !== 'content-type' && name !== 'accept' && !name.startsWith('x-amzn-bedrock-')) continue;
    const value = request.headers[name];
    if (typeof value !== 'string' || value === '') continue;
    if (!/^[\x20-\x7e\t]*$/.test(value)) {
      throw new GatewayError('invalid-request', `The header ${name} holds characters other than printable ASCII.`);
    }
    headers[name] = value.trim().replaceAll(/\s+/g, ' ');
  }
  return headers;
}
