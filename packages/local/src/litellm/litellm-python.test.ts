import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPython } from '../../../../scripts/lib/python.mjs';
import { LaunchFailure } from '../launch-failure.ts';
import { temporaryFolder } from '../testing/temporary-state.ts';
import { findLitellm } from './litellm-python.ts';

const python = findPython();
const { signal } = new AbortController();
const folder = temporaryFolder();
afterAll(() => folder.remove());

/** A virtual environment whose records name these packages. Nothing of them is there. */
function environment(name: string, packages: Readonly<Record<string, string>>): string {
  const path = join(folder.path, name);
  execFileSync(python.missing === undefined ? python.path : 'python3', ['-m', 'venv', '--without-pip', path]);
  const site = execFileSync(join(path, 'bin/python'), [
    '-c',
    'import sysconfig; print(sysconfig.get_path("purelib"), end="")',
  ]).toString();
  for (const [each, version] of Object.entries(packages)) {
    const info = join(site, `${each}-${version}.dist-info`);
    mkdirSync(info);
    writeFileSync(join(info, 'METADATA'), `Metadata-Version: 2.1\nName: ${each}\nVersion: ${version}\n`);
  }
  if ('litellm' in packages) mkdirSync(join(site, 'litellm'));
  writeFileSync(join(site, 'litellm.py'), 'raise RuntimeError("LiteLLM was run")');
  if ('litellm' in packages) writeFileSync(join(site, 'litellm/__init__.py'), 'raise RuntimeError("LiteLLM was run")');
  return path;
}

describe.skipIf(python.missing !== undefined && process.env['CI'] !== 'true')('--litellm-python (needs Python)', () => {
  let right: string;
  beforeAll(() => {
    right = environment('right', { litellm: '1.106.2', prisma: '0.11.0' });
  });

  it.each(['', '/bin/python'])('takes the right LiteLLM without running it, by its path with "%s"', async (end) => {
    const found = await findLitellm(`${right}${end}`, signal);
    expect(found).toMatchObject({ kind: 'given', litellm: { python: `${right}/bin/python` } });
    expect(found.kind === 'given' && found.litellm.schema).toMatch(/litellm\/proxy\/schema\.prisma$/);
  });

  it.each([
    ['another LiteLLM', { litellm: '1.83.14', prisma: '0.11.0' }, /litellm 1\.83\.14[\s\S]*litellm 1\.106\.2/],
    ['no LiteLLM', { prisma: '0.11.0' }, /no litellm[\s\S]*litellm 1\.106\.2/],
    ['another prisma', { litellm: '1.106.2', prisma: '0.15.0' }, /prisma 0\.15\.0[\s\S]*prisma 0\.11\.0/],
  ])('refuses %s and names the versions', async (name, packages, said) => {
    const failure = await refused(environment(name.replaceAll(' ', '-'), packages));
    expect(failure.message).toMatch(said);
    expect(failure.mend).toMatch(/pip install 'litellm\[proxy\]==1\.106\.2'/);
    expect(failure.exitCode).toBe(2);
  });

  it.each(['/nowhere/python', '/etc/hosts'])('refuses %s, which is no Python', async (path) => {
    expect((await refused(path)).message).toMatch(new RegExp(`--litellm-python ${path}: it cannot be run as a Python`));
  });
});

async function refused(given: string): Promise<LaunchFailure> {
  try {
    await findLitellm(given, signal);
  } catch (error) {
    if (error instanceof LaunchFailure) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
