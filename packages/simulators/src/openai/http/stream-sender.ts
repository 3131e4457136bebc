import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { PlannedReply } from '../../reply/plan.ts';
import type { ScriptFault, StreamException } from '../../script/script.ts';
import type { Headers, Outgoing } from '../../wire/sender.ts';

/** Longer than any test waits; node's timers go no further. */
const FOREVER_MS = 2 ** 31 - 1;

/** One answer under way over HTTP/1.1. */
export interface HttpOutgoing extends Outgoing {
  readonly response: ServerResponse;
}

/** One part of a streamed answer as it goes out: an event, a frame, a stretch of sound. */
export interface Piece {
  readonly bytes: Buffer;
  /** True for the parts that end an answer: what a model that breaks off never sends. */
  readonly ends?: boolean;
}

/** How the stream of a provider looks on the wire, and how it looks when something goes wrong. */
export interface StreamFormat {
  readonly contentType: string;
  /** A failure in mid-stream, in the provider's words. */
  failure(name: StreamException, message: string): Buffer;
  /** Makes a piece unreadable, as a fault on its way would. */
  damage(piece: Buffer): Buffer;
}

type Timing = Pick<PlannedReply, 'fault' | 'firstEventDelayMs' | 'paceMs'>;

/**
 * Sends pieces one by one, at the pace and with the fault of the plan. Waits for `drain` whenever the client reads
 * slower than we write, so that at most one buffer of pieces is ever held.
 */
export async function sendPieces(
  out: HttpOutgoing,
  headers: Headers,
  format: StreamFormat,
  pieces: Iterable<Piece>,
  { fault, firstEventDelayMs, paceMs }: Timing,
): Promise<void> {
  const { record, response, signal } = out;
  record.status = 200;
  response.writeHead(200, { ...headers, 'content-type': format.contentType });
  response.flushHeaders();
  await pause(firstEventDelayMs, signal);
  const afterEvents = fault !== undefined && 'afterEvents' in fault ? fault.afterEvents : undefined;
  for (const { bytes, ends } of pieces) {
    if (ends === true && fault?.kind === 'no-message-stop') break;
    if (record.eventsSent > 0) await pause(paceMs, signal);
    const isDue = record.eventsSent === afterEvents && fault !== undefined;
    if (isDue && fault.kind !== 'corrupt-crc') return breakOff(out, format, fault);
    const sent = isDue ? format.damage(bytes) : bytes;
    if (fault?.kind === 'cut' && 'afterBytes' in fault && record.bytesSent + sent.length > fault.afterBytes) {
      await write(out, sent.subarray(0, fault.afterBytes - record.bytesSent));
      return out.exchange.cutConnection();
    }
    await write(out, sent);
    record.eventsSent += 1;
  }
  // A fault that was due after more events than the stream has still happens, at the end.
  if (fault !== undefined && afterEvents !== undefined && fault.kind !== 'corrupt-crc') {
    return breakOff(out, format, fault);
  }
  end(out);
}

async function breakOff(out: HttpOutgoing, format: StreamFormat, fault: ScriptFault): Promise<void> {
  if (fault.kind === 'cut') return out.exchange.cutConnection();
  if (fault.kind === 'stall') return pause(FOREVER_MS, out.signal);
  if (fault.kind !== 'stream-exception') return;
  await write(out, format.failure(fault.name, fault.message ?? `A scripted ${fault.name}.`));
  out.record.eventsSent += 1;
  end(out);
}

function end({ record, response }: HttpOutgoing): void {
  record.finished = true;
  response.end();
}

async function write({ response, record, signal }: HttpOutgoing, bytes: Buffer): Promise<void> {
  signal.throwIfAborted();
  record.bytesSent += bytes.length;
  if (!response.write(bytes)) await once(response, 'drain', { signal });
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await wait(ms, undefined, { signal });
}
