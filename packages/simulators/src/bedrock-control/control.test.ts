import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BedrockSimulator, startBedrockSimulator } from '../simulator.ts';
import type { BedrockResources } from './resources.ts';

const here = 'arn:aws:bedrock:us-east-1:123456789012';
const model = (id: string, region = 'us-east-1') => `arn:aws:bedrock:${region}::foundation-model/${id}`;
const haiku = `${here}:inference-profile/us.anthropic.claude-3-5-haiku-20241022-v1:0`;
const sonnet = `${here}:inference-profile/us.anthropic.claude-3-5-sonnet-20241022-v2:0`;
const nova = `${here}:application-inference-profile/nova00000001`;
const router = `${here}:prompt-router/router000001`;
const tuned = `${here}:custom-model/amazon.nova-lite-v1:0:300k/tuned0000001`;

const resources: BedrockResources = {
  applicationProfiles: [
    { arn: nova, modelArns: [model('amazon.nova-lite-v1:0'), model('amazon.nova-lite-v1:0', 'us-west-2')] },
    { arn: `${here}:application-inference-profile/titan0000001`, modelArns: [model('amazon.titan-embed-text-v2:0')] },
  ],
  promptRouters: [
    { arn: router, modelArns: [haiku, sonnet], fallbackModelArn: sonnet },
    { arn: `${here}:default-prompt-router/anthropic.claude:1`, modelArns: [haiku], fallbackModelArn: haiku },
  ],
  provisionedModels: [
    { arn: `${here}:provisioned-model/provisioned1`, modelArn: model('meta.llama3-1-8b-instruct-v1:0') },
  ],
  customModelDeployments: [{ arn: `${here}:custom-model-deployment/deployment01`, modelArn: tuned }],
};

let simulator: BedrockSimulator;
beforeAll(async () => {
  simulator = await startBedrockSimulator({ resources });
});
afterAll(() => simulator.close());
beforeEach(() => {
  simulator.clearRequests();
  simulator.clearScripts();
});

async function get(path: string): Promise<{ status: number; type: string | null; body: Record<string, unknown> }> {
  const answer = await fetch(simulator.url + path);
  return {
    status: answer.status,
    type: answer.headers.get('x-amzn-errortype'),
    body: (await answer.json()) as Record<string, unknown>,
  };
}
const path = (collection: string, arn: string) => `/${collection}/${encodeURIComponent(arn)}`;

