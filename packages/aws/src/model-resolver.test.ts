import type { GatewayError } from '@genai-gateway/core';
import type { ModelsBehind } from '@genai-gateway/routing';
import { type BedrockResources, type BedrockSimulator, startBedrockSimulator } from '@genai-gateway/simulators';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CredentialSource } from './credentials.ts';
import { BedrockModelResolver } from './model-resolver.ts';

const here = 'arn:aws:bedrock:us-east-1:123456789012';
const model = (id: string, region = 'us-east-1') => `arn:aws:bedrock:${region}::foundation-model/${id}`;
const haiku = 'us.anthropic.claude-3-5-haiku-20241022-v1:0';
const sonnet = 'us.anthropic.claude-3-5-sonnet-20241022-v2:0';
const nova = 'amazon.nova-lite-v1:0';
const profile = `${here}:application-inference-profile/abc123def456`;
const router = `${here}:prompt-router/router000001`;

const resources: BedrockResources = {
  applicationProfiles: [
    { arn: profile, modelArns: [model(nova), model(nova, 'us-west-2')] },
    { arn: `${here}:application-inference-profile/oneregion001`, modelArns: [model(nova)] },
    { arn: `${here}:application-inference-profile/empty0000001`, modelArns: [] },
  ],
  promptRouters: [
    {
      arn: router,
      modelArns: [`${here}:inference-profile/${sonnet}`, `${here}:inference-profile/${haiku}`],
      fallbackModelArn: `${here}:inference-profile/${sonnet}`,
    },
    { arn: `${here}:default-prompt-router/meta:1`, modelArns: [model(nova)], fallbackModelArn: profile },
    {
      arn: `${here}:prompt-router/mixed0000001`,
      modelArns: [model(nova)],
      fallbackModelArn: `${here}:application-inference-profile/empty0000001`,
    },
  ],
  provisionedModels: [{ arn: `${here}:provisioned-model/provisioned1`, modelArn: model(`${nova}:300k`) }],
  customModelDeployments: [
    { arn: `${here}:custom-model-deployment/deployment01`, modelArn: `${here}:custom-model/${nova}/tuned0000001` },
    { arn: `${here}:custom-model-deployment/deployment02`, modelArn: `${here}:custom-model/imported/tuned0000002` },
  ],
};
const credentials = { accessKeyId: 'AKIASIMULATOR', secretAccessKey: 'not-a-secret', sessionToken: 'session' };
const MINUTE = 60_000;

let simulator: BedrockSimulator;
let nowMs = 0;
beforeAll(async () => {
  simulator = await startBedrockSimulator({ resources, credentials: [credentials] });
});
afterAll(() => simulator.close());
beforeEach(() => {
  simulator.clearRequests();
  simulator.clearScripts();
  nowMs = Date.now();
});

const patient = new AbortController().signal;

function resolver(change: { endpoint?: string; timeoutMs?: number; secret?: string } = {}) {
  const failures: [string, string][] = [];
  const { endpoint = simulator.url, timeoutMs = 5_000, secret = credentials.secretAccessKey } = change;
  const made = new BedrockModelResolver({
    credentials: new CredentialSource(async () => ({ ...credentials, secretAccessKey: secret }), Date.now),
    endpoint,
    now: () => nowMs,
    timeoutMs,
    onFailure: (arn, error) => failures.push([arn, (error as Error).name]),
  });
  return { failures, ask: async (arn = profile, signal = patient) => made.resolve(arn, signal), made };
}

const known = (kind: string, ...modelIds: string[]) => ({ kind, modelIds, unknownBecause: undefined });
const unknown = (kind: string, unknownBecause: string) => ({ kind, modelIds: [], unknownBecause });
const asked = () => simulator.requests().length;

describe('the models behind', () => {
  test.each<[string, ReturnType<typeof known> | ReturnType<typeof unknown>]>([
    [profile, known('application-inference-profile', `us.${nova}`)],
    [`${here}:application-inference-profile/oneregion001`, known('application-inference-profile', nova)],
    [
      `${here}:application-inference-profile/empty0000001`,
      unknown('application-inference-profile', 'no-foundation-model'),
    ],
    [router, known('prompt-router', haiku, sonnet)],
    [`${here}:default-prompt-router/meta:1`, known('prompt-router', nova, `us.${nova}`)],
    [`${here}:prompt-router/mixed0000001`, unknown('prompt-router', 'no-foundation-model')],
    [`${here}:provisioned-model/provisioned1`, known('provisioned-model', nova)],
    [`${here}:custom-model-deployment/deployment01`, known('custom-model-deployment', nova)],
    [`${here}:custom-model-deployment/deployment02`, unknown('custom-model-deployment', 'no-foundation-model')],
  ])('%s, by the SDK', async (arn, models) => {
    const { ask, failures } = resolver();
    expect(await ask(arn)).toEqual(models);
    expect(failures).toEqual([]);
    expect(asked()).toBeGreaterThan(0);
  });

  test('an id are known without asking, and without a promise', () => {
    expect(resolver().made.resolve(haiku, patient)).toEqual(known('inference-profile', haiku));
    expect(asked()).toBe(0);
  });
});

