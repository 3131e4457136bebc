import type Anthropic from '@anthropic-ai/sdk';
import { describe, expectTypeOf, test } from 'vitest';
import type { Differing, Field, Item, Missing, Named, Strange } from '../type-keys.ts';
import type {
  AnthropicCharLocation,
  AnthropicCitation,
  AnthropicContentBlockLocation,
  AnthropicPageLocation,
  AnthropicSearchResultLocation,
  AnthropicWebSearchResultLocation,
} from './citation.ts';
import type {
  AnthropicBase64Source,
  AnthropicCacheControl,
  AnthropicCitationsConfig,
  AnthropicContentBlock,
  AnthropicDocumentBlock,
  AnthropicImageBlock,
  AnthropicMessage,
  AnthropicOtherBlock,
  AnthropicRedactedThinkingBlock,
  AnthropicSearchResultBlock,
  AnthropicTextBlock,
  AnthropicThinkingBlock,
  AnthropicToolResultBlock,
  AnthropicToolUseBlock,
} from './message.ts';
import type {
  AnthropicErrorBody,
  AnthropicErrorType,
  AnthropicReply,
  AnthropicReplyBlock,
  AnthropicStopDetails,
  AnthropicTokenCount,
  AnthropicUsage,
  KnownAnthropicStopReason,
} from './reply.ts';
import type {
  AnthropicOutputConfig,
  AnthropicOutputFormat,
  AnthropicRequest,
  AnthropicThinking,
  AnthropicTool,
  AnthropicToolChoice,
} from './request.ts';
import type {
  AnthropicContentBlockDelta,
  AnthropicContentBlockStart,
  AnthropicContentBlockStop,
  AnthropicDelta,
  AnthropicMessageDelta,
  AnthropicMessageStart,
  AnthropicMessageStop,
  AnthropicStreamEvent,
} from './stream.ts';

type SdkRequest = Anthropic.MessageCreateParams;
type SdkBlock = Anthropic.ContentBlockParam;
type Kind<Union, Type extends string> = Extract<Union, { readonly type: Type }>;

