import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeReadyFile, writeReadyFile } from './ready-file.ts';
import { temporaryFolder } from './testing/temporary-state.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const served = {
  http: 'http://h',
  https: 'https://h',
  ca: '/ca.pem',
  keys: ['sk-1'],
  masterKey: 'sk-m',
  functions: 'http://f',
};
const litellm = {
  url: 'http://127.0.0.1:1',
  adminUi: 'http://h/ui/',
  username: 'admin',
  password: 'p',
  logFile: '/litellm.log',
  ready: Promise.resolve(1),
  pid: () => 1,
};
const written = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

it('says null for LiteLLM until that is ready, and how to enter it from then on', () => {
  const path = join(folder.path, 'new', 'ready.json');
  writeReadyFile(path, { ...served, litellm }, 'not-ready');
  expect(written(path)).toEqual({ ...served, litellm: null, pid: process.pid });
  writeReadyFile(path, { ...served, litellm }, 'ready');
  const entrance = { ui: 'http://h/ui/', username: 'admin', password: 'p', log: '/litellm.log' };
  expect(written(path)).toEqual({ ...served, litellm: entrance, pid: process.pid });
  expect(statSync(path).mode & 0o077).toBe(0);
  expect(readdirSync(join(folder.path, 'new'))).toEqual(['ready.json']);
  removeReadyFile(path);
  expect(existsSync(path)).toBe(false);
});

it('says null where LiteLLM is off', () => {
  const path = join(folder.path, 'ready.json');
  writeReadyFile(path, { ...served, litellm: undefined }, 'ready');
  expect(written(path).litellm).toBeNull();
});
