import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startStack } from '@genai-gateway/local';
import type { TestProject } from 'vitest/node';
import { ensureVenv, findPython } from '../../scripts/lib/python.mjs';
import { makeKeys } from './support/keys.ts';

/** Starts the one stack of all contract tests, and installs the Python clients, once per content of their lock. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const python = await installPython();
  const stateDir = mkdtempSync(join(tmpdir(), 'gateway-contract-'));
  const stack = await startStack({ stateDir, port: 0, tlsPort: 0 });
  if (stack.simulator === undefined) throw new Error('The stack has no simulator.');
  project.provide('world', {
    http: stack.http,
    https: stack.https,
    ca: stack.ca,
    masterKey: stack.masterKey,
    keys: await makeKeys(stack.databaseUrl),
    simulator: stack.simulator.url,
    databaseUrl: stack.databaseUrl,
    redisUrl: stack.redisUrl,
    gatewayLog: stack.gatewayLog,
    stateDir,
    python,
  });
  return async () => {
    await stack.stop();
    rmSync(stateDir, { recursive: true, force: true });
  };
}

/** A laptop without Python skips what needs it; CI must not. */
async function installPython(): Promise<string | undefined> {
  const found = findPython();
  if (found.missing !== undefined && process.env['CI'] !== 'true') {
    process.stderr.write(`The tests of the Python clients are skipped. ${found.missing}\n`);
    return undefined;
  }
  return ensureVenv('clients', resolve(import.meta.dirname, '../../examples/requirements.txt'), (line) =>
    process.stderr.write(`${line}\n`),
  );
}
