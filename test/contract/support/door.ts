import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A port that refuses connections until it is opened, and again once it is closed; open, it leads to another port. */
export interface Door {
  readonly port: number;
  open(): Promise<void>;
  /** Cuts what goes through it, too. */
  close(): void;
}

export async function closedDoor(target: number): Promise<Door> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host: '127.0.0.1', port: target });
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return {
    port,
    open: () => listen(port),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
