import { parse } from 'pg-connection-string';
import { expect, test } from 'vitest';
import { databaseUrl, redisUrl } from './addresses.ts';

/** Every printable character of ASCII. */
const anything = String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 32 + index));

test('a password of any characters reaches the database as it is', () => {
  const url = databaseUrl({
    DATABASE_HOST: 'db.example',
    DATABASE_NAME: 'litellm',
    DATABASE_USER: 'gate way@x',
    DATABASE_PASSWORD: anything,
  });
  expect(parse(url)).toMatchObject({
    host: 'db.example',
    port: '5432',
    database: 'litellm',
    user: 'gate way@x',
    password: anything,
  });
});

test('with authorities the name of the host is checked too, whatever the URL says', () => {
  const url = databaseUrl({
    DATABASE_URL: 'postgres://u:p%40@db/x?sslmode=disable&a=b',
    DATABASE_CA_FILE: '/ca file.pem',
  });
  const { searchParams, password } = new URL(url);
  expect(Object.fromEntries(searchParams)).toEqual({ sslmode: 'verify-full', sslrootcert: '/ca file.pem', a: 'b' });
  expect(password).toBe('p%40');
});

test.each([
  ['nothing', {}, undefined],
  ['a URL', { REDIS_URL: 'redis://r:1' }, 'redis://r:1'],
  ['a host', { REDIS_HOST: 'r' }, 'redis://r:6379'],
  ['TLS and a port', { REDIS_HOST: 'r', REDIS_PORT: 1, REDIS_SSL: 'True' }, 'rediss://r:1'],
  ['no TLS', { REDIS_HOST: 'r', REDIS_SSL: 'false' }, 'redis://r:6379'],
  ['a password', { REDIS_HOST: 'r', REDIS_PASSWORD: 'a/b@c' }, 'redis://:a%2Fb%40c@r:6379'],
])('Redis by %s', (_name, given, expected) => {
  expect(redisUrl(given)).toBe(expected);
});

test('a password of any characters reaches Redis as it is', () => {
  const { username, password } = new URL(
    redisUrl({ REDIS_HOST: 'r', REDIS_USERNAME: 'a:b', REDIS_PASSWORD: anything }) ?? '',
  );
  expect([decodeURIComponent(username), decodeURIComponent(password)]).toEqual(['a:b', anything]);
});
