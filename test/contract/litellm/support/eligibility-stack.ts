import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Stack, startStack } from '@genai-gateway/local';
import type { LoggedRequest } from '@genai-gateway/simulators';
import { vi } from 'vitest';
import { type Answer, type Asking, ask, chat, generateKey } from '../../support/litellm.ts';
import { says } from '../../support/prompts.ts';
import { requestOnce } from '../../support/simulator.ts';

const configFile = resolve(import.meta.dirname, 'eligibility.config.yaml');

/** A stack whose configuration has everything in it that the hot path does not hold, and calls to it. */
export class EligibilityStack {
  readonly #stack: Stack;

  private constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** Starts it; resolves once LiteLLM serves and the gateway has seen that. */
  static async start(): Promise<EligibilityStack> {
    const stateDir = mkdtempSync(join(tmpdir(), 'gateway-eligibility-'));
    // With a key of its own for OpenAI, the stack would call OpenAI itself.
    const { OPENAI_API_KEY: _openai, ...env } = process.env;
    const stack = await startStack({ stateDir, port: 0, tlsPort: 0, env, configFile, litellm: 'on' });
    await stack.litellm?.ready;
    await vi.waitFor(
      async () => {
        if (!(await fetch(stack.http)).ok) throw new Error('The gateway has not seen LiteLLM yet.');
      },
      { timeout: 10_000, interval: 100 },
    );
    return new EligibilityStack(stack);
  }

  /** Stops it and deletes its state. */
  destroy(): Promise<void> {
    return this.#stack.destroy();
  }

  /** A key without limits. */
  get key(): string {
    return this.#stack.keys[0] ?? '';
  }

  /** The address of its simulated Bedrock. */
  get bedrock(): string {
    return this.#stack.simulator?.url ?? '';
  }

  /** The address of its simulated OpenAI. */
  get openai(): string {
    return this.#stack.providers?.openai?.url ?? '';
  }

  /** Where a client finds the gateway, and with which key. */
  here(key: string = this.key): { readonly http: string; readonly key: string } {
    return { http: this.#stack.http, key };
  }

  /** The same with the master key, for what an administrator does. */
  admin(): Asking {
    return this.here(this.#stack.masterKey);
  }

  newKey(settings: object): Promise<string> {
    return generateKey(settings, this.admin());
  }

  byChat(model: string, text: string, key?: string, more: object = {}): Promise<Answer> {
    return ask('/v1/chat/completions', { ...this.here(key), body: { ...chat(model, text), ...more } });
  }

  byConverse(model: string, text: string, key?: string): Promise<Answer> {
    return this.native(model, 'converse', says(text), key);
  }

  /** An operation of Bedrock's, by its name in the path. */
  native(model: string, operation: string, body: object, key?: string): Promise<Answer> {
    return ask(`/bedrock/model/${encodeURIComponent(model)}/${operation}`, { ...this.here(key), body });
  }

  /** The one request that has reached Bedrock with this word. */
  reached(word: string): Promise<LoggedRequest> {
    return requestOnce(word, () => true, { simulator: this.bedrock });
  }
}

/** The status of an answer, who gave it, and why that was not the hot path. */
export function servedBy({ status, headers }: Answer): readonly [number, string | null, string | null] {
  return [status, headers.get('x-gateway-served-by'), headers.get('x-gateway-served-by-reason')];
}
