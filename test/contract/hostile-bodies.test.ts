import { describe, expect, it } from 'vitest';
import { type Answer, ask } from './support/litellm.ts';
import { at } from './support/reply.ts';
import { ALIAS, MODEL_ID } from './support/world.ts';

const NOVA = 'amazon.nova-lite-v1:0';
const schema = { type: 'object', properties: { city: { type: 'string' } } };
const image = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

/** Whether an answer that refuses has the shape of its API, and says where the fault is, as far as that API can say it. */
const openaiError = ({ json, status }: Answer): boolean => {
  const error = at(json, 'error');
  const isWhole = typeof at(error, 'message') === 'string' && typeof at(error, 'type') === 'string';
  return isWhole && (status !== 400 || at(error, 'code') === 'invalid_json' || typeof at(error, 'param') === 'string');
};
const bedrockError = ({ json, headers }: Answer): boolean =>
  typeof at(json, 'message') === 'string' && /^[A-Z]\w+Exception$/.test(headers.get('x-amzn-errortype') ?? '');
const anthropicError = ({ json }: Answer): boolean =>
  at(json, 'type') === 'error' && typeof at(json, 'error', 'message') === 'string';

interface Dialect {
  readonly name: string;
  readonly path: string;
  readonly isError: (answer: Answer) => boolean;
  /** A request with as many fields as one can have. */
  readonly good: Readonly<Record<string, unknown>>;
}

const dialects: readonly Dialect[] = [
  {
    name: 'OpenAI chat',
    path: '/v1/chat/completions',
    isError: openaiError,
    good: {
      model: ALIAS,
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Weather?' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 't1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }],
        },
        { role: 'tool', tool_call_id: 't1', content: 'Rain.' },
      ],
      tools: [{ type: 'function', function: { name: 'weather', description: 'Weather.', parameters: schema } }],
      tool_choice: { type: 'function', function: { name: 'weather' } },
      parallel_tool_calls: false,
      max_completion_tokens: 100,
      temperature: 0.5,
      stop: ['#'],
      stream_options: { include_usage: true },
      response_format: { type: 'text' },
      reasoning_effort: 'low',
      service_tier: 'default',
      user: 'u',
      n: 1,
      seed: 1,
      metadata: { a: 'b' },
    },
  },
  ...[
    ['Converse', MODEL_ID, {}],
    // With a session the gateway reads it, too.
    ['Converse with a session', NOVA, { additionalModelRequestFields: { enable_history: true } }],
  ].map(
    ([name, model, more]): Dialect => ({
      name: String(name),
      path: `/bedrock/model/${String(model)}/converse`,
      isError: bedrockError,
      good: {
        messages: [
          { role: 'user', content: [{ text: 'Weather?' }, { image: { format: 'png', source: { bytes: image } } }] },
          { role: 'assistant', content: [{ toolUse: { toolUseId: 't1', name: 'weather', input: { city: 'Oslo' } } }] },
          { role: 'user', content: [{ toolResult: { toolUseId: 't1', content: [{ json: { rain: true } }] } }] },
        ],
        system: [{ text: 'Be brief.' }],
        inferenceConfig: { maxTokens: 100, temperature: 0.5, stopSequences: ['#'] },
        toolConfig: {
          tools: [{ toolSpec: { name: 'weather', inputSchema: { json: schema } } }],
          toolChoice: { auto: {} },
        },
        requestMetadata: { a: 'b' },
        ...(more as object),
      },
    }),
  ),
  ...[ALIAS, NOVA].map(
    (model): Dialect => ({
      name: `Messages for ${model}`,
      path: '/v1/messages',
      isError: anthropicError,
      good: {
        model,
        max_tokens: 100,
        system: [{ type: 'text', text: 'Be brief.' }],
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Weather?' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: image } },
            ],
          },
          { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'weather', input: { city: 'Oslo' } }] },
          {
            role: 'user',
            content: [{ type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'Rain.' }] }],
          },
        ],
        tools: [{ name: 'weather', description: 'Weather.', input_schema: schema }],
        tool_choice: { type: 'auto' },
        temperature: 0.5,
        stop_sequences: ['#'],
        metadata: { user_id: 'u' },
      },
    }),
  ),
  {
    name: 'Responses',
    path: '/v1/responses',
    isError: openaiError,
    good: {
      model: ALIAS,
      instructions: 'Be brief.',
      input: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Weather?' }] },
        { type: 'function_call', call_id: 't1', name: 'weather', arguments: '{"city":"Oslo"}' },
        { type: 'function_call_output', call_id: 't1', output: 'Rain.' },
      ],
      tools: [{ type: 'function', name: 'weather', parameters: schema, strict: false }],
      tool_choice: 'auto',
      max_output_tokens: 100,
      temperature: 0.5,
      store: false,
      text: { format: { type: 'text' } },
    },
  },
  {
    name: 'embeddings',
    path: '/v1/embeddings',
    isError: openaiError,
    good: {
      model: 'amazon.titan-embed-text-v2:0',
      input: ['a', 'b'],
      dimensions: 256,
      encoding_format: 'float',
      user: 'u',
    },
  },
];

