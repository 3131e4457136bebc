import { describe, expect, it } from 'vitest';
import { connectionSettings } from './connection-settings.ts';
import { driverError, serverDownError } from './driver.ts';

const settings = connectionSettings('postgresql://user:secret@db.example:6432/name?connection_limit=3&pool_timeout=2');
const failed = (message: string, code?: string) =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

describe('what node-postgres throws', () => {
  it.each([
    ['connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED', 'P1001'],
    ['getaddrinfo ENOTFOUND db.example', 'ENOTFOUND', 'P1001'],
    ['Connection terminated due to connection timeout', undefined, 'P1001'],
    ['the database system is starting up', '57P03', 'P1001'],
    ['read ECONNRESET', 'ECONNRESET', 'P1001'],
    ['Connection terminated unexpectedly', undefined, 'P1001'],
    ['Client has encountered a connection error and is not queryable', undefined, 'P1001'],
    ['timeout exceeded when trying to connect', undefined, 'P2024'],
    ['password authentication failed', '28P01', 'P2010'],
    ['something else', undefined, 'P2010'],
  ])('%s (%s) is %s', (message, code, expected) => {
    expect(driverError(failed(message, code), settings)).toMatchObject({ code: expected });
  });

  it('is told with the server, and without the password', () => {
    const { message, meta } = driverError(failed('connect ECONNREFUSED', 'ECONNREFUSED'), settings);
    expect(message).toBe("Can't reach database server at `db.example:6432`: connect ECONNREFUSED");
    expect(meta).toEqual({ database_host: 'db.example', database_port: 6432 });
  });

  it('of a full pool has its size and its patience', () => {
    const { meta } = driverError(failed('timeout exceeded when trying to connect'), settings);
    expect(meta).toEqual({ connection_limit: 3, timeout: 2 });
  });

  it('may be no Error', () => {
    expect(driverError('text', settings)).toMatchObject({ code: 'P2010', meta: { message: 'text' } });
  });
});

describe('a server that is down, as the engine tells it', () => {
  it.each([
    ['known by the code of raw SQL', 'Raw query failed', { code: '57P01' }],
    ['known by the text of other errors', 'QueryError(PostgresError { code: "57P03", message: "…" })', undefined],
  ])('is %s', (_rule, text, meta) => {
    expect(serverDownError(text, meta, settings)).toMatchObject({ code: 'P1001' });
  });

  it('is not any other error', () => {
    expect(serverDownError('Raw query failed', { code: '42P01' }, settings)).toBeUndefined();
  });
});
