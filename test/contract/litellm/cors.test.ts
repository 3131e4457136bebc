import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, chat } from '../support/litellm.ts';
import type { OwnGateway } from '../support/own-gateway.ts';
import { world } from '../support/world.ts';
import { startBesideLitellm } from './support/gateway-beside-litellm.ts';

/* What pages of a configured origin may read of LiteLLM and of their sessions; the rest is in ../cors.test.ts. */

const origin = 'https://chat.example.com';
const preflight = {
  origin,
  'access-control-request-method': 'PATCH',
  'access-control-request-headers': 'authorization, x-session-id',
};

describe.skipIf(world.litellm === undefined)('a page of a configured origin', () => {
  let gateway: OwnGateway;
  beforeAll(async () => {
    gateway = await startBesideLitellm({ CORS_ALLOWED_ORIGINS: origin });
  });
  afterAll(() => gateway?.kill());

  it.each([
    ['/v1/embeddings', { model: 'text-embedding-3-small', input: 'Hello.' }],
    ['/v1/messages', { ...chat('claude-sonnet', 'Hello.'), max_tokens: 10 }],
    ['/v1/chat/completions', { ...chat('gpt-4o-mini', 'Hello.'), stream: true }],
  ])('reads what LiteLLM answers, once allowed: %s', async (path, body) => {
    const { status, headers } = await ask(path, { http: gateway.http, body, headers: { origin } });
    // LiteLLM allows every origin by itself, which must not come through beside it.
    expect([status, headers.get('access-control-allow-origin')]).toEqual([200, origin]);
    expect(headers.has('access-control-allow-credentials')).toBe(false);
    expect(
      headers
        .get('vary')
        ?.split(', ')
        .filter((name) => name.toLowerCase() === 'origin'),
    ).toHaveLength(1);
  });

  it('goes on with a session, whose id it may read', async () => {
    const body = { ...chat('nova-lite', 'Hello.'), enable_history: true };
    const { headers } = await ask('/v1/chat/completions', { http: gateway.http, body, headers: { origin } });
    expect(headers.get('access-control-expose-headers')?.split(', ')).toContain('x-session-id');
    const read = await ask('/chat-history', {
      http: gateway.http,
      body: { session_id: headers.get('x-session-id') },
      headers: { origin },
    });
    expect([read.status, read.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
  });

  it.each(['/key/generate', '/user/new', '/ui/', '/model/new', '/config/update'])(
    'gets nothing of %s',
    async (path) => {
      for (const method of ['OPTIONS', 'GET']) {
        const { status, headers } = await ask(path, { http: gateway.http, method, headers: preflight });
        expect(status).not.toBe(204);
        expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      }
    },
  );
});
