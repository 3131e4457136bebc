import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type CallOptions, encode, type Reply } from './reply.ts';
import { world } from './world.ts';

/** One Python process for all calls of a test file: starting one per call would cost half a second each. */
let driver: Driver | undefined;

/** Has the driver make a call. Rejects when the driver itself fails, not when the call does. */
export function askPython(request: Readonly<Record<string, unknown>>): Promise<Reply> {
  if (world.python === undefined) throw new Error('There is no Python: this test should have been skipped.');
  driver ??= new Driver(world.python);
  return driver.ask(request);
}

/** The same for a call of a client, as its options say. */
export function callPython(request: Readonly<Record<string, unknown>>, options: CallOptions): Promise<Reply> {
  const { key = world.keys.good, attempts = 1, leaveAfter, giveUpMs } = options;
  return askPython({ ...request, key, attempts, leaveAfter, giveUpMs });
}

/** Ends the driver; for `afterAll`. */
export function stopPython(): void {
  driver?.stop();
  driver = undefined;
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

class Driver {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #stderr = '';

  constructor(python: string) {
    this.#child = spawn(python, [join(import.meta.dirname, 'driver.py')], { env: environment() });
    this.#child.stderr?.on('data', (text: Buffer) => {
      this.#stderr += text.toString('utf8');
    });
    if (this.#child.stdout !== null) {
      createInterface({ input: this.#child.stdout }).on('line', (line) => this.#answer(line));
    }
    this.#child.on('exit', (code) => this.#fail(`The driver ended (${code}): ${this.#stderr}`));
    this.#child.on('error', (error) => this.#fail(`The driver did not start: ${error.message}`));
  }

  ask(request: Readonly<Record<string, unknown>>): Promise<Reply> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#child.stdin?.write(`${encode({ ...request, id })}\n`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  stop(): void {
    this.#waiting.clear();
    this.#child.kill();
  }

  #fail(why: string): void {
    for (const each of this.#waiting.values()) each.reject(new Error(why));
    this.#waiting.clear();
  }

  #answer(line: string): void {
    const { id, crash, events, failure, output, headers } = JSON.parse(line) as Reply & { id: number; crash?: string };
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (crash !== undefined) waiting?.reject(new Error(`The driver failed: ${crash}`));
    // Python has null for what is absent.
    else {
      const more = { ...(events ? { events } : {}), ...(failure ? { failure } : {}), ...(headers ? { headers } : {}) };
      waiting?.resolve({ output, ...more });
    }
  }
}

/** Nothing of the machine's own AWS, OpenAI and proxy settings. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS_|OPENAI_)|_proxy$/i.test(name));
  return {
    ...Object.fromEntries(own),
    NO_PROXY: '*',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
