import type { BedrockPromptVariant } from '@genai-gateway/protocol';
import type { PromptContent } from '../prompt-admin.ts';

/** A variant with a template of text, changed as said. */
export function textVariant(
  name: string,
  text: string,
  change: Partial<BedrockPromptVariant> = {},
): BedrockPromptVariant {
  return {
    name,
    templateType: 'TEXT',
    templateConfiguration: { text: { text, inputVariables: [] } },
    modelId: 'amazon.nova-lite-v1:0',
    ...change,
  };
}

/** What a prompt with one variant says, changed as said. */
export function promptContent(name: string, change: Partial<PromptContent> = {}): PromptContent {
  return {
    name,
    description: undefined,
    defaultVariant: undefined,
    kmsKeyArn: undefined,
    variants: [textVariant('only', 'Say hello.')],
    ...change,
  };
}
