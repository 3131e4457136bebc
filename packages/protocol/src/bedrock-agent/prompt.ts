import type { ConverseCachePointBlock } from '../converse/content.ts';
import type {
  ConverseInferenceConfig,
  ConverseMessage,
  ConverseSystemBlock,
  ConverseTool,
  ConverseToolChoice,
} from '../converse/request.ts';
import type { JsonValue, Open } from '../json.ts';

/**
 * A variant of a managed prompt, as Bedrock's prompt API reads and writes it.
 * Source: botocore 1.43.126, bedrock-agent/2023-06-05, `PromptVariant` (read 2026-11-23).
 */
export interface BedrockPromptVariant {
  readonly name: string;
  readonly templateType: Open<'TEXT' | 'CHAT'>;
  /** One of the two. */
  readonly templateConfiguration: {
    readonly text?: BedrockTextTemplate;
    readonly chat?: BedrockChatTemplate;
  };
  readonly modelId?: string;
  readonly inferenceConfiguration?: { readonly text?: ConverseInferenceConfig };
  readonly metadata?: readonly BedrockPromptMetadata[];
  readonly additionalModelRequestFields?: JsonValue;
  /** Made for an agent in place of a model. */
  readonly genAiResource?: { readonly agent?: { readonly agentIdentifier: string } };
}

export interface BedrockTextTemplate {
  readonly text: string;
  readonly cachePoint?: ConverseCachePointBlock['cachePoint'];
  readonly inputVariables?: readonly BedrockPromptVariable[];
}

/** Its blocks are texts and cache points only. */
export interface BedrockChatTemplate {
  readonly messages: readonly ConverseMessage[];
  readonly system?: readonly ConverseSystemBlock[];
  readonly inputVariables?: readonly BedrockPromptVariable[];
  readonly toolConfiguration?: { readonly tools: readonly ConverseTool[]; readonly toolChoice?: ConverseToolChoice };
}

export interface BedrockPromptVariable {
  readonly name: string;
}

/** `key`: 1 to 128, `value`: up to 1024 of `[a-zA-Z0-9\s._:/=+@-]`. */
export interface BedrockPromptMetadata {
  readonly key: string;
  readonly value: string;
}
