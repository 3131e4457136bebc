import { GatewayError } from '@genai-gateway/core';

/** One event may have this many bytes; a provider's longest, an image in base64, stays far below. */
const MAX_EVENT_BYTES = 16 * 1024 * 1024;

const LF = 10;
const CR = 13;
const SPACE = 32;
const DATA = Buffer.from('data:');
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const NO_EVENTS: readonly string[] = [];

/**
 * Cuts a stream of bytes into server-sent events and gives the data of each, as text. Lines end in CR,
 * LF or both; comments and all fields but `data` are skipped; several data lines of an event are joined
 * by a line feed. `[DONE]` is data like any other: what it means is the caller's to know. What comes
 * after the last blank line is no event, by the specification. One per stream.
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream (as of 2026-11-22).
 */
export class SseReader {
  /** The line that has begun and is not complete; only such a line is ever copied. */
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  /** The data lines of the event that is not complete. */
  #data: string[] = [];
  #dataBytes = 0;
  /** The last chunk ended in CR: a LF at the start of the next belongs to it. */
  #afterCr = false;
  #atStart = true;

  /** Bytes of an event that has begun and is not complete. */
  get heldBytes(): number {
    return this.#pieceBytes + this.#dataBytes;
  }

  /**
   * The data of the events that are complete now, in order; comments and empty events give none.
   * Throws `upstream-failed` when one event has more than 16 MiB.
   */
  push(chunk: Buffer): readonly string[] {
    if (chunk.length === 0) return NO_EVENTS;
    const events: string[] = [];
    let start = this.#afterCr && chunk[0] === LF ? 1 : 0;
    this.#afterCr = false;
    // Where the next of each line end is; past the end when there is none. So each byte is looked at once.
    let lf = next(chunk, LF, start);
    let cr = next(chunk, CR, start);
    while (start < chunk.length) {
      const end = Math.min(lf, cr);
      if (end === chunk.length) break;
      this.#line(this.#whole(chunk.subarray(start, end)), events);
      start = end + 1;
      if (end === cr) {
        if (start === chunk.length) this.#afterCr = true;
        else if (chunk[start] === LF) start += 1;
        cr = next(chunk, CR, start);
      }
      if (lf < start) lf = next(chunk, LF, start);
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start));
    return events;
  }

  #whole(end: Buffer): Buffer {
    if (this.#pieceBytes === 0) return end;
    this.#hold(end);
    const line = Buffer.concat(this.#pieces, this.#pieceBytes);
    this.#pieces = [];
    this.#pieceBytes = 0;
    return line;
  }

  #hold(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#pieceBytes += piece.length;
    this.#checkSize();
  }

  #line(bytes: Buffer, events: string[]): void {
    const line = this.#atStart && startsWith(bytes, BOM) ? bytes.subarray(BOM.length) : bytes;
    this.#atStart = false;
    if (line.length === 0) {
      if (this.#data.length > 0) events.push(this.#data.length === 1 ? (this.#data[0] ?? '') : this.#data.join('\n'));
      this.#data = [];
      this.#dataBytes = 0;
      return;
    }
    if (startsWith(line, DATA)) {
      const from = line[DATA.length] === SPACE ? DATA.length + 1 : DATA.length;
      this.#data.push(line.toString('utf8', from));
    } else if (line.length === 4 && line.toString('latin1') === 'data') {
      this.#data.push(''); // a field without colon has the empty text as its value
    } else return;
    this.#dataBytes += line.length;
    this.#checkSize();
  }

  #checkSize(): void {
    if (this.heldBytes <= MAX_EVENT_BYTES) return;
    throw new GatewayError('upstream-failed', 'The model service sent an event that is too large for the gateway.', {
      cause: new Error(`server-sent event of more than ${MAX_EVENT_BYTES} bytes`),
    });
  }
}

function next(bytes: Buffer, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from);
  return at === -1 ? bytes.length : at;
}

function startsWith(bytes: Buffer, start: Buffer): boolean {
  return bytes.length >= start.length && bytes.compare(start, 0, start.length, 0, start.length) === 0;
}
