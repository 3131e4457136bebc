import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '@genai-gateway/core';
import { BedrockError } from '../../errors.ts';
import type { SimulatorScript } from '../../script/script.ts';
import { parseScript } from '../../script/script-parser.ts';
import { createScriptQueue, type ScriptQueue } from '../../script/script-queue.ts';
import { answerControl, isControl } from '../../wire/control.ts';
import { type Headers, sendBody } from '../../wire/sender.ts';
import { createProviderLog, type OpenProviderRequest, type ProviderRequest } from './provider-log.ts';
import type { HttpOutgoing } from './stream-sender.ts';

/** Longer than clients keep an idle connection, so that they close first. */
const KEEP_ALIVE_MS = 120_000;

/** More than any request of the simulated APIs is allowed to have, sound files included. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

export interface ProviderOptions {
  /** 127.0.0.1 when absent. */
  readonly host?: string;
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** For dates in answers, signatures and the log; the system's clock when absent. */
  readonly now?: Clock;
}

/** A provider that runs. */
export interface ProviderSimulator {
  /** `http://host:port`. */
  readonly url: string;
  readonly port: number;
  /** What arrived, oldest first; the last few hundred requests, those under way too. */
  requests(): readonly ProviderRequest[];
  clearRequests(): void;
  /** As `POST /_simulator/script`. Throws `ScriptError`. */
  script(script: SimulatorScript): void;
  clearScripts(): void;
  /** Closes every connection at once, and resolves when nothing runs any more. */
  close(): Promise<void>;
}

/** A request that has arrived whole, and the way to answer it. */
export interface Call {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly out: HttpOutgoing;
  readonly record: OpenProviderRequest;
  readonly scripts: ScriptQueue;
}

/** A request to become a WebSocket. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly record: OpenProviderRequest;
  readonly scripts: ScriptQueue;
}

/** An error as a provider words it. */
export interface Refusal {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** What is particular to a provider. */
export interface Provider {
  /** Answers by `call.out`. What it throws is answered with its refusal, or ends the connection in mid-answer. */
  answer(call: Call): Promise<void>;
  /** Total: also for errors that are no errors of the provider. */
  refusalOf(error: unknown, record: ProviderRequest): Refusal;
  /** Absent: a request to upgrade is answered as if it were none. */
  upgrade?(upgrade: Upgrade): void;
}

/** Serves a provider over HTTP/1.1, with a log, scripts and the control endpoints. Rejects when the port is taken. */
export async function serveProvider(options: ProviderOptions, provider: Provider): Promise<ProviderSimulator> {
  const { host = '127.0.0.1', port = 0, now = Date.now } = options;
  const scripts = createScriptQueue();
  const log = createProviderLog();
  const sockets = new Set<Socket>();
  const underWay = new Set<Promise<void>>();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const record = recordOf(request, now());
    const { target, method } = record;
    const gone = new AbortController();
    let cutByUs = false;
    const cutConnection = (): void => {
      cutByUs = true;
      // What was written still goes out; then the connection ends without a proper end of the answer.
      request.socket.destroySoon();
    };
    response.on('close', () => {
      record.aborted = !record.finished && !cutByUs;
      gone.abort();
    });
    response.on('error', () => gone.abort());
    const exchange = { request, response, protocol: 'h1', cutConnection } as const;
    const out: HttpOutgoing = { exchange, response, record, signal: gone.signal };
    try {
      const control = isControl(target);
      if (!control) log.add(record);
      const body = await readBody(request);
      if (control) {
        const { status, body: text } = answerControl({ method, target, body: body.toString('utf8') }, scripts, log);
        return await sendBody(out, status, {}, text);
      }
      await provider.answer({ request, body, out, record, scripts });
    } catch (error) {
      // Incomplete: the client left while it was still sending.
      if (gone.signal.aborted || !request.complete) return;
      if (response.headersSent) return cutConnection();
      const refusal = provider.refusalOf(error, record);
      await sendBody(out, refusal.status, refusal.headers, refusal.body);
    }
  }

  const { upgrade } = provider;
  const serverOptions = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    noDelay: true,
    // Java's client offers HTTP/2 with every request: that is answered as if it had not.
    shouldUpgradeCallback: ({ headers }: IncomingMessage) =>
      upgrade !== undefined && headers.upgrade?.toLowerCase() === 'websocket',
  };
  const server = createServer(serverOptions, (request, response) => {
    const running = handle(request, response).finally(() => underWay.delete(running));
    underWay.add(running);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  if (upgrade !== undefined) {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const record = recordOf(request, now());
      log.add(record);
      socket.on('error', () => socket.destroy());
      upgrade({ request, socket, head, record, scripts });
    });
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  const { port: boundPort } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    port: boundPort,
    requests: () => log.list(),
    clearRequests: () => log.clear(),
    script: (script) => scripts.add(parseScript(script)),
    clearScripts: () => scripts.clear(),
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
      await Promise.all(underWay);
    },
  };
}

/** Header lines as they arrived, names in lower case. */
export function headerLines({ rawHeaders }: IncomingMessage): readonly (readonly [name: string, value: string])[] {
  const lines: [string, string][] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    lines.push([(rawHeaders[at] ?? '').toLowerCase(), rawHeaders[at + 1] ?? '']);
  }
  return lines;
}

function recordOf(request: IncomingMessage, startedAtMs: number): OpenProviderRequest {
  const target = request.url ?? '/';
  const headers: Record<string, string> = {};
  for (const [name, value] of headerLines(request)) {
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return {
    id: randomUUID(),
    operation: undefined,
    modelId: '',
    method: request.method ?? '',
    target,
    path: target.split('?', 1)[0] ?? '',
    headers,
    body: undefined,
    bodyText: '',
    protocol: 'h1',
    startedAtMs,
    status: 0,
    bytesSent: 0,
    eventsSent: 0,
    finished: false,
    aborted: false,
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // A body past the ceiling is read to its end and dropped, so that the client can read its error.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (bytes > MAX_BODY_BYTES) {
    throw new BedrockError('RequestEntityTooLargeException', `The body is longer than ${MAX_BODY_BYTES} bytes.`);
  }
  return Buffer.concat(chunks, bytes);
}
