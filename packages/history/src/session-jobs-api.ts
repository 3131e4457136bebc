import { randomUUID } from 'node:crypto';
import { type Clock, GatewayError, type ObjectStore } from '@genai-gateway/core';
import { checkSessionId } from './session-id.ts';
import { isJobKey, type JobRequest, type SessionJob, SessionJobs } from './session-job.ts';
import { isOver } from './session-job-run.ts';
import { seconds } from './session-json.ts';
import { asHistory, objectsIn, ownerFolder } from './session-objects.ts';
import { apiOf, timeOf } from './sessions-query.ts';

/** An export or a deletion as callers read it. Times are seconds since 1970. */
export interface JobJson {
  readonly object: 'session.export' | 'sessions.deletion';
  readonly id: string;
  readonly status: SessionJob['status'];
  readonly created_at: number;
  readonly updated_at: number;
  /** What went wrong; null: nothing. It may be tried again while the status is `running`. */
  readonly error: string | null;
  /** How many sessions it is about; null: they are not counted yet. */
  readonly total_sessions: number | null;
  readonly counts: Readonly<Record<string, number>>;
  /** Of an export that is done. */
  readonly files?: readonly JobFileJson[];
  readonly has_more?: boolean;
  readonly next?: string | null;
  /** Of a deletion that is done. */
  readonly proof?: { readonly items: number; readonly objects: number; readonly verified: true };
}

interface JobFileJson {
  /** Whoever has it may read the file until it ends. */
  readonly url: string;
  readonly expires_at: number;
  readonly bytes: number;
  readonly turns: number;
}

export interface JobOf {
  readonly owner: string;
  readonly kind: SessionJob['kind'];
}

const LINK_SECONDS = 3_600;
const FILES_AT_ONCE = 100;
const MAX_SESSION_IDS = 1_000;
const DAY_MS = 86_400_000;
/** A sound bound to what one owner can make us do. */
const MAX_JOBS_PER_DAY = 20;
/** Lambda begins again what was not begun for an hour at most; a part takes minutes. */
const STALLED_MS = 90 * 60_000;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Writes down what `POST /v1/sessions/export` asks for (`body`), or the deletion of all sessions of an owner. Rejects with
 * `invalid-request`, with `rate-limited` where an owner has asked for too many within a day, and with
 * `history-unavailable`.
 */
export async function askForJob(
  objects: ObjectStore,
  { owner, kind }: JobOf,
  body: unknown,
  now: Clock,
  signal: AbortSignal,
): Promise<SessionJob> {
  const request = kind === 'export' ? requestOf(body) : everything;
  await checkCount(objects, owner, now(), signal);
  const nowMs = now();
  const job: SessionJob = {
    ...{ id: randomUUID(), kind, owner, status: 'queued', createdAtMs: nowMs, updatedAtMs: nowMs, error: undefined },
    ...{ attempts: 0, run: '', request, total: undefined, next: 0, after: undefined, files: [] },
    counts: { sessions: 0, turns: 0, items: 0, objects: 0 },
  };
  await new SessionJobs(objects).create(job, signal);
  return job;
}

/** `GET /v1/sessions/exports/{id}?after=` or `…/deletions/{id}`. Rejects with `session-not-found` where there is none. */
export async function readJob(
  objects: ObjectStore,
  { owner, kind }: JobOf,
  id: string,
  after: string | undefined,
  now: Clock,
  signal: AbortSignal,
): Promise<JobJson> {
  const found = UUID.test(id) ? await new SessionJobs(objects).read(owner, id, signal) : undefined;
  if (found === undefined || found.job.kind !== kind) {
    throw new GatewayError('session-not-found', `There is no such ${kind}. Exports and deletions go after some days.`, {
      param: 'id',
    });
  }
  const { job } = found;
  const files = kind === 'export' && job.status === 'done' ? await filesOf(objects, job, after, now, signal) : {};
  return { ...jobJson(job, now()), ...files };
}

