import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const cacheDir = fileURLToPath(new URL('../../../../.cache', import.meta.url));

/** A program that tests run against, or why it cannot be had on this machine. */
export type Tool = { readonly folder: string } | { readonly missing: string };

/**
 * The folder of a tool in the repository's cache, filled by `install` the first time. Where tools may be missing, a
 * failed installation is a missing tool; in CI it is an error.
 */
export async function toolFolder(name: string, install: (folder: string) => Promise<void>): Promise<Tool> {
  const folder = join(cacheDir, `${name}-${process.platform}-${process.arch}`);
  if (existsSync(folder)) return { folder };
  await mkdir(cacheDir, { recursive: true });
  const unfinished = await mkdtemp(`${folder}.`);
  try {
    process.stderr.write(`Installing ${name} for the tests, once …\n`);
    await install(unfinished);
    if (!existsSync(folder)) await rename(unfinished, folder);
    return { folder };
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    return { missing: `${name} could not be installed (${String(error).split('\n')[0]})` };
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** The name of a suite that is skipped with its reason, or run; in CI nothing is skipped. */
export function suiteName(name: string, tool: Tool): { readonly name: string; readonly isSkipped: boolean } {
  if ('folder' in tool) return { name, isSkipped: false };
  if (process.env['CI'] === 'true') throw new Error(`CI needs it: ${tool.missing}`);
  return { name: `${name} (skipped: ${tool.missing})`, isSkipped: true };
}

export const run = promisify(execFile);

/** What a program prints when it is asked for its version; undefined: there is no such program. */
export async function versionText(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(program, [...args]);
    return stdout + stderr;
  } catch {
    return undefined;
  }
}
