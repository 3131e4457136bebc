import { connect, createServer, type Socket } from 'node:net';

/** Passes connections on as a load balancer does: one on which nothing was said for a while is cut. */
export interface IdleProxy {
  readonly http: string;
  /** Connections that were cut because of their silence. */
  cuts(): number;
  close(): void;
}

/** Starts one in front of `target`; `idleMs` of silence in both directions cut a connection. */
export function startIdleProxy(target: string, idleMs: number): Promise<IdleProxy> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let cuts = 0;
  const server = createServer((caller) => {
    const served = connect({ host: hostname, port: Number(port) });
    for (const [from, to] of [
      [caller, served],
      [served, caller],
    ] as const) {
      open.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
    }
    // Bytes of either direction keep it alive: what the caller gets was said by the server.
    caller.setTimeout(idleMs, () => {
      cuts += 1;
      caller.destroy();
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const at = address === null || typeof address === 'string' ? 0 : address.port;
      resolve({
        http: `http://127.0.0.1:${at}`,
        cuts: () => cuts,
        close: () => {
          server.close();
          for (const socket of open) socket.destroy();
        },
      });
    });
  });
}
