import { GatewayError, toGatewayError } from '@genai-gateway/core';
import {
  decodeFrame,
  forEachFrame,
  type OpenaiChunk,
  SSE_DONE,
  SSE_HEARTBEAT,
  servedAs,
} from '@genai-gateway/protocol';
import type { ConverseToOpenaiStream } from '@genai-gateway/translate';
import type { CallRecord } from './call.ts';
import { FrameCodec } from './frame-codec.ts';
import type { ConverseListener } from './native-codec.ts';
import { SSE_NOT_SAVED } from './session-answer.ts';
import { streamException } from './upstream-error.ts';

/**
 * A delta that is text alone, as Bedrock writes it, and whose text JSON writes as it is: nothing has to be read of it, or
 * written anew. Nearly all frames of a stream are such.
 */
const PLAIN_TEXT =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has them only escaped
  /^\{"contentBlockIndex":(0|[1-9]\d{0,8}),"delta":\{"text":"([^"\\\u0000-\u001f]+)"\}(?:,"p":"[a-zA-Z0-9]*")?\}$/;
const TEXT_END = '"},"finish_reason":null}]}\n\n';

/** ConverseStream frames in, OpenAI's server-sent events out. */
export class OpenaiStreamCodec extends FrameCodec {
  readonly heartbeat = SSE_HEARTBEAT;
  readonly notSaved = SSE_NOT_SAVED;
  readonly #record: CallRecord;
  readonly #stream: ConverseToOpenaiStream;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #listener: ConverseListener | undefined;
  #head: string | undefined;
  /** The beginning of a chunk that is text alone; there is one chunk before it, with the role. */
  #textHead = '';
  #failure: GatewayError | undefined;
  #servedAs: ReturnType<typeof servedAs> = {};

  /** `listener` gets every event of the upstream. */
  constructor(
    record: CallRecord,
    stream: ConverseToOpenaiStream,
    headers: Readonly<Record<string, string>>,
    listener?: ConverseListener,
  ) {
    super();
    this.#listener = listener;
    this.#record = record;
    this.#stream = stream;
    this.#headers = headers;
  }

  headers(): Readonly<Record<string, string>> {
    // Buffering proxies (nginx) would hold the events back; caches must not keep them.
    return {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      ...this.#headers,
    };
  }

  protected override frames(run: Buffer, write: (text: string) => void): void {
    let text = '';
    try {
      forEachFrame(run, (offset) => {
        const frame = decodeFrame(run, offset);
        if (frame.eventType === undefined) throw streamException(frame.exceptionType, frame.payload);
        const json = frame.payload.toString('utf8');
        if (frame.eventType === 'contentBlockDelta' && this.#listener === undefined) {
          const [, index, words = ''] = PLAIN_TEXT.exec(json) ?? [];
          if (index !== undefined && this.#stream.pushText(Number(index), words)) {
            text += this.#textHead + words + TEXT_END;
            return;
          }
        }
        const payload = parsePayload(json);
        this.#listener?.push(frame.eventType, payload);
        if (frame.eventType === 'metadata') this.#servedAs = servedAs(payload);
        for (const chunk of this.#chunks(frame.eventType, payload)) text += this.#sse(chunk);
      });
    } finally {
      write(text);
    }
  }

  /** A stop reason that is an error waits for the end: the usage comes after it, and has to be booked. */
  #chunks(eventType: string, payload: unknown): readonly OpenaiChunk[] {
    try {
      return this.#stream.push(eventType, payload);
    } catch (error) {
      if (eventType !== 'messageStop') throw error;
      this.#failure = toGatewayError(error);
      return [];
    }
  }

  protected override last(): string {
    if (this.#failure !== undefined) throw this.#failure;
    let text = '';
    for (const chunk of this.#stream.end()) text += this.#sse(chunk);
    this.note();
    return text + SSE_DONE;
  }

  /**
   * `sseData(chunk)`, with the part that all chunks of a stream share written only once: it is half of
   * a chunk, and there is one for every few letters. A type test holds the list of fields.
   */
  #sse(chunk: OpenaiChunk): string {
    const { choices, usage, service_tier, trace } = chunk;
    const head = this.#head ?? this.#firstHead(chunk);
    const isPlain = usage === undefined && service_tier === undefined && trace === undefined;
    const end = isPlain ? '}\n\n' : `,${JSON.stringify({ usage, service_tier, trace }).slice(1)}\n\n`;
    return head + JSON.stringify(choices) + end;
  }

  /** The first chunk tells the session too. */
  #firstHead({ id, object, created, model }: OpenaiChunk): string {
    const shared = JSON.stringify({ id, object, created, model }).slice(0, -1);
    this.#head = `data: ${shared},"choices":`;
    this.#textHead = `${this.#head}[{"index":0,"delta":{"content":"`;
    const { sessionId } = this.#record;
    return sessionId === undefined
      ? this.#head
      : `data: ${shared},"session_id":${JSON.stringify(sessionId)},"choices":`;
  }

  /** What the stream has told so far, for the settlement of a call that is cut too. */
  note(): void {
    if (this.#stream.usage !== undefined) this.#record.usage = { ...this.#stream.usage, ...this.#servedAs };
    if (this.#stream.stopReason !== undefined) this.#record.stopReason = this.#stream.stopReason;
  }
}

function parsePayload(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new GatewayError('upstream-failed', 'The model service sent an event that is not JSON.', { cause });
  }
}
