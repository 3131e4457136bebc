import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PromptTemplateConfiguration, PromptVariant as SavedVariant } from '@aws-sdk/client-bedrock-agent';
import type { GatewayError } from '@genai-gateway/core';
import type { Prompt, PromptTemplate, PromptVariant } from '@genai-gateway/prompts';
import { promptSourceSuite } from '@genai-gateway/prompts/testing/prompt-source-suite';
import { prompt } from '@genai-gateway/prompts/testing/prompts';
import {
  type BedrockSimulator,
  type ExceptionName,
  type SimulatedPromptVersion,
  startBedrockSimulator,
} from '@genai-gateway/simulators';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BedrockAgentPrompts } from './bedrock-agent-prompts.ts';
import { CredentialSource } from './credentials.ts';

const credentials = { accessKeyId: 'AKIASIMULATOR', secretAccessKey: 'not-a-secret', sessionToken: 'session' };

function reader({ url }: { readonly url: string }, secretAccessKey = credentials.secretAccessKey): BedrockAgentPrompts {
  const source = new CredentialSource(async () => ({ ...credentials, secretAccessKey }), Date.now);
  return new BedrockAgentPrompts({ credentials: source, ownRegion: 'us-east-1', endpoint: url });
}

/** A prompt in the words of the API, which are those of CreatePrompt. */
function saved({ variants, defaultVariant }: Prompt): SimulatedPromptVersion {
  return { ...(defaultVariant === undefined ? {} : { defaultVariant }), variants: variants.map(savedVariant) };
}

function savedVariant(variant: PromptVariant): SavedVariant {
  const { name, model, isRedirected, template, inferenceConfig, additionalModelRequestFields, weight } = variant;
  const metadata = [
    ...(weight === undefined ? [] : [{ key: 'gateway:weight', value: String(weight) }]),
    ...(isRedirected ? [{ key: 'gateway:model', value: model }] : []),
  ];
  return {
    name,
    ...savedTemplate(template),
    ...(model === undefined ? {} : { modelId: isRedirected ? 'amazon.nova-lite-v1:0' : model }),
    ...(inferenceConfig === undefined ? {} : { inferenceConfiguration: { text: structuredClone(inferenceConfig) } }),
    ...(additionalModelRequestFields === undefined ? {} : { additionalModelRequestFields }),
    ...(metadata.length === 0 ? {} : { metadata }),
  } as SavedVariant;
}

function savedTemplate(template: PromptTemplate): Pick<SavedVariant, 'templateType' | 'templateConfiguration'> {
  if (template.kind === 'unusable') throw new Error('An unusable template cannot be saved.');
  const { kind, cachePoint, toolConfig, variables, ...rest } = {
    cachePoint: false,
    toolConfig: undefined,
    ...template,
  };
  const configuration = {
    ...rest,
    ...(cachePoint ? { cachePoint: { type: 'default' } } : {}),
    ...(toolConfig === undefined ? {} : { toolConfiguration: toolConfig }),
    inputVariables: variables.map((name) => ({ name })),
  };
  // Both speak of the same fields; the SDK's types are of lists that may be changed.
  const templateConfiguration = structuredClone({ [kind]: configuration }) as unknown as PromptTemplateConfiguration;
  return { templateType: kind === 'text' ? 'TEXT' : 'CHAT', templateConfiguration };
}

promptSourceSuite('prompts of Bedrock, on the wire', async () => {
  const simulator = await startBedrockSimulator({ credentials: [credentials] });
  const source = reader(simulator);
  return {
    source,
    save: (draft, versions = []) =>
      simulator.prompts.save({
        id: draft.promptId,
        name: draft.name,
        region: draft.arn.split(':')[3] ?? '',
        ...saved(draft),
        versions: versions.map(saved),
      }),
    remove: (arn) => simulator.prompts.remove(arn.slice(arn.lastIndexOf('/') + 1)),
    close: async () => {
      source.close();
      await simulator.close();
    },
  };
});

const { arn } = prompt();
const patient = new AbortController().signal;
const asked = (version = 'DRAFT', of = arn) => ({ arn: of, region: of.split(':')[3] ?? '', version });
const refusalOf = (call: Promise<unknown>): Promise<GatewayError> =>
  call.then(
    () => Promise.reject(new Error('answered')),
    (error: GatewayError) => error,
  );

