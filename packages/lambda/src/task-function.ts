import type { TaskEnvironment } from './function-environment.ts';
import type { InvocationContext } from './invocation.ts';
import { lazily, once } from './once.ts';
import { readTaskEnvironment } from './read-environment.ts';
import { runTask } from './run-task.ts';
import type { TaskHandler } from './task.ts';

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
