import {
  decodeFrame,
  encodeEventFrame,
  forEachFrame,
  peekEventType,
  servedAs,
  usageFromAnthropic,
  usageFromConverse,
  usageFromInvocationMetrics,
} from '@genai-gateway/protocol';
import type { CallRecord } from './call.ts';
import { FrameCodec, streamCut } from './frame-codec.ts';
import { jsonObject } from './json-object.ts';
import type { HeaderBag } from './upstream.ts';
import { bedrockFault } from './upstream-error.ts';

/** An event type that no SDK knows: boto3 and the AWS SDKs for JavaScript, Go and Java skip it. */
export const HEARTBEAT = encodeEventFrame('gatewayHeartbeat', {});

/** The same, for callers who look at the bytes. */
export const NOT_SAVED = encodeEventFrame('gatewayHistory', { saved: false });

/** The content type of Bedrock's streams. */
export const EVENT_STREAM = 'application/vnd.amazon.eventstream';

/** Headers of Bedrock's answer that reach the caller. */
export function nativeReplyHeaders(upstream: HeaderBag, contentType: string): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': contentType };
  for (const name in upstream) {
    const value = upstream[name];
    if (typeof value !== 'string') continue;
    if (name === 'content-type' || name === 'retry-after' || name.startsWith('x-amzn-')) headers[name] = value;
  }
  return headers;
}

/**
 * Native streams go through byte for byte; a tap looks at the type of each frame and decodes only
 * the few that say how the call ended and what it used.
 */
abstract class NativeCodec extends FrameCodec {
  readonly heartbeat = HEARTBEAT;
  readonly notSaved = NOT_SAVED;
  protected readonly record: CallRecord;
  /** The stream has said by itself how it ended: with its last event, or with an exception. */
  protected ended = false;
  /** From the frame on that tells what was used: it waits until that is booked. */
  readonly #last: Buffer[] = [];

  readonly #added: Readonly<Record<string, string>>;

  /** `added` goes into the answer's head. */
  constructor(record: CallRecord, added: Readonly<Record<string, string>>) {
    super();
    this.#added = added;
    this.record = record;
  }

  headers(upstream: HeaderBag): Readonly<Record<string, string>> {
    return { ...nativeReplyHeaders(upstream, EVENT_STREAM), ...this.#added };
  }

  protected override frames(run: Buffer, write: (bytes: Buffer) => void): void {
    let passed = this.#last.length > 0 ? 0 : run.length;
    forEachFrame(run, (offset) => {
      const type = peekEventType(run, offset);
      if (type === undefined) this.exception(run, offset);
      else if (this.event(type, run, offset)) passed = Math.min(passed, offset);
    });
    if (passed < run.length) this.#last.push(run.subarray(passed));
    if (passed > 0) write(passed < run.length ? run.subarray(0, passed) : run);
  }

  protected override last(): Buffer {
    if (!this.ended) throw streamCut();
    return Buffer.concat(this.#last);
  }

  /** True for an event with which the stream tells its usage, its last. */
  protected abstract event(type: string, run: Buffer, offset: number): boolean;

  private exception(run: Buffer, offset: number): void {
    const frame = decodeFrame(run, offset);
    this.ended = true;
    this.record.errorCode = bedrockFault(frame.exceptionType ?? 'unknown', 500);
    this.record.errorCause = new Error(`stream exception ${frame.exceptionType ?? frame.messageType}`);
  }
}

/** Whoever puts a whole message together of the events of ConverseStream. */
export interface ConverseListener {
  push(eventType: string, payload: unknown): void;
}

/** ConverseStream: ends with `messageStop`, then `metadata` with the usage. */
export class ConverseStreamCodec extends NativeCodec {
  readonly #listener: ConverseListener | undefined;
  #responseFields: unknown;

  /** `listener` gets every event, which costs the decoding of each. */
  constructor(record: CallRecord, added: Readonly<Record<string, string>>, listener?: ConverseListener) {
    super(record, added);
    this.#listener = listener;
  }

  protected override event(type: string, run: Buffer, offset: number): boolean {
    this.#listener?.push(type, jsonObject(decodeFrame(run, offset).payload));
    if (type === 'messageStop') {
      this.ended = true;
      const stop = jsonObject(decodeFrame(run, offset).payload);
      if (typeof stop?.['stopReason'] === 'string') this.record.stopReason = stop['stopReason'];
      this.#responseFields = stop?.['additionalModelResponseFields'];
    } else if (type === 'metadata') {
      const event = jsonObject(decodeFrame(run, offset).payload);
      const usage = usageFromConverse(event?.['usage'], this.#responseFields);
      if (usage !== undefined) this.record.usage = { ...usage, ...servedAs(event) };
      return true;
    }
    return false;
  }
}

/**
 * InvokeModelWithResponseStream: the provider's own events, in base64 in `chunk` frames. Bedrock puts
 * its metrics into the last one. A Claude stream that began must also have stopped; other providers'
 * events are not known here, so for them an orderly end of the HTTP answer is an end.
 */
export class InvokeStreamCodec extends NativeCodec {
  protected override ended = true;

  protected override event(type: string, run: Buffer, offset: number): boolean {
    if (type !== 'chunk') return false;
    const bytes = jsonObject(decodeFrame(run, offset).payload)?.['bytes'];
    if (typeof bytes !== 'string') return false;
    // Nearly every chunk is a piece of text, which is not parsed: a look for the few names is enough.
    const text = Buffer.from(bytes, 'base64').toString('latin1');
    const isStop = text.includes('"message_stop"');
    if (text.includes('"message_start"')) this.ended = false;
    else if (isStop) this.ended = true;
    else if (text.includes('"message_delta"')) this.messageDelta(text);
    const hasMetrics = text.includes('"amazon-bedrock-invocationMetrics"');
    if (hasMetrics) this.metrics(text);
    return isStop || hasMetrics;
  }

  private metrics(text: string): void {
    const usage = usageFromInvocationMetrics(jsonObject(text)?.['amazon-bedrock-invocationMetrics']);
    if (usage === undefined) return;
    this.ended = true;
    this.record.usage = { ...this.record.usage, ...usage };
  }

  private messageDelta(text: string): void {
    const event = jsonObject(text);
    const delta = event?.['delta'];
    if (delta !== null && typeof delta === 'object' && 'stop_reason' in delta) {
      if (typeof delta.stop_reason === 'string') this.record.stopReason = delta.stop_reason;
    }
    const usage = usageFromAnthropic(event?.['usage']);
    if (usage !== undefined) this.record.usage = { ...this.record.usage, ...usage };
  }
}
