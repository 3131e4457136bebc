import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { connectionSettings } from './connection-settings.ts';

const url = 'postgresql://us%40er:p%2Fw@db.example:6432/name';
const read = (query: string) => connectionSettings(`${url}?${query}`);
/** What node-postgres makes of it. */
const client = (query: string) => new pg.Client(read(query).pool);

describe('a database URL of Prisma', () => {
  it('names user, password, server and database', () => {
    const { host, port, user, password, database, ssl } = client('connection_limit=10&pool_timeout=60');
    expect({ host, port, user, password, database, ssl }).toEqual({
      ...{ host: 'db.example', port: 6432, user: 'us@er', password: 'p/w', database: 'name', ssl: false },
    });
    expect(read('').address).toEqual({ host: 'db.example', port: 6432 });
    expect(connectionSettings('postgresql://localhost/name').address).toEqual({ host: 'localhost', port: 5432 });
  });

  it.each([
    ['connection_limit=7', { max: 7 }],
    ['connection_limit=0', { max: 1 }],
    ['pool_timeout=60', { connectionTimeoutMillis: 60_000 }],
    ['pool_timeout=0', { connectionTimeoutMillis: 0 }],
    ['pool_timeout=x', { connectionTimeoutMillis: 10_000 }],
    ['max_connection_lifetime=30', { maxLifetimeSeconds: 30 }],
    ['max_idle_connection_lifetime=5', { idleTimeoutMillis: 5_000 }],
    ['', { connectionTimeoutMillis: 10_000, maxLifetimeSeconds: 0, idleTimeoutMillis: 300_000 }],
    ['options=-c%20statement_timeout%3D5', { options: '-c TimeZone=UTC -c statement_timeout=5' }],
    ['schema=my%20"own', { options: '-c TimeZone=UTC -c search_path="my\\ ""own"' }],
    ['', { options: '-c TimeZone=UTC' }],
  ])('with %s', (query, expected) => {
    expect(read(query).pool).toMatchObject(expected);
  });

  it('may name a schema', () => {
    expect(read('schema=other').schema).toBe('other');
    expect(read('').schema).toBeUndefined();
  });

  it.each([
    ['sslmode=require', { rejectUnauthorized: false }],
    ['sslmode=verify-full', {}],
    ['sslmode=disable', false],
    ['sslmode=prefer', false],
    ['sslaccept=strict', false],
  ])('with %s', (query, expected) => {
    expect(client(query).ssl).toEqual(expected);
  });

  it('may name a socket', () => {
    expect(client('host=/var/run/postgresql').host).toBe('/var/run/postgresql');
  });

  it.each(['', 'nonsense'])('is not "%s"', (text) => {
    expect(() => connectionSettings(text)).toThrow(TypeError);
  });
});
