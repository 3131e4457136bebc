import type { ConverseMessage } from '@genai-gateway/protocol';

/** Models that share what they take and refuse. Reasoning of earlier turns goes back to the same family only. */
export type ModelFamily =
  | 'claude'
  | 'nova'
  | 'titan'
  | 'llama'
  | 'mistral'
  | 'cohere'
  | 'ai21'
  | 'deepseek'
  | 'gpt-oss'
  | 'gpt'
  | 'qwen'
  | 'palmyra'
  | 'minimax'
  | 'kimi'
  | 'glm'
  | 'nemotron'
  | 'gemma'
  | 'grok'
  | 'pegasus'
  | 'unknown';

/** How hard a model may think, as callers say it, from the least to the most. */
export const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof efforts)[number];

/**
 * How a model is told to think, all of it in additionalModelRequestFields:
 * - `none`: not at all; what the caller asks for has no effect (the model never thinks, or always does).
 * - `budget`: `thinking: {type: 'enabled', budget_tokens}`, at least 1,024 and less than maxTokens.
 * - `adaptive`: `thinking: {type: 'adaptive'}` and `output_config: {effort}`.
 * - `nova`: `reasoningConfig: {type: 'enabled', maxReasoningEffort}`.
 * - `flat`: `reasoning_effort`.
 * - `nested`: `reasoning: {effort}`; it can be told not to think where `none` is among the efforts.
 */
type ReasoningFacts =
  | { readonly how: 'none' }
  | { readonly how: 'budget' }
  | {
      readonly how: 'adaptive';
      readonly efforts: readonly Effort[];
      /** Whether `thinking: {type: 'enabled', budget_tokens}` is still taken. */
      readonly budget: boolean;
      /** Whether it thinks even when told nothing, and refuses `thinking: {type: 'disabled'}`. */
      readonly always: boolean;
    }
  | { readonly how: 'nova'; readonly efforts: readonly Effort[] }
  | {
      readonly how: 'flat';
      readonly efforts: readonly Effort[];
      /** Whether it thinks even when told nothing. */
      readonly always: boolean;
    }
  | { readonly how: 'nested'; readonly efforts: readonly Effort[] };

/** What may be in a user's message, and in a tool's result. */
export interface MediaFacts {
  readonly image: boolean;
  readonly document: boolean;
  readonly video: boolean;
  readonly audio: boolean;
  readonly inToolResult: { readonly image: boolean; readonly document: boolean; readonly video: boolean };
}

/** Where a model takes cache points, so that one which nobody asked for never fails a call. */
export interface CachePointFacts {
  /** A shorter prefix is not kept, in tokens; a point behind it does no harm and no good. */
  readonly minTokens: number;
  /** In `toolConfig.tools`. */
  readonly behindTools: boolean;
  /** Behind messages of these roles, */
  readonly roles: readonly ConverseMessage['role'][];
  /** as far as their last block is of one of these kinds. */
  readonly lastBlocks: readonly string[];
  /** Values of `cachePoint.ttl`; empty: the field is not taken, and the model's own time holds. */
  readonly ttl: readonly ('5m' | '1h')[];
}

/** What a model takes and refuses. */
export interface ModelFacts {
  readonly family: ModelFamily;

  // Messages
  /** Whether `system` may be sent. */
  readonly systemPrompt: boolean;
  /** Whether messages of role `system` may stand in mid-conversation. */
  readonly systemInConversation: boolean;
  readonly media: MediaFacts;
  /** Whether signed or redacted reasoning of earlier turns may be sent; without a signature none may. */
  readonly signedReasoning: boolean;
  /** Whether text of earlier turns may be sent with its citations. */
  readonly citations: boolean;
  /** Whether `guardContent` blocks may be sent. */
  readonly guardContent: boolean;
  /** Whether `cachePoint` blocks may be sent when the caller asks for them. */
  readonly cachePoints: boolean;
  /** Where cache points do good; undefined: nothing is known, so none is set that nobody asked for. */
  readonly cachePoint: CachePointFacts | undefined;

  // Parameters
  /** `one`: temperature or top_p, not both. `none`: neither, nor top_k. */
  readonly sampling: 'both' | 'one' | 'none';
  /** Where top_k goes in additionalModelRequestFields, as a path; undefined: it is not taken. */
  readonly topK: readonly [string, ...string[]] | undefined;
  /** Other fields of the model's own API that may be sent, by name, in additionalModelRequestFields. */
  readonly modelFields: readonly string[];
  /** The most stop sequences that are taken; 0: none at all. */
  readonly maxStopSequences: number;
  /** Whether a stop sequence of nothing but whitespace is taken. */
  readonly blankStopSequences: boolean;
  /** The most tokens that one answer may have, where it is known. */
  readonly maxOutputTokens: number | undefined;
  /** The fewest that `maxTokens` may say. */
  readonly minMaxTokens: number;
  readonly reasoning: ReasoningFacts;
  /** `native`: outputConfig.textFormat. `tool`: by a tool that must be called. `prompt`: only by asking for it. */
  readonly structuredOutput: 'native' | 'tool' | 'prompt';

  // Tools
  /** Whether `toolConfig` may be sent. */
  readonly tools: boolean;
  /** Amazon Nova refuses hyphens in tool names. */
  readonly hyphenInToolNames: boolean;
  /** Mistral wants ids of exactly nine letters and digits. */
  readonly nineCharToolUseIds: boolean;
  /** Whether `toolConfig.toolChoice` may be sent. */
  readonly toolChoice: boolean;
  /** Which choices that force a call are taken: `any` and one named `tool`, only `any`, or none of them. */
  readonly forcedTools: 'tool' | 'any' | 'none';
  /** Whether `toolSpec.strict` may be sent. */
  readonly strictTools: boolean;
  /** Whether `toolResult.status` may be sent. */
  readonly toolResultStatus: boolean;
  /** Whether Anthropic's `disable_parallel_tool_use` may be sent. */
  readonly disableParallelToolUse: boolean;
  /** Names of `systemTool`s that the model has. */
  readonly systemTools: readonly string[];

  // Other APIs
  /** Whether the model speaks Anthropic's Messages by InvokeModel. */
  readonly messagesByInvoke: boolean;
  /** Values of `anthropic_beta` that may be sent. */
  readonly anthropicBetas: readonly string[];
  /** More of them that InvokeModel takes and Converse refuses. */
  readonly anthropicInvokeBetas: readonly string[];
  /** Whether CountTokens knows the model. */
  readonly countTokens: boolean;
}

/** One row of the tables: what holds for the models that it names. A later row that fits wins over an earlier one. */
export interface FactRow {
  readonly family: ModelFamily;
  /** Looked for in the model id, which may have a prefix of an inference profile or be the end of an ARN. */
  readonly model: RegExp;
  /** Claude only: 405 is version 4.5. The row holds from the first on, up to but without the second. */
  readonly versions?: readonly [from: number, below: number];
  readonly facts: Partial<ModelFacts>;
  /** Where the facts were read. */
  readonly source: string;
  /** When they were read, `YYYY-MM-DD`. */
  readonly read: string;
}
