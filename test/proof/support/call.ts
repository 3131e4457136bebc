import { at } from '../../contract/support/reply.ts';

/** The ways in which the proof asks a model of the hot path. */
export type Dialect = 'chat' | 'chat-stream' | 'converse' | 'converse-stream';
export const dialects: readonly Dialect[] = ['chat', 'chat-stream', 'converse', 'converse-stream'];

export interface Calling {
  readonly key: string;
  readonly model: string;
  readonly text: string;
  readonly dialect: Dialect;
  readonly maxTokens?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Leaves once so many bytes of the answer have come; 0: when the headers have. */
  readonly leaveAfterBytes?: number;
}

interface Tokens {
  readonly input: number;
  readonly output: number;
}

/** What a client has of its call, whatever became of the gateway meanwhile. */
export interface Outcome {
  /** 0: no answer came. */
  readonly status: number;
  /** Whether everything came, up to the last frame. */
  readonly delivered: boolean;
  /** Every id by which the answer may be known. */
  readonly ids: readonly string[];
  /** What the answer said was used. */
  readonly usage: Tokens | undefined;
  /** What an error said; otherwise what the model said, as far as it came. */
  readonly text: string;
  readonly headers: Headers;
  readonly viaLitellm: boolean;
}

/** Calls a gateway, and reads the answer to its end. Never throws: what went wrong is the outcome. */
export async function call(http: string, calling: Calling): Promise<Outcome> {
  const { key, model, text, dialect, maxTokens, leaveAfterBytes } = calling;
  const isChat = dialect.startsWith('chat');
  const stream = dialect.endsWith('-stream');
  const path = isChat ? '/v1/chat/completions' : `/bedrock/model/${encodeURIComponent(model)}/${dialect}`;
  const body = isChat
    ? {
        ...{ model, messages: [{ role: 'user', content: text }] },
        ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
        ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
      }
    : {
        messages: [{ role: 'user', content: [{ text }] }],
        ...(maxTokens === undefined ? {} : { inferenceConfig: { maxTokens } }),
      };
  const leaving = new AbortController();
  let reply: Response | undefined;
  const chunks: Uint8Array[] = [];
  let ended = false;
  try {
    reply = await fetch(http + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...calling.headers },
      body: JSON.stringify(body),
      signal: leaving.signal,
    });
    let bytes = 0;
    if (leaveAfterBytes === 0) leaving.abort();
    for await (const chunk of reply.body ?? []) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (leaveAfterBytes !== undefined && bytes >= leaveAfterBytes) leaving.abort();
    }
    ended = true;
  } catch {
    // What came until then is what counts.
  }
  const headers = reply?.headers ?? new Headers();
  const read = readAnswer(dialect, Buffer.concat(chunks), reply?.ok === true);
  const named = ['x-request-id', 'x-amzn-requestid', 'x-litellm-call-id'].map((name) => headers.get(name));
  return {
    ...{ status: reply?.status ?? 0, headers, usage: read.usage, text: read.text },
    delivered: reply?.ok === true && (read.complete || (ended && !stream && read.usage !== undefined)),
    ids: [...named, read.id].filter((id) => id !== null && id !== undefined),
    viaLitellm: headers.get('x-gateway-served-by') === 'litellm',
  };
}

interface Read {
  readonly complete: boolean;
  readonly id?: string | undefined;
  readonly usage?: Tokens | undefined;
  readonly text: string;
}

function readAnswer(dialect: Dialect, bytes: Buffer, ok: boolean): Read {
  if (!ok) return { complete: false, text: bytes.toString('utf8') };
  switch (dialect) {
    case 'chat':
    case 'converse':
      return readWhole(parsed(bytes.toString('utf8')));
    case 'chat-stream':
      return readChunks(bytes.toString('utf8'));
    case 'converse-stream':
      return readFrames(bytes);
  }
}

function readWhole(answer: unknown): Read {
  const id = at(answer, 'id');
  const said = at(answer, 'choices', 0, 'message', 'content') ?? at(answer, 'output', 'message', 'content', 0, 'text');
  const usage = usageOf(at(answer, 'usage'));
  return { complete: usage !== undefined, id: typeof id === 'string' ? id : undefined, usage, text: String(said) };
}

function readChunks(sse: string): Read {
  let text = '';
  let usage: Tokens | undefined;
  let id: string | undefined;
  // What follows the last empty line has not come whole.
  const events = sse.split('\n\n').slice(0, -1);
  for (const event of events) {
    if (!event.startsWith('data: {')) continue;
    const chunk = parsed(event.slice('data: '.length));
    text += String(at(chunk, 'choices', 0, 'delta', 'content') ?? '');
    usage = usageOf(at(chunk, 'usage')) ?? usage;
    if (typeof at(chunk, 'id') === 'string') id ??= String(at(chunk, 'id'));
  }
  return { complete: events.includes('data: [DONE]'), id, usage, text };
}

/**
 * Frames of a Converse stream, as far as they came whole. Lengths in bytes 0 to 7, headers from 12, a checksum of
 * four bytes at the end. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html (as of 2026-11-23).
 */
function readFrames(bytes: Buffer): Read {
  let text = '';
  let usage: Tokens | undefined;
  let last = '';
  for (let start = 0; start + 16 <= bytes.length; ) {
    const length = bytes.readUInt32BE(start);
    if (length < 16 || start + length > bytes.length) break;
    const payloadAt = start + 12 + bytes.readUInt32BE(start + 4);
    last = bytes.toString('latin1', start + 12, payloadAt);
    const payload = parsed(bytes.toString('utf8', payloadAt, start + length - 4));
    text += String(at(payload, 'delta', 'text') ?? '');
    if (last.includes('metadata')) usage = usageOf(at(payload, 'usage'));
    start += length;
  }
  return { complete: usage !== undefined && last.includes('metadata'), usage, text };
}

function usageOf(usage: unknown): Tokens | undefined {
  const input = at(usage, 'prompt_tokens') ?? at(usage, 'inputTokens');
  const output = at(usage, 'completion_tokens') ?? at(usage, 'outputTokens');
  return typeof input === 'number' && typeof output === 'number' ? { input, output } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