/** Values that some field does not expect. */
const wrongValues: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  1e308,
  '',
  'a',
  '\ud800',
  [],
  [[]],
  [null],
  {},
  { '': null },
  { a: { b: [{}] } },
];

/** The place of every field and item of a value. */
function placesIn(value: unknown, place: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [place];
  return [place, ...Object.entries(value).flatMap(([name, inner]) => placesIn(inner, [...place, name]))].filter(
    (it) => it.length > 0,
  );
}

function withValue(value: unknown, [name, ...rest]: readonly string[], put: unknown): unknown {
  if (name === undefined) return put;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === name ? withValue(item, rest, put) : item));
  const record = value as Readonly<Record<string, unknown>>;
  return { ...record, [name]: withValue(record[name], rest, put) };
}

const nested = (open: string, close: string, levels = 100_000): string => open.repeat(levels) + close.repeat(levels);

describe.each(dialects)('$name', ({ path, isError, good }) => {
  const send = (body: string | Uint8Array) => ask(path, { body, headers: { 'content-type': 'application/json' } });
  const text = JSON.stringify(good);
  /** The text of the good request with other JSON in a field. */
  const instead = (name: string, json: string) =>
    JSON.stringify({ ...good, [name]: 0 }).replace(`"${name}":0`, `"${name}":${json}`);
  /** The same with `json` in front of its first field. */
  const beside = (json: string) => `{${json},${text.slice(1)}`;

  it('takes the good one', async () => {
    const answer = await send(text);
    expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
  });

  it('answers a wrong value in any field by a refusal of its own, or takes it', async () => {
    const bodies = placesIn(good).flatMap((place) =>
      wrongValues.map(
        (value) => [`${place.join('.')} = ${JSON.stringify(value)}`, withValue(good, place, value)] as const,
      ),
    );
    const strange: unknown[] = [];
    let refused = 0;
    const one = async (): Promise<void> => {
      for (let next = bodies.pop(); next !== undefined; next = bodies.pop()) {
        const [what, body] = next;
        const answer = await send(JSON.stringify(body));
        if (answer.status >= 400) refused += 1;
        const isGood = answer.status === 200 || (answer.status >= 400 && answer.status < 500 && isError(answer));
        if (!isGood) strange.push([what, answer.status, answer.text.slice(0, 300)]);
      }
    };
    await Promise.all(Array.from({ length: 16 }, one));
    expect(strange).toEqual([]);
    expect(refused).toBeGreaterThan(20);
  });

  it.each<[what: string, body: string | Uint8Array]>([
    ['nothing', ''],
    ['no JSON', '{'],
    ['a text', '"a"'],
    ['a list', '[]'],
    ['null', 'null'],
    ['an empty object', '{}'],
    ['lists without end', nested('[', ']')],
    ['objects without end', nested('{"a":', '}').replace('}', '1}')],
    ['lists without end in a field', instead('messages' in good ? 'messages' : 'input', nested('[', ']'))],
    [
      'objects without end in a field',
      instead('messages' in good ? 'messages' : 'input', nested('{"a":', '}').replace('}', '1}')),
    ],
    ['an object that never ends', '{"a":'.repeat(100_000)],
  ])('refuses %s', async (_what, body) => {
    const answer = await send(body);
    expect([answer.status, answer.text.slice(0, 200)]).toEqual([400, expect.any(String)]);
    expect(isError(answer)).toBe(true);
  });

  it.each<[what: string, body: string | Uint8Array]>([
    [
      'bytes that are no UTF-8',
      Buffer.concat([Buffer.from('{"model":"'), Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from('"}')]),
    ],
    ['100 000 fields', beside(Array.from({ length: 100_000 }, (_, index) => `"f${index}":${index}`).join())],
    ['a prototype', beside('"__proto__":{"model":"other","messages":[]},"constructor":{"prototype":{"a":1}}')],
    ['a number beyond all', beside('"temperature":1e999,"max_tokens":123456789012345678901234567890')],
    ['the same field twice', beside('"model":1,"messages":2,"input":3')],
    ['100 000 messages of nothing', beside('"x":1').replace(/"(messages|input)":\[/, `"$1":[${'{},'.repeat(100_000)}`)],
    ['a lone surrogate', text.replace('Weather?', '\\ud83d Weather?')],
    ['a text with NUL', text.replace('Weather?', '\\u0000')],
    ['a name without end', beside(`"${'a'.repeat(1_000_000)}":1`)],
  ])('takes or refuses %s', async (_what, body) => {
    const answer = await send(body);
    const isGood = answer.status === 200 || (answer.status >= 400 && answer.status < 500 && isError(answer));
    expect([isGood, answer.status, isGood ? '' : answer.text.slice(0, 300)]).toEqual([true, answer.status, '']);
  });

  it('and serves afterwards', async () => {
    expect((await send(text)).status).toBe(200);
    expect(({} as Record<string, unknown>)['model']).toBeUndefined();
  });
});
