import type OpenAI from 'openai';
import { describe, expectTypeOf, test } from 'vitest';
import type { Differing, Field, Item, Missing, Strange } from '../type-keys.ts';
import type {
  OpenaiAnnotation,
  OpenaiAnswer,
  OpenaiAnsweredToolCall,
  OpenaiChatCompletion,
  OpenaiChoice,
  OpenaiChunk,
  OpenaiChunkChoice,
  OpenaiDelta,
  OpenaiFinishReason,
  OpenaiToolCallDelta,
  OpenaiUsage,
} from './completion.ts';
import type {
  OpenaiAssistantMessage,
  OpenaiFunctionCall,
  OpenaiFunctionMessage,
  OpenaiSystemMessage,
  OpenaiToolCall,
  OpenaiToolMessage,
  OpenaiUserMessage,
} from './message.ts';
import type { OpenaiErrorBody, OpenaiModel } from './other.ts';
import type {
  OpenaiAudioPart,
  OpenaiContentPart,
  OpenaiFilePart,
  OpenaiImagePart,
  OpenaiRefusalPart,
  OpenaiTextPart,
} from './part.ts';
import type {
  OpenaiAllowedToolChoice,
  OpenaiChatRequest,
  OpenaiFunctionDefinition,
  OpenaiJsonSchema,
  OpenaiStreamOptions,
  OpenaiTool,
  OpenaiToolChoice,
} from './request.ts';
import type { VendorChatParameters } from './vendor-parameters.ts';

type Chat = OpenAI.ChatCompletionCreateParams;
type SdkChunk = OpenAI.ChatCompletionChunk;
type SdkDelta = OpenAI.ChatCompletionChunk.Choice.Delta;
/** Fields of answers that other vendors added. */
type OfLitellm = 'reasoning_content' | 'thinking_blocks' | 'images' | 'provider_specific_fields';

