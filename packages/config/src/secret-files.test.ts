import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigError } from './gateway-config.ts';
import { withSecretFiles } from './secret-files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('each file is a variable, also behind links as Kubernetes mounts them', () => {
  mkdirSync(join(folder, '..data'));
  writeFileSync(join(folder, '..data/DATABASE_PASSWORD'), 'two\nlines\n');
  symlinkSync(join(folder, '..data/DATABASE_PASSWORD'), join(folder, 'DATABASE_PASSWORD'));
  writeFileSync(join(folder, 'REDIS_PASSWORD'), 'as it is ');
  writeFileSync(join(folder, 'notes.txt'), 'no variable');
  expect(withSecretFiles({ SECRETS_DIR: folder, REDIS_PASSWORD: '', OTHER: 'x' })).toEqual({
    SECRETS_DIR: folder,
    OTHER: 'x',
    DATABASE_PASSWORD: 'two\nlines',
    REDIS_PASSWORD: 'as it is ',
  });
});

test('without a folder nothing changes', () => {
  const env = { SECRETS_DIR: '', A: 'b' };
  expect(withSecretFiles(env)).toBe(env);
});

test('a variable that is set twice is named, its value is not', () => {
  writeFileSync(join(folder, 'GATEWAY_SECRET'), 'hunter2');
  const read = () => withSecretFiles({ SECRETS_DIR: folder, GATEWAY_SECRET: 'other' });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/GATEWAY_SECRET.*Take them away in one place/);
  expect(read).not.toThrow(/hunter2|other/);
});

test('a folder that is not there is named', () => {
  const missing = join(folder, 'nowhere');
  expect(() => withSecretFiles({ SECRETS_DIR: missing })).toThrow(`SECRETS_DIR names ${missing}`);
});
