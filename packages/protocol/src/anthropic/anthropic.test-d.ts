import type Anthropic from '@anthropic-ai/sdk';
import { describe, expectTypeOf, test } from 'vitest';
import type { Field, Item, Named, Strange } from '../type-keys.ts';
import type {
  AnthropicCacheControl,
  AnthropicContentBlock,
  AnthropicImageBlock,
  AnthropicMessage,
  AnthropicOtherBlock,
  AnthropicRedactedThinkingBlock,
  AnthropicTextBlock,
  AnthropicThinkingBlock,
  AnthropicToolResultBlock,
  AnthropicToolUseBlock,
} from './message.ts';
import type { AnthropicRequest, AnthropicThinking, AnthropicTool, AnthropicToolChoice } from './request.ts';

type SdkRequest = Anthropic.MessageCreateParams;
type SdkBlock = Anthropic.ContentBlockParam;

describe('every key of ours is one of the SDK', () => {
  test('request', () => {
    // The newest models have no such knobs, so the SDK does not name them any more; the API takes them for older ones.
    expectTypeOf<Strange<AnthropicRequest, SdkRequest>>().toEqualTypeOf<'temperature' | 'top_p' | 'top_k'>();
    expectTypeOf<Strange<Field<AnthropicRequest, 'metadata'>, Anthropic.Metadata>>().toBeNever();
    expectTypeOf<Strange<AnthropicTool, Anthropic.Tool>>().toBeNever();
    expectTypeOf<Strange<AnthropicToolChoice, Anthropic.ToolChoice>>().toBeNever();
    expectTypeOf<Strange<AnthropicThinking, Anthropic.ThinkingConfigParam>>().toBeNever();
  });

  test('messages and blocks', () => {
    expectTypeOf<Strange<AnthropicMessage, Anthropic.MessageParam>>().toBeNever();
    expectTypeOf<Strange<AnthropicTextBlock, Anthropic.TextBlockParam>>().toBeNever();
    expectTypeOf<Strange<AnthropicCacheControl, Anthropic.CacheControlEphemeral>>().toBeNever();
    expectTypeOf<Strange<AnthropicImageBlock, Anthropic.ImageBlockParam>>().toBeNever();
    expectTypeOf<Strange<AnthropicImageBlock['source'], Anthropic.ImageBlockParam['source']>>().toBeNever();
    expectTypeOf<Strange<AnthropicToolUseBlock, Anthropic.ToolUseBlockParam>>().toBeNever();
    expectTypeOf<Strange<AnthropicToolResultBlock, Anthropic.ToolResultBlockParam>>().toBeNever();
    expectTypeOf<Strange<AnthropicThinkingBlock, Anthropic.ThinkingBlockParam>>().toBeNever();
    expectTypeOf<Strange<AnthropicRedactedThinkingBlock, Anthropic.RedactedThinkingBlockParam>>().toBeNever();
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
  });
});

describe('what we write is what the SDK takes', () => {
  test('thinking and choices are assignable', () => {
    expectTypeOf<AnthropicThinkingBlock>().toExtend<Anthropic.ThinkingBlockParam>();
    expectTypeOf<AnthropicRedactedThinkingBlock>().toExtend<Anthropic.RedactedThinkingBlockParam>();
    expectTypeOf<AnthropicToolChoice>().toExtend<Anthropic.ToolChoice>();
    expectTypeOf<Item<AnthropicRequest, 'stop_sequences'>>().toExtend<Item<SdkRequest, 'stop_sequences'>>();
  });

  test('a kind narrows to its block', () => {
    expectTypeOf<Extract<AnthropicContentBlock, { readonly type: 'text' }>>().toEqualTypeOf<AnthropicTextBlock>();
  });
});

test('the check sees a key that the SDK does not have', () => {
  expectTypeOf<Strange<{ maxTokens?: number }, SdkRequest>>().toEqualTypeOf<'maxTokens'>();
});
