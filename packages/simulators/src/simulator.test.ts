import {
  ApplyGuardrailCommand,
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BedrockSimulator, startBedrockSimulator } from './simulator.ts';

const credentials = { accessKeyId: 'AKIASIMULATOR', secretAccessKey: 'not-a-secret', sessionToken: 'session' };
const claude = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const tools = {
  tools: [{ toolSpec: { name: 'get_weather', inputSchema: { json: { type: 'object' } } } }],
} satisfies ConverseCommandInput['toolConfig'];

let simulator: BedrockSimulator;

beforeAll(async () => {
  simulator = await startBedrockSimulator({ credentials: [credentials] });
});
afterAll(() => simulator.close());
beforeEach(() => {
  simulator.clearRequests();
  simulator.clearScripts();
});

function say(text: string, more: Partial<ConverseCommandInput> = {}): ConverseCommandInput {
  return { modelId: claude, messages: [{ role: 'user', content: [{ text }] }], ...more };
}

async function eventsOf(stream: AsyncIterable<ConverseStreamOutput> | undefined): Promise<ConverseStreamOutput[]> {
  const events: ConverseStreamOutput[] = [];
  for await (const event of stream ?? []) events.push(event);
  return events;
}

describe.each([
  ['h2', undefined],
  ['h1', new NodeHttpHandler()],
] as const)('the real SDK over %s', (protocol, requestHandler) => {
  const client = (): BedrockRuntimeClient =>
    new BedrockRuntimeClient({
      region: 'eu-central-1',
      endpoint: simulator.url,
      maxAttempts: 1,
      credentials,
      ...(requestHandler === undefined ? {} : { requestHandler }),
    });

  it('echoes the last user text, signed and with usage', async () => {
    const answer = await client().send(new ConverseCommand(say('good morning')));
    expect(answer.output?.message).toEqual({ role: 'assistant', content: [{ text: 'good morning' }] });
    expect(answer.stopReason).toBe('end_turn');
    // Twelve bytes in, twelve bytes out, four bytes a token.
    expect(answer.usage).toMatchObject({ inputTokens: 3, outputTokens: 3, totalTokens: 6 });
    expect(answer.$metadata.requestId).toBe(simulator.requests()[0]?.id);
    expect(simulator.requests()).toMatchObject([
      {
        operation: 'converse',
        modelId: claude,
        target: '/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse',
        protocol,
        status: 200,
        finished: true,
        aborted: false,
      },
    ]);
  });

  it('streams the same text and the same usage', async () => {
    const whole = await client().send(new ConverseCommand(say('one two  three')));
    const events = await eventsOf((await client().send(new ConverseStreamCommand(say('one two  three')))).stream);
    expect(events.map((event) => Object.keys(event)[0])).toEqual([
      'messageStart',
      'contentBlockDelta',
      'contentBlockDelta',
      'contentBlockDelta',
      'contentBlockStop',
      'messageStop',
      'metadata',
    ]);
    expect(events.map((event) => event.contentBlockDelta?.delta?.text ?? '').join('')).toBe('one two  three');
    expect(events.at(-1)?.metadata?.usage).toEqual(whole.usage);
    expect(simulator.requests()[1]).toMatchObject({ eventsSent: 7, finished: true });
  });

  it('calls tools in parallel, one of them without arguments', async () => {
    const text = 'Look. [[sim tool=get_weather input={"city":"Paris [75]"} tool=list_all]]';
    const events = await eventsOf(
      (await client().send(new ConverseStreamCommand(say(text, { toolConfig: tools })))).stream,
    );
    const starts = events.flatMap((event) => event.contentBlockStart?.start?.toolUse ?? []);
    expect(starts.map(({ name }) => name)).toEqual(['get_weather', 'list_all']);
    expect(new Set(starts.map(({ toolUseId }) => toolUseId)).size).toBe(2);
    const input = (index: number): string =>
      events
        .filter((event) => event.contentBlockDelta?.contentBlockIndex === index)
        .map((event) => event.contentBlockDelta?.delta?.toolUse?.input)
        .join('|');
    expect(JSON.parse(input(1).replaceAll('|', ''))).toEqual({ city: 'Paris [75]' });
    expect(input(2)).toBe('');
    expect(events.at(-2)?.messageStop?.stopReason).toBe('tool_use');

    const whole = await client().send(new ConverseCommand(say(text, { toolConfig: tools })));
    expect(whole.output?.message?.content?.map((block) => block.toolUse?.input)).toEqual([
      undefined,
      { city: 'Paris [75]' },
      {},
    ]);
  });

  it('answers InvokeModel in the format of Messages, with the counts in headers', async () => {
    const body = JSON.stringify({
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: 100,
      messages: [{ role: 'user', content: 'hello Claude' }],
    });
    const whole = await client().send(new InvokeModelCommand({ modelId: claude, body }));
    const message = JSON.parse(whole.body.transformToString());
    expect(message).toMatchObject({ content: [{ type: 'text', text: 'hello Claude' }], stop_reason: 'end_turn' });

    const answer = await client().send(new InvokeModelWithResponseStreamCommand({ modelId: claude, body }));
    expect(answer.contentType).toBe('application/json');
    const chunks: { type: string; [key: string]: unknown }[] = [];
    for await (const { chunk } of answer.body ?? [])
      chunks.push(JSON.parse(Buffer.from(chunk?.bytes ?? []).toString()));
    expect(chunks.map(({ type }) => type)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(chunks.at(-1)?.['amazon-bedrock-invocationMetrics']).toMatchObject({
      inputTokenCount: message.usage.input_tokens,
      outputTokenCount: message.usage.output_tokens,
    });
  });

  it('counts tokens as its usage does', async () => {
    const { messages } = say('count these words');
    const modelId = claude.replace(/^us\./, '');
    const counted = await client().send(new CountTokensCommand({ modelId, input: { converse: { messages } } }));
    const used = await client().send(new ConverseCommand(say('count these words')));
    expect(counted.inputTokens).toBe(used.usage?.inputTokens);
    const body = Buffer.from(
      JSON.stringify({
        anthropic_version: 'bedrock-2023-05-31',
        max_tokens: 1,
        messages: [{ role: 'user', content: 'count these words' }],
      }),
    );
    const native = await client().send(new CountTokensCommand({ modelId, input: { invokeModel: { body } } }));
    expect(native.inputTokens).toBe(counted.inputTokens);
  });

  it.each([claude, 'amazon.nova-lite-v1:0'])('counts no tokens of %s', async (modelId) => {
    const input = { converse: { messages: say('hi').messages } };
    await expect(client().send(new CountTokensCommand({ modelId, input }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining("doesn't support counting tokens"),
    });
  });

  it('applies a guardrail', async () => {
    const apply = (text: string) =>
      client().send(
        new ApplyGuardrailCommand({
          guardrailIdentifier: 'abc123',
          guardrailVersion: '1',
          source: 'INPUT',
          content: [{ text: { text } }],
        }),
      );
    expect(await apply('fine')).toMatchObject({ action: 'NONE', outputs: [] });
    expect(await apply('bad [[sim stop=guardrail_intervened]]')).toMatchObject({ action: 'GUARDRAIL_INTERVENED' });
  });

  it('raises typed exceptions, before the stream and in it', async () => {
    simulator.script({ reply: { fault: { kind: 'exception', name: 'ThrottlingException', message: 'slow down' } } });
    await expect(client().send(new ConverseCommand(say('x')))).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'slow down',
      $metadata: { httpStatusCode: 429 },
    });
    simulator.script({
      reply: { fault: { kind: 'stream-exception', name: 'modelStreamErrorException', afterEvents: 2 } },
    });
    const { stream } = await client().send(new ConverseStreamCommand(say('one two three')));
    const seen: ConverseStreamOutput[] = [];
    await expect(async () => {
      for await (const event of stream ?? []) seen.push(event);
    }).rejects.toMatchObject({ name: 'ModelStreamErrorException' });
    expect(seen).toHaveLength(2);
    expect(simulator.requests()[1]).toMatchObject({ eventsSent: 3, finished: true, aborted: false });
  });
});

it('gives equal bytes for equal requests', async () => {
  const open = await startBedrockSimulator();
  const ask = async (): Promise<Buffer> => {
    const answer = await fetch(`${open.url}/model/${encodeURIComponent(claude)}/converse-stream`, {
      method: 'POST',
      body: JSON.stringify({
        messages: say('again [[sim reasoning redacted citations cache tool=t]]').messages,
        toolConfig: tools,
      }),
    });
    return Buffer.from(await answer.arrayBuffer());
  };
  const first = await ask();
  expect(first.length).toBeGreaterThan(500);
  expect((await ask()).equals(first)).toBe(true);
  await open.close();
});

it('refuses to start on a port that is taken', async () => {
  await expect(startBedrockSimulator({ port: simulator.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
