import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Stack, type StackOptions, startStack } from '@genai-gateway/local';
import type { TestProject } from 'vitest/node';
import { ensureVenv, findPython } from '../../scripts/lib/python.mjs';
import { makeKeys } from './support/keys.ts';
import type { LitellmWorld, World } from './support/world.ts';

/** Starts the one stack of all contract tests: without LiteLLM, which they prove is not needed. */
export default function setup(project: TestProject): Promise<() => Promise<void>> {
  return startWorld(project, { litellm: 'off' });
}

/** Starts a stack for tests, and installs the Python clients, once per content of their lock. */
export async function startWorld(
  project: TestProject,
  options: Pick<StackOptions, 'litellm'>,
): Promise<() => Promise<void>> {
  const python = await installPython('clients', 'requirements.txt');
  const pythonWithOpenai2 = await installPython('clients-openai-2', 'requirements-openai-2.txt');
  const stateDir = mkdtempSync(join(tmpdir(), 'gateway-contract-'));
  // With a key of its own for OpenAI, the stack would call OpenAI itself.
  const { OPENAI_API_KEY: _openai, ...env } = process.env;
  let isStarting = true;
  const onNotice = (text: string) => {
    if (isStarting) say(text);
  };
  const stack = await startStack({ stateDir, port: 0, tlsPort: 0, env, onNotice, ...options });
  const stop = async () => {
    await stack.stop();
    rmSync(stateDir, { recursive: true, force: true });
  };
  try {
    project.provide('world', { ...(await worldOf(stack, stateDir)), python, pythonWithOpenai2 });
  } catch (error) {
    await stop();
    throw error;
  }
  isStarting = false;
  return stop;
}

async function worldOf(stack: Stack, stateDir: string): Promise<Omit<World, 'python' | 'pythonWithOpenai2'>> {
  const { http, https, ca, masterKey, databaseUrl, redisUrl, dynamodb: history, functions, gatewayLog } = stack;
  if (stack.simulator === undefined) throw new Error('The stack has no simulator.');
  return {
    ...{ http, https, ca, masterKey, databaseUrl, redisUrl, history, functions, gatewayLog, stateDir },
    keys: await makeKeys(databaseUrl),
    simulator: stack.simulator.url,
    litellm: await litellmOf(stack),
  };
}

/** LiteLLM, once it serves. */
async function litellmOf({ http, litellm, providers }: Stack): Promise<LitellmWorld | undefined> {
  if (litellm === undefined) return undefined;
  const { openai, sagemaker } = providers ?? {};
  if (openai === undefined || sagemaker === undefined) throw new Error('The stack has no simulated providers.');
  await litellm.ready;
  // The gateway looks for it twice a second.
  while ((await fetch(http)).status !== 200) await sleep(100);
  const { url, logFile, adminUi, username, password } = litellm;
  return { url, logFile, adminUi, username, password, openai: openai.url, sagemaker: sagemaker.url };
}

/** A laptop without Python skips what needs it; CI must not. */
async function installPython(name: string, lock: string): Promise<string | undefined> {
  const found = findPython();
  if (found.missing !== undefined && process.env['CI'] !== 'true') {
    say(`The tests of the Python clients are skipped. ${found.missing}`);
    return undefined;
  }
  return ensureVenv(name, resolve(import.meta.dirname, '../../examples', lock), say);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
