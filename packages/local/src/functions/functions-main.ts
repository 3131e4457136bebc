import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Handler, startFunctionsServer } from './functions-server.ts';

/**
 * The Lambda functions of one machine, a process of its own. Tells its parent `{type: 'listening', url}`, and ends with
 * it. A function is loaded when it is first called, as in Lambda.
 */
const folder = fileURLToPath(new URL('../../../../functions/', import.meta.url));
const handlers = new Map<string, Promise<Handler>>();

function load(name: string): Promise<Handler | undefined> {
  const file = `${folder}${name}/src/handler.ts`;
  let handler = handlers.get(name);
  if (handler === undefined) {
    if (!existsSync(file)) return Promise.resolve(undefined);
    handler = import(file).then((module: { readonly handler: Handler }) => module.handler);
    handlers.set(name, handler);
  }
  return handler;
}

/** What EventBridge starts on AWS. */
const schedules = [
  { name: 'log-compaction', task: 'compact', everyMs: 3_600_000 },
  { name: 'chat-history', task: 'retention-sweep', everyMs: 86_400_000 },
];

const server = await startFunctionsServer(load, (name, error) => console.error(name, error));
for (const { name, task, everyMs } of schedules) setInterval(() => void server.invoke(name, { task }), everyMs).unref();
process.send?.({ type: 'listening', url: server.url });

const end = () => void server.close().then(() => process.exit());
process.once('SIGTERM', end);
process.once('disconnect', end);
