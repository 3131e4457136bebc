import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:tls';
import { Redis } from 'ioredis';
import { localhostCertificate } from '../../../packages/local/src/testing/localhost-certificate.ts';
import { cacheAccess } from '../../../stacks/data/cache-user.ts';

/** A Redis behind TLS, with the user that a deployment makes. */
export interface GuardedCache {
  readonly port: number;
  /** PEM of the authority that signed its certificate, which is for `localhost`. */
  readonly authority: string;
  close(): void;
}

/**
 * Gives a Redis the user `gateway` with the rights of a deployment's, and a door of TLS: the one of the tests is built
 * without TLS of its own.
 */
export async function guardedCache(redisUrl: string, password: string): Promise<GuardedCache> {
  const redis = new Redis(redisUrl);
  await redis.call('ACL', 'SETUSER', 'gateway', 'reset', `>${password}`, ...cacheAccess.split(' '));
  await redis.quit();

  const { key, certificate, authority } = localhostCertificate('Test authority of a cache');
  const target = new URL(redisUrl);
  const server = createServer({ key, cert: certificate }, (client) => {
    const upstream = connect({ host: target.hostname, port: Number(target.port) });
    client.pipe(upstream).pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => undefined);
      one.once('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    authority,
    close: () => void server.close(),
  };
}
