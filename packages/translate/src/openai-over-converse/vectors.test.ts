import { readFileSync } from 'node:fs';
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream';
import { describe, expect, test } from 'vitest';
import { converseToOpenai } from './converse-to-openai.ts';
import { openaiToConverse } from './openai-to-converse.ts';
import { parseOpenaiChatRequest } from './parse-openai-chat.ts';
import { violations } from './test-support/converse-rules.ts';
import { eventsToReply, joinChunks } from './test-support/fold.ts';
import {
  readVectorJson,
  translateVector,
  type Upstream,
  upstreamBytes,
  vectorNames,
  vectorsFolder,
} from './test-support/vector.ts';

const read = (name: string, file: string) => readFileSync(new URL(`${name}/${file}`, vectorsFolder));

test('there are vectors', () => {
  expect(vectorNames().length).toBeGreaterThanOrEqual(13);
});

describe.each(vectorNames())('%s', (name) => {
  const body = readVectorJson(name, 'openai.request.json');
  const upstream = readVectorJson(name, 'upstream.json') as Upstream;
  const bytes = read(name, 'upstream.eventstream');
  const result = translateVector(body, upstream.modelId, bytes, bytes.length);

  test('the bytes are those of AWS its own codec', () => {
    expect(bytes.equals(upstreamBytes(upstream))).toBe(true);
  });

  test('openai.request.json becomes converse.request.json', () => {
    expect(result.converseRequest).toStrictEqual(readVectorJson(name, 'converse.request.json'));
    expect(violations(result.converseRequest)).toEqual([]);
  });

  test('upstream.eventstream becomes openai.response.sse', () => {
    expect(result.sse).toBe(read(name, 'openai.response.sse').toString());
  });

  test('the outcome and the usage are as told', () => {
    expect(result.usage).toStrictEqual(readVectorJson(name, 'usage.json'));
    expect(result.outcome).toStrictEqual(readVectorJson(name, 'outcome.json'));
  });

  test.each([1, 7, 64])('pieces of %i bytes give the same answer', (pieceBytes) => {
    expect(translateVector(body, upstream.modelId, bytes, pieceBytes)).toStrictEqual(result);
  });

  test.runIf(result.outcome.error === null)('the stream says what the whole answer says', async () => {
    const { toolNames } = openaiToConverse(parseOpenaiChatRequest(body), { modelId: upstream.modelId });
    const context = { id: 'chatcmpl-vector', created: 1_700_000_000, model: 'm', toolNames };
    const whole = converseToOpenai(eventsToReply(upstream.events), context);
    const message = whole.choices[0]?.message;
    const joined = joinChunks(result.chunks);
    expect(joined.content).toBe(message?.content ?? '');
    expect(joined.reasoning).toBe(message?.reasoning_content ?? '');
    expect(joined.finishes).toEqual([whole.choices[0]?.finish_reason]);
    const calls = message?.tool_calls ?? [];
    expect(joined.toolCalls).toEqual(
      calls.map((call) => ({ id: call.id, name: call.function.name, input: JSON.parse(call.function.arguments) })),
    );

    const lines = result.chunks.map((chunk) => `${JSON.stringify(chunk)}\n`);
    const sdk = await ChatCompletionStream.fromReadableStream(
      ReadableStream.from(lines.map((it) => Buffer.from(it))),
    ).finalMessage();
    expect(sdk.content ?? '').toBe(joined.content);
    expect((sdk.tool_calls ?? []).map((call) => (call.type === 'function' ? call.function.name : ''))).toEqual(
      joined.toolCalls.map((call) => call.name),
    );
  });
});
