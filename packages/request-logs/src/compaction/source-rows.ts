import { type ArchiveRow, archiveRow, type Poison } from './archive-row.ts';

/** A line that is no row, with its bytes, so that it can be mended and put back. */
export interface PoisonLine extends Poison {
  readonly key: string;
  /** From 1; 0: the whole object. */
  readonly line: number;
  readonly bytes: Uint8Array;
}

/** A line may be as long: a call with its messages and a few pictures in them. */
const maxLineBytes = 8 * 1024 * 1024;

const NEWLINE = 0x0a;

/**
 * What an object of the request log holds. LiteLLM writes one payload into an object `….json`, or one a line into
 * `….jsonl` (litellm 1.106.2, integrations/s3_v2.py, read 2026-11-23), as the gateway does.
 */
export function* sourceRows(key: string, bytes: Uint8Array): Generator<ArchiveRow | PoisonLine> {
  let lines = 0;
  for (const { line, at } of key.endsWith('.json') ? wholeOf(bytes) : linesOf(bytes)) {
    if (isBlank(line)) continue;
    lines += 1;
    const row = line.length > maxLineBytes ? tooLong(line) : archiveRow(line, { key, line: at });
    yield 'reason' in row ? { ...row, key, line: at, bytes: line } : row;
  }
  if (lines === 0) yield { reason: 'empty', detail: 'The object holds no line.', key, line: 0, bytes };
}

function tooLong(line: Uint8Array): Poison {
  return { reason: 'too-large', detail: `A line of ${line.length} bytes; ${maxLineBytes} are the most.` };
}

function wholeOf(bytes: Uint8Array): { line: Uint8Array; at: number }[] {
  return [{ line: bytes, at: 1 }];
}

function* linesOf(bytes: Uint8Array): Generator<{ line: Uint8Array; at: number }> {
  let at = 1;
  for (let from = 0; from < bytes.length; at += 1) {
    const found = bytes.indexOf(NEWLINE, from);
    const end = found === -1 ? bytes.length : found;
    yield { line: bytes.subarray(from, end), at };
    from = end + 1;
  }
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === NEWLINE);
}
