import type { JsonObject, JsonValue, Open } from '../json.ts';
import type { ConverseCachePointBlock, ConverseContentBlock, ConverseTextBlock } from './content.ts';
import type { ConverseGuardContentBlock, ConverseGuardrailConfig } from './guardrail.ts';

/**
 * The body of `POST /model/{modelId}/converse` and `/converse-stream`. The model id is in the path.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (as of 2026-11-22).
 */
export interface ConverseRequest {
  readonly messages?: readonly ConverseMessage[];
  readonly system?: readonly ConverseSystemBlock[];
  readonly inferenceConfig?: ConverseInferenceConfig;
  readonly toolConfig?: ConverseToolConfig;
  readonly guardrailConfig?: ConverseGuardrailConfig;
  /** Fields of the model's own API that Converse has no name for. */
  readonly additionalModelRequestFields?: JsonObject;
  readonly promptVariables?: Readonly<Record<string, { readonly text: string }>>;
  readonly additionalModelResponseFieldPaths?: readonly string[];
  /** Written to the invocation log of the AWS account. Values: at most 256 characters. */
  readonly requestMetadata?: Readonly<Record<string, string>>;
  readonly performanceConfig?: { readonly latency?: Open<'standard' | 'optimized'> };
  readonly serviceTier?: { readonly type: Open<'default' | 'flex' | 'priority' | 'reserved'> };
  readonly outputConfig?: ConverseOutputConfig;
}

/** `effort`: `low`, `medium`, `high`, `xhigh` or `max`, a free text on the wire. */
export interface ConverseOutputConfig {
  readonly textFormat?: ConverseOutputFormat;
  readonly effort?: string;
}

/** `schema` is the JSON schema as JSON text. */
export interface ConverseOutputFormat {
  readonly type: Open<'json_schema'>;
  readonly structure: {
    readonly jsonSchema: { readonly schema: string; readonly name?: string; readonly description?: string };
  };
}

/** Some models take `system` messages in mid-conversation; the first message is never one. */
export interface ConverseMessage {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: readonly ConverseContentBlock[];
}

export type ConverseSystemBlock = ConverseTextBlock | ConverseGuardContentBlock | ConverseCachePointBlock;

/**
 * `temperature` and `topP` are 0 to 1, `maxTokens` at least 1.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InferenceConfiguration.html (as of 2026-11-22).
 */
export interface ConverseInferenceConfig {
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stopSequences?: readonly string[];
}

export interface ConverseToolConfig {
  readonly tools: readonly ConverseTool[];
  readonly toolChoice?: ConverseToolChoice;
}

export type ConverseTool =
  | { readonly toolSpec: ConverseToolSpec }
  /** A tool that the provider runs by itself, such as `nova_grounding`. */
  | { readonly systemTool: { readonly name: string } }
  | ConverseCachePointBlock;

/** `name` matches `[A-Za-z0-9_-]{1,64}`; `inputSchema.json` is a JSON schema with an object at its root. */
export interface ConverseToolSpec {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema: { readonly json: JsonValue };
  readonly strict?: boolean;
}

/** There is no "none": a request that must not call tools leaves them out. */
export type ConverseToolChoice =
  | { readonly auto: Readonly<Record<never, never>> }
  | { readonly any: Readonly<Record<never, never>> }
  | { readonly tool: { readonly name: string } };