describe('what was asked', () => {
  test('is kept, and given without a promise', async () => {
    const { ask, made } = resolver();
    await ask();
    expect(made.resolve(profile, patient)).toEqual(known('application-inference-profile', `us.${nova}`));
    nowMs += 10 * MINUTE - 1;
    expect(made.resolve(profile, patient)).not.toBeInstanceOf(Promise);
    expect(asked()).toBe(1);
  });

  test('is asked once by any number at one time', async () => {
    simulator.script({ reply: { firstByteDelayMs: 100 } });
    const { ask } = resolver();
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask()));
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(asked()).toBe(1);
  });

  test('is renewed after ten minutes while the old answer goes on', async () => {
    const { ask, made } = resolver();
    await ask();
    nowMs += 10 * MINUTE;
    expect(made.resolve(profile, patient)).not.toBeInstanceOf(Promise);
    await expect.poll(asked).toBe(2);
    await settled();
    nowMs += 9 * MINUTE;
    expect(made.resolve(profile, patient)).not.toBeInstanceOf(Promise);
    expect(asked()).toBe(2);
  });

  test('waits for its renewal after an hour', async () => {
    const { ask, made } = resolver();
    await ask();
    nowMs += 60 * MINUTE;
    expect(await made.resolve(profile, patient)).toEqual(known('application-inference-profile', `us.${nova}`));
    expect(asked()).toBe(2);
  });

  test('outlives a control plane that fails, which is asked every 30 s', async () => {
    const { ask, failures } = resolver();
    const good = await ask();
    simulator.script({ times: 10, reply: { fault: { kind: 'exception', name: 'AccessDeniedException' } } });
    for (const [later, requests] of [
      [60 * MINUTE, 2],
      [29_999, 2],
      [1, 3],
    ] as const) {
      nowMs += later;
      expect(await ask()).toEqual(good);
      expect(asked()).toBe(requests);
    }
    expect(failures).toEqual([
      [profile, 'AccessDeniedException'],
      [profile, 'AccessDeniedException'],
    ]);
  });

  test('is forgotten once Bedrock says that it is gone', async () => {
    const { ask, failures } = resolver();
    await ask();
    nowMs += 60 * MINUTE;
    simulator.script({ reply: { fault: { kind: 'exception', name: 'ResourceNotFoundException' } } });
    expect(await codeOf(ask())).toBe('model-not-found');
    expect(await codeOf(ask())).toBe('model-not-found');
    expect([asked(), failures]).toEqual([2, []]);
    nowMs += 30_000;
    simulator.script({ reply: { fault: { kind: 'exception', name: 'AccessDeniedException' } } });
    expect(await ask()).toEqual(unknown('application-inference-profile', 'not-permitted'));
    nowMs += 30_000;
    expect(await ask()).toEqual(known('application-inference-profile', `us.${nova}`));
  });
});

describe('a look-up that fails', () => {
  const nobody = `${here}:application-inference-profile/nobody000001`;

  test('because there is no such thing is the caller’s error, for 30 s', async () => {
    const { ask, failures } = resolver();
    expect(await codeOf(ask(nobody))).toBe('model-not-found');
    expect(await codeOf(ask(nobody))).toBe('model-not-found');
    expect([asked(), failures]).toEqual([1, []]);
    nowMs += 30_000;
    expect(await codeOf(ask(nobody))).toBe('model-not-found');
    expect(asked()).toBe(2);
  });

  test('because the gateway may not look leaves the model unknown, and operators hear of it once', async () => {
    const { ask, failures } = resolver({ secret: 'another' });
    for (let at = 0; at < 3; at += 1)
      expect(await ask()).toEqual(unknown('application-inference-profile', 'not-permitted'));
    expect([asked(), failures]).toEqual([1, [[profile, 'InvalidSignatureException']]]);
  });

  test('because Bedrock fails leaves it unknown after a second try', async () => {
    simulator.script({ times: 2, reply: { fault: { kind: 'exception', name: 'InternalServerException' } } });
    const { ask, failures } = resolver();
    expect(await ask()).toEqual(unknown('application-inference-profile', 'unavailable'));
    expect([asked(), failures.length]).toEqual([2, 1]);
    nowMs += 30_000;
    expect(await ask()).toEqual(known('application-inference-profile', `us.${nova}`));
  });

  test('because nobody listens or answers in time leaves it unknown', async () => {
    expect(await resolver({ endpoint: 'http://127.0.0.1:9' }).ask()).toMatchObject({ unknownBecause: 'unavailable' });
    simulator.script({ reply: { firstByteDelayMs: 5_000 } });
    const startedAt = performance.now();
    expect(await resolver({ timeoutMs: 100 }).ask()).toMatchObject({ unknownBecause: 'unavailable' });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  test('does not follow the caller who left, and goes on for the others', async () => {
    simulator.script({ reply: { firstByteDelayMs: 100 } });
    const { ask } = resolver();
    const gone = new AbortController();
    const left = ask(profile, gone.signal);
    const stays = ask();
    gone.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    expect(await stays).toMatchObject({ unknownBecause: undefined });
    expect(await codeOf(ask(`${here}:prompt-router/other`, gone.signal))).toBe('left');
  });
});

test('many unknown ARNs at one time use up neither the account’s look-ups nor what is kept', async () => {
  simulator.script({ times: 100, reply: { firstByteDelayMs: 200 } });
  const { ask } = resolver();
  const arns = Array.from({ length: 40 }, (_, at) => `${here}:application-inference-profile/nobody${at}`);
  const answers = await Promise.all(arns.map((arn) => ask(arn).catch((error: GatewayError) => error.code)));
  expect(asked()).toBe(16);
  expect(answers.filter((each) => each === 'model-not-found')).toHaveLength(16);
  expect(answers.filter((each) => typeof each === 'object' && each.unknownBecause === 'unavailable')).toHaveLength(24);
});

async function codeOf(call: Promise<ModelsBehind>): Promise<string> {
  return call.then(
    () => 'answered',
    (error: GatewayError) => error.code ?? error.message,
  );
}

/** A renewal in the background has been taken in. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50));
}
