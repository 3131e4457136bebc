import type * as sdk from '@aws-sdk/client-bedrock-runtime';
import { describe, expectTypeOf, test } from 'vitest';
import type { Field, Item, Keys, Named, Strange } from '../type-keys.ts';
import type {
  ConverseCachePointBlock,
  ConverseCitationsBlock,
  ConverseContentBlock,
  ConverseImageBlock,
  ConverseImageFormat,
  ConverseReasoningBlock,
  ConverseS3Location,
  ConverseToolResultBlock,
  ConverseToolResultContent,
  ConverseToolUseBlock,
} from './content.ts';
import type { ConverseReply, ConverseReplyMessage, ConverseUsage, KnownConverseStopReason } from './reply.ts';
import type {
  ConverseGuardrailConfig,
  ConverseInferenceConfig,
  ConverseMessage,
  ConverseOutputConfig,
  ConverseOutputFormat,
  ConverseRequest,
  ConverseSystemBlock,
  ConverseTool,
  ConverseToolChoice,
  ConverseToolConfig,
  ConverseToolSpec,
} from './request.ts';
import type {
  ConverseContentBlockDelta,
  ConverseContentBlockStart,
  ConverseContentBlockStop,
  ConverseEventType,
  ConverseMessageStart,
  ConverseMessageStop,
  ConverseStreamEvents,
  ConverseStreamMetadata,
} from './stream.ts';

type SdkReasoning = Field<sdk.ContentBlock, 'reasoningContent'>;
type SdkGuardrail = sdk.GuardrailConfiguration | sdk.GuardrailStreamConfiguration;

describe('every key of ours is one of the SDK', () => {
  test('request', () => {
    expectTypeOf<Strange<ConverseRequest, sdk.ConverseRequest>>().toBeNever();
    expectTypeOf<Strange<ConverseRequest, sdk.ConverseStreamRequest>>().toBeNever();
    expectTypeOf<Strange<ConverseMessage, sdk.Message>>().toBeNever();
    expectTypeOf<Strange<ConverseSystemBlock, sdk.SystemContentBlock>>().toBeNever();
    expectTypeOf<Strange<ConverseInferenceConfig, sdk.InferenceConfiguration>>().toBeNever();
    expectTypeOf<Strange<ConverseToolConfig, sdk.ToolConfiguration>>().toBeNever();
    expectTypeOf<Strange<ConverseTool, sdk.Tool>>().toBeNever();
    expectTypeOf<Strange<ConverseToolSpec, sdk.ToolSpecification>>().toBeNever();
    expectTypeOf<Strange<Field<ConverseToolSpec, 'inputSchema'>, sdk.ToolInputSchema>>().toBeNever();
    expectTypeOf<Strange<ConverseToolChoice, sdk.ToolChoice>>().toBeNever();
    expectTypeOf<Strange<Field<ConverseToolChoice, 'tool'>, sdk.SpecificToolChoice>>().toBeNever();
    expectTypeOf<Strange<ConverseGuardrailConfig, SdkGuardrail>>().toBeNever();
    expectTypeOf<Strange<Field<ConverseRequest, 'performanceConfig'>, sdk.PerformanceConfiguration>>().toBeNever();
    expectTypeOf<Strange<Field<ConverseRequest, 'serviceTier'>, sdk.ServiceTier>>().toBeNever();
    expectTypeOf<Strange<ConverseOutputConfig, sdk.OutputConfig>>().toBeNever();
    expectTypeOf<Strange<ConverseOutputFormat, sdk.OutputFormat>>().toBeNever();
    expectTypeOf<Strange<ConverseOutputFormat['structure'], sdk.OutputFormatStructure>>().toBeNever();
    expectTypeOf<
      Strange<Field<ConverseOutputFormat['structure'], 'jsonSchema'>, sdk.JsonSchemaDefinition>
    >().toBeNever();
  });

  test('content blocks', () => {
    expectTypeOf<Strange<ConverseContentBlock, sdk.ContentBlock>>().toBeNever();
    expectTypeOf<Strange<Field<ConverseImageBlock, 'image'>, sdk.ImageBlock>>().toBeNever();
    expectTypeOf<Strange<Field<ConverseImageBlock['image'], 'source'>, sdk.ImageSource>>().toBeNever();
    expectTypeOf<Strange<ConverseS3Location, sdk.S3Location>>().toBeNever();
    expectTypeOf<Strange<Field<ConverseToolUseBlock, 'toolUse'>, sdk.ToolUseBlock>>().toBeNever();
    expectTypeOf<Strange<Field<ConverseToolResultBlock, 'toolResult'>, sdk.ToolResultBlock>>().toBeNever();
    expectTypeOf<Strange<ConverseToolResultContent, sdk.ToolResultContentBlock>>().toBeNever();
    expectTypeOf<Strange<Field<ConverseReasoningBlock, 'reasoningContent'>, SdkReasoning>>().toBeNever();
    expectTypeOf<
      Strange<Field<Field<ConverseReasoningBlock, 'reasoningContent'>, 'reasoningText'>, sdk.ReasoningTextBlock>
    >().toBeNever();
    expectTypeOf<Strange<Field<ConverseCitationsBlock, 'citationsContent'>, sdk.CitationsContentBlock>>().toBeNever();
    expectTypeOf<
      Strange<Item<ConverseCitationsBlock['citationsContent'], 'content'>, sdk.CitationGeneratedContent>
    >().toBeNever();
    expectTypeOf<Strange<Field<ConverseCachePointBlock, 'cachePoint'>, sdk.CachePointBlock>>().toBeNever();
  });

  test('reply', () => {
    expectTypeOf<Strange<ConverseReply, sdk.ConverseResponse>>().toBeNever();
    expectTypeOf<Strange<Field<ConverseReply, 'output'>, sdk.ConverseOutput>>().toBeNever();
    expectTypeOf<Strange<ConverseReplyMessage, sdk.Message>>().toBeNever();
    expectTypeOf<Strange<ConverseUsage, sdk.TokenUsage>>().toBeNever();
    expectTypeOf<Strange<Item<ConverseUsage, 'cacheDetails'>, sdk.CacheDetail>>().toBeNever();
    expectTypeOf<Strange<Field<ConverseReply, 'metrics'>, sdk.ConverseMetrics>>().toBeNever();
  });

  test('stream events', () => {
    expectTypeOf<Strange<ConverseStreamEvents, sdk.ConverseStreamOutput>>().toBeNever();
    expectTypeOf<Strange<ConverseMessageStart, sdk.MessageStartEvent>>().toBeNever();
    expectTypeOf<Strange<ConverseContentBlockStart, sdk.ContentBlockStartEvent>>().toBeNever();
    expectTypeOf<Strange<Field<ConverseContentBlockStart, 'start'>, sdk.ContentBlockStart>>().toBeNever();
    expectTypeOf<
      Strange<Field<Field<ConverseContentBlockStart, 'start'>, 'toolUse'>, sdk.ToolUseBlockStart>
    >().toBeNever();
    expectTypeOf<Strange<Field<ConverseContentBlockStart['start'], 'image'>, sdk.ImageBlockStart>>().toBeNever();
    expectTypeOf<Strange<Field<ConverseContentBlockDelta['delta'], 'image'>, sdk.ImageBlockDelta>>().toBeNever();
    expectTypeOf<
      Strange<Field<Field<ConverseContentBlockDelta['delta'], 'image'>, 'source'>, sdk.ImageSource>
    >().toBeNever();
    expectTypeOf<ConverseEventType>().toExtend<Keys<sdk.ConverseStreamOutput>>();
    expectTypeOf<Strange<ConverseContentBlockDelta, sdk.ContentBlockDeltaEvent>>().toBeNever();
    expectTypeOf<Strange<Field<ConverseContentBlockDelta, 'delta'>, sdk.ContentBlockDelta>>().toBeNever();
    expectTypeOf<
      Strange<Field<Field<ConverseContentBlockDelta, 'delta'>, 'toolUse'>, sdk.ToolUseBlockDelta>
    >().toBeNever();
    expectTypeOf<
      Strange<Field<Field<ConverseContentBlockDelta, 'delta'>, 'reasoningContent'>, sdk.ReasoningContentBlockDelta>
    >().toBeNever();
    expectTypeOf<Strange<ConverseContentBlockStop, sdk.ContentBlockStopEvent>>().toBeNever();
    expectTypeOf<Strange<ConverseMessageStop, sdk.MessageStopEvent>>().toBeNever();
    expectTypeOf<Strange<ConverseStreamMetadata, sdk.ConverseStreamMetadataEvent>>().toBeNever();
  });
});

