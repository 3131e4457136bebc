import type { Prompt } from './prompt.ts';

/** Which prompt a caller means. */
export type PromptName =
  /** `arn:…:prompt/ABCDEFGHIJ[:version]` */
  | { readonly kind: 'arn'; readonly arn: string; readonly region: string; readonly version: string }
  /** `prompt:name[:version]`, in the gateway's own region. */
  | { readonly kind: 'name'; readonly name: string; readonly version: string };

/** A prompt in a list. */
export interface PromptListing {
  readonly name: string;
  /** Without a version. */
  readonly arn: string;
}

/**
 * Port: where managed prompts are kept. Rejects with `prompt-not-found`, with `prompts-unavailable` when it cannot be
 * asked, and with the signal's reason.
 */
export interface PromptSource {
  /** `arn` without its version. `version`: `DRAFT` or a number. */
  get(
    prompt: { readonly arn: string; readonly region: string; readonly version: string },
    signal: AbortSignal,
  ): Promise<Prompt>;
  /** Every prompt of the gateway's own region. */
  list(signal: AbortSignal): Promise<readonly PromptListing[]>;
}
