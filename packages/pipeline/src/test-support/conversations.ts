import { MemorySessionStore } from '@genai-gateway/history';
import type { Prompt } from '@genai-gateway/prompts';
import { encodeEventFrame, encodeExceptionFrame } from '@genai-gateway/protocol';
import { serveChat } from '../chat.ts';
import { serveMessages } from '../messages.ts';
import { serveNative } from '../native.ts';
import type { History } from '../services.ts';
import { alias, catalogueOf, type Harness, type HarnessOptions, harness } from './harness.ts';

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';

/** Models of Bedrock by `nova` and `claude`, one of another provider by `gpt`. */
export const catalogue = catalogueOf(
  alias('nova', 'us.amazon.nova-lite-v1:0'),
  alias('claude', CLAUDE),
  alias('gpt', 'openai/gpt-4o-mini'),
);

export function memoryHistory(sharedBy: History['sharedBy'] = 'key'): History {
  return { store: new MemorySessionStore({ now: Date.now, retentionDays: 30 }), sharedBy };
}

/** How a call is made: in which API, and as a stream or not. */
export interface Way {
  readonly api: 'openai' | 'converse' | 'anthropic';
  readonly model: string;
  readonly stream: boolean;
}

export interface Asked {
  /** Undefined: a new session. */
  readonly sessionId?: string | undefined;
  readonly text?: string;
  /** In place of the text. */
  readonly messages?: readonly object[];
  /** What the model says. */
  readonly says?: string;
  /** The stream stops in the middle of it. */
  readonly isCut?: boolean;
  /** Bedrock's stream ends with an exception. */
  readonly fails?: boolean;
  /** LiteLLM's answer with 400, in place of all that. */
  readonly refusal?: string;
  readonly options?: HarnessOptions;
  /** Further fields of the body. */
  readonly body?: Readonly<Record<string, unknown>>;
}

let calls = 0;

/** Makes one call that has history, and answers it. */
export async function talk(history: History | undefined, way: Way, asked: Asked = {}): Promise<Harness> {
  const { api, model, stream } = way;
  const { sessionId, text = 'hi', says = 'Hello', isCut = false, fails = false, options = {} } = asked;
  calls += 1;
  const content = { openai: text, anthropic: text, converse: [{ text }] }[api];
  const messages = asked.messages ?? [{ role: 'user', content }];
  const fields = sessionId === undefined ? { enable_history: true } : { session_id: sessionId };
  const body = {
    openai: { model, messages, stream, ...fields },
    anthropic: { model, messages, stream, max_tokens: 100 },
    converse: { messages, additionalModelRequestFields: fields },
  }[api];
  const headers: Record<string, string> =
    api !== 'anthropic' ? {} : sessionId === undefined ? { 'x-enable-history': 'true' } : { 'x-session-id': sessionId };
  const of = harness({
    catalogue,
    withLitellm: true,
    dialect: api === 'converse' ? 'bedrock' : api,
    requestId: `req-${calls}`,
    ...(history === undefined ? {} : { history }),
    ...options,
    headers: { ...headers, ...options.headers },
    body: { ...body, ...asked.body },
  });
  of.bedrock.script = (bedrock, { target }) => {
    const byInvoke = target.kind === 'model' && target.operation.startsWith('invoke');
    const frames = byInvoke ? messagesEvents(says).map(chunkFrame) : converseFrames(says);
    const whole = byInvoke ? messagesReply(says) : converseReply(says);
    if (!stream) bedrock.head().bytes(JSON.stringify(whole)).end();
    else {
      bedrock
        .head()
        .bytes(...(fails ? failingFrames(says) : frames.slice(0, isCut ? 2 : undefined)))
        .end();
    }
  };
  of.litellm.script = (litellm) => {
    if (asked.refusal !== undefined) {
      return litellm
        .head(400, { ...json, 'content-length': String(asked.refusal.length) })
        .bytes(asked.refusal)
        .end();
    }
    if (api === 'anthropic') {
      return stream
        ? litellm
            .head(200, sse)
            .bytes(...messagesEvents(says).slice(0, isCut ? 3 : undefined))
            .end()
        : litellm
            .head(200, json)
            .bytes(JSON.stringify(messagesReply(says)))
            .end();
    }
    return stream
      ? litellm
          .head(200, sse)
          .bytes(...chunks(says).slice(0, isCut ? 1 : undefined))
          .end()
      : litellm
          .head(200, json)
          .bytes(JSON.stringify(completion(says)))
          .end();
  };
  const operation = stream ? 'converse-stream' : 'converse';
  await of.run((call, services) => {
    if (api === 'openai') return serveChat(call, services);
    if (api === 'anthropic') return serveMessages(call, services, '/v1/messages');
    return serveNative(call, services, { operation, model, headers: {} });
  });
  return of;
}

