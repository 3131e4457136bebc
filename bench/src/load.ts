import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The forms of reply that the load generator can check. */
export type ReplyKind = 'converse' | 'converse-stream' | 'chat' | 'chat-stream';

/** One run of the load generator. */
export interface LoadOptions {
  readonly url: string;
  readonly kind: ReplyKind;
  readonly bodyFile: string;
  readonly key: string;
  readonly connections: number;
  readonly chunks: number;
  readonly requests?: number;
  readonly durationMs: number;
  /** The connections begin spread over this time; all at once by default. */
  readonly rampMs?: number;
}

/** What the load generator found; times in milliseconds, of answers that were whole. */
export interface LoadReport {
  readonly requests: number;
  readonly errors: number;
  readonly firstError?: string;
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
  readonly firstByteP50Ms: number;
  readonly firstByteP99Ms: number;
  readonly wallSeconds: number;
  readonly peakOpen: number;
}

/** Runs the load generator once. Throws when any answer was wrong: the cost of failing is not the cost of a request. */
export async function load(binary: string, options: LoadOptions): Promise<LoadReport> {
  const { stdout } = await run(binary, [
    ...['-url', options.url, '-expect', options.kind, '-body', options.bodyFile],
    ...['-c', String(options.connections), '-chunks', String(options.chunks)],
    ...['-n', String(options.requests ?? 1_000_000), '-duration', `${options.durationMs}ms`],
    ...['-ramp', `${options.rampMs ?? 0}ms`, '-limit', `${options.durationMs + 60_000}ms`],
    ...['-H', `Authorization: Bearer ${options.key}`, '-H', 'Content-Type: application/json'],
  ]);
  const report = JSON.parse(stdout) as LoadReport;
  if (report.errors > 0 || report.requests === 0) {
    const first = report.firstError ?? 'no request was made';
    throw new Error(`${report.errors} of ${report.requests} answers of ${options.url} were wrong: ${first}`);
  }
  return report;
}
