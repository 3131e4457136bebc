import Anthropic, { type ClientOptions } from '@anthropic-ai/sdk';
import { callPython } from './python.ts';
import { type CallOptions, failureOf, type Reply } from './reply.ts';
import { world } from './world.ts';

/** One of Anthropic's libraries. */
export interface AnthropicClient {
  readonly name: string;
  readonly isPython: boolean;
  /** `messages.create`, whole. */
  create(input: object, options?: AnthropicOptions): Promise<Reply>;
  /** `messages.stream`: the events, and as output the message that the library put together. */
  stream(input: object, options?: AnthropicOptions): Promise<Reply>;
  /** `messages.count_tokens`. */
  count(input: object, options?: AnthropicOptions): Promise<Reply>;
}

interface AnthropicOptions extends CallOptions {
  /** How the key is sent; default: as the library's `api_key`. */
  readonly as?: 'api-key' | 'token';
  /** Of the header `anthropic-beta`. */
  readonly betas?: string;
}

type Method = 'create' | 'stream' | 'count_tokens';
type Call = (method: Method, input: object, options?: AnthropicOptions) => Promise<Reply>;

export const anthropicClients: readonly AnthropicClient[] = [
  clientOf('anthropic for Python', true, python),
  clientOf('anthropic for Node', false, node),
];

function clientOf(name: string, isPython: boolean, call: Call): AnthropicClient {
  return {
    name,
    isPython,
    create: (input, options) => call('create', input, options),
    stream: (input, options) => call('stream', input, options),
    count: (input, options) => call('count_tokens', input, options),
  };
}

/** The library puts `/v1` behind it itself. */
const address = (options: CallOptions): string => (options.http ?? world.http) + (options.prefix ?? '');

function python(method: Method, input: object, options: AnthropicOptions = {}): Promise<Reply> {
  return callPython(
    { api: 'anthropic', method, input, endpoint: address(options), as: options.as ?? 'api-key', betas: options.betas },
    options,
  );
}

async function node(method: Method, input: object, options: AnthropicOptions = {}): Promise<Reply> {
  const client = new Anthropic({
    baseURL: address(options),
    ...credentials(options),
    maxRetries: (options.attempts ?? 1) - 1,
    ...(options.giveUpMs === undefined ? {} : { timeout: options.giveUpMs }),
  });
  const more = options.betas === undefined ? {} : { headers: { 'anthropic-beta': options.betas } };
  let events: unknown[] | undefined;
  try {
    // A table of tests cannot type its inputs; the gateway under test is what checks them.
    if (method === 'count_tokens') return { output: await client.messages.countTokens(input as never, more) };
    if (method === 'create') {
      const { data, response } = await client.messages.create(input as never, more).withResponse();
      return { output: data, headers: Object.fromEntries(response.headers) };
    }
    const stream = client.messages.stream(input as never, more);
    events = [];
    for await (const event of stream) {
      events.push(event);
      // Leaving the loop closes the stream.
      if (events.length === options.leaveAfter) return { events };
    }
    return { events, output: await stream.finalMessage() };
  } catch (error) {
    return { ...(events === undefined ? {} : { events }), failure: failureOf(error) };
  }
}

function credentials({ key = world.keys.good, as = 'api-key' }: AnthropicOptions): ClientOptions {
  if (key === null) return { apiKey: 'none', authToken: null, defaultHeaders: { 'x-api-key': null } };
  return as === 'token' ? { apiKey: null, authToken: key } : { apiKey: key, authToken: null };
}
