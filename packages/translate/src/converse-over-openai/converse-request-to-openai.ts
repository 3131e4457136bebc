import type { ConverseRequest, LitellmChatRequest } from '@genai-gateway/protocol';
import { DroppedParams } from '../dropped-params.ts';
import { invalidRequest } from '../json.ts';
import { additionalFieldsToOpenai } from './additional-fields.ts';
import { messagesToOpenai } from './messages.ts';
import { inferenceToOpenai, outputToOpenai, servingToOpenai } from './parameters.ts';
import { toolsToOpenai } from './tools.ts';

export interface ConverseRequestToOpenaiContext {
  /** The model by the name that LiteLLM has for it. */
  readonly model: string;
  /** Whether the answer is wanted as a stream; then its usage is asked for too. */
  readonly stream: boolean;
}

export interface ConverseAsOpenai {
  readonly request: LitellmChatRequest;
  /** Fields of the request that have no effect, safe to put into a header. */
  readonly droppedParams: readonly string[];
  /** `additionalModelResponseFieldPaths`, for the answer; absent where nothing is asked for. */
  readonly responseFieldPaths?: readonly string[];
}

/**
 * A Converse request that `parseConverseRequest` let through, as the body of a chat completion of LiteLLM.
 * The same input always gives the same output.
 * Throws `invalid-request` when it asks for something that would silently be lost.
 */
export function converseRequestToOpenai(
  request: ConverseRequest,
  { model, stream }: ConverseRequestToOpenaiContext,
): ConverseAsOpenai {
  const dropped = new DroppedParams();
  const output = outputToOpenai(request.outputConfig);
  const additional = additionalFieldsToOpenai(request.additionalModelRequestFields);
  const twice = Object.keys(additional).find((name) => name in output);
  if (twice !== undefined) {
    throw invalidRequest('`outputConfig` says this already; send it once.', `additionalModelRequestFields.${twice}`);
  }
  const openai: LitellmChatRequest = {
    model,
    messages: messagesToOpenai(request.system ?? [], request.messages ?? [], dropped),
    ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
    ...inferenceToOpenai(request.inferenceConfig),
    ...toolsToOpenai(request.toolConfig, dropped),
    ...output,
    ...additional,
    ...servingToOpenai(request, dropped),
  };
  const paths = request.additionalModelResponseFieldPaths ?? [];
  const translated = { request: openai, droppedParams: dropped.list() };
  return paths.length === 0 ? translated : { ...translated, responseFieldPaths: paths };
}
