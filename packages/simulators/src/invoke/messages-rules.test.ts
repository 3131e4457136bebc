import { describe, expect, it } from 'vitest';
import type { BedrockError } from '../errors.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { resolveModel } from '../models.ts';
import { prepareInvoke } from '../operations.ts';
import { signatureOf } from '../reply/signature.ts';

const sonnet = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const tools = [{ name: 'look', input_schema: { type: 'object' } }];
const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').toString('base64');
const thinking = { type: 'enabled', budget_tokens: 1024 };
const hi = { type: 'text', text: 'hi' };
const thought = { type: 'thinking', thinking: 'Hm.', signature: signatureOf('Hm.') };

function uses(id: string, input: JsonValue = {}): JsonObject {
  return { type: 'tool_use', id, name: 'look', input };
}
function result(id: string): JsonObject {
  return { type: 'tool_result', tool_use_id: id, content: 'seen' };
}
function user(...content: JsonValue[]): JsonObject {
  return { role: 'user', content };
}
function assistant(...content: JsonValue[]): JsonObject {
  return { role: 'assistant', content };
}
function image(source: JsonObject): JsonObject {
  return { type: 'image', source };
}
function cached(howMany: number): JsonObject[] {
  return Array.from({ length: howMany }, () => ({ ...hi, cache_control: { type: 'ephemeral', ttl: '1h' } }));
}

function problemOf(change: JsonObject, modelId = sonnet): string {
  const body = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 2000, messages: [user(hi)], ...change };
  try {
    prepareInvoke(Buffer.from(JSON.stringify(body)), resolveModel(modelId), false);
    return 'valid';
  } catch (error) {
    return `${(error as BedrockError).exception}: ${(error as Error).message}`;
  }
}

const loop = [user(hi), assistant(thought, uses('a')), user(result('a'))];
const validRows: readonly [name: string, change: JsonObject, modelId?: string][] = [
  ['a loop with its thoughts', { thinking, tools, messages: loop }],
  ['a loop without, when it does not think', { tools, messages: [user(hi), assistant(uses('a')), user(result('a'))] }],
  ['two user messages in a row', { messages: [user(hi), user(hi)] }],
  [
    'results in two messages',
    { tools, messages: [user(hi), assistant(uses('a'), uses('b')), user(result('b')), user(result('a'), hi)] },
  ],
  ['a text after the results', { tools, messages: [user(hi), assistant(uses('a')), user(result('a'), hi)] }],
  ['four cache points', { system: cached(2), messages: [user(...cached(2))] }],
  ['an image', { messages: [user(hi, image({ type: 'base64', media_type: 'image/png', data: png }))] }],
  [
    'a PDF and a text',
    {
      messages: [
        user(
          { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'YQ==' } },
          { type: 'document', title: 'b', source: { type: 'text', media_type: 'text/plain', data: 'b' } },
        ),
      ],
    },
  ],
  ['betas and a user id', { anthropic_beta: ['interleaved-thinking-2025-05-14'], metadata: { user_id: 'u' } }],
  ['a tool of Anthropic’s that the caller runs', { tools: [{ type: 'bash_20250124', name: 'bash' }] }],
  ['adaptive thinking on a newer model', { thinking: { type: 'adaptive' } }, 'anthropic.claude-opus-4-7'],
  [
    'a system message on a newer model',
    { messages: [user(hi), { role: 'system', content: 'x' }, user(hi)] },
    'anthropic.claude-opus-4-8',
  ],
];

