import { type JobServices, type RunTime, runJob, sweepExports } from '@genai-gateway/history';
import type { TaskContext, TaskEvent } from '@genai-gateway/lambda';
import { historyOf, sessionWords } from '@genai-gateway/pipeline';
import type { ChatHistoryServices } from './services.ts';
import type { AllCounts, ChatHistoryTask, SweepState } from './task.ts';

/** What is left of the time of an invocation when it hands on. A part of an export takes some seconds. */
const HAND_ON_MS = 60_000;
const EXPORTS = 'exports:';
const HASH = /^[0-9a-f]{64}$/;

/**
 * Does a task, or of it what there is time for, and has the rest done by the next invocation. Rejects for Lambda to try
 * again; every task can be done twice, and twice at once. Throws for an event that is none of ours.
 */
export async function handleTask(
  event: TaskEvent,
  services: ChatHistoryServices,
  context: TaskContext,
): Promise<unknown> {
  return doTask(taskOf(event), services, context);
}

/** A task that is known to be one. */
export async function doTask(
  task: ChatHistoryTask,
  services: ChatHistoryServices,
  context: TaskContext,
): Promise<unknown> {
  const time: RunTime = { isUp: () => context.remainingMs() < HAND_ON_MS };
  if (task.task === 'retention-sweep') return sweep(task, services, time, context.signal);
  const ended = await runJob(jobServicesOf(services), task, time, context.signal);
  if (ended === 'again') await services.start(task, context.signal);
  services.logger.info('session job', { job: task.id, kind: task.task, ended });
  return { ended };
}

async function sweep(
  { after, counts = { expired: 0, late: 0, orphans: 0, exports: 0 } }: SweepState,
  services: ChatHistoryServices,
  time: RunTime,
  signal: AbortSignal,
): Promise<unknown> {
  let total = counts;
  let next = after;
  do {
    const step = await sweepStep(next, services, signal);
    total = {
      expired: total.expired + step.expired,
      late: total.late + step.late,
      orphans: total.orphans + step.orphans,
      exports: total.exports + step.exports,
    };
    next = step.next;
  } while (next !== undefined && !time.isUp());
  const ended = next === undefined ? 'done' : 'again';
  if (next !== undefined) await services.start({ task: 'retention-sweep', after: next, counts: total }, signal);
  services.logger.info('retention sweep', { ...total, ended });
  return { ...total, ended };
}

/** First the store, then exports. */
async function sweepStep(
  after: string | undefined,
  services: ChatHistoryServices,
  signal: AbortSignal,
): Promise<AllCounts & { readonly next: string | undefined }> {
  const { history, objects, now } = services;
  if (after === undefined || !after.startsWith(EXPORTS)) {
    if (history === undefined) return { expired: 0, late: 0, orphans: 0, exports: 0, next: EXPORTS };
    const step = await history.store.sweep(after, signal);
    return { ...step, exports: 0, next: step.next ?? EXPORTS };
  }
  const none = { expired: 0, late: 0, orphans: 0 };
  if (objects === undefined) return { ...none, exports: 0, next: undefined };
  const step = await sweepExports(objects, after.slice(EXPORTS.length) || undefined, now, signal);
  return { ...none, exports: step.exports, next: step.next === undefined ? undefined : `${EXPORTS}${step.next}` };
}

function jobServicesOf(services: ChatHistoryServices): JobServices {
  const { objects, now, listDelayMs } = services;
  if (objects === undefined) throw new Error('There is no place for exports: set EXPORT_BUCKET.');
  return { store: historyOf(services).store, objects, words: sessionWords, now, listDelayMs };
}

function taskOf(event: TaskEvent): ChatHistoryTask {
  const { task, owner, id, after, counts } = event;
  if (task === 'retention-sweep') {
    return {
      task,
      ...(typeof after === 'string' ? { after } : {}),
      ...(counts !== null && typeof counts === 'object' ? { counts: counts as AllCounts } : {}),
    };
  }
  if (
    (task === 'export' || task === 'deletion') &&
    typeof owner === 'string' &&
    HASH.test(owner) &&
    typeof id === 'string'
  ) {
    return { task, owner, id };
  }
  throw new Error(
    `This is no task of chat-history: ${JSON.stringify(task)}. There are export, deletion and retention-sweep.`,
  );
}
