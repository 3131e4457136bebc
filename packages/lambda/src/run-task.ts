import { errorText } from '@genai-gateway/telemetry';
import type { FunctionLogger } from './function-environment.ts';
import { type InvocationContext, remainingMs } from './invocation.ts';
import type { TaskEvent, TaskHandler } from './task.ts';

export interface TaskRun<Services> {
  readonly event: unknown;
  readonly context: InvocationContext;
  readonly services: () => Promise<Services>;
  readonly handle: TaskHandler<Services>;
  readonly logger: FunctionLogger;
}

/** Runs one task and writes its line in the log. Rejects as the task does: Lambda tries again, or keeps the event. */
export async function runTask<Services>({
  event,
  context,
  services,
  handle,
  logger,
}: TaskRun<Services>): Promise<unknown> {
  const startedAtMs = Date.now();
  const line = () => ({
    requestId: context.awsRequestId,
    operation: operationOf(event),
    durationMs: Date.now() - startedAtMs,
  });
  const outOfTime = new AbortController();
  const timer = setTimeout(() => outOfTime.abort(tooLate()), remainingMs(context));
  try {
    if (event === null || typeof event !== 'object') throw new TypeError('The event is no JSON object.');
    const result = await handle(event as TaskEvent, await services(), {
      requestId: context.awsRequestId ?? 'local',
      signal: outOfTime.signal,
      remainingMs: () => remainingMs(context),
    });
    logger.info('task', { ...line(), outcome: 'ok' });
    return result;
  } catch (error) {
    logger.error('task', { ...line(), outcome: 'failed', error: errorText(error) });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

const tooLate = (): Error => new DOMException('The function is at the end of its time.', 'TimeoutError');

/** For the log: what a task calls itself, or the step of a rotation. */
function operationOf(event: unknown): string {
  const { task, Step: step } = Object(event) as { readonly task?: unknown; readonly Step?: unknown };
  const name = task ?? step;
  return typeof name === 'string' && /^[A-Za-z][A-Za-z-]{0,40}$/.test(name) ? name : 'unknown';
}