describe('when Bedrock does not answer with a prompt', () => {
  let simulator: BedrockSimulator;
  let source: BedrockAgentPrompts;
  beforeAll(async () => {
    simulator = await startBedrockSimulator({
      credentials: [credentials],
      prompts: [{ id: 'ABCDEFGHIJ', name: 'greeting', ...saved(prompt()) }],
    });
    source = reader(simulator);
  });
  afterAll(async () => {
    source.close();
    await simulator.close();
  });
  beforeEach(() => {
    simulator.clearRequests();
    simulator.clearScripts();
  });

  const fault = (name: ExceptionName, times = 2) =>
    simulator.script({ times, reply: { fault: { kind: 'exception', name } } });

  test.each<[ExceptionName, string, number]>([
    ['ResourceNotFoundException', 'prompt-not-found', 1],
    ['ValidationException', 'prompt-not-found', 1],
    ['AccessDeniedException', 'prompts-unavailable', 1],
    ['ThrottlingException', 'prompts-unavailable', 2],
    ['InternalServerException', 'prompts-unavailable', 2],
  ])('%s is %s', async (name, code, requests) => {
    fault(name);
    const refusal = await refusalOf(source.get(asked(), patient));
    expect(refusal).toMatchObject({ code, cause: expect.anything() });
    expect(refusal.message).not.toMatch(/arn:|123456789012/);
    expect(simulator.requests()).toHaveLength(requests);
  });

  test.each<ExceptionName>(['ThrottlingException', 'InternalServerException'])(
    '%s is tried once more',
    async (name) => {
      fault(name, 1);
      expect(await source.get(asked(), patient)).toMatchObject({ name: 'greeting' });
      fault(name, 1);
      expect(await source.list(patient)).toEqual([{ name: 'greeting', arn }]);
    },
  );

  test('operators read which permission is missing', async () => {
    fault('AccessDeniedException', 1);
    const got = await refusalOf(source.get(asked('3'), patient));
    expect((got.cause as Error).message).toContain(`is not allowed bedrock:GetPrompt of ${arn}, version 3`);
    const stranger = reader(simulator, 'another-secret');
    const listed = await refusalOf(stranger.list(patient));
    stranger.close();
    expect(listed.code).toBe('prompts-unavailable');
    expect((listed.cause as Error).message).toContain('is not allowed bedrock:ListPrompts in us-east-1');
  });

  test('one that leaves is told so, not that there is no answer', async () => {
    simulator.script({ reply: { firstByteDelayMs: 5_000 } });
    await expect(source.get(asked(), AbortSignal.timeout(50))).rejects.toThrow(/timeout/);
  });

  test('nobody listening is no answer', async () => {
    const nobody = reader({ url: 'http://127.0.0.1:9' });
    expect(await refusalOf(nobody.get(asked(), patient))).toMatchObject({ code: 'prompts-unavailable' });
    nobody.close();
  });

  test('a prompt is asked for by its ARN; in other partitions by its id, and no other account is answered for', async () => {
    await source.get(asked(), patient);
    const gov = asked('DRAFT', arn.replace('arn:aws:', 'arn:aws-us-gov:'));
    expect(await refusalOf(source.get(gov, patient))).toMatchObject({ code: 'prompt-not-found' });
    expect(simulator.requests().map(({ target }) => decodeURIComponent(target))).toEqual([
      `/prompts/${arn}/`,
      '/prompts/ABCDEFGHIJ/',
    ]);
  });
});

