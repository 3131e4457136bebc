import { afterAll, describe, it } from 'vitest';
import { ask, chat } from '../support/litellm.ts';
import { startOwnGateway, untilReadiness } from '../support/own-gateway.ts';
import { says } from '../support/prompts.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { world } from '../support/world.ts';
import { expectHotPath, health } from './support/hot-path.ts';
import { dial, statusOf } from './support/realtime.ts';
import { StandIn } from './support/stand-in.ts';

afterAll(stopPython);

/** A gateway with a stand-in for LiteLLM, or with nothing, where its URL says that it is. */
describe.skipIf(world.litellm === undefined).concurrent('a gateway of its own', () => {
  const goodKey = { headers: { authorization: `Bearer ${world.keys.good}` } };
  const own: { kill(): void }[] = [];
  const standIns: StandIn[] = [];
  afterAll(async () => {
    for (const each of own) each.kill();
    await Promise.all(standIns.map((each) => each.close()));
  });
  const gateway = async (env: Readonly<Record<string, string>>): Promise<string> => {
    const started = await startOwnGateway(env);
    own.push(started);
    await untilReadiness(started.http, 200);
    return started.http;
  };
  const standIn = (version: string): StandIn => {
    const made = new StandIn(version);
    standIns.push(made);
    return made;
  };
  /** Asks for what LiteLLM serves, in all ways. */
  const everyWay = async (http: string) => {
    const body = chat('gpt-4o-mini', 'Hello.');
    const replies = await Promise.all([
      ask('/v1/chat/completions', { http, body }),
      ask('/v1/embeddings', { http, body: { model: 'text-embedding-3-small', input: 'Hello.' } }),
      ask('/key/info', { http }),
      ask('/ui/', { http, key: null }),
    ]);
    return replies.map(({ status, headers, json }) => [status, headers.get('retry-after'), at(json, 'error')]);
  };

  it('calls no LiteLLM of another version, and says both; it does once the right one is there', async ({ expect }) => {
    const litellm = standIn('1.107.0');
    const http = await gateway({ LITELLM_URL: await litellm.listen() });
    await expect.poll(() => health('/', http), { timeout: 10_000 }).toEqual({ status: 503, litellm: 'wrong-version' });
    const message = expect.stringMatching(/LiteLLM 1\.107\.0 is running.*LiteLLM 1\.106\.2 only/);
    const refused = [503, '5', expect.objectContaining({ code: 'litellm_unavailable', message })];
    expect(await everyWay(http)).toEqual([refused, refused, refused, refused]);
    const native = await ask('/bedrock/model/gpt-4o-mini/converse', { http, body: says('Hello.') });
    expect([native.status, native.headers.get('x-amzn-errortype')]).toEqual([503, 'ServiceUnavailableException']);
    expect(native.json).toEqual({ message });
    expect(await statusOf(dial(goodKey, http))).toBe(503);
    expect(await health('/health/readiness', http)).toEqual({ status: 200, litellm: 'wrong-version' });
    await expectHotPath(world.keys.good, http);
    expect(litellm.asked).toEqual([]);

    litellm.becomes('1.106.2');
    await expect.poll(() => health('/', http), { timeout: 10_000 }).toEqual({ status: 200, litellm: 'ready' });
    expect((await ask('/key/info', { http })).status).toBe(200);
    expect(litellm.asked).toEqual(['/key/info']);
  });

  it('serves before LiteLLM does, and notices when it has started', async ({ expect }) => {
    const litellm = standIn('1.106.2');
    const url = await litellm.listen();
    await litellm.close();
    const http = await gateway({ LITELLM_URL: url });
    expect(await health('/', http)).toEqual({ status: 503, litellm: 'starting' });
    expect(await health('/health/readiness', http)).toEqual({ status: 200, litellm: 'starting' });
    const message = expect.stringMatching(/LiteLLM, which is still starting/);
    const refused = [503, '5', expect.objectContaining({ code: 'litellm_unavailable', message })];
    expect(await everyWay(http)).toEqual([refused, refused, refused, refused]);
    await expectHotPath(world.keys.good, http);

    await litellm.listen(Number(new URL(url).port));
    await expect.poll(() => health('/', http), { timeout: 10_000 }).toEqual({ status: 200, litellm: 'ready' });
    expect((await ask('/key/info', { http })).status).toBe(200);
  });

  it('does not wait on the hot path for a LiteLLM that hangs, and takes it for busy', async ({ expect }) => {
    const litellm = standIn('1.106.2');
    const http = await gateway({ LITELLM_URL: await litellm.listen() });
    await expect.poll(() => health('/', http), { timeout: 10_000 }).toEqual({ status: 200, litellm: 'ready' });
    litellm.hang();
    const waiting = ask('/key/info', { http });
    await expectHotPath(world.keys.good, http);
    expect(await health('/', http)).toEqual({ status: 200, litellm: 'ready' });
    litellm.resume();
    expect((await waiting).status).toBe(200);
  });

  it('says of LiteLLM’s routes that they are not there, where there is none, and names the variable', async ({
    expect,
  }) => {
    const http = await gateway({});
    const [chatReply, embeddingsReply, ...others] = await everyWay(http);
    const message = expect.stringMatching(/not part of this deployment.*LITELLM_URL/);
    const missing = [404, null, expect.objectContaining({ code: 'unknown_url', message })];
    expect(others).toEqual([missing, missing]);
    for (const [reply, model] of [
      [chatReply, 'openai/gpt-4o-mini'],
      [embeddingsReply, 'openai/text-embedding-3-small'],
    ] as const) {
      const setting = expect.stringContaining(model);
      expect(reply).toEqual([403, null, expect.objectContaining({ code: 'not_on_hot_path', message: setting })]);
    }
    const native = await ask('/bedrock/model/gpt-4o-mini/converse', { http, body: says('Hello.') });
    expect([native.status, native.headers.get('x-amzn-errortype')]).toEqual([403, 'AccessDeniedException']);
    expect(await statusOf(dial(goodKey, http))).toBe(404);
    expect(await health('/', http)).toEqual({ status: 200, litellm: 'off' });
    expect(await health('/health/readiness', http)).toEqual({ status: 200, litellm: 'off' });
    await expectHotPath(world.keys.good, http);
  });
});
