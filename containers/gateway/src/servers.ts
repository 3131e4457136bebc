import { createServer as createHttp1Server, type Server as Http1Server, type IncomingMessage } from 'node:http';
import {
  createServer as createHttp2Server,
  createSecureServer,
  type Http2SecureServer,
  type Http2Server,
  type ServerHttp2Session,
} from 'node:http2';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { KeyAndCertificate } from '@genai-gateway/certificates';
import { GatewayError } from '@genai-gateway/core';
import { errorAnswer } from '@genai-gateway/dialects';
import type { Gateway } from './gateway.ts';

export interface ServerLimits {
  readonly keepAliveTimeoutMs: number;
}

/** What a server hands its requests to. */
export type Listeners = Pick<Gateway, 'handle' | 'handleUpgrade'>;

/** Servers that take requests, until they are drained. */
export interface RunningServer {
  readonly port: number;
  /** Takes no new connections and tells the open ones to go once their requests are done. */
  stopAccepting(): void;
  /** Cuts what is still open. */
  destroy(): void;
}

const HEADERS_TIMEOUT_MS = 15_000;
/** Connections that may wait to be accepted: a whole fleet of clients reconnects at once after a deployment. */
const BACKLOG = 4_096;
const HTTP1_LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: HEADERS_TIMEOUT_MS,
  /** A body may take this long in all; `readBody` also limits its pauses. */
  requestTimeout: 300_000,
  connectionsCheckingInterval: 5_000,
  noDelay: true,
} as const;
/**
 * Only WebSockets are taken for upgrades, which begin with GET: some HTTP/1.1 clients (Java's) offer to change to h2c with every
 * first request, which is to be answered as if they had not. Node knows this option from 24.9 on; an older
 * one serves no WebSockets.
 */
const UPGRADES = {
  shouldUpgradeCallback: ({ method, headers }: IncomingMessage): boolean =>
    method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket',
};
const HTTP2_LIMITS = {
  settings: { maxConcurrentStreams: 1_000, initialWindowSize: 1024 * 1024, maxHeaderListSize: 16 * 1024 },
  /** One AWS SDK client puts all its streams on one connection; the default of 10 MB is soon used up. */
  maxSessionMemory: 256,
} as const;

const PREFACE = Buffer.from('PRI');

/**
 * One cleartext port for HTTP/1.1 and for HTTP/2 with prior knowledge, which is how the AWS SDK for
 * JavaScript connects: the first three bytes of a connection tell.
 */
export function listenCleartext(
  gateway: Listeners,
  host: string,
  port: number,
  limits: ServerLimits,
): Promise<RunningServer> {
  const http1 = configureHttp1(
    createHttp1Server({ ...HTTP1_LIMITS, ...UPGRADES, keepAliveTimeout: limits.keepAliveTimeoutMs }),
    gateway,
  );
  const http2 = createHttp2Server(HTTP2_LIMITS);
  const sessions = trackSessions(http2, limits);
  http2.on('request', gateway.handle);
  const sockets = new Set<Socket>();

  const tcp = createTcpServer({ noDelay: true, pauseOnConnect: false }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(HEADERS_TIMEOUT_MS, () => socket.destroy());
    let first: Buffer = Buffer.alloc(0);
    const onReadable = (): void => {
      const bytes: Buffer | null = socket.read();
      if (bytes !== null) first = first.length === 0 ? bytes : Buffer.concat([first, bytes]);
      if (first.length < PREFACE.length && PREFACE.subarray(0, first.length).equals(first)) {
        // Not enough to tell. What has come stays here: handed back, it would be readable at once, for ever.
        if (!socket.readableEnded) socket.once('readable', onReadable);
        return;
      }
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.unshift(first);
      (first.subarray(0, PREFACE.length).equals(PREFACE) ? http2 : http1).emit('connection', socket);
    };
    socket.once('readable', onReadable);
  });
  return listening(tcp, host, port, {
    stopAccepting: () => {
      tcp.close();
      http1.closeIdleConnections();
      sessions.close();
    },
    destroy: () => {
      for (const each of sockets) each.destroy();
    },
  });
}

/** One TLS port that agrees on HTTP/2 or HTTP/1.1 by ALPN. */
export function listenTls(
  gateway: Listeners,
  host: string,
  port: number,
  { key, certificate }: KeyAndCertificate,
  limits: ServerLimits,
): Promise<RunningServer> {
  const server = createSecureServer({
    ...HTTP1_LIMITS,
    ...UPGRADES,
    ...HTTP2_LIMITS,
    allowHTTP1: true,
    minVersion: 'TLSv1.2',
    cert: certificate,
    key,
    handshakeTimeout: HEADERS_TIMEOUT_MS,
  });
  const sessions = trackSessions(server, limits);
  const http1 = server as unknown as Http1Server; // with allowHTTP1 it has HTTP/1.1's settings too
  http1.keepAliveTimeout = limits.keepAliveTimeoutMs;
  http1.headersTimeout = HEADERS_TIMEOUT_MS;
  answerBrokenRequests(http1);
  server.on('request', gateway.handle);
  takeUpgrades(http1, gateway);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return listening(server, host, port, {
    stopAccepting: () => {
      server.close();
      sessions.close();
    },
    destroy: () => {
      for (const each of sockets) each.destroy();
    },
  });
}

function listening(
  server: Server | Http2SecureServer,
  host: string,
  port: number,
  control: Omit<RunningServer, 'port'>,
): Promise<RunningServer> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve({ ...control, port: typeof address === 'object' && address !== null ? address.port : port });
    });
  });
}

function configureHttp1(server: Http1Server, gateway: Listeners): Http1Server {
  server.on('request', gateway.handle);
  answerBrokenRequests(server);
  takeUpgrades(server, gateway);
  // It is handed connections and never listens itself, and only this event starts the watch over its timeouts.
  server.emit('listening');
  return server;
}

function takeUpgrades(server: Http1Server, gateway: Listeners): void {
  if (!('shouldUpgradeCallback' in server)) return;
  server.on('upgrade', (request, socket, head) => gateway.handleUpgrade(request, socket as Socket, head));
}

/** Requests that are not HTTP at all, or over the limits of their head, get an answer too. */
function answerBrokenRequests(server: Http1Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const [status, reason] =
      error.code === 'HPE_HEADER_OVERFLOW'
        ? [431, 'Request Header Fields Too Large']
        : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? [408, 'Request Timeout']
          : [400, 'Bad Request'];
    const { body } = errorAnswer(
      new GatewayError('invalid-request', `The request is not valid HTTP: ${reason}.`),
      'openai',
    );
    socket.end(
      `HTTP/1.1 ${status} ${reason}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  });
}

/** HTTP/2 connections: closed when idle, and all told to go when the server stops. */
function trackSessions(server: Http2Server | Http2SecureServer, limits: ServerLimits): { close(): void } {
  const sessions = new Set<ServerHttp2Session>();
  server.on('sessionError', () => {});
  server.on('session', (session: ServerHttp2Session) => {
    let open = 0;
    sessions.add(session);
    session.on('stream', (stream) => {
      open += 1;
      stream.once('close', () => {
        open -= 1;
      });
    });
    session.setTimeout(limits.keepAliveTimeoutMs);
    // Not as the argument above: that is called once, and a session that was busy then would never be closed.
    session.on('timeout', () => {
      if (open === 0) session.close();
    });
    session.on('error', () => {});
    session.once('close', () => sessions.delete(session));
  });
  return {
    close: () => {
      for (const each of sessions) each.close();
    },
  };
}
