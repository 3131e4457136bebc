import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError, isGatewayError } from '@genai-gateway/core';
import { deleteWhole } from './session-deletion.ts';
import { exportPart } from './session-export.ts';
import {
  type JobServices,
  jobFolder,
  type RunTime,
  type SessionJob,
  SessionJobs,
  type StoredJob,
} from './session-job.ts';
import { asHistory, clearFolder, ownerFolder } from './session-objects.ts';

/** Lambda begins an invocation again twice. */
const MAX_ATTEMPTS = 3;
const MAX_SESSIONS = 100_000;
const SESSIONS_AT_ONCE = 100;
/** Sessions that a deletion goes on with when it is done with those it began with. */
const MAX_LEFT = 5_000;
/** Clocks of replicas differ by less, and a list is behind by less. */
const SLACK_MS = 60_000;

/**
 * Does of a job what there is time for. `again`: there is more to do, in another run. Doing it twice, or twice at once, is
 * doing it once: who began last goes on, the other one finds that out at its next step. What goes wrong stands in the
 * job, and rejects until it was tried three times without going on; then the job has failed.
 */
export async function runJob(
  services: JobServices,
  { owner, id }: { readonly owner: string; readonly id: string },
  time: RunTime,
  signal: AbortSignal,
): Promise<'done' | 'again'> {
  const run = new JobRun(services, signal);
  const found = await run.jobs.read(owner, id, signal);
  if (found === undefined || isOver(found.job)) return 'done';
  const { job } = found;
  if (job.attempts >= MAX_ATTEMPTS) {
    await run.save(found, { status: 'failed', error: job.error ?? 'It was begun three times and never went on.' });
    return 'done';
  }
  const begun = await run.save(found, { status: 'running', attempts: job.attempts + 1 });
  return begun === undefined ? 'done' : run.go(begun, time);
}

export function isOver({ status }: SessionJob): boolean {
  return status === 'done' || status === 'failed';
}

class JobRun {
  readonly jobs: SessionJobs;
  readonly #services: JobServices;
  readonly #signal: AbortSignal;
  readonly #id = randomUUID();

  constructor(services: JobServices, signal: AbortSignal) {
    this.#services = services;
    this.#signal = signal;
    this.jobs = new SessionJobs(services.objects);
  }

