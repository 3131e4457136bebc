import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../json.ts';
import { planReply } from '../../reply/plan.ts';
import type { StopReason } from '../../script/script.ts';
import { OpenaiError } from '../errors.ts';
import { assemble, say } from '../test-support/ask.ts';
import { chatCompletion, chatStream } from './chat-answer.ts';
import { understandChat } from './chat-request.ts';
import { checkChat } from './chat-rules.ts';

const frame = { context: { id: 'id', nowSeconds: 7 }, model: 'm', choices: 1, includeUsage: false };
const user = { role: 'user', content: 'hi' };
const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } };
const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];

describe('checkChat', () => {
  it.each<[rule: string, body: JsonObject]>([
    [
      'parts of every kind',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'a' },
              { type: 'file', file: {} },
            ],
          },
        ],
      },
    ],
    ['an image as a URL', { messages: [image('https://example.com/a.png')] }],
    ['an image in base64', { messages: [image('data:image/png;base64,aGVsbG8=')] }],
    ['a tool call and its answer', { messages: [user, { role: 'assistant', tool_calls: [call] }, answerTo('call_1')] }],
    [
      'a forced tool that is there',
      { messages: [user], tools, tool_choice: { type: 'function', function: { name: 'look' } } },
    ],
    ['fields of null', { messages: [user], temperature: null, stream_options: null, tool_choice: null }],
    ['fields it does not know', { messages: [user], verbosity: 'low' }],
    [
      'JSON where the word is said',
      { messages: [{ role: 'user', content: 'as JSON' }], response_format: { type: 'json_object' } },
    ],
  ])('takes %s', (_, body) => {
    expect(() => checkChat(body)).not.toThrow();
  });

  it.each<[rule: string, body: JsonObject, param: string | undefined, code: string | undefined]>([
    ['no messages', {}, 'messages', 'missing_required_parameter'],
    ['messages that are a text', { messages: 'hi' }, 'messages', 'invalid_type'],
    ['an empty list', { messages: [] }, 'messages', 'empty_array'],
    ['a message that is a text', { messages: ['hi'] }, 'messages[0]', 'invalid_type'],
    ['an unknown role', { messages: [{ role: 'human', content: 'a' }] }, 'messages[0].role', 'invalid_value'],
    ['no content', { messages: [{ role: 'user' }] }, 'messages[0].content', 'missing_required_parameter'],
    [
      'an unknown part',
      { messages: [{ role: 'user', content: [{ type: 'x' }] }] },
      'messages[0].content[0].type',
      'invalid_value',
    ],
    [
      'an image that is none',
      { messages: [image('data:text/html;base64,YQ==')] },
      'messages[0].content[0]',
      'invalid_image_url',
    ],
    ['an answer to no call', { messages: [user, answerTo('call_1')] }, 'messages[1].role', undefined],
    [
      'a call without an answer',
      { messages: [user, { role: 'assistant', tool_calls: [call] }, user] },
      'messages[1]',
      undefined,
    ],
    [
      'a call without an answer at the end',
      { messages: [user, { role: 'assistant', tool_calls: [call] }] },
      'messages[1]',
      undefined,
    ],
    [
      'a tool without a name',
      { messages: [user], tools: [{ type: 'function', function: {} }] },
      'tools[0].function.name',
      'invalid_value',
    ],
    ['a choice without tools', { messages: [user], tool_choice: 'auto' }, 'tool_choice', undefined],
    ['a choice that is unknown', { messages: [user], tools, tool_choice: 'any' }, 'tool_choice', 'invalid_value'],
    [
      'a choice of another tool',
      { messages: [user], tools, tool_choice: { function: { name: 'x' } } },
      'tool_choice',
      undefined,
    ],
    ['too hot', { messages: [user], temperature: 2.1 }, 'temperature', 'decimal_above_max_value'],
    ['a text for a number', { messages: [user], temperature: '1' }, 'temperature', 'invalid_type'],
    ['no choices', { messages: [user], n: 0 }, 'n', 'integer_below_min_value'],
    ['no tokens', { messages: [user], max_tokens: 0 }, 'max_tokens', 'integer_below_min_value'],
    ['two limits', { messages: [user], max_tokens: 1, max_completion_tokens: 1 }, 'max_tokens', 'invalid_parameter'],
    ['five stops', { messages: [user], stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop', 'array_above_max_length'],
    ['options of no stream', { messages: [user], stream_options: {} }, 'stream_options', undefined],
    [
      'an unknown format',
      { messages: [user], response_format: { type: 'xml' } },
      'response_format.type',
      'invalid_value',
    ],
    [
      'JSON that nobody speaks of',
      { messages: [user], response_format: { type: 'json_object' } },
      'messages',
      undefined,
    ],
    [
      'a schema without a name',
      { messages: [user], response_format: { type: 'json_schema' } },
      'response_format.json_schema.name',
      'missing_required_parameter',
    ],
    [
      'a schema that is missing',
      { messages: [user], response_format: { type: 'json_schema', json_schema: { name: 'a' } } },
      'response_format.json_schema.schema',
      'missing_required_parameter',
    ],
  ])('refuses %s', (_, body, param, code) => {
    const error = thrownBy(() => checkChat(body));
    expect(error.fault).toEqual({
      status: 400,
      type: 'invalid_request_error',
      ...(param === undefined ? {} : { param }),
      ...(code === undefined ? {} : { code }),
    });
  });
});

