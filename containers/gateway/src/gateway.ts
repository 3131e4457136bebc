import { randomUUID } from 'node:crypto';
import { GatewayError, toGatewayError } from '@genai-gateway/core';
import { credentialFrom } from '@genai-gateway/identity';
import {
  type Call,
  type CallRecord,
  type Dialect,
  type Outcome,
  type Services,
  serve,
  serveChat,
  serveGuardrail,
  serveModels,
  serveNative,
} from '@genai-gateway/pipeline';
import { type HttpRequest, readBody } from './body.ts';
import { HttpReply, type HttpResponse } from './http-reply.ts';
import { dialectOf, pathOf, type Route, route } from './router.ts';

/** What the gateway is doing as a whole; the drain and the health routes read it. */
export interface GatewayState {
  /** Raised by SIGTERM: no longer ready, but still serving. */
  draining: boolean;
  /** Has been able to check a key and to sign a call. */
  ready: boolean;
}

export interface GatewayOptions {
  readonly services: Services;
  /** Called once per call that reached a model route, after its last byte or its abort. */
  readonly onSettled: (settled: Settled) => void;
  readonly maxInFlight: number;
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
  readonly #calls = new Set<AbortController>();

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** Calls that are being served. */
  get inFlight(): number {
    return this.#calls.size;
  }

  /** The listener for `request` events. Never throws and never rejects. */
  readonly handle = (request: HttpRequest, response: HttpResponse): void => {
    const requestId = randomUUID();
    const target = request.url ?? '/';
    const dialect = dialectOf(target);
    const reply = new HttpReply(request, response, dialect, {
      requestId,
      closeConnection: this.state.draining,
    });
    // A response without a listener for errors would bring the process down when its client is gone.
    response.on('error', () => {});
    const asked = this.#routed(request, target);
    if (!(asked instanceof GatewayError) && (asked.kind === 'liveness' || asked.kind === 'readiness')) {
      this.#health(asked.kind, reply);
    } else this.#run(asked, dialect, request, response, reply, requestId);
  };

  /** Ends every call that is still open: its caller gets this error as the last event. */
  abortAll(error: GatewayError): void {
    for (const each of this.#calls) each.abort(error);
  }

  /** What is asked for, or why it is refused before anybody looks at who is asking. */
  #routed(request: HttpRequest, target: string): Route | GatewayError {
    try {
      checkHeaderBytes(request);
      const asked = route(request.method ?? 'GET', pathOf(target));
      const isHealth = asked.kind === 'liveness' || asked.kind === 'readiness';
      return isHealth || this.inFlight < this.#options.maxInFlight ? asked : overloaded();
    } catch (error) {
      return toGatewayError(error);
    }
  }

  #run(
    asked: ModelRoute | GatewayError,
    dialect: Dialect,
    request: HttpRequest,
    response: HttpResponse,
    reply: HttpReply,
    requestId: string,
  ): void {
    const { services, onSettled } = this.#options;
    const abort = new AbortController();
    response.on('close', () => {
      if (!reply.ended) abort.abort(new GatewayError('client-gone', 'The client closed the connection.'));
    });
    const record: CallRecord = {
      requestId,
      dialect,
      operation: operationOf(asked),
      startedAtMs: services.now(),
    };
    const call: Call = {
      requestId,
      dialect,
      credential: () => credentialFrom(request.headers),
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
      signal: abort.signal,
      abort: (reason) => abort.abort(reason),
      reply,
      record,
    };
    this.#calls.add(abort);
    void serve(
      call,
      () => dispatch(asked, call, services, request),
      (outcome) => {
        this.#calls.delete(abort);
        onSettled({ record, outcome, status: reply.status, bytesSent: reply.bytesSent });
      },
    );
  }

  #health(kind: 'liveness' | 'readiness', reply: HttpReply): void {
    const { ready, draining } = this.state;
    if (kind === 'liveness') {
      reply.send(200, { 'content-type': 'application/json' }, JSON.stringify({ status: 'alive' }));
      return;
    }
    const status = draining ? 'draining' : ready ? 'ready' : 'starting';
    reply.send(
      status === 'ready' ? 200 : 503,
      { 'content-type': 'application/json' },
      JSON.stringify({ status, inFlight: this.inFlight }),
    );
  }
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

const overloaded = (): GatewayError =>
  new GatewayError('overloaded', 'The gateway is at its limit. Try again shortly.', { retryAfterSeconds: 1 });

function operationOf(asked: ModelRoute | GatewayError): string {
  if (asked instanceof GatewayError) return 'unrouted';
  return asked.kind === 'native' ? asked.operation : asked.kind;
}

type ModelRoute = Exclude<Route, { kind: 'liveness' | 'readiness' }>;

async function dispatch(
  asked: ModelRoute | GatewayError,
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
    case 'models':
      return serveModels(call, services, asked.model);
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
