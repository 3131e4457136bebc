import { simulatorCredentials } from '@genai-gateway/local';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type OwnGateway, startOwnGateway } from './support/own-gateway.ts';
import { askPython, stopPython } from './support/python.ts';
import { at } from './support/reply.ts';
import { uniqueWord } from './support/simulator.ts';
import { world } from './support/world.ts';

/*
 * Managed prompts on their public route, in front of two gateways that keep what they have read: what is changed by the
 * function is seen by both, and by whoever asks Bedrock itself.
 */
let other: OwnGateway;
beforeAll(async () => {
  other = await startOwnGateway();
  await vi.waitUntil(async () => (await statusOf(`${other.http}/health/readiness`)) === 200, { timeout: 30_000 });
});
afterAll(() => {
  other?.kill();
  stopPython();
});

async function statusOf(url: string): Promise<number> {
  return fetch(url).then(
    ({ status }) => status,
    () => 0,
  );
}

async function admin(method: string, path: string, body?: object, key = world.masterKey) {
  const response = await fetch(`${world.http}/v1/prompts${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** What a call of the prompt is answered by each of the gateways: the models of the simulator repeat what they are told. */
async function called(model: string): Promise<readonly unknown[]> {
  const calls = [world.http, other.http].map(async (gateway) => {
    const response = await fetch(`${gateway}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.keys.good}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [] }),
    });
    const answer: unknown = await response.json();
    return response.ok ? at(answer, 'choices', '0', 'message', 'content') : at(answer, 'error', 'code');
  });
  return Promise.all(calls);
}

const variants = (text: string) => [{ model: 'amazon.nova-lite-v1:0', text }];

describe.skipIf(world.redisUrl === undefined)('a prompt that is changed on /v1/prompts', () => {
  it('is changed for every gateway at once, and gone when it is deleted', async () => {
    const name = uniqueWord();
    const made = await admin('POST', '', { name, variants: variants('first') });
    expect(made).toMatchObject({ status: 201, body: { name, version: 'DRAFT' } });
    expect(await called(`prompt:${name}`)).toEqual(['first', 'first']);

    const changed = await admin('PATCH', `/${name}`, { etag: made.body['etag'], variants: variants('second') });
    expect(changed.status).toBe(200);
    // Sooner than drafts get old.
    await expect.poll(() => called(`prompt:${name}`), { timeout: 2_000 }).toEqual(['second', 'second']);

    const published = await admin('POST', `/${name}/versions`, { etag: changed.body['etag'] });
    expect(published).toMatchObject({ status: 201, body: { version: '1' } });
    await expect.poll(() => called(`prompt:${name}:1`), { timeout: 2_000 }).toEqual(['second', 'second']);
    expect((await admin('DELETE', `/${name}/versions/1`)).status).toBe(200);
    // A version is kept for an hour by who is not told.
    const gone = ['prompt_not_found', 'prompt_not_found'];
    await expect.poll(() => called(`prompt:${name}:1`), { timeout: 2_000 }).toEqual(gone);
    expect((await admin('DELETE', `/${name}?etag=${String(changed.body['etag'])}`)).status).toBe(200);
    await expect.poll(() => called(`prompt:${name}`), { timeout: 2_000 }).toEqual(gone);
  });

  it('is the same for boto3, and what boto3 changes is the same here', async (context) => {
    if (world.python === undefined) return context.skip('no Python');
    const { accessKeyId: accessKey, secretAccessKey: secretKey } = simulatorCredentials;
    const boto3 = async (method: string, input: object) => {
      const asked = { api: 'aws', service: 'bedrock-agent', endpoint: world.simulator, accessKey, secretKey } as const;
      const { output, failure } = await askPython({ ...asked, method, input });
      expect(failure).toBeUndefined();
      return output;
    };
    const name = uniqueWord();
    const { body } = await admin('POST', '', {
      name,
      tags: { team: 'a' },
      variants: [{ model: 'amazon.nova-lite-v1:0', text: 'Hi {{who}}', weight: 2, max_tokens: 7 }],
    });
    const promptIdentifier = body['id'];
    expect(await boto3('get_prompt', { promptIdentifier })).toMatchObject({
      name,
      variants: [
        {
          name: 'default',
          modelId: 'amazon.nova-lite-v1:0',
          templateConfiguration: { text: { text: 'Hi {{who}}', inputVariables: [{ name: 'who' }] } },
          inferenceConfiguration: { text: { maxTokens: 7 } },
          metadata: [{ key: 'gateway:weight', value: '2' }],
        },
      ],
    });
    expect(await boto3('list_tags_for_resource', { resourceArn: body['arn'] })).toEqual({ tags: { team: 'a' } });
    await boto3('update_prompt', { promptIdentifier, name, description: 'of the console' });
    expect((await admin('GET', `/${name}`)).body).toMatchObject({ description: 'of the console', variants: [] });
    const stale = await admin('PATCH', `/${name}`, { description: 'b', etag: body['etag'] });
    expect(stale).toMatchObject({ status: 409, body: { error: { code: 'prompt_conflict' } } });
  });

  it('is read by who may call it, and changed by administrators alone', async () => {
    expect((await admin('GET', '/summarize', undefined, world.keys.good)).status).toBe(200);
    expect((await admin('GET', '/summarize', undefined, world.keys.novaOnly)).status).toBe(404);
    expect((await admin('DELETE', '/summarize?etag=*', undefined, world.keys.good)).status).toBe(403);
  });
});
