import OpenAI from 'openai';
import type { ChatCompletionStream } from 'openai/lib/ChatCompletionStream';
import type { ResponseStream } from 'openai/lib/responses/ResponseStream';
import { callPython } from './python.ts';
import { at, type CallOptions, failureOf, type Reply } from './reply.ts';
import { world } from './world.ts';

/** One of OpenAI's libraries. */
export interface OpenaiClient {
  readonly name: string;
  readonly isPython: boolean;
  /** Calls a method by its path in the library, such as `chat.completions.create`. With `stream` in its input it has events. */
  call(method: string, input: object, options?: CallOptions): Promise<Reply>;
  chat(input: object, options?: CallOptions): Promise<Reply>;
  /** A streamed chat completion, as the library itself joins it. */
  joined(input: object, options?: CallOptions): Promise<Reply>;
  models(options?: CallOptions): Promise<Reply>;
}

const address = (options: CallOptions): string => (options.http ?? world.http) + (options.prefix ?? '/v1');

export const openaiClients: readonly OpenaiClient[] = [
  clientOf('openai for Python', true, python),
  clientOf('openai for Node', false, node),
];

function clientOf(name: string, isPython: boolean, call: OpenaiClient['call']): OpenaiClient {
  return {
    name,
    isPython,
    call,
    chat: (input, options) => call('chat.completions.create', input, options),
    joined: (input, options) => call('chat.completions.stream', input, options),
    models: (options) => call('models.list', {}, options),
  };
}

function python(method: string, input: object, options: CallOptions = {}): Promise<Reply> {
  return callPython({ api: 'openai', method, input, endpoint: address(options) }, options);
}

/** OpenAI's library for Node itself, for what is not JSON. */
export function openaiForNode(options: CallOptions = {}): OpenAI {
  const key = options.key === undefined ? world.keys.good : options.key;
  return new OpenAI({
    baseURL: address(options),
    apiKey: key ?? 'none',
    maxRetries: (options.attempts ?? 1) - 1,
    ...(key === null ? { defaultHeaders: { Authorization: null } } : {}),
    ...(options.giveUpMs === undefined ? {} : { timeout: options.giveUpMs }),
  });
}

async function node(method: string, input: object, options: CallOptions = {}): Promise<Reply> {
  let events: unknown[] | undefined;
  try {
    const path = method.split('.');
    const owner = at(openaiForNode(options), ...path.slice(0, -1)) as Readonly<Record<string, unknown>>;
    const called = owner[path.at(-1) ?? ''];
    if (typeof called !== 'function') throw new Error(`The library has no ${method}.`);
    // A table of tests cannot type its inputs; the gateway under test is what checks them.
    const answer: unknown = await called.call(owner, input);
    if (method === 'responses.stream') return await joinedResponse(answer as ResponseStream);
    if (path.at(-1) === 'stream') return { output: await (answer as ChatCompletionStream).finalChatCompletion() };
    if (at(input, 'stream') !== true) return { output: answer };
    const stream = answer as AsyncIterable<unknown>;
    events = [];
    for await (const chunk of stream) {
      events.push(chunk);
      // Leaving the loop closes the stream.
      if (events.length === options.leaveAfter) break;
    }
    return { events };
  } catch (error) {
    return { ...(events === undefined ? {} : { events }), failure: failureOf(error) };
  }
}

/** What the helper for streams of responses joins, and the events that it read. */
async function joinedResponse(stream: ResponseStream): Promise<Reply> {
  const events: unknown[] = [];
  for await (const event of stream) events.push(event);
  return { events, output: await stream.finalResponse() };
}
