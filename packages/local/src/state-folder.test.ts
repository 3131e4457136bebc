import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LaunchFailure } from './launch-failure.ts';
import { processIdentity } from './process-identity.ts';
import { StateFolder } from './state-folder.ts';
import { temporaryFolder } from './testing/temporary-state.ts';

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder.path, 'state');
});
afterEach(() => folder.remove());

describe('StateFolder', () => {
  it('keeps secrets and ports for the next start, readable by the owner only', () => {
    const first = StateFolder.open(path);
    const made = first.secret('masterKey', () => 'sk-first');
    first.keepPort('redis', 20_001);
    first.release();
    const second = StateFolder.open(path);
    expect(made).toBe('sk-first');
    expect(second.secret('masterKey', () => 'sk-second')).toBe('sk-first');
    expect(second.port('redis')).toBe(20_001);
    expect(second.port('postgres')).toBeUndefined();
    expect(statSync(second.file('secrets.json')).mode & 0o077).toBe(0);
    second.release();
  });

  it('refuses a folder that is not ours and leaves it alone', () => {
    mkdirSync(path);
    writeFileSync(join(path, 'thesis.tex'), 'x');
    expect(() => StateFolder.open(path)).toThrow(/not a state folder/);
    expect(readdirSync(path)).toEqual(['thesis.tex']);
  });

  it('refuses a file', () => {
    writeFileSync(path, 'x');
    expect(() => StateFolder.open(path)).toThrow(/is a file/);
  });

  it('lets one launcher in at a time, and says which one has it', () => {
    const first = StateFolder.open(path);
    expect(() => StateFolder.open(path)).toThrow(new RegExp(`pid ${process.pid}`));
    first.release();
    StateFolder.open(path).release();
  });

  it.each([
    ['of a process that is gone', JSON.stringify({ pid: 999_999_999, identity: 'gone' })],
    // The id was given to another process since, this one.
    ['of a process whose id another one has now', JSON.stringify({ pid: process.pid, identity: 'earlier' })],
    ['that is damaged', '{'],
  ])('takes over a lock %s', (_name, lock) => {
    StateFolder.open(path).release();
    writeFileSync(join(path, 'launcher.lock'), lock);
    const state = StateFolder.open(path);
    expect(existsSync(state.file('launcher.lock'))).toBe(true);
    state.release();
    expect(existsSync(state.file('launcher.lock'))).toBe(false);
  });

  it('calls a broken file by its name and says --reset', () => {
    const state = StateFolder.open(path);
    writeFileSync(state.file('secrets.json'), '{"masterKey": ');
    expect(() => state.secret('masterKey', () => 'x')).toThrow(/secrets\.json/);
    try {
      state.secret('masterKey', () => 'x');
    } catch (error) {
      expect(error instanceof LaunchFailure && error.mend).toMatch(/--reset/);
    }
    state.release();
  });

  it('clears everything but its lock', () => {
    const state = StateFolder.open(path);
    mkdirSync(state.file('postgres'));
    writeFileSync(state.file('postgres', 'x'), '');
    state.clear();
    expect(readdirSync(path).sort()).toEqual(['genai-gateway-state', 'launcher.lock']);
    state.release();
  });
});

describe('processIdentity', () => {
  it('is the same each time for a process, and none for one that does not run', () => {
    expect(processIdentity(process.pid)).toBe(processIdentity(process.pid));
    expect(processIdentity(process.pid)).not.toBe(processIdentity(process.ppid));
    expect(processIdentity(999_999_999)).toBeUndefined();
  });
});
