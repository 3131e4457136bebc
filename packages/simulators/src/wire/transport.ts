import { createServer as createHttp1Server, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';

/** Longer than the 60 s for which the gateway's pool keeps an idle connection, so that the pool closes first. */
const KEEP_ALIVE_MS = 120_000;

/** Every HTTP/2 connection starts with `PRI * HTTP/2.0`, and no HTTP/1.1 method starts with `PRI`. */
const HTTP2_PREFACE = Buffer.from('PRI');

/** A request or an answer of either protocol: the part of both APIs that is the same. */
export type WireRequest = IncomingMessage | Http2ServerRequest;
type WireResponse = ServerResponse | Http2ServerResponse;

export interface Exchange {
  readonly request: WireRequest;
  readonly response: WireResponse;
  readonly protocol: 'h1' | 'h2';
  /** Closes the TCP connection without a proper end of the answer, and with it every other HTTP/2 stream on it. */
  readonly cutConnection: () => void;
}

export interface Transport {
  readonly host: string;
  readonly port: number;
  /** Stops listening and destroys every open connection. */
  close(): Promise<void>;
}

/** Listens on one cleartext port for HTTP/1.1 and HTTP/2 with prior knowledge. Port 0 asks the kernel for one. */
export async function listen(
  options: { readonly host: string; readonly port: number },
  handle: (exchange: Exchange) => void,
): Promise<Transport> {
  const sockets = new Set<Socket>();
  const http1 = createHttp1Server({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    handle({ request, response, protocol: 'h1', cutConnection: () => request.socket.destroy() });
  });
  const http2 = createHttp2Server();
  // A session hides its socket's destroy(), so the socket is remembered while the session is being made.
  const socketOfSession = new WeakMap<object, Socket>();
  let arriving: Socket | undefined;
  http2.on('session', (session) => {
    if (arriving !== undefined) socketOfSession.set(session, arriving);
    session.on('error', () => session.destroy());
  });
  http2.on('request', (request, response) => {
    const { session } = request.stream;
    handle({
      request,
      response,
      protocol: 'h2',
      cutConnection: () => session !== undefined && socketOfSession.get(session)?.destroy(),
    });
  });

  function route(socket: Socket, isHttp2: boolean): void {
    arriving = socket;
    if (isHttp2) http2.emit('connection', socket);
    else http1.emit('connection', socket);
    arriving = undefined;
  }

  const tcp = createTcpServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let seen = Buffer.alloc(0);
    function peek(): void {
      const chunk: Buffer | null = socket.read();
      if (chunk === null) return;
      seen = Buffer.concat([seen, chunk]);
      const couldBeHttp2 = HTTP2_PREFACE.subarray(0, seen.length).equals(seen.subarray(0, HTTP2_PREFACE.length));
      if (couldBeHttp2 && seen.length < HTTP2_PREFACE.length) return;
      socket.removeListener('readable', peek);
      socket.unshift(seen);
      route(socket, couldBeHttp2);
    }
    socket.on('readable', peek);
  });

  await new Promise<void>((resolve, reject) => {
    tcp.once('error', reject);
    tcp.listen(options.port, options.host, () => {
      tcp.removeListener('error', reject);
      resolve();
    });
  });
  const { port } = tcp.address() as AddressInfo;
  return {
    host: options.host,
    port,
    close: () =>
      new Promise((resolve) => {
        tcp.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
