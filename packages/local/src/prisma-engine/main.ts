// Stands in for Prisma's native query engine: prisma-client-python starts it by the script that
// prisma-environment.ts writes, as `query-engine --parent PID -p PORT --enable-metrics --enable-raw-queries`.

import { appendFileSync, readFileSync } from 'node:fs';
import { parseDatamodel } from './datamodel.ts';
import { startEngine } from './engine.ts';
import { isRecord } from './engine-reply.ts';
import { translatorFor } from './json-protocol.ts';
import { createEngineServer } from './server.ts';

// LiteLLM finds engines whose worker is gone by this name (litellm/proxy/db/query_engine_reaper.py, read 2026-11-23).
process.title = 'query-engine';
const { argv, env } = process;
const log = (line: string) => process.stderr.write(`query-engine: ${line}\n`);

// A panic in the WASM engine comes as an exception that nobody awaits. The engine is of no use after it; the
// client sees the process end and starts another.
process.on('uncaughtException', (error) => {
  log(`ends: ${error.message}`);
  process.exit(1);
});

const schema = readFileSync(env['PRISMA_DML_PATH'] ?? '', 'utf8');
const datamodel = parseDatamodel(schema);
const databaseUrl = overriddenUrl() ?? env[datamodel.urlVariable] ?? '';
const engine = await startEngine({ schema, databaseUrl, log });
const recordFile = env['PRISMA_ENGINE_RECORD'];
const record =
  recordFile === undefined
    ? undefined
    : (request: string, answer: string) => appendFileSync(recordFile, `{"request":${request},"answer":${answer}}\n`);
const server = createEngineServer({ engine, translate: translatorFor(datamodel), record });
server.listen(Number(option('-p', '--port')), option('-H', '--host') ?? '127.0.0.1');

process.on('SIGINT', stop);
process.on('SIGTERM', stop);
// The client may be killed before it can stop its engine. Then the process has another parent, and when that
// happened at once it had process 1 from the beginning.
const parent = Number(option('--parent') ?? process.ppid);
setInterval(() => (process.ppid !== parent || parent === 1) && stop(), 1000).unref();

let stopping = false;

/** What runs may finish for a second. */
function stop(): void {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(0), 1000).unref();
  server.close(() => void engine.close().finally(() => process.exit(0)));
}

function option(...names: string[]): string | undefined {
  const index = argv.findIndex((argument) => names.includes(argument));
  return index < 0 ? undefined : argv[index + 1];
}

/** `OVERWRITE_DATASOURCES` is what the Python client was made with: `[{"name":"…","url":"…"}]`. */
function overriddenUrl(): string | undefined {
  const overrides: unknown = JSON.parse(env['OVERWRITE_DATASOURCES'] ?? '[]');
  const first: unknown = Array.isArray(overrides) ? overrides[0] : undefined;
  return isRecord(first) && typeof first['url'] === 'string' ? first['url'] : undefined;
}
