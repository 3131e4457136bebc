import { availableParallelism } from 'node:os';
import type pg from 'pg';

/** A Prisma database URL in the terms of node-postgres. */
export interface ConnectionSettings {
  readonly pool: pg.PoolConfig & { readonly max: number; readonly connectionTimeoutMillis: number };
  /** The schema that the tables are in, when it is not the user's default. */
  readonly schema: string | undefined;
  /** Host and port, for messages. */
  readonly address: { readonly host: string; readonly port: number };
}

/** Parameters of libpq that node-postgres takes from a URL, too. All others are Prisma's own, or for other drivers. */
const passedOn = ['host', 'sslmode', 'application_name'];

/**
 * Reads a `postgresql://` URL with Prisma's parameters `schema`, `connection_limit`, `pool_timeout`,
 * `max_connection_lifetime`, `max_idle_connection_lifetime` (seconds), `sslmode`, `options`,
 * `sslaccept` and `sslcert` (an authority), `application_name`, `host` (of a socket); others are left out (https://www.prisma.io/docs/orm/overview/databases/postgresql,
 * as of 2026-11-23). TLS is on when `sslmode` demands it: there is no trying first, as with `prefer`.
 * Sessions are in UTC, as those of the native engine. Throws TypeError when this is no URL.
 */
export function connectionSettings(text: string): ConnectionSettings {
  const url = new URL(text);
  const given = url.searchParams;
  const seconds = (name: string, fallback: number): number => {
    const value = given.get(name);
    return value !== null && /^\d+$/.test(value) ? Number(value) : fallback;
  };
  const schema = given.get('schema') ?? undefined;
  const path = schema === undefined ? '' : ` -c search_path="${escapeOption(schema)}"`;

  const plain = new URL(url);
  plain.search = '';
  for (const name of passedOn) {
    const value = given.get(name);
    if (value !== null && !['prefer', 'allow'].includes(value)) plain.searchParams.set(name, value);
  }
  // As libpq and Prisma: `require` encrypts without asking who the server is.
  if (plain.searchParams.has('sslmode')) plain.searchParams.set('uselibpqcompat', 'true');
  if (given.get('sslaccept') === 'strict' && plain.searchParams.get('sslmode') === 'require') {
    plain.searchParams.set('sslmode', 'verify-full');
    const authority = given.get('sslcert');
    if (authority !== null) plain.searchParams.set('sslrootcert', authority);
  }
  return {
    pool: {
      connectionString: plain.href,
      // The later of two settings of the same name wins.
      options: `-c TimeZone=UTC${path} ${given.get('options') ?? ''}`.trim(),
      max: Math.max(1, seconds('connection_limit', availableParallelism() * 2 + 1)),
      // 0 is no limit, for both.
      connectionTimeoutMillis: seconds('pool_timeout', 10) * 1000,
      maxLifetimeSeconds: seconds('max_connection_lifetime', 0),
      idleTimeoutMillis: seconds('max_idle_connection_lifetime', 300) * 1000,
    },
    schema,
    address: { host: url.hostname, port: Number(url.port || 5432) },
  };
}

/** In libpq's `options` a backslash keeps the character after it, a blank above all. */
function escapeOption(text: string): string {
  return text.replaceAll('"', '""').replace(/[\\\s]/g, '\\$&');
}
