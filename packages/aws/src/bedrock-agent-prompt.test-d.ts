import type * as sdk from '@aws-sdk/client-bedrock-agent';
import type {
  BedrockChatTemplate,
  BedrockPromptMetadata,
  BedrockPromptVariant,
  BedrockTextTemplate,
} from '@genai-gateway/protocol';
import { expectTypeOf, test } from 'vitest';

type Strange<Ours, Theirs> = Exclude<keyof Ours, keyof Theirs>;

test('every key of a variant is one of the SDK', () => {
  expectTypeOf<Strange<BedrockPromptVariant, sdk.PromptVariant>>().toBeNever();
  expectTypeOf<Strange<BedrockTextTemplate, sdk.TextPromptTemplateConfiguration>>().toBeNever();
  expectTypeOf<Strange<BedrockChatTemplate, sdk.ChatPromptTemplateConfiguration>>().toBeNever();
  expectTypeOf<Strange<NonNullable<BedrockChatTemplate['toolConfiguration']>, sdk.ToolConfiguration>>().toBeNever();
  expectTypeOf<Strange<BedrockPromptMetadata, sdk.PromptMetadataEntry>>().toBeNever();
  expectTypeOf<
    Strange<
      NonNullable<NonNullable<BedrockPromptVariant['inferenceConfiguration']>['text']>,
      sdk.PromptModelInferenceConfiguration
    >
  >().toBeNever();
});
