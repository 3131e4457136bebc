import { SseReader } from '@genai-gateway/protocol';
import { isObject, type JsonObject, type JsonValue, listOf, objectOf } from '../../json.ts';
import type { ProviderSimulator } from '../http/provider-server.ts';

/** Posts JSON to a simulated OpenAI without a key. */
export function post(simulator: ProviderSimulator, path: string, body: JsonValue): Promise<Response> {
  return fetch(`${simulator.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** The JSON object that an answer has as its body. */
export async function objectIn(answer: Response): Promise<JsonObject> {
  const value: unknown = await answer.json();
  if (!isObject(value)) throw new Error('the body is no object');
  return value;
}

/** What the client of a stream got until it ended, one way or another. */
export interface ReadStream {
  /** Parsed; a text that is no JSON stays text. */
  readonly events: readonly JsonValue[];
  /** `ended`: as HTTP ends an answer. `cut`: otherwise. */
  readonly end: 'ended' | 'cut';
  readonly bytes: number;
}

/** Reads server-sent events to the end. */
export async function readStream(answer: Response): Promise<ReadStream> {
  const reader = new SseReader();
  const events: JsonValue[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer.body ?? []) {
      bytes += chunk.length;
      events.push(...reader.push(Buffer.from(chunk)).map(parsed));
    }
    return { events, end: 'ended', bytes };
  } catch {
    return { events, end: 'cut', bytes };
  }
}

/** One user message. */
export function say(content: string, more: JsonObject = {}): JsonObject {
  return { model: 'gpt-4o', messages: [{ role: 'user', content }], ...more };
}

/** A message put together from the chunks of a stream, as a client does it. */
export interface Assembled {
  readonly content: string;
  readonly refusal: string;
  readonly reasoning: string;
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly text: string }[];
  readonly finishReason: JsonValue;
}

/** Puts the first choice of a chat stream together. */
export function assemble(events: readonly JsonValue[]): Assembled {
  const choices = events.flatMap((event) => listOf(objectOf(event)['choices'])).map(objectOf);
  const mine = choices.filter(({ index }) => index === 0);
  const deltas = mine.map((choice) => objectOf(choice['delta']));
  const text = (field: string): string => deltas.map((delta) => delta[field] ?? '').join('');
  const calls: { id: string; name: string; text: string }[] = [];
  for (const call of deltas.flatMap((delta) => listOf(delta['tool_calls'])).map(objectOf)) {
    const made = objectOf(call['function']);
    const known = calls[Number(call['index'])];
    if (known !== undefined) known.text += String(made['arguments']);
    else calls.push({ id: String(call['id']), name: String(made['name']), text: String(made['arguments']) });
  }
  return {
    content: text('content'),
    refusal: text('refusal'),
    reasoning: text('reasoning_content'),
    toolCalls: calls,
    finishReason: mine.findLast((choice) => choice['finish_reason'] !== null)?.['finish_reason'] ?? null,
  };
}

function parsed(text: string): JsonValue {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : text;
  } catch {
    return text;
  }
}
