import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { explainFileError } from './launch-failure.ts';
import type { Stack } from './stack-types.ts';

/** The part of a stack that is written. */
type Usable = Pick<Stack, 'http' | 'https' | 'ca' | 'keys' | 'masterKey' | 'functions' | 'litellm'>;

/**
 * Writes what a script needs to use the running gateway: whole or not at all, for its owner only.
 * `litellm` says whether LiteLLM serves by now; until then its part is null.
 */
export function writeReadyFile(path: string, stack: Usable, litellm: 'ready' | 'not-ready'): void {
  const { http, https, ca, keys, masterKey, functions } = stack;
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const content = { http, https, ca, keys, masterKey, functions, litellm: null, pid: process.pid };
    if (litellm === 'ready' && stack.litellm !== undefined) {
      const { adminUi: ui, username, password, logFile: log } = stack.litellm;
      Object.assign(content, { litellm: { ui, username, password, log } });
    }
    writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
    renameSync(temporary, path);
  } catch (error) {
    throw explainFileError(error, path);
  }
}

/** Deletes it; an absent one is as good. */
export function removeReadyFile(path: string): void {
  rmSync(path, { force: true });
}
