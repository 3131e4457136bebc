import fc from 'fast-check';
import { junk, mostly, usually } from '../../test-support/arbitraries.ts';

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.constantFrom('', ' ', '\n', '\ud800', 'a'));
const name = fc.constantFrom('f', 'g', 'a.b', 'a-b', 'constructor', '__proto__', '🐎', 'x'.repeat(70));
const id = fc.constantFrom('1', '2', 'toolu_1', 'a b', 'y'.repeat(70));
const mark = usually(mostly(fc.constantFrom({ type: 'ephemeral' }, { type: 'ephemeral', ttl: '1h' }, null)));

const textBlock = fc.record({
  type: fc.constant('text'),
  text,
  cache_control: mark,
  citations: usually(
    fc.constantFrom(null, [], [{ type: 'web_search_result_location', cited_text: 'c', url: 'u', title: null }]),
  ),
});
const base64 = (media_type: string, data: string) => ({ type: 'base64', media_type, data });
const source = fc.constantFrom<unknown>(
  base64('image/png', 'iVBORw0KGgo='),
  base64('image/png', 'iVBORw0KGgo='),
  base64('application/pdf', 'JVBERi0xLjc='),
  { type: 'url', url: 'data:image/png;base64,iVBORw0KGgo=' },
  { type: 'url', url: 'https://x.test/a.png' },
  { type: 'text', media_type: 'text/plain', data: 'a' },
  { type: 'content', content: [{ type: 'text', text: 'a' }] },
);
const image = fc.record({ type: fc.constant('image'), source: fc.constant(base64('image/png', 'iVBORw0KGgo=')) });
const file = fc.record({
  type: fc.constantFrom('image', 'document'),
  source,
  title: usually(text),
  cache_control: mark,
});
const citations = usually(fc.constant({ enabled: true }));
const searchResult = fc.record({
  type: fc.constant('search_result'),
  source: text,
  title: text,
  content: fc.array(textBlock, { maxLength: 2 }),
  citations,
});
const thought = fc.oneof(
  fc.record({ type: fc.constant('thinking'), thinking: text, signature: fc.constantFrom('', 's') }),
  fc.record({ type: fc.constant('redacted_thinking'), data: fc.constantFrom('AQ==', 'x', '') }),
);
const call = fc.record({
  type: fc.constant('tool_use'),
  id: mostly(id),
  name: mostly(name),
  input: mostly(fc.constantFrom<unknown>({}, '', { a: 1 })),
  cache_control: mark,
});

const userBlock = fc.oneof(
  { weight: 6, arbitrary: textBlock },
  { weight: 2, arbitrary: image },
  { weight: 1, arbitrary: file },
  { weight: 1, arbitrary: searchResult },
);
const content = (block: fc.Arbitrary<unknown>) => mostly(fc.oneof(text, fc.array(block, { maxLength: 3 })));
const said = fc.oneof({ weight: 3, arbitrary: textBlock }, { weight: 2, arbitrary: thought });
const message = mostly(
  fc.oneof(
    { weight: 1, arbitrary: fc.record({ role: fc.constant('system'), content: content(textBlock) }) },
    { weight: 4, arbitrary: fc.record({ role: fc.constant('user'), content: content(userBlock) }) },
    { weight: 2, arbitrary: fc.record({ role: fc.constant('assistant'), content: content(said) }) },
  ),
);
/** Calls and some of their results, in any order, with something else among them. */
const toolTurn = fc.array(call, { minLength: 1, maxLength: 3 }).chain((calls) => {
  const results = calls.map(({ id: tool_use_id }) => ({
    type: 'tool_result',
    tool_use_id,
    content: 'r',
    is_error: true,
  }));
  const withImage = { ...results[0], content: [{ type: 'image', source: base64('image/png', 'iVBORw0KGgo=') }] };
  const rest = fc.shuffledSubarray<unknown>([...results, withImage, { type: 'text', text: 'u' }]);
  return fc.tuple(fc.array(said, { maxLength: 2 }), rest).map(([before, after]) => [
    { role: 'assistant', content: [...before, ...calls] },
    { role: 'user', content: after },
  ]);
});
const conversation = fc
  .array(fc.oneof({ weight: 3, arbitrary: toolTurn }, { weight: 3, arbitrary: message.map((it) => [it]) }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((turns) => turns.flat());

const schema = fc.constantFrom<unknown>(
  {},
  { type: 'object', properties: { a: { $ref: '#/$defs/A' } }, $defs: { A: { items: { $ref: '#/$defs/A' } } } },
  { oneOf: [{ type: 'object', properties: { a: {} }, required: ['a'] }, { $ref: '#' }] },
  { type: 'string' },
);
const tool = fc.record({
  name: mostly(name),
  description: usually(text),
  input_schema: mostly(schema),
  strict: usually(fc.boolean()),
  cache_control: mark,
  allowed_callers: usually(mostly(fc.constant(['direct']))),
});
const choice = fc.oneof(
  fc.constantFrom<unknown>({ type: 'auto' }, { type: 'none' }, { type: 'any', disable_parallel_tool_use: true }),
  name.map((it) => ({ type: 'tool', name: it })),
);
const thinking = fc.constantFrom<unknown>(
  { type: 'enabled', budget_tokens: 2000 },
  { type: 'adaptive', display: 'omitted' },
  { type: 'disabled' },
);
const effort = fc.constantFrom('low', 'max', 'x');

/** A body of the Messages API as clients send it, more or less. */
export const anyRequest = fc
  .record({
    model: mostly(fc.constant('m')),
    max_tokens: mostly(fc.integer({ min: 1, max: 9999 })),
    messages: mostly(conversation),
    system: usually(content(textBlock)),
    tools: usually(mostly(fc.array(tool, { maxLength: 4 }))),
    tool_choice: usually(mostly(choice)),
    thinking: usually(mostly(thinking)),
    output_config: usually(
      mostly(
        fc.record({
          effort: usually(effort),
          format: usually(schema.map((it) => ({ type: 'json_schema', schema: it }))),
        }),
      ),
    ),
    temperature: usually(mostly(fc.double({ min: 0, max: 1, noNaN: true }))),
    top_p: usually(mostly(fc.double({ min: 0, max: 1, noNaN: true }))),
    top_k: usually(mostly(fc.nat(500))),
    stop_sequences: usually(mostly(fc.array(text, { maxLength: 3 }))),
    metadata: usually(mostly(fc.record({ user_id: text }))),
    cache_control: mark,
  })
  .chain((fields) =>
    fc.dictionary(fc.string({ maxLength: 6 }), junk, { maxKeys: 1 }).map((more) => ({ ...more, ...fields })),
  );
