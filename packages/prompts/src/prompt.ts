import type {
  ConverseInferenceConfig,
  ConverseMessage,
  ConverseSystemBlock,
  ConverseToolConfig,
  JsonObject,
} from '@genai-gateway/protocol';

/** A managed prompt: one version of it, or its draft. */
export interface Prompt {
  /** Without its version: `arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ`. */
  readonly arn: string;
  /** `ABCDEFGHIJ` */
  readonly promptId: string;
  readonly name: string;
  /** `DRAFT`, or `1`, `2`, … */
  readonly version: string;
  /** Undefined: the only variant, else none. */
  readonly defaultVariant: string | undefined;
  readonly variants: readonly PromptVariant[];
}

/** An alternative of a prompt: its own template, for a model of its own. */
export interface PromptVariant {
  readonly name: string;
  /** What it is made for: a Bedrock id, profile or ARN, or any name that the gateway serves; undefined: nobody said. */
  readonly model: string | undefined;
  /** `model` is not what Bedrock itself would call for this variant. */
  readonly isRedirected: boolean;
  readonly template: PromptTemplate;
  readonly inferenceConfig: ConverseInferenceConfig | undefined;
  readonly additionalModelRequestFields: JsonObject | undefined;
  /** Its share of the calls beside the other variants with a share; undefined: it has none. */
  readonly weight: number | undefined;
}

/**
 * Texts hold `{{name}}` for each variable; `variables` are those that the author has declared. `unusable`: made for
 * something that the gateway does not run; `because` goes on after "it cannot be used:".
 */
export type PromptTemplate =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly cachePoint: boolean;
      readonly variables: readonly string[];
    }
  | {
      readonly kind: 'chat';
      readonly system: readonly ConverseSystemBlock[];
      readonly messages: readonly ConverseMessage[];
      readonly toolConfig: ConverseToolConfig | undefined;
      readonly variables: readonly string[];
    }
  | { readonly kind: 'unusable'; readonly because: string };

/** A variant with its variables filled in, in the words of Converse. */
export interface RenderedPrompt {
  readonly system: readonly ConverseSystemBlock[];
  /** None where the template of a chat has only a system prompt: then the caller must bring some. */
  readonly messages: readonly ConverseMessage[];
  readonly toolConfig: ConverseToolConfig | undefined;
  readonly inferenceConfig: ConverseInferenceConfig | undefined;
  readonly additionalModelRequestFields: JsonObject | undefined;
}