describe('the values we name are those of the SDK', () => {
  test('every stop reason, both ways', () => {
    expectTypeOf<KnownConverseStopReason>().toEqualTypeOf<sdk.StopReason>();
  });

  test('every image format, both ways', () => {
    expectTypeOf<ConverseImageFormat>().toEqualTypeOf<sdk.ImageFormat>();
  });

  test('roles, tool result status, cache point, tiers, formats', () => {
    expectTypeOf<ConverseMessage['role']>().toEqualTypeOf<sdk.ConversationRole>();
    expectTypeOf<Named<Field<ConverseRequest['serviceTier'], 'type'>>>().toEqualTypeOf<sdk.ServiceTierType>();
    expectTypeOf<
      Named<Field<ConverseRequest['performanceConfig'], 'latency'>>
    >().toEqualTypeOf<sdk.PerformanceConfigLatency>();
    expectTypeOf<Named<ConverseOutputFormat['type']>>().toEqualTypeOf<sdk.OutputFormatType>();
    expectTypeOf<Named<Field<ConverseCachePointBlock['cachePoint'], 'ttl'>>>().toEqualTypeOf<sdk.CacheTTL>();
    expectTypeOf<
      Exclude<Named<Field<ConverseToolResultBlock['toolResult'], 'status'>>, sdk.ToolResultStatus>
    >().toBeNever();
    expectTypeOf<Exclude<ConverseCachePointBlock['cachePoint']['type'], sdk.CachePointType>>().toBeNever();
  });
});

test('the check sees a key that the SDK does not have', () => {
  expectTypeOf<Strange<{ maxOutputTokens?: number }, sdk.InferenceConfiguration>>().toEqualTypeOf<'maxOutputTokens'>();
});
