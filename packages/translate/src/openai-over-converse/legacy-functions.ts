import type { OpenaiChatCompletion, OpenaiChatRequest, OpenaiChunk, OpenaiFinishReason } from '@genai-gateway/protocol';
import { invalidRequest } from '../json.ts';
import { ConverseToOpenaiStream } from './stream.ts';

/**
 * A request in the form before tools, `functions` and `function_call`, as one with tools; others as they are.
 * Throws `invalid-request` when both forms are there.
 */
export function withoutLegacyFunctions(request: OpenaiChatRequest): OpenaiChatRequest {
  if (!request.functions?.length && !request.function_call) return request;
  const { functions, function_call: call, ...others } = request;
  if (others.tools?.length || others.tool_choice) {
    const field = functions?.length ? 'functions' : 'function_call';
    throw invalidRequest(`\`${field}\` is the older form of \`tools\`; send one of them.`, field);
  }
  const choice = typeof call === 'object' && call !== null ? ({ type: 'function', function: call } as const) : call;
  return {
    ...others,
    ...(functions?.length ? { tools: functions.map((each) => ({ type: 'function', function: each })) } : {}),
    ...(choice ? { tool_choice: choice } : {}),
  };
}

/** Whether a request is in that form: its answer has to be too. */
export function asksForFunctionCall({ functions, tools }: OpenaiChatRequest): boolean {
  return Boolean(functions?.length) && !tools?.length;
}

/** The same answer with its first call as `function_call`; the older form has no more than one. */
export function withFunctionCall(completion: OpenaiChatCompletion): OpenaiChatCompletion {
  const choices = completion.choices.map(({ message, finish_reason, ...choice }) => {
    const { tool_calls: calls, ...said } = message;
    const call = calls?.[0]?.function;
    const answer = call === undefined ? said : { ...said, function_call: call };
    return { ...choice, message: answer, finish_reason: legacyReason(finish_reason) };
  });
  return { ...completion, choices };
}

/** A stream whose chunks have the first call as `function_call`. */
export class FunctionCallStream extends ConverseToOpenaiStream {
  override push(eventType: string, payload: unknown): readonly OpenaiChunk[] {
    return super.push(eventType, payload).flatMap(legacyChunk);
  }

  override end(): readonly OpenaiChunk[] {
    return super.end().flatMap(legacyChunk);
  }
}

function legacyChunk(chunk: OpenaiChunk): readonly OpenaiChunk[] {
  const [choice] = chunk.choices;
  if (choice === undefined) return [chunk];
  const { tool_calls: calls, ...others } = choice.delta;
  const finish_reason = choice.finish_reason === null ? null : legacyReason(choice.finish_reason);
  if (calls === undefined) return [{ ...chunk, choices: [{ ...choice, finish_reason }] }];
  const first = calls.find(({ index }) => index === 0)?.function;
  // A chunk of a second call has nothing to say in this form.
  if (first === undefined && finish_reason === null && Object.keys(others).length === 0) return [];
  const delta = first === undefined ? others : { ...others, function_call: first };
  return [{ ...chunk, choices: [{ ...choice, delta, finish_reason }] }];
}

function legacyReason(reason: OpenaiFinishReason): OpenaiFinishReason {
  return reason === 'tool_calls' ? 'function_call' : reason;
}
