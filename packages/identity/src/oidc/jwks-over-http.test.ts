import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { jwksOverHttp } from './jwks-over-http.ts';

/** The network: an answer per URL, and what was asked for. */
let answers: Record<string, unknown>;
let asked: string[];

beforeEach(() => {
  [answers, asked] = [{}, []];
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    return url in answers ? Response.json(answers[url]) : new Response('', { status: 404 });
  });
});
afterEach(() => vi.unstubAllGlobals());

const issuer = 'https://issuer.example/realm';
const discovery = `${issuer}/.well-known/openid-configuration`;
const keys = 'https://keys.example/jwks';
const read = async (source = jwksOverHttp(issuer, undefined)) => await source.read(AbortSignal.timeout(1_000));

test('the discovery document leads to the keys, on another host too, and is read once', async () => {
  answers = { [discovery]: { issuer, jwks_uri: keys }, [keys]: { keys: [] } };
  const source = jwksOverHttp(issuer, undefined);
  expect(await read(source)).toEqual({ keys: [] });
  expect(await read(source)).toEqual({ keys: [] });
  expect(asked).toEqual([discovery, keys, keys]);
});

test('an issuer that ends with a slash has one slash before the path', async () => {
  answers = { [discovery]: { issuer: `${issuer}/`, jwks_uri: keys }, [keys]: { keys: [] } };
  expect(await read(jwksOverHttp(`${issuer}/`, undefined))).toEqual({ keys: [] });
});

test('keys that moved are found again', async () => {
  const moved = 'https://keys.example/moved';
  answers = { [discovery]: { issuer, jwks_uri: keys }, [keys]: { keys: [] } };
  const source = jwksOverHttp(issuer, undefined);
  await read(source);
  answers = { [discovery]: { issuer, jwks_uri: moved }, [moved]: { keys: ['moved'] } };
  await expect(read(source)).rejects.toThrow(/answered 404/);
  expect(await read(source)).toEqual({ keys: ['moved'] });
});

test.each<[string, unknown, RegExp]>([
  ['of another issuer', { issuer: 'https://issuer.example', jwks_uri: keys }, /another issuer/],
  ['of nobody', { jwks_uri: keys }, /another issuer/],
  ['without keys', { issuer }, /no key set/],
  ['to this machine', { issuer, jwks_uri: 'http://127.0.0.1/jwks' }, /leads to this machine/],
  ['to this machine by https', { issuer, jwks_uri: 'https://localhost/jwks' }, /leads to this machine/],
  ['without https', { issuer, jwks_uri: 'http://keys.example/jwks' }, /only asked for over https/],
  ['that is no object', null, /no object/],
])('a discovery document %s is not followed', async (_name, document, message) => {
  answers = { [discovery]: document };
  await expect(read()).rejects.toThrow(message);
  expect(asked).toEqual([discovery]);
});
