import type { ConverseGuardrailConfig } from '../converse/guardrail.ts';
import type { Open } from '../json.ts';

/**
 * Parameters of a chat completion that OpenAI does not have, under the names that other gateways have made known. OpenAI's SDKs
 * send them from `extra_body` (python) or as fields that their types do not know (node).
 */
export interface VendorChatParameters {
  /** Anthropic's: https://docs.claude.com/en/api/messages (as of 2026-11-23), and LiteLLM's under the same name. */
  readonly thinking?: VendorThinking | null;
  /** OpenRouter's: https://openrouter.ai/docs/use-cases/reasoning-tokens (as of 2026-11-23). */
  readonly reasoning?: VendorReasoning | null;
  /** Anthropic's; LiteLLM takes it too. */
  readonly output_config?: { readonly effort?: string | null } | null;
  /** 0 and less: all tokens. */
  readonly top_k?: number | null;
  /** Names of features in trial, or one text of them with commas, as in the header `anthropic-beta`. */
  readonly anthropic_beta?: string | readonly string[] | null;
  /** Bedrock's, as LiteLLM takes them. */
  readonly guardrailConfig?: ConverseGuardrailConfig | null;
  readonly performanceConfig?: { readonly latency?: Open<'standard' | 'optimized'> } | null;
  readonly requestMetadata?: Readonly<Record<string, string>> | null;
  readonly additionalModelResponseFieldPaths?: readonly string[] | null;
}

/** `budget_tokens` goes with `enabled`. */
export interface VendorThinking {
  readonly type: 'enabled' | 'disabled' | 'adaptive';
  readonly budget_tokens?: number | null;
  readonly display?: 'summarized' | 'omitted' | null;
}

/** `effort` or `max_tokens`; `exclude`: think, and do not show it. */
export interface VendorReasoning {
  readonly effort?: string | null;
  readonly max_tokens?: number | null;
  readonly enabled?: boolean | null;
  readonly exclude?: boolean | null;
}
