import type { CallEvent } from './call.ts';
import type { FunctionEnvironment } from './function-environment.ts';
import { functionLogger } from './function-logger.ts';
import type { FunctionRoute } from './function-route.ts';
import type { InvocationContext } from './invocation.ts';
import { lazily, once } from './once.ts';
import { readFunctionEnvironment } from './read-environment.ts';
import { newCall, requestChain } from './request-chain.ts';
import { requestParts } from './request-parts.ts';
import { runTask } from './run-task.ts';
import type { TaskHandler } from './task.ts';

export interface HttpFunctionOptions<Services> {
  /** The function's name, for its log. */
  readonly name: string;
  readonly routes: readonly FunctionRoute<Services>[];
  /** Called once per process, at the first event; again after a rejection. */
  readonly compose: (env: FunctionEnvironment) => Promise<Services>;
  /** What is done with events that are no requests; absent: they are refused. */
  readonly handleTask?: TaskHandler<Services>;
}

/**
 * What Lambda calls: requests of a load balancer go to the routes, other events to `handleTask`. The environment is read
 * at the first event. A request is always answered; a task that fails rejects, so that Lambda tries it again.
 */
export function httpFunction<Services>(
  options: HttpFunctionOptions<Services>,
): (event: unknown, context: InvocationContext) => Promise<unknown> {
  const { name, routes, compose, handleTask } = options;
  const logger = lazily(() => functionLogger(name, process.env['LOG_LEVEL']));
  const environment = once(() => readFunctionEnvironment(name, process.env));
  const started = once(async () => {
    const env = await environment();
    return { ...requestParts(env), services: await compose(env) };
  });
  const serve = requestChain(routes, started, logger);
  const services = async () => (await started()).services;
  return async (event, context) => {
    if (isRequest(event)) return serve(requestEvent(event), context);
    if (handleTask !== undefined) return runTask({ event, context, services, handle: handleTask, logger: logger() });
    throw new TypeError(`${name} serves requests of a load balancer alone, and this event is none.`);
  };
}

/** Whether an event claims to be a request; whether it is one is looked at where it can be answered. */
function isRequest(event: unknown): event is Readonly<Record<string, unknown>> {
  return event !== null && typeof event === 'object' && 'httpMethod' in event;
}

/** The parts of an event that load balancers send, and nothing else that somebody may have put in. */
function requestEvent(event: Readonly<Record<string, unknown>>): CallEvent {
  const fields = [
    'httpMethod',
    'path',
    'headers',
    'multiValueHeaders',
    'queryStringParameters',
    'multiValueQueryStringParameters',
    'body',
    'isBase64Encoded',
  ];
  const own = Object.fromEntries(fields.map((name) => [name, event[name]]));
  return { ...own, call: newCall(event) } as unknown as CallEvent;
}
