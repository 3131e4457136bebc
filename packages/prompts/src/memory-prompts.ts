import { GatewayError } from '@genai-gateway/core';
import type { Prompt } from './prompt.ts';
import type { PromptListing, PromptSource } from './prompt-source.ts';

/** `PromptSource` in the memory of this process. A prompt is listed by the name of its draft, as at Bedrock. */
export class MemoryPrompts implements PromptSource {
  readonly #ownRegion: string;
  /** By ARN and version. */
  readonly #prompts = new Map<string, Prompt>();

  /** `ownRegion`: whose prompts are listed. */
  constructor(ownRegion: string, prompts: Iterable<Prompt> = []) {
    this.#ownRegion = ownRegion;
    for (const prompt of prompts) this.put(prompt);
  }

  /** In place of the one with its ARN and version. */
  put(prompt: Prompt): void {
    this.#prompts.set(`${prompt.arn}:${prompt.version}`, prompt);
  }

  /** With all its versions. */
  remove(arn: string): void {
    for (const [key, prompt] of this.#prompts) if (prompt.arn === arn) this.#prompts.delete(key);
  }

  async get(
    { arn, version }: { readonly arn: string; readonly version: string },
    signal: AbortSignal,
  ): Promise<Prompt> {
    signal.throwIfAborted();
    const prompt = this.#prompts.get(`${arn}:${version}`);
    if (prompt === undefined) throw new GatewayError('prompt-not-found', 'There is no such managed prompt.');
    return prompt;
  }

  async list(signal: AbortSignal): Promise<readonly PromptListing[]> {
    signal.throwIfAborted();
    const names = new Map<string, string>();
    for (const { arn, name, version } of this.#prompts.values()) {
      if (arn.split(':')[3] !== this.#ownRegion) continue;
      if (version === 'DRAFT' || !names.has(arn)) names.set(arn, name);
    }
    return [...names].map(([arn, name]) => ({ name, arn }));
  }
}
