import type { DroppedParams } from '../dropped-params.ts';
import type { ModelFacts } from '../model-facts/model-facts.ts';

/** Names of Anthropic's own API, and what the same is called on Bedrock. */
const otherNames: ReadonlyMap<string, string> = new Map([
  // Source: LiteLLM 1.106.2, anthropic_beta_headers_config.json (read 2026-11-23).
  ['advanced-tool-use-2025-11-20', 'tool-search-tool-2025-10-19'],
]);

/** The values of `anthropic_beta` of one request: a value that the model does not know fails the call. */
export class Betas {
  readonly #known: ReadonlySet<string>;
  readonly #kept = new Set<string>();

  /** `asked`: by the caller. What the model does not know is dropped. */
  constructor(asked: readonly string[], facts: ModelFacts, dropped: DroppedParams) {
    this.#known = new Set([...facts.anthropicBetas, ...facts.anthropicInvokeBetas]);
    for (const beta of asked) if (!this.add(otherNames.get(beta) ?? beta)) dropped.add(`anthropic_beta.${beta}`);
  }

  /** Asks for one that a field needs. False: the model does not know it. */
  add(beta: string): boolean {
    const isKnown = this.#known.has(beta);
    if (isKnown) this.#kept.add(beta);
    return isKnown;
  }

  has(beta: string): boolean {
    return this.#kept.has(beta);
  }

  /** In the order of the alphabet, so that the same wishes make the same body. */
  list(): readonly string[] {
    return [...this.#kept].sort();
  }
}
