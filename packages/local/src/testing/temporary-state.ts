import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clearPostgresOutside } from '../postgres-folders.ts';
import { StateFolder } from '../state-folder.ts';

/** The programs' cache of the repository, so that tests copy and fetch them once. */
export const cacheDir = fileURLToPath(new URL('../../../../.cache', import.meta.url));

/** An empty folder for one test and what deletes it. Others may pass through it, as through a home folder. */
export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'gateway-local-'));
  chmodSync(path, 0o711);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** An open state folder for one test, and what deletes it with all that belongs to it. */
export function temporaryState(): { readonly state: StateFolder; readonly remove: () => void } {
  const folder = temporaryFolder();
  const state = StateFolder.open(join(folder.path, 'state'));
  return {
    state,
    remove: () => {
      clearPostgresOutside(state);
      state.release();
      folder.remove();
    },
  };
}
