import OpenAI from 'openai';
import { askPython } from './python.ts';
import { at, type CallOptions, type Failure, type Reply } from './reply.ts';
import { world } from './world.ts';

/** One of OpenAI's libraries. */
export interface OpenaiClient {
  readonly name: string;
  readonly isPython: boolean;
  chat(input: object, options?: CallOptions): Promise<Reply>;
  models(options?: CallOptions): Promise<Reply>;
}

const address = (options: CallOptions): string => (options.http ?? world.http) + (options.prefix ?? '/v1');

export const openaiClients: readonly OpenaiClient[] = [
  {
    name: 'openai for Python',
    isPython: true,
    chat: (input, options) => python('chat', input, options),
    models: (options) => python('models', {}, options),
  },
  {
    name: 'openai for Node',
    isPython: false,
    chat: node,
    models: async (options = {}) => {
      try {
        return { output: { ...(await client(options).models.list()) } };
      } catch (error) {
        return { failure: failureOf(error) };
      }
    },
  },
];

function python(method: string, input: object, options: CallOptions = {}): Promise<Reply> {
  return askPython({
    api: 'openai',
    method,
    input,
    endpoint: address(options),
    key: options.key === undefined ? world.keys.good : options.key,
    attempts: options.attempts ?? 1,
    leaveAfter: options.leaveAfter,
    giveUpMs: options.giveUpMs,
  });
}

function client(options: CallOptions): OpenAI {
  const key = options.key === undefined ? world.keys.good : options.key;
  return new OpenAI({
    baseURL: address(options),
    apiKey: key ?? 'none',
    maxRetries: (options.attempts ?? 1) - 1,
    ...(key === null ? { defaultHeaders: { Authorization: null } } : {}),
    ...(options.giveUpMs === undefined ? {} : { timeout: options.giveUpMs }),
  });
}

async function node(input: object, options: CallOptions = {}): Promise<Reply> {
  let events: unknown[] | undefined;
  try {
    // A table of tests cannot type its inputs; the gateway under test is what checks them.
    const answer: unknown = await client(options).chat.completions.create(input as never);
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

function failureOf(error: unknown): Failure {
  const headers = at(error, 'headers');
  const retryAfter = headers instanceof Headers ? headers.get('retry-after') : null;
  const [status, type, code] = [at(error, 'status'), at(error, 'type'), at(error, 'code')];
  return {
    name: error instanceof Error ? error.constructor.name : 'not an error',
    message: String(at(error, 'message')),
    status: typeof status === 'number' ? status : undefined,
    retryAfter: retryAfter ?? undefined,
    type: typeof type === 'string' ? type : undefined,
    code: typeof code === 'string' ? code : undefined,
  };
}
