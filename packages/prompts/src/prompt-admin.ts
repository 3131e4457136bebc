import type { BedrockPromptVariant } from '@genai-gateway/protocol';

/** What a prompt says, in the words of Bedrock's API: what a write puts in the place of all that was there. */
export interface PromptContent {
  readonly name: string;
  readonly description: string | undefined;
  readonly defaultVariant: string | undefined;
  /** The key of KMS that it is encrypted with; undefined: AWS's own. */
  readonly kmsKeyArn: string | undefined;
  readonly variants: readonly BedrockPromptVariant[];
}

/** A prompt as it is kept: its draft, or one version. */
export interface ManagedPrompt {
  /** Without its version. */
  readonly arn: string;
  readonly promptId: string;
  /** `DRAFT`, or `1`, `2`, … */
  readonly version: string;
  readonly content: PromptContent;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A prompt, or one of its versions, in a list. */
export interface PromptSummary {
  /** Without its version. */
  readonly arn: string;
  readonly promptId: string;
  readonly version: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/**
 * Port: the managed prompts of the gateway's own region and account, for those who write them. Rejects with
 * `prompt-not-found`, `invalid-request` and `prompt-conflict` for what the store does not take,
 * `upstream-quota-exceeded`, `upstream-throttled`, `upstream-access-denied` and `prompts-unavailable`, and with the
 * signal's reason. After the last of these codes and the last reason a change may have been made or not.
 */
export interface PromptAdmin {
  /** Every draft. */
  list(signal: AbortSignal): Promise<readonly PromptSummary[]>;
  /** The published versions of a prompt, in the order of their numbers. */
  versions(promptId: string, signal: AbortSignal): Promise<readonly PromptSummary[]>;
  /** `version`: `DRAFT` or a number. */
  get(promptId: string, version: string, signal: AbortSignal): Promise<ManagedPrompt>;
  /** `token`: two calls with the same make one prompt, and both are answered with it. */
  create(content: PromptContent, options: CreateOptions, signal: AbortSignal): Promise<ManagedPrompt>;
  /** The draft, whole. */
  update(promptId: string, content: PromptContent, signal: AbortSignal): Promise<ManagedPrompt>;
  /** Makes a version of the draft. `token`: as for `create`. */
  publish(promptId: string, options: PublishOptions, signal: AbortSignal): Promise<ManagedPrompt>;
  /** One version; undefined: the prompt with all of them. */
  delete(promptId: string, version: string | undefined, signal: AbortSignal): Promise<void>;
}

export interface CreateOptions {
  readonly tags: Readonly<Record<string, string>>;
  /** 33 to 256 letters and digits. */
  readonly token: string | undefined;
}

export interface PublishOptions {
  readonly description: string | undefined;
  readonly token: string | undefined;
}
