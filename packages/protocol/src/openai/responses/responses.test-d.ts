import type OpenAI from 'openai';
import { describe, expectTypeOf, test } from 'vitest';
import type { Differing, Field, Item, Keys, Strange } from '../../type-keys.ts';
import type {
  ResponsesInputAudio,
  ResponsesInputCustomCall,
  ResponsesInputCustomOutput,
  ResponsesInputFile,
  ResponsesInputFunctionCall,
  ResponsesInputFunctionOutput,
  ResponsesInputImage,
  ResponsesInputItem,
  ResponsesInputMessage,
  ResponsesInputOutputText,
  ResponsesInputReasoning,
  ResponsesInputRefusal,
  ResponsesInputText,
} from './input.ts';
import type {
  ResponsesAllowedTools,
  ResponsesCustomTool,
  ResponsesFunctionTool,
  ResponsesPrompt,
  ResponsesReasoningConfig,
  ResponsesRequest,
  ResponsesTextConfig,
  ResponsesTextFormat,
} from './request.ts';
import type {
  ResponsesCustomToolCall,
  ResponsesError,
  ResponsesFunctionCall,
  ResponsesOutputItem,
  ResponsesOutputMessage,
  ResponsesOutputText,
  ResponsesReasoningItem,
  ResponsesResponse,
  ResponsesUsage,
} from './response.ts';
import type { ResponsesErrorEvent, ResponsesEvent } from './stream.ts';

type Sdk = OpenAI.Responses.ResponseCreateParams;
/** The member of a union that has this type, which may be one of several that it has. */
type Of<Union, Type> = Union extends { readonly type?: infer Types } ? (Type extends Types ? Union : never) : never;
type SdkItem<Type> = Of<OpenAI.Responses.ResponseInputItem, Type>;

