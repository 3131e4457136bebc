import { type ConverseEvent, encodeEventFrame, SseReader } from '@genai-gateway/protocol';
import type { OpenaiToConverseStream } from '@genai-gateway/translate';
import type { CallRecord } from './call.ts';
import { jsonObject } from './json-object.ts';
import { type ConverseListener, EVENT_STREAM, HEARTBEAT, NOT_SAVED } from './native-codec.ts';
import type { StreamCodec } from './relay.ts';

const SSE_END = '[DONE]';

/** OpenAI's server-sent events in, ConverseStream frames out. */
export class ConverseFromOpenaiCodec implements StreamCodec {
  readonly heartbeat = HEARTBEAT;
  readonly notSaved = NOT_SAVED;
  readonly #record: CallRecord;
  readonly #stream: OpenaiToConverseStream;
  readonly #added: Readonly<Record<string, string>>;
  readonly #now: () => number;
  readonly #listener: ConverseListener | undefined;
  readonly #reader = new SseReader();

  constructor(
    record: CallRecord,
    stream: OpenaiToConverseStream,
    added: Readonly<Record<string, string>>,
    now: () => number,
    listener?: ConverseListener,
  ) {
    this.#record = record;
    this.#stream = stream;
    this.#added = added;
    this.#now = now;
    this.#listener = listener;
  }

  refuses(status: number): boolean {
    return status !== 200;
  }

  headers(): Readonly<Record<string, string>> {
    return { 'content-type': EVENT_STREAM, ...this.#added };
  }

  push(bytes: Buffer, write: (bytes: Buffer) => void): void {
    const frames: Buffer[] = [];
    try {
      for (const data of this.#reader.push(bytes)) {
        if (data === SSE_END) continue;
        // What is no JSON is no event of this API: a sign of life of some proxy, perhaps.
        for (const event of this.#stream.push(jsonObject(data))) frames.push(this.#frame(event));
      }
    } finally {
      if (frames.length > 0) write(Buffer.concat(frames));
    }
  }

  end(): Buffer {
    const events = this.#stream.end(this.#now() - this.#record.startedAtMs);
    return Buffer.concat(events.map((event) => this.#frame(event)));
  }

  #frame({ type, payload }: ConverseEvent): Buffer {
    this.#listener?.push(type, payload);
    return encodeEventFrame(type, payload);
  }

  note(): void {
    if (this.#stream.usage !== undefined) this.#record.usage = this.#stream.usage;
    if (this.#stream.stopReason !== undefined) this.#record.stopReason = this.#stream.stopReason;
  }
}
