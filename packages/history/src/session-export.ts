import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { readTurns } from './read-turns.ts';
import { type JobServices, jobFolder, type RunTime, type SessionJob } from './session-job.ts';
import { sessionJson, turnJson } from './session-json.ts';
import { asHistory } from './session-objects.ts';

/** Characters of JSON lines in one file, about: what a run holds in memory. */
const PART_CHARS = 16 * 1024 * 1024;
/** Of turns that are read at once. */
const READ_CHARS = 4 * 1024 * 1024;
const TURNS_AT_ONCE = 100;
const PART_DIGITS = 5;

const compress = promisify(gzip);

/** How far a part has come. */
interface Place {
  readonly next: number;
  readonly after: number | undefined;
  readonly sessions: number;
  readonly turns: number;
}

/**
 * The next part of an export: a file of JSON lines, gzipped; each session is a line, then its turns, each a line with its
 * `session_id`. What the job is changed to once the part is written; until then nobody knows of its file.
 */
export async function exportPart(
  { store, objects, words }: JobServices,
  job: SessionJob,
  ids: readonly string[],
  time: RunTime,
  signal: AbortSignal,
): Promise<Partial<SessionJob>> {
  const lines: string[] = [];
  let chars = 0;
  const add = (line: object): void => {
    const text = JSON.stringify(line);
    chars += text.length + 1;
    lines.push(text);
  };
  let at: Place = { next: job.next, after: job.after, sessions: 0, turns: 0 };
  while (at.next < ids.length && chars < PART_CHARS && !(time.isUp() && at.next + at.turns > job.next)) {
    const sessionId = ids[at.next] ?? '';
    const ref = { owner: job.owner, sessionId };
    const session = await store.find(ref, signal);
    const page =
      session && (await readTurns(store, ref, { limit: TURNS_AT_ONCE, after: at.after }, READ_CHARS, signal));
    if (session !== undefined && page !== undefined) {
      if (at.after === undefined) add(sessionJson(session));
      for (const turn of page.turns) add({ session_id: sessionId, ...turnJson(turn, job.request.api, words) });
    }
    const turns = at.turns + (page?.turns.length ?? 0);
    const isThere = page !== undefined;
    at =
      page?.next === undefined
        ? { next: at.next + 1, after: undefined, sessions: at.sessions + (isThere ? 1 : 0), turns }
        : { ...at, after: page.next, turns };
  }
  const counts = {
    ...job.counts,
    sessions: job.counts.sessions + at.sessions,
    turns: job.counts.turns + at.turns,
  };
  const isAll = at.next >= ids.length;
  const change = { next: at.next, after: at.after, counts, ...(isAll ? { status: 'done' as const } : {}) };
  if (lines.length === 0) return change;
  const number = String(job.files.length + 1).padStart(PART_DIGITS, '0');
  const key = `${jobFolder(job)}part-${number}-${randomUUID()}.jsonl.gz`;
  const bytes = await compress(`${lines.join('\n')}\n`);
  await asHistory(signal, () => objects.put(key, bytes, { contentType: 'application/gzip' }, signal));
  return { ...change, files: [...job.files, { key, bytes: bytes.length, turns: at.turns }] };
}