describe('our keys are those of the SDK, both ways', () => {
  test('request', () => {
    // The newest models have no such knobs, so the SDK does not name them any more; the API takes them for older ones.
    // The last three are in beta.
    expectTypeOf<Strange<AnthropicRequest, SdkRequest>>().toEqualTypeOf<
      'temperature' | 'top_p' | 'top_k' | 'context_management' | 'mcp_servers' | 'output_format'
    >();
    expectTypeOf<Missing<AnthropicRequest, SdkRequest>>().toBeNever();
    expectTypeOf<Differing<Field<AnthropicRequest, 'metadata'>, Anthropic.Metadata>>().toBeNever();
    expectTypeOf<Differing<AnthropicOutputConfig, Anthropic.OutputConfig>>().toBeNever();
    expectTypeOf<Differing<AnthropicOutputFormat, Anthropic.JSONOutputFormat>>().toBeNever();
    expectTypeOf<Differing<AnthropicTool, Anthropic.Tool>>().toBeNever();
    expectTypeOf<Differing<AnthropicToolChoice, Anthropic.ToolChoice>>().toBeNever();
    expectTypeOf<Differing<AnthropicThinking, Anthropic.ThinkingConfigParam>>().toBeNever();
  });

  test('messages and blocks', () => {
    expectTypeOf<Differing<AnthropicMessage, Anthropic.MessageParam>>().toBeNever();
    expectTypeOf<Differing<AnthropicTextBlock, Anthropic.TextBlockParam>>().toBeNever();
    expectTypeOf<Differing<AnthropicCacheControl, Anthropic.CacheControlEphemeral>>().toBeNever();
    expectTypeOf<Strange<AnthropicImageBlock, Anthropic.ImageBlockParam>>().toBeNever();
    expectTypeOf<Differing<AnthropicImageBlock['source'], Anthropic.ImageBlockParam['source']>>().toBeNever();
    expectTypeOf<Differing<AnthropicDocumentBlock, Anthropic.DocumentBlockParam>>().toBeNever();
    expectTypeOf<Differing<AnthropicDocumentBlock['source'], Anthropic.DocumentBlockParam['source']>>().toBeNever();
    expectTypeOf<Differing<AnthropicBase64Source, Anthropic.Base64PDFSource>>().toBeNever();
    expectTypeOf<Differing<AnthropicSearchResultBlock, Anthropic.SearchResultBlockParam>>().toBeNever();
    expectTypeOf<Differing<AnthropicCitationsConfig, Anthropic.CitationsConfigParam>>().toBeNever();
    expectTypeOf<Differing<AnthropicThinkingBlock, Anthropic.ThinkingBlockParam>>().toBeNever();
    expectTypeOf<Differing<AnthropicRedactedThinkingBlock, Anthropic.RedactedThinkingBlockParam>>().toBeNever();
  });

  test('calls and results, but for who runs them beside the caller', () => {
    expectTypeOf<Differing<AnthropicToolUseBlock, Anthropic.ToolUseBlockParam>>().toEqualTypeOf<
      'caller' | 'toolset_name'
    >();
    expectTypeOf<Differing<AnthropicToolResultBlock, Anthropic.ToolResultBlockParam>>().toEqualTypeOf<'toolset_name'>();
  });

  test('citations', () => {
    expectTypeOf<AnthropicCitation['type']>().toEqualTypeOf<Anthropic.TextCitation['type']>();
    expectTypeOf<Differing<AnthropicCharLocation, Anthropic.CitationCharLocation>>().toBeNever();
    expectTypeOf<Differing<AnthropicPageLocation, Anthropic.CitationPageLocation>>().toBeNever();
    expectTypeOf<Differing<AnthropicContentBlockLocation, Anthropic.CitationContentBlockLocation>>().toBeNever();
    expectTypeOf<Differing<AnthropicSearchResultLocation, Anthropic.CitationsSearchResultLocation>>().toBeNever();
    expectTypeOf<Differing<AnthropicWebSearchResultLocation, Anthropic.CitationsWebSearchResultLocation>>().toBeNever();
  });

  test('answer', () => {
    // What Anthropic keeps and runs for its callers, and what it tells of their accounts.
    expectTypeOf<Differing<AnthropicReply, Anthropic.Message>>().toEqualTypeOf<'container' | 'diagnostics'>();
    expectTypeOf<Differing<AnthropicUsage, Anthropic.Usage>>().toEqualTypeOf<'inference_geo' | 'speed'>();
    expectTypeOf<Differing<Field<AnthropicUsage, 'cache_creation'>, Anthropic.CacheCreation>>().toBeNever();
    expectTypeOf<
      Differing<Field<AnthropicUsage, 'output_tokens_details'>, Anthropic.OutputTokensDetails>
    >().toBeNever();
    expectTypeOf<Differing<AnthropicStopDetails, Anthropic.RefusalStopDetails>>().toBeNever();
    expectTypeOf<Differing<Kind<AnthropicReplyBlock, 'text'>, Anthropic.TextBlock>>().toBeNever();
    expectTypeOf<Differing<Kind<AnthropicReplyBlock, 'thinking'>, Anthropic.ThinkingBlock>>().toBeNever();
    expectTypeOf<
      Differing<Kind<AnthropicReplyBlock, 'redacted_thinking'>, Anthropic.RedactedThinkingBlock>
    >().toBeNever();
    expectTypeOf<Differing<Kind<AnthropicReplyBlock, 'tool_use'>, Anthropic.ToolUseBlock>>().toEqualTypeOf<
      'caller' | 'toolset_name'
    >();
    expectTypeOf<Differing<AnthropicTokenCount, Anthropic.MessageTokensCount>>().toBeNever();
    expectTypeOf<Differing<AnthropicErrorBody, Anthropic.ErrorResponse>>().toBeNever();
  });

  test('stream', () => {
    expectTypeOf<AnthropicStreamEvent['type']>().toEqualTypeOf<
      Anthropic.RawMessageStreamEvent['type'] | 'ping' | 'error'
    >();
    expectTypeOf<Differing<AnthropicMessageStart, Anthropic.RawMessageStartEvent>>().toBeNever();
    expectTypeOf<Differing<AnthropicContentBlockStart, Anthropic.RawContentBlockStartEvent>>().toBeNever();
    expectTypeOf<Differing<AnthropicContentBlockDelta, Anthropic.RawContentBlockDeltaEvent>>().toBeNever();
    expectTypeOf<Differing<AnthropicContentBlockStop, Anthropic.RawContentBlockStopEvent>>().toBeNever();
    expectTypeOf<Differing<AnthropicMessageDelta, Anthropic.RawMessageDeltaEvent>>().toBeNever();
    expectTypeOf<
      Differing<AnthropicMessageDelta['delta'], Anthropic.RawMessageDeltaEvent['delta']>
    >().toEqualTypeOf<'container'>();
    expectTypeOf<Missing<AnthropicUsage, Anthropic.MessageDeltaUsage>>().toBeNever();
    expectTypeOf<Differing<AnthropicMessageStop, Anthropic.RawMessageStopEvent>>().toBeNever();
    expectTypeOf<AnthropicDelta['type']>().toEqualTypeOf<Anthropic.RawContentBlockDelta['type']>();
    expectTypeOf<Differing<AnthropicDelta, Anthropic.RawContentBlockDelta>>().toBeNever();
  });
});

