import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestProject } from 'vitest/node';
import { findPython } from '../../scripts/lib/python.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** Lines of the proof, `ok` and `FAIL`, with what is said below them; none where there is no Python for LiteLLM. */
    proof: readonly string[];
  }
}

/** Runs the proofs in their short form, once, one after the other; the tests are their lines. */
export default async function setup(project: TestProject): Promise<void> {
  const hasPython = findPython().missing === undefined;
  const proofs = hasPython ? [await prove('governance'), await prove('rotation')] : [];
  project.provide('proof', proofs.flat());
}

async function prove(name: string): Promise<readonly string[]> {
  const main = resolve(import.meta.dirname, `${name}.ts`);
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, '--short'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    process.stdout.write(`${line}\n`);
    if (/^(?:ok|FAIL) /.test(line)) lines.push(line);
    else if (lines.length > 0) lines.push(`${lines.pop()}\n${line}`);
  }
  const [code] = (await exited) as [number | null];
  // A proof that broke off says nothing of what it did not come to.
  if (code !== 0 && lines.every((line) => line.startsWith('ok'))) {
    lines.push(`FAIL  ${name}: comes to its end: it ended with ${code}`);
  }
  return lines;
}