/** An answer of GetPrompt that the simulator would not give, sent as it is. */
async function answeredWith(change: object): Promise<Prompt> {
  const body = JSON.stringify({ ...savedPrompt, ...change });
  const server: Server = createServer((_request, response) => response.end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const source = reader({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  try {
    return await source.get(asked(), patient);
  } finally {
    source.close();
    server.closeAllConnections();
    server.close();
  }
}

const at = '2026-11-23T00:00:00Z';
const text = { templateType: 'TEXT', templateConfiguration: { text: { text: 'Hello' } } };
const savedPrompt = { arn, id: 'ABCDEFGHIJ', name: 'greeting', version: 'DRAFT', createdAt: at, updatedAt: at };

describe('a variant that the gateway cannot run is unusable, and the others serve', () => {
  test.each<[string, object, string]>([
    ['made for an agent', { ...text, genAiResource: { agent: { agentIdentifier: arn } } }, 'another resource'],
    ['made for a resource of tomorrow', { ...text, genAiResource: { robot: {} } }, 'another resource'],
    [
      'of a template of tomorrow',
      { templateType: 'DANCE', templateConfiguration: { dance: { steps: [] } } },
      "'dance'",
    ],
    ['without a template', { templateType: 'TEXT' }, 'no template'],
    [
      'with a block of tomorrow',
      { templateConfiguration: { chat: { messages: [{ role: 'user', content: [{ image: {} }] }] } } },
      "'image'",
    ],
    [
      'with a system block of tomorrow',
      { templateConfiguration: { chat: { messages: [], system: [{ text: 'x' }, { sound: {} }] } } },
      "'sound'",
    ],
    [
      'with a role of tomorrow',
      { templateConfiguration: { chat: { messages: [{ role: 'critic', content: [{ text: 'x' }] }] } } },
      "'critic'",
    ],
    [
      'with a tool of tomorrow',
      { templateConfiguration: { chat: { messages: [], toolConfiguration: { tools: [{ serverTool: {} }] } } } },
      "'serverTool'",
    ],
  ])('%s', async (_rule, odd, because) => {
    const { variants } = await answeredWith({
      variants: [
        { name: 'odd', ...odd },
        { name: 'plain', ...text },
      ],
    });
    expect(variants[0]?.template).toEqual({ kind: 'unusable', because: expect.stringContaining(because) });
    expect(variants[1]?.template).toMatchObject({ kind: 'text', text: 'Hello' });
  });

  test('what a schema of a tool says is its author’s own', async () => {
    const json = { type: 'object', properties: { role: { role: 'critic', $unknown: ['x', 1] } } };
    const toolConfiguration = { tools: [{ toolSpec: { name: 'a', inputSchema: { json } } }] };
    const templateConfiguration = { chat: { messages: [], toolConfiguration } };
    const { variants } = await answeredWith({ variants: [{ name: 'a', templateType: 'CHAT', templateConfiguration }] });
    expect(variants[0]?.template).toMatchObject({ kind: 'chat', toolConfig: toolConfiguration });
  });
});

describe('the metadata of a variant', () => {
  const withMetadata = (entries: Record<string, string>) =>
    answeredWith({
      variants: [
        {
          name: 'a',
          modelId: 'amazon.nova-lite-v1:0',
          ...text,
          metadata: Object.entries(entries).map(([key, value]) => ({ key, value })),
        },
      ],
    }).then(({ variants: [first] }) => first);

  test.each<[string, Record<string, string>, Partial<PromptVariant>]>([
    ['none', {}, { weight: undefined, model: 'amazon.nova-lite-v1:0', isRedirected: false }],
    ['of others', { weight: '7', model: 'x' }, { weight: undefined, isRedirected: false }],
    ['a weight', { 'gateway:weight': ' 20 ' }, { weight: 20 }],
    ['a weight of a half', { 'gateway:weight': '0.5' }, { weight: 0.5 }],
    ['a weight of 0', { 'gateway:weight': '0' }, { weight: 0 }],
    ['a model of another provider', { 'gateway:model': 'gpt-4o-mini' }, { model: 'gpt-4o-mini', isRedirected: true }],
    ['an empty model', { 'gateway:model': ' ' }, { model: 'amazon.nova-lite-v1:0', isRedirected: false }],
  ])('%s', async (_rule, entries, expected) => {
    expect(await withMetadata(entries)).toMatchObject(expected);
  });

  test.each(['', '-1', 'half', '1e3', 'NaN', 'Infinity', '1,5', '9999999999'])('no weight: %s', async (weight) => {
    const refusal = await refusalOf(withMetadata({ 'gateway:weight': weight }));
    expect(refusal).toMatchObject({ code: 'invalid-request', param: 'model' });
    expect(refusal.message).toContain(`The variant 'a' of this prompt has the metadata gateway:weight '${weight}'`);
  });
});

test('an answer that is no prompt is no answer', async () => {
  expect(await refusalOf(answeredWith({ name: undefined }))).toMatchObject({ code: 'prompts-unavailable' });
});

test('a prompt without variants is one', async () => {
  expect(await answeredWith({})).toEqual({ ...prompt(), version: 'DRAFT', variants: [] });
});
