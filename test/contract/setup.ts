import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Stack, type StackOptions, startStack } from '@genai-gateway/local';
import type { TestProject } from 'vitest/node';
import { ensureVenv, findPython } from '../../scripts/lib/python.mjs';
import { makeKeys } from './support/keys.ts';
import type { LitellmWorld } from './support/world.ts';

/** Starts the one stack of all contract tests: without LiteLLM, which they prove is not needed. */
export default function setup(project: TestProject): Promise<() => Promise<void>> {
  return startWorld(project, { litellm: 'off' });
}

/** Starts a stack for tests, and installs the Python clients, once per content of their lock. */
export async function startWorld(
  project: TestProject,
  options: Pick<StackOptions, 'litellm'>,
): Promise<() => Promise<void>> {
  const python = await installPython();
  const stateDir = mkdtempSync(join(tmpdir(), 'gateway-contract-'));
  const stack = await startStack({ stateDir, port: 0, tlsPort: 0, ...options });
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
    litellm: await litellmOf(stack),
  });
  return async () => {
    await stack.stop();
    rmSync(stateDir, { recursive: true, force: true });
  };
}

/** LiteLLM, once it serves. */
async function litellmOf({ litellm, providers }: Stack): Promise<LitellmWorld | undefined> {
  if (litellm === undefined) return undefined;
  const { openai, sagemaker } = providers ?? {};
  if (openai === undefined || sagemaker === undefined) throw new Error('The stack has no simulated providers.');
  await litellm.ready;
  const { url, logFile, adminUi, username, password } = litellm;
  return { url, logFile, adminUi, username, password, openai: openai.url, sagemaker: sagemaker.url };
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