describe('the control plane', () => {
  it.each<[string, Record<string, unknown>]>([
    [path('inference-profiles', nova), { inferenceProfileArn: nova, type: 'APPLICATION', status: 'ACTIVE' }],
    [path('inference-profiles', haiku), { inferenceProfileArn: haiku, type: 'SYSTEM_DEFINED' }],
    ['/inference-profiles/us.amazon.nova-lite-v1%3A0', { inferenceProfileId: 'us.amazon.nova-lite-v1:0' }],
    [path('prompt-routers', router), { models: [{ modelArn: haiku }, { modelArn: sonnet }], type: 'custom' }],
    [path('prompt-routers', `${here}:default-prompt-router/anthropic.claude:1`), { type: 'default' }],
    [
      path('provisioned-model-throughput', `${here}:provisioned-model/provisioned1`),
      { foundationModelArn: model('meta.llama3-1-8b-instruct-v1:0'), status: 'InService' },
    ],
    [
      path('model-customization/custom-model-deployments', `${here}:custom-model-deployment/deployment01`),
      { modelArn: tuned, status: 'Active' },
    ],
  ])('has %s', async (target, body) => {
    expect(await get(target)).toMatchObject({ status: 200, body });
  });

  it.each([
    [path('inference-profiles', `${here}:application-inference-profile/nobody`), 404, 'ResourceNotFoundException'],
    [path('prompt-routers', nova), 404, 'ResourceNotFoundException'],
    [path('guardrails', 'abc'), 404, 'UnknownOperationException'],
    ['/inference-profiles/%E0', 404, 'UnknownOperationException'],
    ['/inference-profiles?type=MINE', 400, 'ValidationException'],
    ['/inference-profiles?maxResults=0', 400, 'ValidationException'],
    ['/inference-profiles?nextToken=x', 400, 'ValidationException'],
  ])('refuses %s with %i', async (target, status, type) => {
    expect(await get(target)).toMatchObject({ status, type });
  });

  it('lists application profiles by pages', async () => {
    const first = await get('/inference-profiles?type=APPLICATION&maxResults=1');
    expect(first.body).toMatchObject({ inferenceProfileSummaries: [{ inferenceProfileArn: nova }], nextToken: '1' });
    const second = await get('/inference-profiles?type=APPLICATION&maxResults=1&nextToken=1');
    expect(second.body['inferenceProfileSummaries']).toHaveLength(1);
    expect(second.body).not.toHaveProperty('nextToken');
  });

  it('takes faults by script and logs what it was asked', async () => {
    simulator.script({
      match: { operation: 'get-prompt-router' },
      reply: { fault: { kind: 'exception', name: 'AccessDeniedException' } },
    });
    expect(await get(path('inference-profiles', nova))).toMatchObject({ status: 200 });
    expect(await get(path('prompt-routers', router))).toMatchObject({ status: 403, type: 'AccessDeniedException' });
    expect(simulator.requests()).toMatchObject([
      { operation: 'get-inference-profile', modelId: nova, status: 200, finished: true },
      { operation: 'get-prompt-router', modelId: router, status: 403 },
    ]);
  });

  it('wants a signature where signatures are wanted', async () => {
    const strict = await startBedrockSimulator({
      resources,
      credentials: [{ accessKeyId: 'A', secretAccessKey: 'b' }],
    });
    const answer = await fetch(strict.url + path('inference-profiles', nova));
    expect(answer.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
    await strict.close();
  });
});

describe('a call of what leads to a model', () => {
  const credentials = { accessKeyId: 'A', secretAccessKey: 'b' };
  const client = () =>
    new BedrockRuntimeClient({ region: 'us-east-1', endpoint: simulator.url, maxAttempts: 1, credentials });
  const say = (modelId: string, text = 'hello') => ({
    modelId,
    messages: [{ role: 'user' as const, content: [{ text }] }],
  });

  it('by a router says which model it took, by the length of the request', async () => {
    const short = await client().send(new ConverseCommand(say(router)));
    expect(short.trace?.promptRouter?.invokedModelId).toBe(haiku);
    const { stream } = await client().send(new ConverseStreamCommand(say(router, 'word '.repeat(300))));
    const events = [];
    for await (const event of stream ?? []) events.push(event);
    expect(events.at(-1)?.metadata?.trace?.promptRouter?.invokedModelId).toBe(sonnet);
  });

  it('by an application profile speaks as that model, without a trace', async () => {
    const answer = await client().send(new ConverseCommand(say(nova)));
    expect(answer.trace).toBeUndefined();
    const body = JSON.stringify({ inputText: 'hello' });
    const titan = `${here}:application-inference-profile/titan0000001`;
    const embedded = await client().send(new InvokeModelCommand({ modelId: titan, body }));
    expect(JSON.parse(embedded.body.transformToString())).toHaveProperty('embedding');
  });

  it('by a deployment speaks as the model that it was made of', async () => {
    const body = JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'hello' }] }] });
    const modelId = `${here}:custom-model-deployment/deployment01`;
    const answer = await client().send(new InvokeModelCommand({ modelId, body }));
    expect(JSON.parse(answer.body.transformToString())).toHaveProperty('output.message');
  });

  it('takes metadata in the header of InvokeModel, within the limits', async () => {
    const body = JSON.stringify({ inputText: 'hello' });
    const invoke = (requestMetadata: string) =>
      client().send(new InvokeModelCommand({ modelId: 'amazon.titan-embed-text-v2:0', body, requestMetadata }));
    await invoke('{"gateway.user":"0123"}');
    expect(simulator.requests()[0]?.headers).toMatchObject({
      'x-amzn-bedrock-request-metadata': '{"gateway.user":"0123"}',
    });
    const many = Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`k${at}`, 'v']));
    for (const wrong of ['x', '[]', '{"a":1}', '{"a?":"b"}', '{}', JSON.stringify(many)]) {
      await expect(invoke(wrong)).rejects.toMatchObject({ name: 'ValidationException' });
    }
  });
});
