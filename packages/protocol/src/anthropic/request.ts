import type { JsonObject, JsonValue, Open } from '../json.ts';
import type { AnthropicCacheControl, AnthropicMessage, AnthropicTextBlock } from './message.ts';

/**
 * The body of Anthropic's `POST /v1/messages`, the fields that the gateway reads or writes.
 * Source: https://docs.anthropic.com/en/api/messages (read 2026-11-23, by the `@anthropic-ai/sdk` package).
 */
export interface AnthropicRequest {
  readonly model: string;
  readonly messages: readonly AnthropicMessage[];
  /** Anthropic asks for it in every request. 0 fills the prompt cache and gives no answer. */
  readonly max_tokens: number;
  readonly system?: string | readonly AnthropicTextBlock[];
  readonly stream?: boolean;
  readonly tools?: readonly (AnthropicTool | AnthropicServerTool)[];
  readonly tool_choice?: AnthropicToolChoice;
  /** 0 to 1. */
  readonly temperature?: number;
  /** 0 to 1. */
  readonly top_p?: number;
  readonly top_k?: number;
  readonly stop_sequences?: readonly string[];
  readonly thinking?: AnthropicThinking;
  /** `user_id`: the caller's own name for its end user. */
  readonly metadata?: { readonly user_id?: string | null };
  readonly output_config?: AnthropicOutputConfig;
  /** "Cache the prompt up to its last block." */
  readonly cache_control?: AnthropicCacheControl | null;
  readonly service_tier?: Open<'auto' | 'standard_only'>;
  readonly speed?: Open<'standard' | 'fast'> | null;
  /** What Anthropic keeps and runs for a caller: an id, or what is to be in it. */
  readonly container?: JsonValue;
  readonly diagnostics?: JsonValue;
  readonly inference_geo?: string | null;
  readonly user_profile_id?: string;
  readonly workspace_id?: string;

  /** In beta: what is taken out of a long conversation. */
  readonly context_management?: JsonValue;
  /** In beta. */
  readonly mcp_servers?: JsonValue;
  /** The older name of `output_config.format`, in beta. */
  readonly output_format?: AnthropicOutputFormat | null;
}

export interface AnthropicOutputConfig {
  readonly effort?: Open<'low' | 'medium' | 'high' | 'xhigh' | 'max'> | null;
  readonly format?: AnthropicOutputFormat | null;
}

/** `schema` is a JSON schema. */
export interface AnthropicOutputFormat {
  readonly type: 'json_schema';
  readonly schema: JsonObject;
}

/** A tool that the caller runs. `input_schema` is a JSON schema with an object at its root. */
export interface AnthropicTool {
  readonly type?: 'custom' | null;
  readonly name: string;
  readonly description?: string;
  readonly input_schema: JsonValue;
  readonly strict?: boolean;
  readonly cache_control?: AnthropicCacheControl | null;
  /** Not shown to the model before a search for tools has found it. */
  readonly defer_loading?: boolean;
  /** Who may call it, beside the model: code that Anthropic runs. */
  readonly allowed_callers?: readonly string[];
  readonly eager_input_streaming?: boolean | null;
  readonly input_examples?: readonly JsonObject[];
}

/** A tool that Anthropic knows by its type, such as `web_search_20250305`. It goes through as it is. */
export interface AnthropicServerTool extends JsonObject {
  readonly type: string;
}

export type AnthropicToolChoice =
  | { readonly type: 'auto' | 'any'; readonly disable_parallel_tool_use?: boolean }
  | { readonly type: 'tool'; readonly name: string; readonly disable_parallel_tool_use?: boolean }
  | { readonly type: 'none' };

/** `budget_tokens` belongs to `enabled`, and is at least 1024 there. */
export interface AnthropicThinking {
  readonly type: Open<'enabled' | 'disabled' | 'adaptive' | 'between_tools'>;
  readonly budget_tokens?: number;
  readonly display?: Open<'summarized' | 'omitted'> | null;
}
