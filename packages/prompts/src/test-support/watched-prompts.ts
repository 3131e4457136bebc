import { MemoryPrompts } from '../memory-prompts.ts';
import type { Prompt } from '../prompt.ts';
import type { PromptListing, PromptSource } from '../prompt-source.ts';

/** A `PromptSource` in memory that notes what it is asked, and can be made to fail or to keep everybody waiting. */
export class WatchedPrompts implements PromptSource {
  readonly prompts: MemoryPrompts;
  /** `prompt/ABCDEFGHIJ:1` or `list`. */
  readonly asked: string[] = [];
  /** What every question is refused with; undefined: they are answered. */
  failure: Error | undefined;
  #gate: Promise<void> | undefined;

  constructor(ownRegion: string, prompts: Iterable<Prompt> = []) {
    this.prompts = new MemoryPrompts(ownRegion, prompts);
  }

  /** Questions wait for the function that this gives. What they are answered is what is there when they were asked. */
  hold(): () => void {
    let open = () => {};
    this.#gate = new Promise((resolve) => {
      open = resolve;
    });
    return () => {
      this.#gate = undefined;
      open();
    };
  }

  get(prompt: { readonly arn: string; readonly version: string }, signal: AbortSignal): Promise<Prompt> {
    this.asked.push(`${prompt.arn.split(':')[5]}:${prompt.version}`);
    return this.#answer(this.prompts.get(prompt, signal), signal);
  }

  list(signal: AbortSignal): Promise<readonly PromptListing[]> {
    this.asked.push('list');
    return this.#answer(this.prompts.list(signal), signal);
  }

  async #answer<Answer>(answer: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
    answer.catch(() => {});
    const { failure } = this;
    const left = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    await Promise.race([this.#gate, left]);
    if (failure !== undefined) throw failure;
    return answer;
  }
}