  save({ job, etag }: StoredJob, change: Partial<SessionJob>): Promise<StoredJob | undefined> {
    const changed = { ...job, ...change, run: this.#id, updatedAtMs: this.#services.now() };
    return this.jobs.update(changed, etag, this.#signal);
  }

  async go(begun: StoredJob, time: RunTime): Promise<'done' | 'again'> {
    let at = begun;
    try {
      let ids = at.job.total === undefined ? undefined : await this.jobs.sessions(at.job, this.#signal);
      for (;;) {
        const change: Partial<SessionJob> =
          ids === undefined ? await this.#begin(at.job) : await this.#step(at.job, ids, time);
        const isUp = time.isUp();
        // A run that goes on and then fails is an attempt; one that hands on is none.
        const next = await this.save(at, { ...change, attempts: isUp ? 0 : 1, error: undefined });
        if (next === undefined) {
          await this.#forget(change, at.job);
          return 'done';
        }
        at = next;
        if (change.total !== undefined) ids = await this.jobs.sessions(at.job, this.#signal);
        if (isOver(at.job)) return 'done';
        if (isUp) return 'again';
      }
    } catch (error) {
      await this.#failed(at, error);
      throw error;
    }
  }

  /** Writes down once which sessions it is about, so that those that are used meanwhile are not missed. */
  async #begin(job: SessionJob): Promise<Partial<SessionJob>> {
    const ids = job.request.sessionIds ?? (await this.#list(job));
    await this.jobs.putSessions(job, ids, this.#signal);
    return { total: ids.length };
  }

  async #step(job: SessionJob, ids: readonly string[], time: RunTime): Promise<Partial<SessionJob>> {
    if (job.kind === 'export') return exportPart(this.#services, job, ids, time, this.#signal);
    const sessionId = ids[job.next];
    if (sessionId === undefined) return this.#finishDeletion(job);
    const { store, objects } = this.#services;
    const deleted = await deleteWhole(store, objects, { owner: job.owner, sessionId }, this.#signal);
    const { counts } = job;
    if (deleted === undefined) return { next: job.next + 1 };
    return {
      next: job.next + 1,
      counts: {
        ...counts,
        sessions: counts.sessions + 1,
        items: counts.items + deleted.items,
        objects: counts.objects + deleted.objects,
      },
    };
  }

  /** Sessions that the list did not have yet, then what was exported of any. */
  async #finishDeletion(job: SessionJob): Promise<Partial<SessionJob>> {
    await sleep(this.#services.listDelayMs, undefined, { signal: this.#signal });
    const { store, objects } = this.#services;
    const left: string[] = [];
    const listed = await this.#list(job);
    for (const sessionId of listed) {
      if (left.length === MAX_LEFT) break;
      const session = await store.find({ owner: job.owner, sessionId }, this.#signal);
      if (session !== undefined && session.createdAtMs <= job.createdAtMs) left.push(sessionId);
    }
    if (left.length > 0) {
      // Those that are deleted are not needed any more, but their places.
      await this.jobs.putSessions(job, [...Array<string>(job.next).fill(''), ...left], this.#signal);
      return { total: job.next + left.length };
    }
    // Older ones may stand behind so many that began since, and it would be no proof.
    if (listed.length > MAX_SESSIONS) throw tooMany();
    const own = jobFolder(job);
    const cleared = await clearFolder(objects, ownerFolder(job.owner), (key) => key.startsWith(own), this.#signal);
    await asHistory(this.#signal, () => objects.delete([`${own}sessions.json`], this.#signal));
    return { status: 'done', counts: { ...job.counts, objects: job.counts.objects + cleared } };
  }

  /** Of a deletion the first of them, where they are too many: the others are listed when these are gone. */
  async #list({ owner, kind, request: { fromMs, toMs } }: SessionJob): Promise<readonly string[]> {
    const startedMs = this.#services.now();
    const ids = new Set<string>();
    await this.#addTo(ids, owner, fromMs, toMs);
    // A session that was used while the pages were read may have been missed: it has moved to the front.
    await this.#addTo(ids, owner, Math.max(fromMs ?? 0, startedMs - SLACK_MS), toMs);
    if (ids.size > MAX_SESSIONS && kind === 'export') throw tooMany();
    return [...ids];
  }

  async #addTo(ids: Set<string>, owner: string, fromMs: number | undefined, toMs: number | undefined): Promise<void> {
    let cursor: string | undefined;
    do {
      const query = { limit: SESSIONS_AT_ONCE, cursor, fromMs, toMs };
      const page = await this.#services.store.sessions(owner, query, this.#signal);
      for (const { sessionId } of page.sessions) ids.add(sessionId);
      cursor = page.next;
    } while (cursor !== undefined && ids.size <= MAX_SESSIONS);
  }

  /** Takes away the part that nobody will know of. */
  async #forget({ files = [] }: Partial<SessionJob>, job: SessionJob): Promise<void> {
    const keys = files.map(({ key }) => key).filter((key) => !job.files.some((each) => each.key === key));
    await asHistory(this.#signal, () => this.#services.objects.delete(keys, this.#signal));
  }

  /** Says it in the job. Where that fails too, the run that comes next counts the attempt all the same. */
  async #failed(at: StoredJob, error: unknown): Promise<void> {
    const message = isGatewayError(error) ? error.message : 'Something failed within the gateway.';
    const isFinal = at.job.attempts >= MAX_ATTEMPTS || (isGatewayError(error) && error.fault === 'caller');
    await this.save(at, { error: message, ...(isFinal ? { status: 'failed' } : {}) }).catch(() => undefined);
  }
}

function tooMany(): GatewayError {
  return new GatewayError('invalid-request', `These are more than ${MAX_SESSIONS} sessions. Ask for less time.`);
}
