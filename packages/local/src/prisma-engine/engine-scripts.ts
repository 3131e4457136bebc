import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolder } from './make-folder.ts';

/** The version of our WASM engine (@prisma/engines-version 5.17.0, package.json), and of Prisma's CLI beside it. */
export const bridgeEngine = { prisma: '5.17.0', engine: '393aa359c9ad4a4bb28630fb5613f9c281cde053' };

/** The programs that stand in for Prisma's, as paths of executable files. */
export interface EngineScripts {
  readonly queryEngine: string;
  readonly schemaEngine: string;
  /** A folder for the front of PATH, with a `prisma` that fails at once. */
  readonly bin: string;
}

/**
 * Writes the programs into a folder of its own below `folder`, named by what is in them, once. They run
 * `node` and this repository's engine by their absolute paths.
 */
export async function writeEngineScripts(folder: string, node: string): Promise<EngineScripts> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const files = {
    // `exec` keeps the process id, which the client signals. `$PPID` is known before the client can be killed.
    'query-engine':
      `[ "$1" = --version ] && echo 'query-engine ${bridgeEngine.engine}' && exit\n` +
      `exec ${quoted(node)} --disable-warning=ExperimentalWarning ${quoted(main)} --parent "$PPID" "$@"\n`,
    // It has to exist, so that Prisma's CLI does not download one.
    'schema-engine':
      `[ "$1" = --version ] && echo 'schema-engine-cli ${bridgeEngine.engine}' && exit\n` +
      `echo 'schema-engine: none here, the launcher applies the migrations' >&2\nexit 1\n`,
    // LiteLLM runs `prisma migrate diff` when it starts, for a hint in its log. The real one might first
    // install itself by npm and download Node. (proxy/db/check_migration.py of LiteLLM 1.106.2, read 2026-11-23)
    'bin/prisma': `echo 'prisma: not run here, the launcher applies the migrations' >&2\nexit 1\n`,
  };
  const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 12);
  const place = join(folder, `prisma-engine-${hash}`);
  await makeFolder(place, (work) => {
    mkdirSync(join(work, 'bin'));
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(work, name), `#!/bin/sh\n${text}`, { mode: 0o755 });
    }
  });
  return {
    queryEngine: join(place, 'query-engine'),
    schemaEngine: join(place, 'schema-engine'),
    bin: join(place, 'bin'),
  };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
