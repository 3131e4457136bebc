import { SSE_HEARTBEAT, SseReader } from '@genai-gateway/protocol';
import type { ReplyHeaders } from './call.ts';
import { LastEventHold } from './last-event-hold.ts';
import type { StreamCodec } from './relay.ts';
import { SessionMark, SSE_NOT_SAVED } from './session-answer.ts';
import type { HeaderBag } from './upstream.ts';

/**
 * Headers of LiteLLM's answers that end here: those of its own connection, those that this server
 * writes itself, and what tells of the provider behind it.
 */
const KEPT_BACK = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'server',
  'x-request-id',
  'x-litellm-model-api-base',
  'x-litellm-callback-duration-ms',
]);

export interface PassThroughOptions {
  /** The caller asked for server-sent events, so that heartbeats may come before LiteLLM's first byte. */
  readonly stream: boolean;
  /** Cookies that LiteLLM sets are the caller's. */
  readonly cookies: boolean;
  /** Goes into the answer, or into its first event, as `session_id`. */
  readonly sessionId?: string | undefined;
  /** Gets the data of every event; the last one waits until the call is settled. */
  readonly listener?: ((data: string) => void) | undefined;
}

/** An answer of LiteLLM as it is, whatever its status; a stream of events is kept alive between its events. */
export class PassThroughCodec implements StreamCodec {
  readonly #added: Readonly<Record<string, string>>;
  readonly #cookies: boolean;
  readonly #listener: ((data: string) => void) | undefined;
  readonly #reader = new SseReader();
  readonly #hold = new LastEventHold();
  #mark: SessionMark | undefined;
  #isEvents: boolean;
  #opened = false;
  /** The last bytes that went out: a heartbeat may stand only where an event has ended. */
  #tail = '\n\n';

  /** `added` goes into the answer's head. */
  constructor(added: Readonly<Record<string, string>>, options: PassThroughOptions) {
    this.#added = added;
    this.#listener = options.listener;
    if (options.sessionId !== undefined) this.#mark = new SessionMark(options.sessionId);
    this.#cookies = options.cookies;
    this.#isEvents = options.stream;
  }

  get heartbeat(): string {
    return this.#isEvents && /\n\r?\n$/.test(this.#tail) ? SSE_HEARTBEAT : '';
  }

  get notSaved(): string {
    return this.#isEvents ? SSE_NOT_SAVED : '';
  }

  /** Every answer passes; but one that refuses a stream which a heartbeat has opened can only end it. */
  refuses(status: number): boolean {
    if (status !== 200) this.#mark = undefined;
    return this.#opened && status >= 400;
  }

  headers(upstream: HeaderBag): ReplyHeaders {
    this.#opened = true;
    if (Object.keys(upstream).length === 0) {
      return { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', ...this.#added };
    }
    const headers = { ...passedHeaders(upstream), ...this.#added };
    if (!this.#cookies) delete headers['set-cookie'];
    this.#isEvents = String(headers['content-type']).startsWith('text/event-stream');
    // The mark makes the answer longer.
    if (this.#mark !== undefined) delete headers['content-length'];
    return headers;
  }

  push(bytes: Buffer, write: (bytes: Buffer) => void): void {
    this.#tail = (this.#tail + bytes.toString('latin1', Math.max(0, bytes.length - 4))).slice(-4);
    const marked = this.#mark === undefined ? bytes : this.#mark.push(bytes);
    const passed = this.#listener === undefined ? marked : this.#heard(bytes, marked, this.#listener);
    if (passed.length > 0) write(passed);
  }

  #heard(bytes: Buffer, marked: Buffer, listener: (data: string) => void): Buffer {
    for (const data of this.#reader.push(bytes)) listener(data);
    return this.#hold.push(marked);
  }

  end(): Uint8Array {
    const rest = this.#mark?.end() ?? Buffer.alloc(0);
    return this.#listener === undefined ? rest : Buffer.concat([this.#hold.push(rest), this.#hold.end()]);
  }
}

/**
 * Without permission for the pages of other sites (`access-control-…`), which would lend them a
 * reader's login, and without the headers of providers, which are not the caller's business.
 */
export function passedHeaders(upstream: HeaderBag): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  const ofConnection = String(upstream['connection'] ?? '')
    .toLowerCase()
    .split(/\s*,\s*/);
  for (const name in upstream) {
    const value = upstream[name];
    if (value === undefined || KEPT_BACK.has(name) || ofConnection.includes(name)) continue;
    if (name.startsWith('access-control-') || name.startsWith('llm_provider-')) continue;
    headers[name] = value;
  }
  // LiteLLM keeps the provider's wish to itself.
  const retryAfter = upstream['llm_provider-retry-after'];
  if (headers['retry-after'] === undefined && typeof retryAfter === 'string') headers['retry-after'] = retryAfter;
  return headers;
}
