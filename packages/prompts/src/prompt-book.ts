import { GatewayError, isGatewayError } from '@genai-gateway/core';
import { KeptAnswers, type KeptAnswersOptions, type Lasting } from './kept-answers.ts';
import type { Prompt } from './prompt.ts';
import { shownPromptName } from './prompt-name.ts';
import type { PromptName, PromptSource } from './prompt-source.ts';

/** `onFailure` is told an ARN with its version, or what else could not be read; a prompt that is not there is no failure. */
export interface PromptBookOptions extends KeptAnswersOptions {
  readonly source: PromptSource;
}

const MINUTE_MS = 60_000;
/** Never older than 4 s, so that a change is seen within 5 s; whoever asks often never waits for a renewal. */
const changing: Lasting = { freshMs: 3_000, staleMs: 4_000, outageMs: 10 * MINUTE_MS };
/** A published version does not change. It can be deleted, which is seen after an hour, or at once by `forget`. */
const published: Lasting = { freshMs: 55 * MINUTE_MS, staleMs: 60 * MINUTE_MS, outageMs: Number.POSITIVE_INFINITY };
/** The key of the one list there is. */
const LIST = 'the list of prompts';

/**
 * Managed prompts, read through from a `PromptSource` and kept: drafts and the list of names for 4 s, published
 * versions for an hour, what there is not for 4 s. While the source cannot be asked, a draft goes on for ten minutes
 * and a version for as long as that takes.
 */
export class PromptBook {
  readonly #source: PromptSource;
  readonly #prompts: KeptAnswers<Prompt>;
  /** ARNs by name. */
  readonly #list: KeptAnswers<ReadonlyMap<string, string>>;

  constructor({ source, ...options }: PromptBookOptions) {
    this.#source = source;
    this.#prompts = new KeptAnswers(options);
    this.#list = new KeptAnswers(options);
  }

  /**
   * The prompt, without a promise when it is at hand. Throws or rejects with `prompt-not-found`, with `invalid-request`
   * for a prompt that its author must mend, with `prompts-unavailable` when the source cannot be asked and nothing
   * young enough is known, and with the signal's reason.
   */
  find(name: PromptName, signal: AbortSignal): Prompt | Promise<Prompt> {
    try {
      const found = this.#find(name, signal);
      if (!(found instanceof Promise)) return found;
      return found.catch((error: unknown) => {
        throw toldAs(name, error);
      });
    } catch (error) {
      throw toldAs(name, error);
    }
  }

  /**
   * News: the prompt with this ARN (a version behind it does not matter) may have changed, or without one any prompt.
   * It is read anew before its next use, if the source can be asked.
   */
  forget(arn?: string): void {
    const prompt = arn === undefined ? '' : `${arn.split(':').slice(0, 6).join(':')}:`;
    this.#prompts.forget((key) => key.startsWith(prompt));
    this.#list.forget(() => true);
  }

  #find(name: PromptName, signal: AbortSignal): Prompt | Promise<Prompt> {
    if (name.kind === 'arn') return this.#get(name.arn, name.version, signal);
    const arns = this.#list.of(LIST, changing, (each) => this.#arnsByName(each), signal);
    const get = (of: ReadonlyMap<string, string>): Prompt | Promise<Prompt> => {
      const arn = of.get(name.name);
      if (arn === undefined) throw new GatewayError('prompt-not-found', 'No managed prompt has this name.');
      return this.#get(arn, name.version, signal);
    };
    return arns instanceof Promise ? arns.then(get) : get(arns);
  }

  #get(arn: string, version: string, signal: AbortSignal): Prompt | Promise<Prompt> {
    const region = arn.split(':')[3] ?? '';
    const read = (each: AbortSignal) => this.#source.get({ arn, region, version }, each);
    return this.#prompts.of(`${arn}:${version}`, version === 'DRAFT' ? changing : published, read, signal);
  }

  async #arnsByName(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    return new Map((await this.#source.list(signal)).map(({ name, arn }) => [name, arn]));
  }
}

/** In the caller's own words: one and the same prompt is known by its ARN and by its name. */
function toldAs(name: PromptName, error: unknown): unknown {
  if (!isGatewayError(error) || error.code !== 'prompt-not-found') return error;
  return new GatewayError(
    'prompt-not-found',
    `There is no managed prompt '${shownPromptName(name)}' that the gateway can read. Check its name, version and region.`,
    { cause: error, param: 'model' },
  );
}
