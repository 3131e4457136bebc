import type {
  ConverseInferenceConfig,
  ConverseMessage,
  ConverseSystemBlock,
  ConverseToolConfig,
  JsonObject,
} from '@genai-gateway/protocol';

/** A managed prompt with its variables filled in, in the words of Converse. */
export interface PromptParts {
  readonly system: readonly ConverseSystemBlock[];
  readonly messages: readonly ConverseMessage[];
  readonly toolConfig: ConverseToolConfig | undefined;
  readonly inferenceConfig: ConverseInferenceConfig | undefined;
  readonly additionalModelRequestFields: JsonObject | undefined;
}
