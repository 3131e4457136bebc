import { GatewayError, toGatewayError } from '@genai-gateway/core';
import { servedAs, type Usage } from '@genai-gateway/protocol';
import type { CallRecord } from './call.ts';
import { SseFrameCodec } from './frame-codec.ts';
import type { ConverseListener } from './native-codec.ts';

/** The events of one ConverseStream in another API: a state machine of `packages/translate`. */
export interface TranslatedStream<Event> {
  push(eventType: string, payload: unknown): readonly Event[];
  /** The last events; throws `upstream-cut` when the stream stopped before its end. */
  end(): readonly Event[];
  readonly usage: Usage | undefined;
  readonly stopReason: string | undefined;
}

export interface CodecOptions {
  readonly record: CallRecord;
  /** Go into the answer's head. */
  readonly headers: Readonly<Record<string, string>>;
  /** Gets every event of the upstream. */
  readonly listener: ConverseListener | undefined;
}

interface TranslatedCodecOptions<Stream> extends CodecOptions {
  readonly stream: Stream;
}

/** ConverseStream frames in, the server-sent events of another API out. */
export abstract class TranslatedCodec<Event, Stream extends TranslatedStream<Event>> extends SseFrameCodec {
  protected readonly stream: Stream;
  protected readonly listener: ConverseListener | undefined;
  #failure: GatewayError | undefined;
  #servedAs: ReturnType<typeof servedAs> = {};

  constructor({ record, stream, headers, listener }: TranslatedCodecOptions<Stream>) {
    super(record, headers);
    this.stream = stream;
    this.listener = listener;
  }

  /** One event as the caller gets it. */
  protected abstract sse(event: Event): string;

  protected override written(eventType: string, json: string): string {
    const payload = parsed(json);
    this.listener?.push(eventType, payload);
    if (eventType === 'metadata') this.#servedAs = servedAs(payload);
    return this.#sse(this.#events(eventType, payload));
  }

  /** A stop reason that is an error waits for the end: the usage comes after it, and has to be booked. */
  #events(eventType: string, payload: unknown): readonly Event[] {
    try {
      return this.stream.push(eventType, payload);
    } catch (error) {
      if (eventType !== 'messageStop') throw error;
      this.#failure = toGatewayError(error);
      return [];
    }
  }

  #sse(events: readonly Event[]): string {
    let text = '';
    for (const event of events) text += this.sse(event);
    return text;
  }

  protected override last(): string {
    if (this.#failure !== undefined) throw this.#failure;
    return this.#sse(this.stream.end());
  }

  note(): void {
    const { usage, stopReason } = this.stream;
    if (usage !== undefined) this.record.usage = { ...usage, ...this.#servedAs };
    if (stopReason !== undefined) this.record.stopReason = stopReason;
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new GatewayError('upstream-failed', 'The model service sent an event that is not JSON.', { cause });
  }
}
