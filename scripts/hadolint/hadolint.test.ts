import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, findPython } from '../lib/python.mjs';

const root = resolve(import.meta.dirname, '../..');
/** A laptop without Python skips what needs it; CI must not. */
const lacksPython = findPython().missing !== undefined && process.env['CI'] !== 'true';

describe.skipIf(lacksPython)('hadolint', () => {
  let program = '';
  beforeAll(async () => {
    program = join(dirname(await ensureVenv('hadolint', join(import.meta.dirname, 'requirements.txt'))), 'hadolint');
  }, 180_000);
  const lint = (file: string) => spawnSync(program, ['--no-color', file], { cwd: root, encoding: 'utf8' });

  it.each(globSync('containers/*/Dockerfile', { cwd: root }))('finds nothing in %s', (file) => {
    expect(lint(file)).toMatchObject({ stdout: '', status: 0 });
  });

  it('would find what is wrong', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hadolint-'));
    writeFileSync(join(folder, 'Dockerfile'), 'FROM ubuntu\nUSER root\nCMD node main.mjs\n');
    const { stdout, status } = lint(join(folder, 'Dockerfile'));
    rmSync(folder, { recursive: true });
    expect(stdout.match(/DL\d+/g)).toEqual(expect.arrayContaining(['DL3006', 'DL3002', 'DL3025']));
    expect(status).toBe(1);
  });
});