describe('every key of ours is one of the SDK', () => {
  test('request', () => {
    expectTypeOf<Strange<OpenaiChatRequest, Chat>>().toEqualTypeOf<keyof VendorChatParameters>();
    expectTypeOf<Strange<OpenaiJsonSchema, OpenAI.ResponseFormatJSONSchema['json_schema']>>().toBeNever();
    expectTypeOf<Strange<OpenaiAllowedToolChoice, OpenAI.ChatCompletionAllowedToolChoice>>().toBeNever();
    expectTypeOf<Strange<OpenaiAllowedToolChoice['allowed_tools'], OpenAI.ChatCompletionAllowedTools>>().toBeNever();
    expectTypeOf<Strange<OpenaiStreamOptions, OpenAI.ChatCompletionStreamOptions>>().toBeNever();
    expectTypeOf<Strange<Field<OpenaiChatRequest, 'response_format'>, Field<Chat, 'response_format'>>>().toBeNever();
    expectTypeOf<Strange<OpenaiTool, OpenAI.ChatCompletionFunctionTool>>().toBeNever();
    expectTypeOf<Strange<OpenaiFunctionDefinition, OpenAI.FunctionDefinition>>().toBeNever();
    type Named = Extract<OpenaiToolChoice, { type: 'function' }>;
    expectTypeOf<Strange<Named, OpenAI.ChatCompletionNamedToolChoice>>().toBeNever();
    expectTypeOf<Strange<Named['function'], OpenAI.ChatCompletionNamedToolChoice.Function>>().toBeNever();
  });

  test('messages, but for the marks and the thinking of others', () => {
    type OfOthers = 'cache_control' | 'prompt_cache_breakpoint';
    expectTypeOf<Strange<OpenaiSystemMessage, OpenAI.ChatCompletionSystemMessageParam>>().toEqualTypeOf<OfOthers>();
    expectTypeOf<Strange<OpenaiSystemMessage, OpenAI.ChatCompletionDeveloperMessageParam>>().toEqualTypeOf<OfOthers>();
    expectTypeOf<Strange<OpenaiUserMessage, OpenAI.ChatCompletionUserMessageParam>>().toEqualTypeOf<OfOthers>();
    expectTypeOf<Strange<OpenaiAssistantMessage, OpenAI.ChatCompletionAssistantMessageParam>>().toEqualTypeOf<
      OfOthers | 'thinking_blocks' | 'reasoning_content' | 'images'
    >();
    expectTypeOf<Missing<OpenaiAssistantMessage, OpenAI.ChatCompletionAssistantMessageParam>>().toBeNever();
    expectTypeOf<Strange<OpenaiToolMessage, OpenAI.ChatCompletionToolMessageParam>>().toEqualTypeOf<OfOthers>();
    expectTypeOf<Strange<OpenaiFunctionMessage, OpenAI.ChatCompletionFunctionMessageParam>>().toEqualTypeOf<OfOthers>();
    expectTypeOf<Strange<OpenaiToolCall, OpenAI.ChatCompletionMessageToolCall>>().toEqualTypeOf<OfOthers>();
    expectTypeOf<
      Strange<Field<OpenaiToolCall, 'function'>, OpenAI.ChatCompletionMessageFunctionToolCall.Function>
    >().toBeNever();
    expectTypeOf<
      Strange<Field<OpenaiToolCall, 'custom'>, OpenAI.ChatCompletionMessageCustomToolCall.Custom>
    >().toBeNever();
    expectTypeOf<Strange<OpenaiFunctionCall, OpenAI.ChatCompletionAssistantMessageParam.FunctionCall>>().toBeNever();
  });

  test('parts, but for the mark of others', () => {
    expectTypeOf<Strange<OpenaiTextPart, OpenAI.ChatCompletionContentPartText>>().toEqualTypeOf<'cache_control'>();
    expectTypeOf<Missing<OpenaiTextPart, OpenAI.ChatCompletionContentPartText>>().toBeNever();
    expectTypeOf<Missing<OpenaiRefusalPart, OpenAI.ChatCompletionContentPartRefusal>>().toBeNever();
    expectTypeOf<Strange<OpenaiImagePart, OpenAI.ChatCompletionContentPartImage>>().toEqualTypeOf<'cache_control'>();
    expectTypeOf<Missing<OpenaiImagePart, OpenAI.ChatCompletionContentPartImage>>().toBeNever();
    expectTypeOf<Strange<OpenaiImagePart['image_url'], OpenAI.ChatCompletionContentPartImage.ImageURL>>().toBeNever();
    expectTypeOf<
      Strange<OpenaiAudioPart, OpenAI.ChatCompletionContentPartInputAudio>
    >().toEqualTypeOf<'cache_control'>();
    expectTypeOf<
      Strange<OpenaiAudioPart['input_audio'], OpenAI.ChatCompletionContentPartInputAudio.InputAudio>
    >().toBeNever();
    expectTypeOf<Strange<OpenaiFilePart, OpenAI.ChatCompletionContentPart.File>>().toEqualTypeOf<'cache_control'>();
    expectTypeOf<
      Differing<OpenaiFilePart['file'], OpenAI.ChatCompletionContentPart.File.File>
    >().toEqualTypeOf<'format'>();
    expectTypeOf<OpenAI.ChatCompletionContentPart['type']>().toExtend<OpenaiContentPart['type']>();
    expectTypeOf<
      Strange<
        Field<OpenaiTextPart, 'prompt_cache_breakpoint'>,
        OpenAI.ChatCompletionContentPartText.PromptCacheBreakpoint
      >
    >().toBeNever();
  });

  test('completion', () => {
    expectTypeOf<Strange<OpenaiChatCompletion, OpenAI.ChatCompletion>>().toEqualTypeOf<'trace'>();
    expectTypeOf<Strange<OpenaiChoice, OpenAI.ChatCompletion.Choice>>().toBeNever();
    expectTypeOf<Strange<OpenaiAnswer, OpenAI.ChatCompletionMessage>>().toEqualTypeOf<OfLitellm>();
    expectTypeOf<Strange<OpenaiAnnotation, OpenAI.ChatCompletionMessage.Annotation>>().toBeNever();
    expectTypeOf<
      Strange<OpenaiAnnotation['url_citation'], OpenAI.ChatCompletionMessage.Annotation.URLCitation>
    >().toBeNever();
    expectTypeOf<Strange<OpenaiAnsweredToolCall, OpenAI.ChatCompletionMessageFunctionToolCall>>().toBeNever();
    expectTypeOf<Strange<OpenaiUsage, OpenAI.CompletionUsage>>().toBeNever();
    expectTypeOf<
      Strange<Field<OpenaiUsage, 'prompt_tokens_details'>, OpenAI.CompletionUsage.PromptTokensDetails>
    >().toBeNever();
    expectTypeOf<
      Strange<Field<OpenaiUsage, 'completion_tokens_details'>, OpenAI.CompletionUsage.CompletionTokensDetails>
    >().toBeNever();
  });

  test('chunk', () => {
    expectTypeOf<Strange<OpenaiChunk, SdkChunk>>().toEqualTypeOf<'trace'>();
    expectTypeOf<Strange<OpenaiChunkChoice, OpenAI.ChatCompletionChunk.Choice>>().toBeNever();
    expectTypeOf<Strange<OpenaiDelta, SdkDelta>>().toEqualTypeOf<OfLitellm | 'annotations'>();
    expectTypeOf<Strange<OpenaiToolCallDelta, OpenAI.ChatCompletionChunk.Choice.Delta.ToolCall>>().toBeNever();
    expectTypeOf<
      Strange<OpenaiToolCallDelta['function'], OpenAI.ChatCompletionChunk.Choice.Delta.ToolCall.Function>
    >().toBeNever();
    expectTypeOf<Strange<Item<OpenaiDelta, 'tool_calls'>, Item<SdkDelta, 'tool_calls'>>>().toBeNever();
  });

  test('models and errors', () => {
    expectTypeOf<Strange<OpenaiModel, OpenAI.Model>>().toBeNever();
    expectTypeOf<Strange<OpenaiErrorBody['error'], OpenAI.ErrorObject>>().toBeNever();
  });
});

describe('what we answer is what the SDK takes', () => {
  test('completion, chunk and model are assignable', () => {
    expectTypeOf<OpenaiFinishReason>().toExtend<OpenAI.ChatCompletion.Choice['finish_reason']>();
    expectTypeOf<OpenaiUsage>().toExtend<OpenAI.CompletionUsage>();
    expectTypeOf<OpenaiAnsweredToolCall>().toExtend<OpenAI.ChatCompletionMessageToolCall>();
    expectTypeOf<OpenaiChunk['object']>().toExtend<SdkChunk['object']>();
    expectTypeOf<NonNullable<OpenaiChunk['service_tier']>>().toExtend<NonNullable<SdkChunk['service_tier']>>();
    expectTypeOf<OpenaiAnnotation>().toExtend<OpenAI.ChatCompletionMessage.Annotation>();
    expectTypeOf<OpenaiModel>().toExtend<OpenAI.Model>();
  });
});

test('the check sees a key that the SDK does not have', () => {
  expectTypeOf<Strange<{ finishReason?: string }, OpenAI.ChatCompletionChunk.Choice>>().toEqualTypeOf<'finishReason'>();
});
