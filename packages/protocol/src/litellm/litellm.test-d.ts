import type OpenAI from 'openai';
import { describe, expectTypeOf, test } from 'vitest';
import type { Field, Strange } from '../type-keys.ts';
import type {
  LitellmAssistantMessage,
  LitellmAudioPart,
  LitellmChatRequest,
  LitellmCustomToolCall,
  LitellmFilePart,
  LitellmImagePart,
  LitellmSystemMessage,
  LitellmTextPart,
  LitellmTool,
  LitellmToolCall,
  LitellmToolChoice,
  LitellmToolMessage,
  LitellmUserMessage,
} from './chat.ts';

type Chat = OpenAI.ChatCompletionCreateParams;

describe('what we send is what OpenAI takes, but for what LiteLLM adds', () => {
  test('request', () => {
    expectTypeOf<Strange<LitellmChatRequest, Chat>>().toEqualTypeOf<'thinking' | 'top_k'>();
    expectTypeOf<Strange<Field<LitellmChatRequest, 'stream_options'>, Field<Chat, 'stream_options'>>>().toBeNever();
    expectTypeOf<Field<LitellmChatRequest, 'stop'>[number]>().toEqualTypeOf<string>();
    expectTypeOf<'flex' | 'priority'>().toExtend<Field<Chat, 'service_tier'>>();
  });

  test('messages', () => {
    expectTypeOf<Strange<LitellmSystemMessage, OpenAI.ChatCompletionSystemMessageParam>>().toBeNever();
    expectTypeOf<Strange<LitellmUserMessage, OpenAI.ChatCompletionUserMessageParam>>().toBeNever();
    expectTypeOf<Strange<LitellmAssistantMessage, OpenAI.ChatCompletionAssistantMessageParam>>().toEqualTypeOf<
      'thinking_blocks' | 'reasoning_content' | 'images'
    >();
    expectTypeOf<Strange<LitellmToolMessage, OpenAI.ChatCompletionToolMessageParam>>().toEqualTypeOf<'cache_control'>();
    expectTypeOf<
      Strange<LitellmToolCall, OpenAI.ChatCompletionMessageFunctionToolCall>
    >().toEqualTypeOf<'cache_control'>();
    expectTypeOf<LitellmToolCall>().toExtend<OpenAI.ChatCompletionMessageToolCall>();
    expectTypeOf<LitellmCustomToolCall>().toExtend<OpenAI.ChatCompletionMessageToolCall>();
  });

  test('parts', () => {
    expectTypeOf<Strange<LitellmTextPart, OpenAI.ChatCompletionContentPartText>>().toEqualTypeOf<'cache_control'>();
    expectTypeOf<LitellmTextPart>().toExtend<OpenAI.ChatCompletionContentPart>();
    expectTypeOf<Strange<LitellmImagePart, OpenAI.ChatCompletionContentPartImage>>().toEqualTypeOf<'cache_control'>();
    expectTypeOf<LitellmImagePart>().toExtend<OpenAI.ChatCompletionContentPart>();
    expectTypeOf<Strange<LitellmFilePart, OpenAI.ChatCompletionContentPart.File>>().toEqualTypeOf<'cache_control'>();
    expectTypeOf<LitellmFilePart>().toExtend<OpenAI.ChatCompletionContentPart>();
    // Its format is open: OpenAI's own models take two, and other providers more.
    expectTypeOf<
      Strange<LitellmAudioPart, OpenAI.ChatCompletionContentPartInputAudio>
    >().toEqualTypeOf<'cache_control'>();
  });

  test('tools', () => {
    expectTypeOf<Strange<LitellmTool, OpenAI.ChatCompletionFunctionTool>>().toEqualTypeOf<'cache_control'>();
    expectTypeOf<Strange<LitellmTool['function'], OpenAI.FunctionDefinition>>().toBeNever();
    expectTypeOf<LitellmToolChoice>().toExtend<OpenAI.ChatCompletionToolChoiceOption>();
  });
});
