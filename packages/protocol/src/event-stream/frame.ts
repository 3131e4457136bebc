import { GatewayError } from '@genai-gateway/core';
import { crc32, crc32OfEight } from './crc32.ts';

/**
 * One frame of `application/vnd.amazon.eventstream`:
 *
 *     total length (4) · headers length (4) · CRC of those 8 bytes (4) · headers · payload · CRC of all before it (4)
 *
 * All integers are big-endian.
 * Source: https://smithy.io/2.0/aws/amazon-eventstream.html (as of 2026-11-22).
 */
const PRELUDE_BYTES = 12;
const TRAILER_BYTES = 4;
const MIN_FRAME_BYTES = PRELUDE_BYTES + TRAILER_BYTES;
/** The specification's ceiling: 24 MiB of payload and 128 KiB of headers. */
const MAX_FRAME_BYTES = 24 * 1024 * 1024 + 128 * 1024 + MIN_FRAME_BYTES;

const STRING_TYPE = 7;
/** Bytes of a header value by its type; -1: a two-byte length comes first. */
const VALUE_BYTES = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16] as const;

/** What a frame is for. `payload` is a view of the bytes that were given, not a copy. */
export interface Frame {
  /** `event`, `exception` or `error`; `event` when the frame does not say. */
  readonly messageType: string;
  /** `:event-type`, such as `contentBlockDelta`. Absent on exceptions. */
  readonly eventType: string | undefined;
  /** `:exception-type`, such as `throttlingException`, or `:error-code`. */
  readonly exceptionType: string | undefined;
  readonly payload: Buffer;
}

function damaged(what: string): GatewayError {
  return new GatewayError('upstream-cut', 'The model stream was damaged on its way to the gateway.', {
    cause: new Error(`event stream: ${what}`),
  });
}

/**
 * The length of the frame that starts at `offset`, or 0 when its prelude is not complete yet.
 * Throws `upstream-cut` when the prelude's CRC or a length cannot be right.
 */
function frameLengthAt(bytes: Buffer, offset: number): number {
  if (bytes.length - offset < PRELUDE_BYTES) return 0;
  const total = bytes.readUInt32BE(offset);
  const headers = bytes.readUInt32BE(offset + 4);
  if (crc32OfEight(bytes, offset) !== bytes.readUInt32BE(offset + 8)) throw damaged('prelude CRC mismatch');
  if (total > MAX_FRAME_BYTES || total < MIN_FRAME_BYTES + headers) throw damaged(`impossible frame length ${total}`);
  return total;
}

const NO_BYTES = Buffer.alloc(0);

/**
 * Cuts a stream of bytes into runs of whole frames, copying only a frame that arrived in pieces.
 * One per stream.
 */
export class FrameSplitter {
  #pieces: Buffer[] = [];
  #held = 0;
  /** Length of the frame being collected; 0 while its prelude is not complete. */
  #wanted = 0;

  /** Bytes of a frame that has begun and is not complete. */
  get heldBytes(): number {
    return this.#held;
  }

