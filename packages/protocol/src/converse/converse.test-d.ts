import type * as sdk from '@aws-sdk/client-bedrock-runtime';
import { describe, expectTypeOf, test } from 'vitest';
import type { Differing, Field, Item, Keys, Named, Strange } from '../type-keys.ts';
import type { ConverseGuardrailConfig } from './guardrail.ts';
import type { ConverseReply, ConverseReplyMessage, ConverseUsage, KnownConverseStopReason } from './reply.ts';
import type {
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

type SdkGuardrail = sdk.GuardrailConfiguration | sdk.GuardrailStreamConfiguration;

describe('every key of ours is one of the SDK', () => {
  test('request', () => {
    // The model id is in the path.
    expectTypeOf<Differing<ConverseRequest, Omit<sdk.ConverseRequest, 'modelId'>>>().toBeNever();
    expectTypeOf<Differing<ConverseRequest, Omit<sdk.ConverseStreamRequest, 'modelId'>>>().toBeNever();
    expectTypeOf<Differing<ConverseMessage, sdk.Message>>().toBeNever();
    expectTypeOf<Differing<ConverseSystemBlock, sdk.SystemContentBlock>>().toBeNever();
    expectTypeOf<Differing<ConverseInferenceConfig, sdk.InferenceConfiguration>>().toBeNever();
    expectTypeOf<Differing<ConverseToolConfig, sdk.ToolConfiguration>>().toBeNever();
    expectTypeOf<Differing<ConverseTool, sdk.Tool>>().toBeNever();
    expectTypeOf<Differing<ConverseToolSpec, sdk.ToolSpecification>>().toBeNever();
    expectTypeOf<Differing<Field<ConverseTool, 'systemTool'>, sdk.SystemTool>>().toBeNever();
    expectTypeOf<Differing<Field<ConverseToolSpec, 'inputSchema'>, sdk.ToolInputSchema>>().toBeNever();
    expectTypeOf<Differing<ConverseToolChoice, sdk.ToolChoice>>().toBeNever();
    expectTypeOf<Differing<Field<ConverseToolChoice, 'tool'>, sdk.SpecificToolChoice>>().toBeNever();
    expectTypeOf<Differing<ConverseGuardrailConfig, SdkGuardrail>>().toBeNever();
    expectTypeOf<Differing<Field<ConverseRequest, 'performanceConfig'>, sdk.PerformanceConfiguration>>().toBeNever();
    expectTypeOf<Differing<Field<ConverseRequest, 'serviceTier'>, sdk.ServiceTier>>().toBeNever();
    expectTypeOf<Differing<ConverseOutputConfig, sdk.OutputConfig>>().toBeNever();
    expectTypeOf<Differing<ConverseOutputFormat, sdk.OutputFormat>>().toBeNever();
    expectTypeOf<Differing<ConverseOutputFormat['structure'], sdk.OutputFormatStructure>>().toBeNever();
    expectTypeOf<
      Differing<Field<ConverseOutputFormat['structure'], 'jsonSchema'>, sdk.JsonSchemaDefinition>
    >().toBeNever();
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
    expectTypeOf<Differing<ConverseMessageStart, sdk.MessageStartEvent>>().toBeNever();
    expectTypeOf<Differing<ConverseContentBlockStart, sdk.ContentBlockStartEvent>>().toBeNever();
    expectTypeOf<Differing<Field<ConverseContentBlockStart, 'start'>, sdk.ContentBlockStart>>().toBeNever();
    expectTypeOf<
      Differing<Field<Field<ConverseContentBlockStart, 'start'>, 'toolUse'>, sdk.ToolUseBlockStart>
    >().toBeNever();
    expectTypeOf<Differing<Field<ConverseContentBlockStart['start'], 'image'>, sdk.ImageBlockStart>>().toBeNever();
    expectTypeOf<Differing<Field<ConverseContentBlockDelta['delta'], 'image'>, sdk.ImageBlockDelta>>().toBeNever();
    expectTypeOf<
      Strange<Field<Field<ConverseContentBlockDelta['delta'], 'image'>, 'source'>, sdk.ImageSource>
    >().toBeNever();
    expectTypeOf<
      Differing<Field<ConverseContentBlockStart['start'], 'toolResult'>, sdk.ToolResultBlockStart>
    >().toBeNever();
    expectTypeOf<
      Differing<Item<ConverseContentBlockDelta['delta'], 'toolResult'>, sdk.ToolResultBlockDelta>
    >().toBeNever();
    expectTypeOf<Differing<Field<ConverseContentBlockDelta['delta'], 'citation'>, sdk.CitationsDelta>>().toBeNever();
    expectTypeOf<ConverseEventType>().toExtend<Keys<sdk.ConverseStreamOutput>>();
    expectTypeOf<Differing<ConverseContentBlockDelta, sdk.ContentBlockDeltaEvent>>().toBeNever();
    expectTypeOf<Differing<Field<ConverseContentBlockDelta, 'delta'>, sdk.ContentBlockDelta>>().toBeNever();
    expectTypeOf<
      Differing<Field<Field<ConverseContentBlockDelta, 'delta'>, 'toolUse'>, sdk.ToolUseBlockDelta>
    >().toBeNever();
    expectTypeOf<
      Differing<Field<Field<ConverseContentBlockDelta, 'delta'>, 'reasoningContent'>, sdk.ReasoningContentBlockDelta>
    >().toBeNever();
    expectTypeOf<Differing<ConverseContentBlockStop, sdk.ContentBlockStopEvent>>().toBeNever();
    expectTypeOf<Differing<ConverseMessageStop, sdk.MessageStopEvent>>().toBeNever();
    expectTypeOf<Differing<ConverseStreamMetadata, sdk.ConverseStreamMetadataEvent>>().toBeNever();
  });
});

describe('the values we name are those of the SDK', () => {
  test('every stop reason, both ways', () => {
    expectTypeOf<KnownConverseStopReason>().toEqualTypeOf<sdk.StopReason>();
  });

  test('roles, tiers, formats, guardrails', () => {
    expectTypeOf<ConverseMessage['role']>().toEqualTypeOf<sdk.ConversationRole>();
    expectTypeOf<Named<Field<ConverseRequest['serviceTier'], 'type'>>>().toEqualTypeOf<sdk.ServiceTierType>();
    expectTypeOf<
      Named<Field<ConverseRequest['performanceConfig'], 'latency'>>
    >().toEqualTypeOf<sdk.PerformanceConfigLatency>();
    expectTypeOf<Named<ConverseOutputFormat['type']>>().toEqualTypeOf<sdk.OutputFormatType>();
    expectTypeOf<Named<Field<ConverseGuardrailConfig, 'trace'>>>().toEqualTypeOf<sdk.GuardrailTrace>();
    expectTypeOf<
      Named<Field<ConverseGuardrailConfig, 'streamProcessingMode'>>
    >().toEqualTypeOf<sdk.GuardrailStreamProcessingMode>();
  });
});

test('the check sees a key that the SDK does not have', () => {
  expectTypeOf<Strange<{ maxOutputTokens?: number }, sdk.InferenceConfiguration>>().toEqualTypeOf<'maxOutputTokens'>();
});