const invalidRows: readonly [name: string, change: JsonObject, problem: RegExp, modelId?: string][] = [
  ['an unknown field', { service_tier: 'auto' }, /service_tier: Extra inputs are not permitted/],
  ['a made-up beta', { anthropic_beta: ['anything'] }, /invalid beta flag/],
  ['other metadata', { metadata: { team: 'x' } }, /metadata: Extra inputs/],
  ['too hot', { temperature: 1.1 }, /temperature: range: 0..1/],
  ['an empty system text', { system: [{ type: 'text', text: '' }] }, /system: text content blocks must be non-empty/],
  [
    'a block that is none',
    { messages: [user({ type: 'input_text', text: 'x' })] },
    /Input tag 'input_text' found using 'type'/,
  ],
  ['an empty list', { messages: [{ role: 'user', content: [] }] }, /non-empty content/],
  [
    'five cache points',
    { messages: [user(...cached(5))] },
    /maximum of 4 blocks with cache_control may be provided. Found 5/,
  ],
  [
    'another time to live',
    { messages: [user({ ...hi, cache_control: { type: 'ephemeral', ttl: '2h' } })] },
    /ttl: Input should be/,
  ],
  [
    'an image from elsewhere',
    { messages: [user(image({ type: 'url', url: 'https://x.test/a.png' }))] },
    /image.source: Input tag 'url'/,
  ],
  [
    'an image of another type',
    { messages: [user(image({ type: 'base64', media_type: 'image/jpeg', data: png }))] },
    /appears to be a image\/png image/,
  ],
  [
    'a broken image',
    { messages: [user(image({ type: 'base64', media_type: 'image/png', data: 'YQ==' }))] },
    /Could not process image/,
  ],
  // tools
  [
    'a tool name with a dot',
    { tools: [{ name: 'a.b', input_schema: { type: 'object' } }] },
    /tools.0.custom.name: String should match/,
  ],
  ['a tool without a schema', { tools: [{ name: 'a' }] }, /input_schema: Field required/],
  [
    'a schema that is no object',
    { tools: [{ name: 'a', input_schema: { type: 'string' } }] },
    /input_schema.type: Input should be 'object'/,
  ],
  [
    'a schema of alternatives',
    { tools: [{ name: 'a', input_schema: { type: 'object', anyOf: [] } }] },
    /does not support oneOf/,
  ],
  ['the same tool twice', { tools: [...tools, ...tools] }, /Tool names must be unique/],
  ['a choice without tools', { tool_choice: { type: 'auto' } }, /only be specified while providing tools/],
  ['a choice that is not there', { tools, tool_choice: { type: 'tool', name: 'b' } }, /Tool 'b' not found/],
  ['tool blocks without tools', { messages: loop }, /must define tools/],
  [
    'a call without a result',
    { tools, messages: [user(hi), assistant(uses('a')), user(hi)] },
    /messages.1: `tool_use` ids were found without/,
  ],
  [
    'a text before the results',
    { tools, messages: [user(hi), assistant(uses('a')), user(hi, result('a'))] },
    /without `tool_result` blocks immediately after/,
  ],
  ['a result of nothing', { tools, messages: [user(result('a'))] }, /unexpected `tool_use_id`/],
  [
    'two results of one call',
    { tools, messages: [user(hi), assistant(uses('a')), user(result('a'), result('a'))] },
    /must have a single result/,
  ],
  [
    'an id with a dot',
    { tools, messages: [user(hi), assistant(uses('a.b')), user(result('a.b'))] },
    /id: String should match pattern/,
  ],
  ['one id twice', { tools, messages: [...loop, assistant(uses('a')), user(result('a'))] }, /ids must be unique/],
  [
    'an input that is text',
    { tools, messages: [user(hi), assistant(uses('a', 'x')), user(result('a'))] },
    /valid dictionary/,
  ],
  [
    'a forced tool on a model that takes none',
    { tools, tool_choice: { type: 'any' } },
    /does not support forced tool use/,
    'anthropic.claude-opus-5-5',
  ],
  // thinking
  ['a budget of 1 000', { thinking: { type: 'enabled', budget_tokens: 1000 } }, /greater than or equal to 1024/],
  ['a budget of all tokens', { max_tokens: 1024, thinking }, /`max_tokens` must be greater than/],
  ['no budget', { thinking: { type: 'enabled' } }, /budget_tokens: Field required/],
  [
    'thinking and a forced tool',
    { tools, thinking, tool_choice: { type: 'any' } },
    /may not be enabled when tool_choice forces/,
  ],
  ['thinking and a temperature', { thinking, temperature: 0.5 }, /may only be set to 1/],
  ['thinking and top_k', { thinking, top_k: 5 }, /`top_k` must be unset/],
  ['thinking and a low top_p', { thinking, top_p: 0.5 }, /`top_p` must be greater/],
  ['thinking on an older model', { thinking }, /thinking: Extra inputs/, 'anthropic.claude-3-haiku-20240307-v1:0'],
  ['adaptive thinking on an older model', { thinking: { type: 'adaptive' } }, /adaptive thinking is not supported/],
  ['a budget on a newer model', { thinking }, /Use "thinking.type.adaptive"/, 'anthropic.claude-opus-4-7'],
  [
    'a loop whose thoughts are gone',
    { thinking, tools, messages: [user(hi), assistant(uses('a')), user(result('a'))] },
    /messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`/,
  ],
  [
    'a thought that somebody changed',
    { messages: [user(hi), assistant({ ...thought, thinking: 'Hm!' }, hi), user(hi)] },
    /messages.1.content.0: Invalid `signature`/,
  ],
  [
    'an unsigned thought',
    { messages: [user(hi), assistant({ type: 'thinking', thinking: 'x' }, hi), user(hi)] },
    /signature: Field required/,
  ],
  [
    'redacted thoughts of another',
    { messages: [user(hi), assistant({ type: 'redacted_thinking', data: 'YQ==' }, hi), user(hi)] },
    /Invalid `data` in `redacted_thinking`/,
  ],
  [
    'a thought at the end',
    { messages: [user(hi), assistant(hi, thought), user(hi)] },
    /final block in an assistant message cannot be/,
  ],
  // the rest
  ['both samplers', { temperature: 1, top_p: 1 }, /cannot both be specified/],
  [
    'a sampler on the newest',
    { temperature: 1 },
    /`temperature` is deprecated for this model/,
    'anthropic.claude-opus-4-7',
  ],
  [
    'a prefill on a newer model',
    { messages: [user(hi), assistant(hi)] },
    /does not support assistant message prefill/,
    'anthropic.claude-opus-4-6-v1',
  ],
  [
    'a prefill with a blank at its end',
    { messages: [user(hi), { role: 'assistant', content: 'So ' }] },
    /trailing whitespace/,
  ],
  [
    'a system message',
    { messages: [user(hi), { role: 'system', content: 'x' }, user(hi)] },
    /messages.1.role: Input should be/,
  ],
];

describe('Messages takes', () => {
  it.each(validRows)('%s', (_, change, modelId) => {
    expect(problemOf(change, modelId)).toBe('valid');
  });
});

describe('Messages refuses', () => {
  it.each(invalidRows)('%s', (_, change, problem, modelId) => {
    expect(problemOf(change, modelId)).toMatch(problem);
  });
});

describe('Messages answers', () => {
  function answer(change: JsonObject): JsonValue | undefined {
    const body = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 2000, messages: [user(hi)], ...change };
    const prepared = prepareInvoke(Buffer.from(JSON.stringify(body)), resolveModel(sonnet), false);
    return prepared.body(prepared.plan(undefined))['content'];
  }

  it('with what was seen, in a schema, and tool by tool', () => {
    const picture = image({ type: 'base64', media_type: 'image/png', data: png });
    expect(answer({ messages: [user({ type: 'text', text: '[[sim look]]' }, picture)] })).toMatchObject([
      { text: 'image png 16 bytes' },
    ]);
    const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };
    expect(answer({ output_config: { format: { type: 'json_schema', schema } } })).toMatchObject([{ text: '{"a":1}' }]);
    const two = [...tools, { name: 'final', input_schema: { type: 'object' } }];
    const forced = { tools: two, tool_choice: { type: 'any' } };
    expect(answer(forced)).toMatchObject([{ name: 'look' }]);
    const after = [user(hi), assistant(uses('a')), user(result('a'))];
    expect(answer({ ...forced, messages: after })).toMatchObject([{ name: 'final' }]);
  });

  it('with thoughts that it takes back', () => {
    const [thoughts, call] = answer({
      thinking,
      tools,
      messages: [user({ type: 'text', text: '[[sim reasoning tool=look]]' })],
    }) as JsonValue[];
    const id = (call as JsonObject)['id'] as string;
    const messages = [user(hi), assistant(thoughts ?? null, call ?? null), user(result(id))];
    expect(answer({ thinking, tools, messages })).toMatchObject([{ type: 'thinking' }, { text: 'seen' }]);
  });
});