  /**
   * All frames that are complete now, as one run of bytes (empty: none).
   * Throws `upstream-cut` when the bytes cannot be an event stream.
   */
  push(chunk: Buffer): Buffer {
    let bytes = chunk;
    if (this.#held > 0) {
      this.#pieces.push(chunk);
      this.#held += chunk.length;
      if (this.#held < this.#wanted || this.#held < PRELUDE_BYTES) return NO_BYTES;
      bytes = Buffer.concat(this.#pieces, this.#held);
    }
    let end = 0;
    let wanted = 0;
    while (end < bytes.length) {
      wanted = frameLengthAt(bytes, end);
      if (wanted === 0 || end + wanted > bytes.length) break;
      end += wanted;
      wanted = 0;
    }
    this.#wanted = wanted;
    this.#held = bytes.length - end;
    this.#pieces = this.#held > 0 ? [end === 0 ? bytes : bytes.subarray(end)] : [];
    return end === bytes.length ? bytes : bytes.subarray(0, end);
  }
}

/** Calls `visit` with the bounds of each frame of a run that `FrameSplitter.push` gave. */
export function forEachFrame(run: Buffer, visit: (offset: number, length: number) => void): void {
  for (let offset = 0; offset < run.length; ) {
    const length = run.readUInt32BE(offset);
    visit(offset, length);
    offset += length;
  }
}

/** What the headers of a frame say. */
type FrameHeaders = Omit<Frame, 'payload'>;

/**
 * Header blocks seen before, by their length. All events of one type have the same headers to the
 * byte, so that nearly every frame costs one comparison instead of a parse.
 */
const seenBlocks = new Map<number, { readonly bytes: Buffer; readonly headers: FrameHeaders }[]>();
/** Two dozen event and exception types; more would mean that the upstream varies its headers. */
const MAX_SEEN_PER_LENGTH = 4;
const MAX_SEEN_LENGTHS = 64;

function frameHeaders(run: Buffer, start: number, end: number): FrameHeaders {
  const seen = seenBlocks.get(end - start);
  if (seen !== undefined) {
    for (const { bytes, headers } of seen) if (run.compare(bytes, 0, bytes.length, start, end) === 0) return headers;
  }
  const headers = parseHeaders(run, start, end);
  const block = { bytes: Buffer.from(run.subarray(start, end)), headers };
  if (seen === undefined) {
    if (seenBlocks.size < MAX_SEEN_LENGTHS) seenBlocks.set(end - start, [block]);
  } else if (seen.length < MAX_SEEN_PER_LENGTH) seen.push(block);
  return headers;
}

function parseHeaders(run: Buffer, start: number, end: number): FrameHeaders {
  let messageType = 'event';
  let eventType: string | undefined;
  let exceptionType: string | undefined;
  for (let at = start; at < end; ) {
    const nameBytes = run[at] ?? 0;
    const type = run[at + 1 + nameBytes];
    const fixed = type === undefined ? undefined : VALUE_BYTES[type];
    if (fixed === undefined) throw damaged(`unknown header type ${type}`);
    let value = at + 2 + nameBytes;
    let valueBytes: number = fixed;
    if (fixed === -1) {
      if (value + 2 > end) throw damaged('header past the end');
      valueBytes = run.readUInt16BE(value);
      value += 2;
    }
    if (value + valueBytes > end) throw damaged('header past the end');
    if (type === STRING_TYPE) {
      const name = run.toString('latin1', at + 1, at + 1 + nameBytes);
      if (name === ':event-type') eventType = run.toString('utf8', value, value + valueBytes);
      else if (name === ':message-type') messageType = run.toString('utf8', value, value + valueBytes);
      else if (name === ':exception-type' || name === ':error-code') {
        exceptionType = run.toString('utf8', value, value + valueBytes);
      }
    }
    at = value + valueBytes;
  }
  return { messageType, eventType, exceptionType };
}

/**
 * The `:event-type` of the frame at `offset` of a run, or undefined when it is not an event (an
 * exception or error frame has none). Reads only the headers: for a tap that lets bytes pass.
 * Throws `upstream-cut` when they are no headers.
 */
export function peekEventType(run: Buffer, offset: number): string | undefined {
  const start = offset + PRELUDE_BYTES;
  return frameHeaders(run, start, start + run.readUInt32BE(offset + 4)).eventType;
}

/**
 * Decodes the frame at `offset` of a run, both checksums verified.
 * Throws `upstream-cut` when the message CRC or a header is wrong.
 */
export function decodeFrame(run: Buffer, offset = 0): Frame {
  const total = frameLengthAt(run, offset);
  if (total === 0 || offset + total > run.length) throw damaged('incomplete frame');
  const trailer = offset + total - TRAILER_BYTES;
  if (crc32(run.subarray(offset, trailer)) !== run.readUInt32BE(trailer)) throw damaged('message CRC mismatch');
  const headersEnd = offset + PRELUDE_BYTES + run.readUInt32BE(offset + 4);
  const { messageType, eventType, exceptionType } = frameHeaders(run, offset + PRELUDE_BYTES, headersEnd);
  return { messageType, eventType, exceptionType, payload: run.subarray(headersEnd, trailer) };
}

/** Makes an encoder for frames that all carry these string headers; the header bytes are built once. */
export function frameEncoder(headers: Readonly<Record<string, string>>): (payload: Uint8Array | string) => Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of Object.entries(headers)) {
    const nameBytes = Buffer.from(name, 'utf8');
    const valueBytes = Buffer.from(value, 'utf8');
    if (nameBytes.length > 255 || valueBytes.length > 0xffff)
      throw new RangeError(`event stream header ${name} is too long`);
    const part = Buffer.alloc(1 + nameBytes.length + 3 + valueBytes.length);
    part[0] = nameBytes.length;
    nameBytes.copy(part, 1);
    part[1 + nameBytes.length] = STRING_TYPE;
    part.writeUInt16BE(valueBytes.length, 2 + nameBytes.length);
    valueBytes.copy(part, 4 + nameBytes.length);
    parts.push(part);
  }
  const headerBytes = Buffer.concat(parts);
  return (payload) => {
    const payloadBytes = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
    const total = MIN_FRAME_BYTES + headerBytes.length + payloadBytes;
    const frame = Buffer.allocUnsafe(total);
    frame.writeUInt32BE(total, 0);
    frame.writeUInt32BE(headerBytes.length, 4);
    frame.writeUInt32BE(crc32OfEight(frame, 0), 8);
    headerBytes.copy(frame, PRELUDE_BYTES);
    const at = PRELUDE_BYTES + headerBytes.length;
    if (typeof payload === 'string') frame.write(payload, at, 'utf8');
    else frame.set(payload, at);
    frame.writeUInt32BE(crc32(frame.subarray(0, total - TRAILER_BYTES)), total - TRAILER_BYTES);
    return frame;
  };
}

/** One event frame with a JSON payload, headers in the order Bedrock sends them. */
export function encodeEventFrame(eventType: string, payload: unknown): Buffer {
  return frameEncoder({ ':event-type': eventType, ':content-type': 'application/json', ':message-type': 'event' })(
    JSON.stringify(payload),
  );
}

/** One exception frame, such as `throttlingException`; the SDKs raise their typed exception from it. */
export function encodeExceptionFrame(exceptionType: string, message: string): Buffer {
  return frameEncoder({
    ':exception-type': exceptionType,
    ':content-type': 'application/json',
    ':message-type': 'exception',
  })(JSON.stringify({ message }));
}
