import { setTimeout as wait } from 'node:timers/promises';
import { encodeExceptionFrame } from '@genai-gateway/protocol';
import { BedrockError } from '../errors.ts';
import type { PlannedReply } from '../reply/plan.ts';
import type { ScriptFault } from '../script/script.ts';
import type { OpenRequest } from './request-log.ts';
import type { Exchange } from './transport.ts';

/** One answer under way. */
export interface Outgoing {
  readonly exchange: Exchange;
  readonly record: OpenRequest;
  /** Aborts when the client leaves or the simulator closes. */
  readonly signal: AbortSignal;
}

export type Headers = Readonly<Record<string, string>>;

type Timing = Pick<PlannedReply, 'fault' | 'firstByteDelayMs' | 'firstEventDelayMs' | 'paceMs'>;

/** Throws what a script wants instead of an answer; waits for the slow first byte before. */
export async function beforeAnswer(out: Outgoing, { fault, firstByteDelayMs }: Timing): Promise<void> {
  await pause(firstByteDelayMs, out.signal);
  if (fault?.kind !== 'exception') return;
  const overloaded = fault.name === 'ThrottlingException' || fault.name === 'ServiceUnavailableException';
  const retryAfterSeconds = fault.retryAfterSeconds ?? (overloaded ? 1 : undefined);
  const message = fault.message ?? `A scripted ${fault.name}.`;
  throw new BedrockError(fault.name, message, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
}

/** Sends a whole body, or as much of it as the fault allows. */
export async function sendBody(
  out: Outgoing,
  status: number,
  headers: Headers,
  body: string,
  fault?: ScriptFault,
): Promise<void> {
  const { record, exchange } = out;
  if (fault?.kind === 'stall') return stall(out.signal);
  if (fault?.kind === 'cut' && 'afterEvents' in fault) return cut(out);
  const bytes = Buffer.from(body);
  const bodyHeaders =
    status === 204 ? {} : { 'content-type': 'application/json', 'content-length': String(bytes.length) };
  writeHead(out, status, { ...bodyHeaders, ...headers });
  if (fault?.kind === 'cut' && 'afterBytes' in fault) {
    await write(out, bytes.subarray(0, fault.afterBytes));
    return cut(out);
  }
  record.bytesSent += bytes.length;
  record.finished = true;
  exchange.response.end(bytes);
}

/**
 * Sends frames one by one, at the pace and with the fault of the plan. Waits for `drain` whenever the client reads
 * slower than we write, so that at most one buffer of frames is ever held.
 */
export async function sendFrames(
  out: Outgoing,
  headers: Headers,
  frames: Iterable<Buffer>,
  { fault, firstEventDelayMs, paceMs }: Timing,
): Promise<void> {
  const { record, exchange } = out;
  writeHead(out, 200, { ...headers, 'content-type': 'application/vnd.amazon.eventstream' });
  // Both classes have it; only one of them says so in its types.
  if ('flushHeaders' in exchange.response) exchange.response.flushHeaders();
  await pause(firstEventDelayMs, out.signal);
  const afterEvents = fault !== undefined && 'afterEvents' in fault ? fault.afterEvents : undefined;
  for (const frame of frames) {
    if (record.eventsSent > 0) await pause(paceMs, out.signal);
    if (record.eventsSent === afterEvents && fault !== undefined) {
      if (fault.kind === 'corrupt-crc') {
        frame[frame.length - 1] = (frame.at(-1) ?? 0) ^ 0xff;
      } else return breakOff(out, fault);
    }
    if (fault?.kind === 'cut' && 'afterBytes' in fault && record.bytesSent + frame.length > fault.afterBytes) {
      await write(out, frame.subarray(0, fault.afterBytes - record.bytesSent));
      return cut(out);
    }
    await write(out, frame);
    record.eventsSent += 1;
  }
  // A fault that was due after more events than the stream has still happens, at the end.
  if (fault !== undefined && afterEvents !== undefined && fault.kind !== 'corrupt-crc') return breakOff(out, fault);
  record.finished = true;
  exchange.response.end();
}

async function breakOff(out: Outgoing, fault: ScriptFault): Promise<void> {
  if (fault.kind === 'stall') return stall(out.signal);
  if (fault.kind === 'cut') return cut(out);
  if (fault.kind !== 'stream-exception') return;
  await write(out, encodeExceptionFrame(fault.name, fault.message ?? `A scripted ${fault.name}.`));
  out.record.eventsSent += 1;
  out.record.finished = true;
  out.exchange.response.end();
}

function writeHead({ exchange, record }: Outgoing, status: number, headers: Headers): void {
  record.status = status;
  exchange.response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) exchange.response.setHeader(name, value);
}

async function write({ exchange: { response }, record, signal }: Outgoing, bytes: Buffer): Promise<void> {
  signal.throwIfAborted();
  if (bytes.length === 0) return;
  record.bytesSent += bytes.length;
  // The two response classes declare write() differently; a buffer alone suits both.
  const writable: { write(chunk: Buffer): boolean } = response;
  if (writable.write(bytes)) return;
  await new Promise<void>((resolve, reject) => {
    function done(): void {
      response.removeListener('drain', done);
      signal.removeEventListener('abort', done);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    }
    response.once('drain', done);
    signal.addEventListener('abort', done);
  });
}

/** Lets what was written reach the kernel, then closes the connection without a proper end. */
async function cut({ exchange, record }: Outgoing): Promise<void> {
  const { response } = exchange;
  if (record.bytesSent > 0) {
    const writable: { write(chunk: Buffer, encoding: 'utf8', flushed: () => void): boolean } = response;
    await new Promise<void>((resolve) => {
      response.once('close', () => resolve());
      // In HTTP/1.1 an empty write is dropped without a callback for chunked bodies, so a tick follows anyway.
      writable.write(Buffer.alloc(0), 'utf8', () => resolve());
      setImmediate(() => setImmediate(resolve));
    });
  }
  record.finished = false;
  exchange.cutConnection();
}

/** Silence until the client leaves or the simulator closes. */
function stall(signal: AbortSignal): Promise<void> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await wait(ms, undefined, { signal });
}
