import { type Clock, GatewayError, type ObjectStore } from '@genai-gateway/core';
import type { ChatApi } from '@genai-gateway/protocol';
import type { ConversationWords } from './session-json.ts';
import { asHistory, ownerFolder } from './session-objects.ts';
import type { SessionStore } from './session-store.ts';

/** Work on many sessions of an owner, which takes longer than a request: an export, or deleting all of them. */
export interface SessionJob {
  /** A UUID. */
  readonly id: string;
  readonly kind: 'export' | 'deletion';
  readonly owner: string;
  readonly status: 'queued' | 'running' | 'done' | 'failed';
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** What went wrong last, for whoever asked for it; undefined: nothing since it went on. */
  readonly error: string | undefined;
  /** How often it was begun since it last went on. */
  readonly attempts: number;
  /** Which run wrote this. */
  readonly run: string;
  readonly request: JobRequest;
  /** How many sessions it is about; undefined: they were not counted yet. */
  readonly total: number | undefined;
  /** How many of them are done, */
  readonly next: number;
  /** and behind which position it goes on in the one that is under way. */
  readonly after: number | undefined;
  readonly counts: JobCounts;
  readonly files: readonly JobFile[];
}

/** What the job is asked for. */
export interface JobRequest {
  readonly api: ChatApi;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  /** Undefined: all. */
  readonly sessionIds: readonly string[] | undefined;
}

interface JobCounts {
  readonly sessions: number;
  readonly turns: number;
  /** Of a deletion: what `DeletedSession` has, of all. */
  readonly items: number;
  readonly objects: number;
}

interface JobFile {
  readonly key: string;
  readonly bytes: number;
  readonly turns: number;
}

/** A job as it was read; its etag says whether it is still so. */
export interface StoredJob {
  readonly job: SessionJob;
  readonly etag: string;
}

export interface JobServices {
  readonly store: SessionStore;
  readonly objects: ObjectStore;
  readonly words: ConversationWords;
  readonly now: Clock;
  /** How long the list of sessions may be behind, in milliseconds. */
  readonly listDelayMs: number;
}

/** How much time a run has. */
export interface RunTime {
  /** Whether it should end soon, so that the next one goes on. */
  isUp(): boolean;
}

const JOB = 'job.json';
const SESSIONS = 'sessions.json';

/** Where all objects of a job are. */
export function jobFolder({ owner, id }: Pick<SessionJob, 'owner' | 'id'>): string {
  return `${ownerFolder(owner)}${id}/`;
}

export function isJobKey(key: string): boolean {
  return key.endsWith(`/${JOB}`);
}

/** Jobs as objects, each changed only by who has read it as it is. Every method rejects with `history-unavailable`. */
export class SessionJobs {
  readonly #objects: ObjectStore;

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  async create(job: SessionJob, signal: AbortSignal): Promise<void> {
    await asHistory(signal, () =>
      this.#objects.put(`${jobFolder(job)}${JOB}`, bytesOf(job), { contentType: 'application/json' }, signal),
    );
  }

  /** Undefined: there is none. */
  async read(owner: string, id: string, signal: AbortSignal): Promise<StoredJob | undefined> {
    const found = await asHistory(signal, () => this.#objects.get(`${jobFolder({ owner, id })}${JOB}`, signal));
    return found && { job: jobOf(found.bytes), etag: found.etag };
  }

  /** Undefined: it is not as it was read any more, and nothing was written. */
  async update(job: SessionJob, ifMatch: string, signal: AbortSignal): Promise<StoredJob | undefined> {
    const bytes = bytesOf(job);
    const etag = await asHistory(signal, () =>
      this.#objects.put(`${jobFolder(job)}${JOB}`, bytes, { contentType: 'application/json', ifMatch }, signal),
    );
    if (etag !== undefined) return { job, etag };
    // A write whose answer was lost, and that was sent again, finds itself there.
    const there = await asHistory(signal, () => this.#objects.get(`${jobFolder(job)}${JOB}`, signal));
    return there !== undefined && bytes.equals(there.bytes) ? { job, etag: there.etag } : undefined;
  }

  async putSessions(job: SessionJob, ids: readonly string[], signal: AbortSignal): Promise<void> {
    const bytes = Buffer.from(JSON.stringify(ids));
    await asHistory(signal, () => this.#objects.put(`${jobFolder(job)}${SESSIONS}`, bytes, {}, signal));
  }

  /** Their ids, in the order in which they are done. */
  async sessions(job: SessionJob, signal: AbortSignal): Promise<readonly string[]> {
    const found = await asHistory(signal, () => this.#objects.get(`${jobFolder(job)}${SESSIONS}`, signal));
    // A deletion takes it away at its end, and may be cut short right then.
    if (found === undefined && job.next >= (job.total ?? Number.POSITIVE_INFINITY)) return [];
    if (found === undefined) throw unreadable();
    return JSON.parse(Buffer.from(found.bytes).toString()) as readonly string[];
  }
}

function bytesOf(job: SessionJob): Buffer {
  return Buffer.from(JSON.stringify(job));
}

function jobOf(bytes: Uint8Array): SessionJob {
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as SessionJob;
  } catch {
    throw unreadable();
  }
}

function unreadable(): GatewayError {
  return new GatewayError('history-unavailable', 'This export or deletion cannot be read. Ask for it again.');
}
