import type { JsonObject, OpenaiChatRequest, ResponsesRequest } from '@genai-gateway/protocol';
import { DroppedParams } from '../dropped-params.ts';
import { parseOpenaiChatRequest } from '../openai-over-converse/parse-openai-chat.ts';
import { otherFields } from './fields.ts';
import { inputToMessages } from './input-to-messages.ts';
import { inOwnWords, ownFieldName } from './paths.ts';
import { toolsToChat } from './tools-to-chat.ts';

export interface ResponsesAsOpenai {
  readonly chat: OpenaiChatRequest;
  /** Fields of the request that have no effect, safe to put into a header; `dropped` adds those of a later step. */
  readonly droppedParams: readonly string[];
  /** Names of the tools whose input is a text, for the translation of the answer. */
  readonly customTools: ReadonlySet<string>;
  /** Runs a step that reads `chat`; its errors then name the caller's own fields. */
  readonly inOwnWords: <T>(step: () => T) => T;
  /** All fields without effect, with those that the translation of `chat` found. */
  readonly withDropped: (chatParams: readonly string[]) => readonly string[];
}

/**
 * A Responses request that `parseResponsesRequest` let through, as the chat request that `openaiToConverse` takes: one
 * translation knows what models take. Nothing is lost between: what chat completions have no place for stands in the fields
 * that LiteLLM has for it, and what the assistant said keeps its order. `model`: what is called.
 * Throws `invalid-request` for what has no translation.
 */
export function responsesToOpenai(request: ResponsesRequest, model: string): ResponsesAsOpenai {
  const dropped = new DroppedParams();
  const others = otherFields(request, dropped);
  const tools = toolsToChat(request, dropped);
  const step = <T>(run: () => T): T => inOwnWords(request, tools.places, run);
  const body = { ...others, ...ownFields(request), ...tools.fields, model };
  const messages = inputToMessages(request);
  const chat = step(() =>
    parseOpenaiChatRequest(
      { ...body, messages: messages.length === 0 ? undefined : messages },
      { messages: 'optional' },
    ),
  );
  const droppedParams = dropped.list();
  return {
    chat,
    droppedParams,
    customTools: tools.customTools,
    inOwnWords: step,
    withDropped: (chatParams) => [...new Set([...droppedParams, ...chatParams.map(ownFieldName)])],
  };
}

/** The fields that have other names there. */
function ownFields(request: ResponsesRequest): JsonObject {
  const { max_output_tokens: maxTokens, reasoning, text, stream } = request;
  const user = request.user ?? request.safety_identifier;
  const format = formatToChat(text?.format);
  return {
    ...(stream === true ? { stream } : {}),
    ...(typeof maxTokens === 'number' ? { max_completion_tokens: maxTokens } : {}),
    ...(reasoning?.effort ? { reasoning_effort: reasoning.effort } : {}),
    ...(text?.verbosity ? { verbosity: text.verbosity } : {}),
    ...(user ? { user } : {}),
    ...(format === undefined ? {} : { response_format: format }),
  };
}

function formatToChat(format: NonNullable<ResponsesRequest['text']>['format']): JsonObject | undefined {
  if (format === undefined || format === null || format.type === 'text') return undefined;
  if (format.type === 'json_object') return { type: 'json_object' };
  const { name, schema, description, strict } = format;
  return {
    type: 'json_schema',
    json_schema: {
      name,
      schema,
      ...(description ? { description } : {}),
      ...(typeof strict === 'boolean' ? { strict } : {}),
    },
  };
}
