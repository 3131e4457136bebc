import * as agent from '@aws-sdk/client-bedrock-agent';
import {
  BedrockAgentClient,
  CreatePromptCommand,
  type CreatePromptCommandInput,
  CreatePromptVersionCommand,
  DeletePromptCommand,
  GetPromptCommand,
  ListPromptsCommand,
  ListTagsForResourceCommand,
  type PromptVariant,
  paginateListPrompts,
  TagResourceCommand,
  UntagResourceCommand,
  UpdatePromptCommand,
} from '@aws-sdk/client-bedrock-agent';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exceptionStatus, promptExceptionStatus } from '../errors.ts';
import { type BedrockSimulator, startBedrockSimulator } from '../simulator.ts';

const credentials = { accessKeyId: 'AKIASIMULATOR', secretAccessKey: 'not-a-secret' };
const startedAt = Date.parse('2026-11-23T10:00:00Z');
const text: PromptVariant = {
  name: 'only',
  templateType: 'TEXT',
  templateConfiguration: {
    text: { text: 'Say hello to {{name}}.', inputVariables: [{ name: 'name' }], cachePoint: { type: 'default' } },
  },
  modelId: 'amazon.nova-lite-v1:0',
  inferenceConfiguration: { text: { temperature: 0.5, maxTokens: 20, stopSequences: ['.'] } },
  metadata: [{ key: 'gateway:weight', value: '50' }],
  additionalModelRequestFields: { top_k: 200, nested: [true, 'x'] },
};
const chat: PromptVariant = {
  name: 'chat',
  templateType: 'CHAT',
  templateConfiguration: {
    chat: {
      system: [{ text: 'Be short.' }],
      messages: [
        { role: 'user', content: [{ text: 'Hi' }, { cachePoint: { type: 'default' } }] },
        { role: 'assistant', content: [{ text: 'Hello' }] },
        { role: 'user', content: [{ text: '{{question}}' }] },
      ],
      inputVariables: [{ name: 'question' }],
      toolConfiguration: {
        tools: [{ toolSpec: { name: 'look', inputSchema: { json: { type: 'object' } } } }],
        toolChoice: { auto: {} },
      },
    },
  },
};

let simulator: BedrockSimulator;
let nowMs: number;
beforeEach(async () => {
  nowMs = startedAt;
  simulator = await startBedrockSimulator({ now: () => nowMs });
});
afterEach(() => simulator.close());

function client(region = 'eu-central-1'): BedrockAgentClient {
  return new BedrockAgentClient({ region, endpoint: simulator.url, maxAttempts: 1, credentials });
}

function create(prompt: Partial<CreatePromptCommandInput> = {}, region?: string) {
  return client(region).send(new CreatePromptCommand({ name: 'greeting', variants: [text], ...prompt }));
}