describe('every key of ours is one of the SDK', () => {
  test('request', () => {
    expectTypeOf<Strange<ResponsesRequest, Sdk>>().toBeNever();
    expectTypeOf<Strange<ResponsesTextConfig, OpenAI.Responses.ResponseTextConfig>>().toBeNever();
    expectTypeOf<Strange<ResponsesTextFormat, OpenAI.Responses.ResponseFormatTextConfig>>().toBeNever();
    expectTypeOf<Differing<ResponsesReasoningConfig, OpenAI.Reasoning>>().toBeNever();
    expectTypeOf<Differing<ResponsesPrompt, OpenAI.Responses.ResponsePrompt>>().toBeNever();
  });

  test('tools', () => {
    expectTypeOf<Strange<ResponsesFunctionTool, OpenAI.Responses.FunctionTool>>().toBeNever();
    expectTypeOf<Strange<ResponsesCustomTool, OpenAI.Responses.CustomTool>>().toBeNever();
    expectTypeOf<
      Strange<Field<ResponsesCustomTool, 'format'>, Field<OpenAI.Responses.CustomTool, 'format'>>
    >().toBeNever();
    expectTypeOf<Differing<ResponsesAllowedTools, OpenAI.Responses.ToolChoiceAllowed>>().toBeNever();
  });

  test('input items', () => {
    expectTypeOf<Strange<ResponsesInputMessage, SdkItem<'message'>>>().toBeNever();
    expectTypeOf<Strange<ResponsesInputFunctionCall, SdkItem<'function_call'>>>().toBeNever();
    expectTypeOf<Strange<ResponsesInputFunctionOutput, SdkItem<'function_call_output'>>>().toBeNever();
    expectTypeOf<Strange<ResponsesInputCustomCall, SdkItem<'custom_tool_call'>>>().toBeNever();
    expectTypeOf<Strange<ResponsesInputCustomOutput, SdkItem<'custom_tool_call_output'>>>().toBeNever();
    expectTypeOf<Differing<ResponsesInputReasoning, SdkItem<'reasoning'>>>().toBeNever();
    expectTypeOf<NonNullable<ResponsesInputItem['type']>>().toExtend<
      NonNullable<Extract<OpenAI.Responses.ResponseInputItem, { type?: unknown }>['type']>
    >();
  });

  test('input parts', () => {
    expectTypeOf<Differing<ResponsesInputText, OpenAI.Responses.ResponseInputText>>().toBeNever();
    expectTypeOf<Differing<ResponsesInputImage, OpenAI.Responses.ResponseInputImage>>().toBeNever();
    expectTypeOf<Strange<ResponsesInputFile, OpenAI.Responses.ResponseInputFile>>().toBeNever();
    expectTypeOf<Differing<ResponsesInputAudio, OpenAI.Responses.ResponseInputAudio>>().toBeNever();
    expectTypeOf<Strange<ResponsesInputOutputText, OpenAI.Responses.ResponseOutputText>>().toBeNever();
    expectTypeOf<Differing<ResponsesInputRefusal, OpenAI.Responses.ResponseOutputRefusal>>().toBeNever();
  });

  test('response', () => {
    // What OpenAI's answers have and its types leave out.
    expectTypeOf<Strange<ResponsesResponse, OpenAI.Responses.Response>>().toEqualTypeOf<'store'>();
    expectTypeOf<Differing<ResponsesUsage, OpenAI.Responses.ResponseUsage>>().toBeNever();
    expectTypeOf<Strange<ResponsesError, OpenAI.Responses.ResponseError>>().toBeNever();
    expectTypeOf<ResponsesError['code']>().toExtend<OpenAI.Responses.ResponseError['code']>();
    expectTypeOf<ResponsesResponse['status']>().toExtend<OpenAI.Responses.ResponseStatus>();
  });

  test('output items', () => {
    expectTypeOf<Strange<ResponsesOutputMessage, OpenAI.Responses.ResponseOutputMessage>>().toBeNever();
    expectTypeOf<Differing<ResponsesOutputText, OpenAI.Responses.ResponseOutputText>>().toBeNever();
    expectTypeOf<Differing<ResponsesReasoningItem, OpenAI.Responses.ResponseReasoningItem>>().toBeNever();
    expectTypeOf<Strange<ResponsesFunctionCall, OpenAI.Responses.ResponseFunctionToolCall>>().toBeNever();
    expectTypeOf<Strange<ResponsesCustomToolCall, OpenAI.Responses.ResponseCustomToolCall>>().toEqualTypeOf<'status'>();
    expectTypeOf<ResponsesOutputItem['type']>().toExtend<OpenAI.Responses.ResponseOutputItem['type']>();
    type Annotation = Item<ResponsesOutputText, 'annotations'>;
    type SdkAnnotation = Item<OpenAI.Responses.ResponseOutputText, 'annotations'>;
    expectTypeOf<Differing<Of<Annotation, 'url_citation'>, Of<SdkAnnotation, 'url_citation'>>>().toBeNever();
    expectTypeOf<Differing<Of<Annotation, 'file_citation'>, Of<SdkAnnotation, 'file_citation'>>>().toBeNever();
  });

  test('events, each by its type', () => {
    type Strangers = {
      [Type in ResponsesEvent['type']]: Strange<
        Of<ResponsesEvent, Type>,
        Of<OpenAI.Responses.ResponseStreamEvent, Type>
      >;
    }[Exclude<ResponsesEvent['type'], 'error'>];
    // Earlier versions of the SDK require the name where the arguments are done.
    expectTypeOf<Strangers>().toEqualTypeOf<'name'>();
    expectTypeOf<ResponsesEvent['type']>().toExtend<OpenAI.Responses.ResponseStreamEvent['type']>();
    // OpenAI sends it in `error` and documents it flat.
    expectTypeOf<Strange<ResponsesErrorEvent, OpenAI.Responses.ResponseErrorEvent>>().toEqualTypeOf<'error'>();
  });

  test('events have every key that the SDK requires', () => {
    type Required<T> = { [K in keyof T]-?: undefined extends T[K] ? never : K }[keyof T];
    type Lacking = {
      [Type in ResponsesEvent['type']]: Exclude<
        Required<Of<OpenAI.Responses.ResponseStreamEvent, Type>>,
        Keys<Of<ResponsesEvent, Type>>
      >;
    }[ResponsesEvent['type']];
    expectTypeOf<Lacking>().toBeNever();
  });
});