describe('the values we name are those of the SDK', () => {
  test('every role, both ways', () => {
    expectTypeOf<AnthropicMessage['role']>().toEqualTypeOf<Anthropic.MessageParam['role']>();
  });

  test('every kind of block, and two that are not in messages of their own', () => {
    expectTypeOf<Exclude<SdkBlock['type'], AnthropicContentBlock['type']>>().toBeNever();
    // A tool reference stands in tool results; a compaction is in beta.
    expectTypeOf<Exclude<AnthropicContentBlock['type'], SdkBlock['type']>>().toEqualTypeOf<
      'tool_reference' | 'compaction'
    >();
    expectTypeOf<Anthropic.ToolReferenceBlockParam['type']>().toExtend<AnthropicOtherBlock['type']>();
    expectTypeOf<Anthropic.Beta.BetaCompactionBlockParam['type']>().toExtend<AnthropicOtherBlock['type']>();
  });

  test('every source of an image, both ways', () => {
    expectTypeOf<AnthropicImageBlock['source']['type']>().toEqualTypeOf<Anthropic.ImageBlockParam['source']['type']>();
  });

  test('cache, thinking, tool choices', () => {
    expectTypeOf<Named<Field<AnthropicCacheControl, 'ttl'>>>().toEqualTypeOf<
      Field<Anthropic.CacheControlEphemeral, 'ttl'>
    >();
    expectTypeOf<Named<AnthropicThinking['type']>>().toEqualTypeOf<Anthropic.ThinkingConfigParam['type']>();
    expectTypeOf<Named<Field<AnthropicThinking, 'display'>>>().toEqualTypeOf<
      Field<Anthropic.ThinkingConfigParam, 'display'>
    >();
    expectTypeOf<AnthropicToolChoice['type']>().toEqualTypeOf<Anthropic.ToolChoice['type']>();
    expectTypeOf<Named<Field<AnthropicOutputConfig, 'effort'>>>().toEqualTypeOf<
      Field<Anthropic.OutputConfig, 'effort'>
    >();
    expectTypeOf<Named<Field<AnthropicRequest, 'service_tier'>>>().toEqualTypeOf<Field<SdkRequest, 'service_tier'>>();
    expectTypeOf<Named<Field<AnthropicRequest, 'speed'>>>().toEqualTypeOf<Field<SdkRequest, 'speed'>>();
  });

  test('stop reasons, tiers, errors', () => {
    expectTypeOf<KnownAnthropicStopReason>().toEqualTypeOf<Anthropic.StopReason>();
    expectTypeOf<AnthropicUsage['service_tier']>().toEqualTypeOf<Anthropic.Usage['service_tier']>();
    expectTypeOf<AnthropicErrorType>().toExtend<Anthropic.ErrorType>();
  });
});

describe('what we write is what the SDK takes', () => {
  test('thinking and choices are assignable', () => {
    expectTypeOf<AnthropicThinkingBlock>().toExtend<Anthropic.ThinkingBlockParam>();
    expectTypeOf<AnthropicRedactedThinkingBlock>().toExtend<Anthropic.RedactedThinkingBlockParam>();
    expectTypeOf<AnthropicToolChoice>().toExtend<Anthropic.ToolChoice>();
    expectTypeOf<Item<AnthropicRequest, 'stop_sequences'>>().toExtend<Item<SdkRequest, 'stop_sequences'>>();
  });

  test('values of answers are assignable', () => {
    expectTypeOf<Kind<AnthropicReplyBlock, 'thinking'>>().toExtend<Anthropic.ThinkingBlock>();
    // A citation of ours may lack what requests need not say.
    expectTypeOf<Exclude<AnthropicDelta, { type: 'citations_delta' }>>().toExtend<Anthropic.RawContentBlockDelta>();
    expectTypeOf<AnthropicUsage>().toExtend<Omit<Anthropic.Usage, 'inference_geo' | 'speed'>>();
    expectTypeOf<AnthropicStopDetails>().toExtend<Anthropic.RefusalStopDetails>();
  });

  test('a kind narrows to its block', () => {
    expectTypeOf<Extract<AnthropicContentBlock, { readonly type: 'text' }>>().toEqualTypeOf<AnthropicTextBlock>();
  });
});

test('the check sees a key that the SDK does not have', () => {
  expectTypeOf<Strange<{ maxTokens?: number }, SdkRequest>>().toEqualTypeOf<'maxTokens'>();
});