/** Without the links to its files. */
export function jobJson(job: SessionJob, nowMs: number): JobJson {
  const isStalled = !isOver(job) && nowMs - job.updatedAtMs > STALLED_MS;
  const { sessions, turns, items, objects } = job.counts;
  return {
    object: job.kind === 'export' ? 'session.export' : 'sessions.deletion',
    id: job.id,
    status: isStalled ? 'failed' : job.status,
    created_at: seconds(job.createdAtMs),
    updated_at: seconds(job.updatedAtMs),
    error: job.error ?? (isStalled ? 'It has stopped and did not go on. Ask for it again.' : null),
    total_sessions: job.total ?? null,
    counts: job.kind === 'export' ? { sessions, turns } : { sessions },
    ...(job.kind === 'deletion' && job.status === 'done' ? { proof: { items, objects, verified: true } } : {}),
  };
}

async function filesOf(
  objects: ObjectStore,
  job: SessionJob,
  after: string | undefined,
  now: Clock,
  signal: AbortSignal,
): Promise<Pick<JobJson, 'files' | 'has_more' | 'next'>> {
  if (after !== undefined && !/^\d{1,6}$/.test(after)) {
    throw new GatewayError('invalid-request', "'after' must be 'next' of the page before.", { param: 'after' });
  }
  const start = Number(after ?? 0);
  const page = job.files.slice(start, start + FILES_AT_ONCE);
  const expiresAt = seconds(now()) + LINK_SECONDS;
  const files = await asHistory(signal, () =>
    Promise.all(
      page.map(async ({ key, bytes, turns }, index) => {
        const fileName = `sessions-${String(start + index + 1).padStart(5, '0')}.jsonl.gz`;
        return { url: await objects.link(key, LINK_SECONDS, fileName), expires_at: expiresAt, bytes, turns };
      }),
    ),
  );
  const next = start + page.length < job.files.length ? String(start + page.length) : null;
  return { files, has_more: next !== null, next };
}

async function checkCount(objects: ObjectStore, owner: string, nowMs: number, signal: AbortSignal): Promise<void> {
  let count = 0;
  await asHistory(signal, async () => {
    for await (const { key, lastModifiedMs } of objectsIn(objects, ownerFolder(owner), signal)) {
      if (isJobKey(key) && lastModifiedMs > nowMs - DAY_MS) count += 1;
    }
  });
  if (count < MAX_JOBS_PER_DAY) return;
  throw new GatewayError(
    'rate-limited',
    `These are more than ${MAX_JOBS_PER_DAY} exports and deletions within a day. Ask again tomorrow, or use those that are there.`,
    { retryAfterSeconds: 3_600 },
  );
}

const everything: JobRequest = { api: 'openai', fromMs: undefined, toMs: undefined, sessionIds: undefined };

function requestOf(body: unknown): JobRequest {
  // Taken for `{}`, a list of ids would export everything.
  if (body !== undefined && (body === null || typeof body !== 'object' || Array.isArray(body))) {
    throw new GatewayError('invalid-request', 'Send a JSON object, {} for all sessions.');
  }
  const fields: Readonly<Record<string, unknown>> = { ...body };
  const known = ['from', 'to', 'session_ids', 'format', 'api'];
  const strange = Object.keys(fields).find((name) => !known.includes(name));
  if (strange !== undefined) {
    throw invalid(
      `There is no field ${JSON.stringify(strange.slice(0, 40))} here. Send any of: ${known.join(', ')}.`,
      strange,
    );
  }
  const { format = 'jsonl', session_ids: ids } = fields;
  if (format !== 'jsonl') throw invalid("'format' must be jsonl: JSON lines, gzipped.", 'format');
  return {
    api: apiOf(textOf(fields['api'], 'api')),
    fromMs: timeOf(textOf(fields['from'], 'from'), 'from'),
    toMs: timeOf(textOf(fields['to'], 'to'), 'to'),
    sessionIds: ids === undefined ? undefined : idsOf(ids, fields),
  };
}

function idsOf(ids: unknown, { from, to }: Readonly<Record<string, unknown>>): readonly string[] {
  if (from !== undefined || to !== undefined) {
    throw invalid("Send 'session_ids', or 'from' and 'to', not both.", 'session_ids');
  }
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > MAX_SESSION_IDS) {
    throw invalid(`'session_ids' must be a list of 1 to ${MAX_SESSION_IDS} ids.`, 'session_ids');
  }
  return [...new Set(ids.map((id) => checkSessionId(id, 'session_ids')))];
}

/** Times may come as numbers in JSON. */
function textOf(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && name !== 'api') return String(value);
  throw invalid(`'${name}' must be a text.`, name);
}

function invalid(message: string, param: string): GatewayError {
  return new GatewayError('invalid-request', message, { param });
}
