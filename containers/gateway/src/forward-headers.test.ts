import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endToEndHeaders, headersWithoutCredentials } from './forward-headers.ts';

let server: Server;
let seen: { whole: Record<string, string>; bare: Record<string, string> };
beforeEach(async () => {
  server = createServer((incoming, response) => {
    seen = { whole: endToEndHeaders(incoming), bare: headersWithoutCredentials(incoming) };
    response.end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterEach(() => server.close());

/** What is left of a client's headers that really came over a connection. */
async function forwarded(headers: Record<string, string>): Promise<typeof seen> {
  const { port } = server.address() as AddressInfo;
  await new Promise((done, failed) => {
    request({ port, host: '127.0.0.1', headers }, (answer) => answer.resume().once('end', done))
      .once('error', failed)
      .end();
  });
  return seen;
}

describe('a client’s headers on their way to LiteLLM', () => {
  test.each([
    'authorization',
    'x-api-key',
    'api-key',
    'x-litellm-api-key',
    'x-goog-api-key',
    'litellm_user_api_key',
    'cookie',
  ])('a credential in %s stays behind where another was checked', async (name) => {
    const { whole, bare } = await forwarded({ [name]: 'sk-other' });
    expect(whole[name]).toBe('sk-other');
    expect(bare).not.toHaveProperty(name);
  });

  test.each(['host', 'forwarded', 'x-forwarded-host', 'x-cloudfront-secret', 'x-real-ip', 'proxy-authorization'])(
    '%s is not passed on',
    async (name) => {
      expect((await forwarded({ [name]: 'evil.example' })).whole).not.toHaveProperty(name);
    },
  );

  test('of LiteLLM’s own headers those go on that choose nothing', async () => {
    const { bare } = await forwarded({
      'x-litellm-model': 'dear',
      'x-litellm-num-retries': '9',
      'x-litellm-tags': 'a',
    });
    expect(Object.keys(bare).filter((name) => name.startsWith('x-litellm'))).toEqual(['x-litellm-tags']);
  });

  test('a header that the connection names ends with the connection', async () => {
    const { whole } = await forwarded({ connection: 'close, X-Private', 'x-private': '1', 'x-kept': '2' });
    expect(whole).not.toHaveProperty('x-private');
    expect(whole['x-kept']).toBe('2');
  });

  test('the client’s address is added to those that proxies have written', async () => {
    const { whole } = await forwarded({ 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' });
    expect(whole['x-forwarded-for']).toMatch(/^203\.0\.113\.9, (?:::ffff:)?127\.0\.0\.1$/);
    expect(whole['x-forwarded-proto']).toBe('https');
  });

  test('a scheme that is none is not believed', async () => {
    expect((await forwarded({ 'x-forwarded-proto': 'gopher' })).whole['x-forwarded-proto']).toBe('http');
  });
});