describe('understandChat', () => {
  const echoOf = (messages: readonly JsonValue[], more: JsonObject = {}): string =>
    understandChat({ messages, ...more }, 'seed').request.echoText;

  it.each<[rule: string, messages: readonly JsonValue[], echo: string]>([
    ['the last user message', [user, { role: 'assistant', content: 'x' }, { role: 'user', content: 'last' }], 'last'],
    [
      'its texts, line by line',
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      ],
      'a\nb',
    ],
    ['the names of its parts, where none is a text', [image('https://x/y')], '(image_url)'],
    [
      'what the tools answered last',
      [user, { role: 'assistant', tool_calls: [call] }, answerTo('1'), answerTo('2')],
      'answer 1\nanswer 2',
    ],
    ['nothing, where nobody asks', [{ role: 'system', content: 'be kind' }], ''],
  ])('echoes %s', (_, messages, echo) => {
    expect(echoOf(messages)).toBe(echo);
  });

  it('gives the echo the form that was asked for', () => {
    const schema = { type: 'object', required: ['said'], properties: { said: { type: 'string' } } };
    expect(echoOf([user], { response_format: { type: 'json_object' } })).toBe('{"text":"hi"}');
    expect(echoOf([user], { response_format: { type: 'json_schema', json_schema: { schema } } })).toBe('{"said":"hi"}');
  });

  it.each<[choice: JsonValue, forced: string | undefined]>([
    ['auto', undefined],
    ['none', undefined],
    ['required', 'first'],
    [{ type: 'function', function: { name: 'second' } }, 'second'],
  ])('takes the tool choice %j for the tool %s', (tool_choice, forced) => {
    const named = ['first', 'second'].map((name) => ({ type: 'function', function: { name } }));
    expect(understandChat({ messages: [user], tools: named, tool_choice }, 'seed').request.forcedTool?.name).toBe(
      forced,
    );
  });

  it('counts an image as a medium, not by its bytes', () => {
    const tokens = (url: string): number => understandChat({ messages: [image(url)] }, '').request.inputTokens;
    expect(tokens(`data:image/png;base64,${'A'.repeat(10_000)}`)).toBe(256);
    expect(tokens('https://x/y')).toBe(256);
  });
});

describe('the answer', () => {
  it.each<[stop: StopReason, finish: string]>([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool_calls'],
    ['content_filtered', 'content_filter'],
  ])('ends by %s as %s', (stopReason, finish) => {
    const reply = planReply(understandChat(say('hi'), 'seed').request, { text: 'a', stopReason });
    expect(chatCompletion(reply, frame)).toMatchObject({ choices: [{ finish_reason: finish }] });
    expect(assemble(events(chatStream(reply, frame))).finishReason).toBe(finish);
  });

  it('is the same whole and in a stream, whatever is said', () => {
    const toolCall = fc.record({
      name: fc.constantFrom('look', 'go'),
      // No text at all is a tool without arguments.
      input: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.constant('')),
    });
    const script = fc.record({
      text: fc.string({ unit: 'grapheme' }),
      reasoning: fc.record({ text: fc.string() }),
      toolCalls: fc.array(toolCall, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(script, fc.boolean(), ({ toolCalls, ...said }, isRefused) => {
        const stop = isRefused ? { stopReason: 'guardrail_intervened' as const } : {};
        // What JSON.stringify makes of it is what goes over the wire.
        const calls = JSON.parse(JSON.stringify(toolCalls));
        const reply = planReply(understandChat(say('x'), 'seed').request, { ...said, ...stop, toolCalls: calls });
        const { choices } = JSON.parse(JSON.stringify(chatCompletion(reply, frame)));
        const { message } = choices[0];
        const streamed = assemble(events(chatStream(reply, frame)));
        expect({
          content: message.content ?? '',
          refusal: message.refusal ?? '',
          reasoning: message.reasoning_content ?? '',
          calls: (message.tool_calls ?? []).map((each: typeof call) => [
            each.id,
            each.function.name,
            each.function.arguments,
          ]),
          finishReason: choices[0].finish_reason,
        }).toEqual({
          content: streamed.content,
          refusal: streamed.refusal,
          reasoning: streamed.reasoning,
          calls: streamed.toolCalls.map(({ id, name, text }) => [id, name, text]),
          finishReason: streamed.finishReason,
        });
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('gives as many choices as were asked for, and counts them all', () => {
    const reply = planReply(understandChat(say('one two'), 'seed').request);
    const twice = { ...frame, choices: 2 };
    expect(chatCompletion(reply, twice)).toMatchObject({
      choices: [{ index: 0 }, { index: 1 }],
      usage: { prompt_tokens: 2, completion_tokens: 4, total_tokens: 6 },
    });
    expect(events(chatStream(reply, twice)).map(({ choices }) => choices[0].index)).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
  });

  it('counts what was read from and written to the cache as part of the prompt, and reasoning as part of the answer', () => {
    const { request } = understandChat(say('four'), 'seed');
    const usage = { cacheReadInputTokens: 10, cacheWriteInputTokens: 5 };
    const reply = planReply(request, { text: 'abcd', reasoning: { text: 'think hard' }, usage });
    expect(chatCompletion(reply, frame)).toMatchObject({
      usage: {
        prompt_tokens: 16,
        completion_tokens: 4,
        prompt_tokens_details: { cached_tokens: 10 },
        completion_tokens_details: { reasoning_tokens: 3 },
      },
    });
  });
});

function image(url: string): JsonObject {
  return { role: 'user', content: [{ type: 'image_url', image_url: { url } }] };
}

function answerTo(tool_call_id: string): JsonObject {
  return { role: 'tool', tool_call_id, content: `answer ${tool_call_id}` };
}

function events(pieces: ReturnType<typeof chatStream>) {
  return [...pieces].map(({ bytes }) => JSON.parse(bytes.toString().slice('data: '.length)));
}

function thrownBy(run: () => void): OpenaiError {
  try {
    run();
  } catch (error) {
    if (error instanceof OpenaiError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