describe('the real SDK', () => {
  it('creates a prompt and gets its draft, by id and by ARN', async () => {
    const { $metadata, ...created } = await create({
      description: 'Says hello',
      defaultVariant: 'chat',
      variants: [text, chat],
      customerEncryptionKeyArn: `arn:aws:kms:eu-central-1:123456789012:key/${'a'.repeat(36)}`,
    });
    expect($metadata.httpStatusCode).toBe(201);
    expect(created.id).toMatch(/^[0-9a-zA-Z]{10}$/);
    expect(created).toMatchObject({
      name: 'greeting',
      description: 'Says hello',
      defaultVariant: 'chat',
      variants: [text, chat],
      arn: `arn:aws:bedrock:eu-central-1:123456789012:prompt/${created.id}`,
      version: 'DRAFT',
      createdAt: new Date(startedAt),
      updatedAt: new Date(startedAt),
    });
    for (const promptIdentifier of [created.id, created.arn]) {
      for (const promptVersion of [undefined, 'DRAFT']) {
        const { $metadata: _, ...got } = await client().send(new GetPromptCommand({ promptIdentifier, promptVersion }));
        expect(got).toEqual(created);
      }
    }
    expect(simulator.requests().slice(0, 2)).toMatchObject([
      { operation: 'create-prompt', modelId: '', status: 201 },
      { operation: 'get-prompt', modelId: created.id, status: 200 },
    ]);
  });

  it('publishes versions, which stay as they were', async () => {
    const { id, arn } = await create({ description: 'of the draft' });
    nowMs += 1000;
    const first = await client().send(
      new CreatePromptVersionCommand({ promptIdentifier: id, description: 'the first', tags: { stage: 'test' } }),
    );
    expect(first).toMatchObject({
      $metadata: { httpStatusCode: 201 },
      version: '1',
      arn: `${arn}:1`,
      description: 'the first',
      createdAt: new Date(startedAt + 1000),
      variants: [text],
    });
    nowMs += 1000;
    const updated = await client().send(
      new UpdatePromptCommand({ promptIdentifier: arn, name: 'renamed', variants: [chat] }),
    );
    expect(updated).toMatchObject({
      name: 'renamed',
      version: 'DRAFT',
      createdAt: new Date(startedAt),
      updatedAt: new Date(startedAt + 2000),
      variants: [chat],
    });
    expect(updated.description).toBeUndefined();
    const second = await client().send(new CreatePromptVersionCommand({ promptIdentifier: arn }));
    expect(second).toMatchObject({ version: '2', name: 'renamed', variants: [chat] });
    for (const found of [{ promptIdentifier: id, promptVersion: '1' }, { promptIdentifier: `${arn}:1` }]) {
      expect(await client().send(new GetPromptCommand(found))).toMatchObject({
        version: '1',
        arn: `${arn}:1`,
        name: 'greeting',
        variants: [text],
      });
    }
    const { tags } = await client().send(new ListTagsForResourceCommand({ resourceArn: `${arn}:1` }));
    expect(tags).toEqual({ stage: 'test' });
  });

  it('leaves a template out where metadata is all that is asked for', async () => {
    const { id } = await create();
    const got = await client().send(new GetPromptCommand({ promptIdentifier: id, includedData: 'METADATA_ONLY' }));
    expect(got.name).toBe('greeting');
    expect(got.variants).toBeUndefined();
  });

  it('lists prompts ten at a time, whatever was asked for', async () => {
    for (let at = 0; at < 23; at += 1) await create({ name: `prompt-${at}` });
    const pages = [];
    for await (const page of paginateListPrompts({ client: client(), pageSize: 1000 }, {})) {
      pages.push(page.promptSummaries?.map(({ name, version, arn }) => ({ name, version, arn })) ?? []);
    }
    expect(pages.map((page) => page.length)).toEqual([10, 10, 3]);
    expect(new Set(pages.flat().map(({ name }) => name)).size).toBe(23);
    expect(pages[0]?.[0]).toMatchObject({ name: 'prompt-0', version: 'DRAFT' });
    expect((await client().send(new ListPromptsCommand({ maxResults: 4 }))).promptSummaries).toHaveLength(4);
  });

  it('lists the versions of one prompt, without templates', async () => {
    const { id } = await create();
    await client().send(new CreatePromptVersionCommand({ promptIdentifier: id }));
    const { promptSummaries } = await client().send(new ListPromptsCommand({ promptIdentifier: id }));
    expect(promptSummaries?.map(({ version }) => version)).toEqual(['DRAFT', '1']);
    expect(Object.keys(promptSummaries?.[1] ?? {}).toSorted()).toEqual(
      ['arn', 'createdAt', 'id', 'name', 'updatedAt', 'version'].toSorted(),
    );
  });

  it('deletes a version, whose number is not given again, and then the prompt', async () => {
    const { id } = await create();
    const publish = () => client().send(new CreatePromptVersionCommand({ promptIdentifier: id }));
    await publish();
    await publish();
    const { $metadata: _, ...deleted } = await client().send(
      new DeletePromptCommand({ promptIdentifier: id, promptVersion: '2' }),
    );
    expect(deleted).toEqual({ id, version: '2' });
    expect((await publish()).version).toBe('3');
    const { $metadata: __, ...all } = await client().send(new DeletePromptCommand({ promptIdentifier: id }));
    expect(all).toEqual({ id });
    await expect(client().send(new GetPromptCommand({ promptIdentifier: id, promptVersion: '3' }))).rejects.toThrow(
      expect.objectContaining({ name: 'ResourceNotFoundException' }),
    );
    expect((await create()).name).toBe('greeting');
  });

  it('tags a prompt and takes tags away', async () => {
    const { arn = '' } = await create({ tags: { team: 'a', stage: 'test' } });
    const tags = async () => (await client().send(new ListTagsForResourceCommand({ resourceArn: arn }))).tags;
    await client().send(new TagResourceCommand({ resourceArn: arn, tags: { team: 'b', owner: 'ann@example.com' } }));
    expect(await tags()).toEqual({ team: 'b', stage: 'test', owner: 'ann@example.com' });
    await client().send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ['team', 'stage'] }));
    expect(await tags()).toEqual({ owner: 'ann@example.com' });
  });

  it('tags a version by itself', async () => {
    const { id, arn } = await create({ tags: { of: 'the draft' } });
    await client().send(new CreatePromptVersionCommand({ promptIdentifier: id }));
    await client().send(new TagResourceCommand({ resourceArn: `${arn}:1`, tags: { of: 'the version' } }));
    const tags = async (resourceArn: string | undefined) =>
      (await client().send(new ListTagsForResourceCommand({ resourceArn }))).tags;
    expect([await tags(arn), await tags(`${arn}:1`)]).toEqual([{ of: 'the draft' }, { of: 'the version' }]);
  });

  it('creates and publishes once for each client token', async () => {
    const clientToken = 'a-token-that-is-as-long-as-it-has-to-be';
    const first = await create({ clientToken });
    expect(await create({ clientToken })).toMatchObject({ id: first.id, createdAt: first.createdAt });
    const publish = () => client().send(new CreatePromptVersionCommand({ promptIdentifier: first.id, clientToken }));
    expect([(await publish()).version, (await publish()).version]).toEqual(['1', '1']);
    expect((await client().send(new ListPromptsCommand({}))).promptSummaries).toHaveLength(1);
  });

  it('keeps the prompts of each region apart', async () => {
    const { id, arn } = await create();
    await expect(create()).rejects.toMatchObject({ name: 'ConflictException', $metadata: { httpStatusCode: 409 } });
    const elsewhere = await create({}, 'us-west-2');
    expect(elsewhere.arn).toContain(':us-west-2:');
    expect((await client().send(new ListPromptsCommand({}))).promptSummaries).toMatchObject([{ arn }]);
    for (const promptIdentifier of [id, arn]) {
      await expect(client('us-west-2').send(new GetPromptCommand({ promptIdentifier }))).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
    }
  });

  it('speaks HTTP/1.1 too, and checks signatures', async () => {
    const strict = await startBedrockSimulator({ credentials: [credentials] });
    const ask = (secretAccessKey: string) =>
      new BedrockAgentClient({
        region: 'eu-central-1',
        endpoint: strict.url,
        maxAttempts: 1,
        credentials: { ...credentials, secretAccessKey },
        requestHandler: new NodeHttpHandler(),
      });
    const { arn = '' } = await ask('not-a-secret').send(new CreatePromptCommand({ name: 'signed' }));
    await ask('not-a-secret').send(new TagResourceCommand({ resourceArn: arn, tags: { a: 'b' } }));
    await ask('not-a-secret').send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ['a', 'b c'] }));
    const found = new GetPromptCommand({ promptIdentifier: arn, promptVersion: 'DRAFT' });
    expect(await ask('not-a-secret').send(found)).toMatchObject({ name: 'signed' });
    await expect(ask('wrong').send(found)).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    await strict.close();
  });

  it('gets faults by script, and what failed has changed nothing', async () => {
    simulator.script({
      match: { operation: 'create-prompt' },
      reply: { fault: { kind: 'exception', name: 'ThrottlingException' } },
    });
    await expect(create()).rejects.toMatchObject({
      name: 'ThrottlingException',
      $metadata: { httpStatusCode: 429 },
      $response: { headers: { 'retry-after': '1' } },
    });
    expect((await client().send(new ListPromptsCommand({}))).promptSummaries).toEqual([]);
    simulator.script({ reply: { fault: { kind: 'exception', name: 'ServiceQuotaExceededException' } } });
    await expect(create()).rejects.toMatchObject({
      name: 'ServiceQuotaExceededException',
      $metadata: { httpStatusCode: 402 },
    });
    const { id } = await create();
    simulator.script({
      match: { operation: 'get-prompt', modelId: id ?? '' },
      reply: { fault: { kind: 'cut', afterBytes: 10 } },
    });
    await expect(client().send(new GetPromptCommand({ promptIdentifier: id }))).rejects.toThrow();
  });
});

it('every exception has the status of the SDK’s model', () => {
  const modelled = Object.entries(exceptionStatus).flatMap(([name, status]) => {
    const schema = Object.entries(agent).find(([key]) => key === `${name}$`)?.[1];
    return Array.isArray(schema) ? [{ name, status, traits: schema[3] }] : [];
  });
  expect(modelled.length).toBe(7);
  for (const { name, status, traits } of modelled) {
    expect(traits).toMatchObject({ httpError: { ...exceptionStatus, ...promptExceptionStatus }[name] ?? status });
  }
});
