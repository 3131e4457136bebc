import type { TaskEnvironment } from './function-environment.ts';
import type { InvocationContext } from './invocation.ts';
import { lazily, once } from './once.ts';
import { readTaskEnvironment } from './read-environment.ts';
import { runTask } from './run-task.ts';

/** What a task is told beside its event. */
export interface TaskContext {
  /** Lambda's own id of the invocation; the same when Lambda tries again. */
  readonly requestId: string;
  /** Ends shortly before Lambda would end the function. */
  readonly signal: AbortSignal;
  /** Milliseconds until then. */
  remainingMs(): number;
}

/** An event that is no request: `{"task": "…"}` by EventBridge or by a direct invocation, or what a service sends. */
export type TaskEvent = Readonly<Record<string, unknown>>;

/** Answers with what a direct invocation gets as JSON. A rejection is Lambda's to try again, or for the dead letters. */
export type TaskHandler<Services> = (event: TaskEvent, services: Services, context: TaskContext) => Promise<unknown>;

export interface TaskFunctionOptions<Services> {
  /** The function's name, for its log. */
  readonly name: string;
  /** Called once per process, at the first event; again after a rejection. */
  readonly compose: (env: TaskEnvironment) => Promise<Services>;
  readonly handle: TaskHandler<Services>;
}

/** What Lambda calls, for a function that serves no requests. The environment is read at the first event. */
export function taskFunction<Services>(
  options: TaskFunctionOptions<Services>,
): (event: unknown, context: InvocationContext) => Promise<unknown> {
  const { name, compose, handle } = options;
  const environment = lazily(() => readTaskEnvironment(name, process.env));
  const services = once(async () => compose(environment()));
  return async (event, context) => runTask({ event, context, services, handle, logger: environment().logger });
}
