import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { ensureVenv, findPython } from './python.mjs';

const cache = resolve(import.meta.dirname, '../../.cache');
const name = `selftest${process.pid}`;
const work = mkdtempSync(join(tmpdir(), 'gateway-python-'));
const venvs = () => (existsSync(cache) ? readdirSync(cache).filter((each) => each.startsWith(`venv-${name}-`)) : []);
afterAll(() => {
  for (const each of venvs()) rmSync(join(cache, each), { recursive: true, force: true });
  rmSync(work, { recursive: true, force: true });
});

/** A lock that names nothing but what it is given, so that nothing has to be fetched. */
function lock(text: string): string {
  const file = join(work, 'requirements.lock');
  writeFileSync(file, text);
  return file;
}

const hasNoPython = findPython().missing !== undefined && process.env['CI'] !== 'true';

describe.skipIf(hasNoPython)('ensureVenv (needs Python 3.11 or newer)', { timeout: 120_000 }, () => {
  it('makes an environment once, and anew when one was cut off half-way', async () => {
    const said: string[] = [];
    const make = () => ensureVenv(name, lock('# first\n'), (line) => said.push(line), { size: '1 MB' });
    const python = await make();
    expect(execFileSync(python, ['-c', 'import sys; print(sys.prefix != sys.base_prefix)']).toString()).toBe('True\n');
    expect(said.join('\n')).toMatch(/happens once, about 1 MB[\s\S]*Installed the Python packages/);
    said.length = 0;
    expect(await make()).toBe(python);
    expect(said).toEqual([]);

    rmSync(join(dirname(dirname(python)), 'installed'));
    const again = await make();
    expect(again).not.toBe(python);
    expect(existsSync(python)).toBe(false);
    expect(venvs().length).toBe(1);
  });

  it('is made once by two processes that need it at the same time, in the place of one from another lock', async () => {
    const script = `
      import { ensureVenv } from ${JSON.stringify(new URL('./python.mjs', import.meta.url).href)};
      const said = [];
      const python = await ensureVenv(${JSON.stringify(name)}, ${JSON.stringify(lock('# both\n'))}, (line) => said.push(line));
      process.stderr.write(JSON.stringify({ python, made: said.length > 0 }));`;
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    const both = (await Promise.all([run(), run()])).map(({ stderr }) => JSON.parse(stderr));
    expect(both[0].python).toBe(both[1].python);
    expect(both.filter(({ made }) => made).length).toBe(1);
    expect(venvs().length).toBe(1);
  });

  it('says that the index did not answer, how to mend it, and leaves nothing behind', async () => {
    const index = 'http://127.0.0.1:1/simple';
    for (const variable of ['PIP_INDEX_URL', 'UV_INDEX_URL', 'UV_DEFAULT_INDEX']) vi.stubEnv(variable, index);
    for (const variable of ['PIP_RETRIES', 'UV_HTTP_RETRIES', 'PIP_NO_CACHE_DIR', 'UV_NO_CACHE'])
      vi.stubEnv(variable, '1');
    const before = venvs();
    try {
      const file = lock(`left-out-on-purpose==1.0 --hash=sha256:${'0'.repeat(64)}\n`);
      await expect(ensureVenv(name, file)).rejects.toThrow(/index did not answer[\s\S]*Check the network/);
    } finally {
      vi.unstubAllEnvs();
    }
    expect(before.length).toBe(1);
    expect(venvs()).toEqual([]);
  });

  it('is given up with a process that is killed', async () => {
    const sockets: Socket[] = [];
    const index = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
    await new Promise<void>((listening) => index.listen(0, '127.0.0.1', listening));
    const { port } = index.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/simple`;
    const file = lock(`left-out-on-purpose==1.0 --hash=sha256:${'0'.repeat(64)}\n`);
    const script = `
      import { ensureVenv } from ${JSON.stringify(new URL('./python.mjs', import.meta.url).href)};
      await ensureVenv(${JSON.stringify(name)}, ${JSON.stringify(file)});`;
    const maker = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, PIP_INDEX_URL: url, UV_DEFAULT_INDEX: url, PIP_NO_CACHE_DIR: '1', UV_NO_CACHE: '1' },
    });
    const installers = () => execFileSync('ps', ['-A', '-o', 'args=']).toString().split(`/venv-${name}-`).length - 1;
    try {
      while (sockets.length === 0) await sleep(50);
      expect(installers()).toBeGreaterThan(0);
      maker.kill('SIGKILL');
      while (installers() > 0) await sleep(50);
    } finally {
      maker.kill('SIGKILL');
      // What a killed process cannot clear away itself. A lock of a dead one is taken over.
      rmSync(join(cache, `install.lock.${maker.pid}`), { force: true });
      for (const socket of sockets) socket.destroy();
      index.close();
    }
  });

  it('can be given up', async () => {
    const giveUp = new AbortController();
    const made = ensureVenv(name, lock('# never\n'), () => giveUp.abort(new Error('given up')), {
      signal: giveUp.signal,
    });
    await expect(made).rejects.toThrow('given up');
    expect(venvs()).toEqual([]);
  });
});
