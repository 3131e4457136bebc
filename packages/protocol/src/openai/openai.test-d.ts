import type OpenAI from 'openai';
import { describe, expectTypeOf, test } from 'vitest';
import type { Field, Item, Strange } from '../type-keys.ts';
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
import type { OpenaiErrorBody, OpenaiModel } from './other.ts';
import type {
  OpenaiAssistantMessage,
  OpenaiAudioPart,
  OpenaiChatRequest,
  OpenaiFilePart,
  OpenaiFunctionDefinition,
  OpenaiFunctionMessage,
  OpenaiImagePart,
  OpenaiRefusalPart,
  OpenaiStreamOptions,
  OpenaiSystemMessage,
  OpenaiTextPart,
  OpenaiTool,
  OpenaiToolCall,
  OpenaiToolChoice,
  OpenaiToolMessage,
  OpenaiUserMessage,
} from './request.ts';

type Chat = OpenAI.ChatCompletionCreateParams;
type SdkChunk = OpenAI.ChatCompletionChunk;
type SdkDelta = OpenAI.ChatCompletionChunk.Choice.Delta;
/** Fields of answers that other vendors added. */
type OfLitellm = 'reasoning_content' | 'thinking_blocks' | 'images' | 'provider_specific_fields';

describe('every key of ours is one of the SDK', () => {
  test('request', () => {
    expectTypeOf<Strange<OpenaiChatRequest, Chat>>().toBeNever();
    expectTypeOf<Strange<OpenaiStreamOptions, OpenAI.ChatCompletionStreamOptions>>().toBeNever();
    expectTypeOf<Strange<Field<OpenaiChatRequest, 'response_format'>, Field<Chat, 'response_format'>>>().toBeNever();
    expectTypeOf<Strange<OpenaiTool, OpenAI.ChatCompletionFunctionTool>>().toBeNever();
    expectTypeOf<Strange<OpenaiFunctionDefinition, OpenAI.FunctionDefinition>>().toBeNever();
    expectTypeOf<Strange<Exclude<OpenaiToolChoice, string>, OpenAI.ChatCompletionNamedToolChoice>>().toBeNever();
    expectTypeOf<
      Strange<Field<OpenaiToolChoice, 'function'>, Field<OpenAI.ChatCompletionNamedToolChoice, 'function'>>
    >().toBeNever();
  });

  test('messages', () => {
    expectTypeOf<Strange<OpenaiSystemMessage, OpenAI.ChatCompletionSystemMessageParam>>().toBeNever();
    expectTypeOf<Strange<OpenaiSystemMessage, OpenAI.ChatCompletionDeveloperMessageParam>>().toBeNever();
    expectTypeOf<Strange<OpenaiUserMessage, OpenAI.ChatCompletionUserMessageParam>>().toBeNever();
    expectTypeOf<Strange<OpenaiAssistantMessage, OpenAI.ChatCompletionAssistantMessageParam>>().toBeNever();
    expectTypeOf<Strange<OpenaiToolMessage, OpenAI.ChatCompletionToolMessageParam>>().toBeNever();
    expectTypeOf<Strange<OpenaiFunctionMessage, OpenAI.ChatCompletionFunctionMessageParam>>().toBeNever();
    expectTypeOf<Strange<OpenaiToolCall, OpenAI.ChatCompletionMessageFunctionToolCall>>().toBeNever();
    expectTypeOf<
      Strange<OpenaiToolCall['function'], OpenAI.ChatCompletionMessageFunctionToolCall.Function>
    >().toBeNever();
  });

  test('parts', () => {
    expectTypeOf<Strange<OpenaiTextPart, OpenAI.ChatCompletionContentPartText>>().toBeNever();
    expectTypeOf<Strange<OpenaiRefusalPart, OpenAI.ChatCompletionContentPartRefusal>>().toBeNever();
    expectTypeOf<Strange<OpenaiImagePart, OpenAI.ChatCompletionContentPartImage>>().toBeNever();
    expectTypeOf<Strange<OpenaiImagePart['image_url'], OpenAI.ChatCompletionContentPartImage.ImageURL>>().toBeNever();
    expectTypeOf<Strange<OpenaiAudioPart, OpenAI.ChatCompletionContentPartInputAudio>>().toBeNever();
    expectTypeOf<Strange<OpenaiFilePart, OpenAI.ChatCompletionContentPart.File>>().toBeNever();
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