/** The body that the model's side was sent. */
export function sentTo(of: Harness): Readonly<Record<string, unknown>> {
  const body = of.bedrock.requests[0]?.body ?? of.litellm.requests[0]?.body;
  return JSON.parse(String(body)) as Readonly<Record<string, unknown>>;
}

const sse = { 'content-type': 'text/event-stream' };
const json = { 'content-type': 'application/json' };

function converseReply(text: string): object {
  return {
    output: { message: { role: 'assistant', content: [{ text }] } },
    stopReason: 'end_turn',
    usage: { inputTokens: 7, outputTokens: 3 },
  };
}

function converseFrames(text: string): readonly Buffer[] {
  return [
    encodeEventFrame('messageStart', { role: 'assistant' }),
    encodeEventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text } }),
    encodeEventFrame('contentBlockStop', { contentBlockIndex: 0 }),
    encodeEventFrame('messageStop', { stopReason: 'end_turn' }),
    encodeEventFrame('metadata', { usage: { inputTokens: 7, outputTokens: 3 } }),
  ];
}

function failingFrames(text: string): readonly Buffer[] {
  return [...converseFrames(text).slice(0, 2), encodeExceptionFrame('modelStreamErrorException', 'broken')];
}

function completion(content: string): object {
  return {
    id: 'x',
    object: 'chat.completion',
    created: 1,
    model: 'gpt',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
  };
}

function chunks(content: string): readonly string[] {
  const chunk = (delta: object, finish_reason: string | null): string =>
    `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
  const usage = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } })}\n\n`;
  return [chunk({ role: 'assistant', content }, null), chunk({}, 'stop'), usage, 'data: [DONE]\n\n'];
}

function messagesReply(text: string): object {
  return {
    id: 'm',
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 7, output_tokens: 3 },
  };
}

/** An event of Claude's own stream, as InvokeModelWithResponseStream carries it. */
function chunkFrame(event: string): Buffer {
  const data = /^data: (.*)$/m.exec(event)?.[1] ?? '';
  return encodeEventFrame('chunk', { bytes: Buffer.from(data).toString('base64') });
}

function messagesEvents(text: string): readonly string[] {
  const event = (type: string, more: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
  return [
    event('message_start', { message: { ...messagesReply(''), content: [], stop_reason: null } }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } }),
    event('message_stop', {}),
  ];
}

/** A prompt with one variant. */
export function promptOfOne(change: Partial<Prompt> = {}): Prompt {
  return {
    arn: 'arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ',
    promptId: 'ABCDEFGHIJ',
    name: 'greeting',
    version: '1',
    defaultVariant: 'plain',
    variants: [
      {
        name: 'plain',
        model: 'nova',
        isRedirected: false,
        template: { kind: 'text', text: 'Greet {{who}}.', cachePoint: false, variables: ['who'] },
        inferenceConfig: { maxTokens: 50 },
        additionalModelRequestFields: undefined,
        weight: undefined,
      },
    ],
    ...change,
  };
}
