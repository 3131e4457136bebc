import { GatewayError } from '@genai-gateway/core';
import { type ConverseContentBlock, type ConverseReply, usageFromOpenai } from '@genai-gateway/protocol';
import { isRecord, type JsonRecord, recordsOf, textOf } from '../json.ts';
import { imagesOfAnswer } from './answered-images.ts';
import { textBlocks } from './citations.ts';
import { type Thought, thoughtsOf } from './reasoning.ts';
import { responseFields } from './response-fields.ts';
import { servedFields } from './served.ts';
import { finishReasonToConverse } from './stop-reasons.ts';
import { argumentsToInput, madeToolUseId } from './tool-arguments.ts';
import { usageToConverse } from './usage.ts';

export interface OpenaiReplyToConverseContext {
  /** Makes ids for tool calls that came without one. */
  readonly requestId: string;
  /** Milliseconds from the request to the whole answer. */
  readonly latencyMs: number;
  /** `additionalModelResponseFieldPaths` of the request. */
  readonly responseFieldPaths?: readonly string[];
}

/**
 * A chat completion of LiteLLM as a Converse answer: reasoning, text, images, tool calls, in this order.
 * `completion` is the parsed body; fields that Converse has no word for are left out.
 * Throws `upstream-failed` when it is no chat completion, `upstream-model-error` when the provider failed
 * in the middle of its answer.
 */
export function openaiReplyToConverse(completion: unknown, context: OpenaiReplyToConverseContext): ConverseReply {
  const choices = isRecord(completion) ? completion['choices'] : undefined;
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const message = isRecord(choice) ? choice['message'] : undefined;
  if (!isRecord(completion) || !isRecord(choice) || !isRecord(message)) throw unreadable('no choices[0].message');
  const { finish_reason: finishReason } = choice;
  if (typeof finishReason !== 'string') throw unreadable('no finish_reason');

  const calls = toolUses(message['tool_calls'], context.requestId);
  const refusal = textOf(message['refusal']);
  const text = answeredText(message['content']) + refusal;
  const content: ConverseContentBlock[] = thoughtBlocks(thoughtsOf(message));
  for (const block of textBlocks(text, message)) content.push(block);
  for (const { format, bytes } of imagesOfAnswer(message['images']))
    content.push({ image: { format, source: { bytes } } });
  for (const { block } of calls) content.push(block);
  const stopReason = finishReasonToConverse(finishReason, {
    nativeReason: nativeReasonOf(choice),
    hasToolCalls: calls.length > 0,
    hasMalformedCall: calls.some(({ isMalformed }) => isMalformed),
    isRefusal: refusal !== '',
  });
  const sources = [message['provider_specific_fields'], choice['provider_specific_fields'], choice, completion];
  const additional = responseFields(context.responseFieldPaths ?? [], sources);
  return {
    output: { message: { role: 'assistant', content } },
    stopReason,
    usage: usageToConverse(usageFromOpenai(completion['usage'])),
    metrics: { latencyMs: context.latencyMs },
    ...(additional === undefined ? {} : { additionalModelResponseFields: additional }),
    ...servedFields(completion['service_tier']),
  };
}

/** The text of an answer, and of one in parts, which some providers give. */
export function answeredText(content: unknown): string {
  if (!Array.isArray(content)) return textOf(content);
  return recordsOf(content)
    .map(({ type, text }) => (type === 'text' ? textOf(text) : ''))
    .join('');
}

/** The provider's own finish reason, where LiteLLM tells it. */
export function nativeReasonOf(choice: JsonRecord): unknown {
  const fields = choice['provider_specific_fields'];
  return isRecord(fields) ? fields['native_finish_reason'] : undefined;
}

function thoughtBlocks(thoughts: readonly Thought[]): ConverseContentBlock[] {
  const blocks: ConverseContentBlock[] = [];
  let open: { text: string; signature?: string } | undefined;
  for (const thought of thoughts) {
    if (thought.kind === 'redacted') {
      open = undefined;
      blocks.push({ reasoningContent: { redactedContent: thought.redactedContent } });
      continue;
    }
    if (open?.signature !== undefined || open === undefined) {
      open = { text: '' };
      blocks.push({ reasoningContent: { reasoningText: open } });
    }
    if (thought.kind === 'text') open.text += thought.text;
    else open.signature = thought.signature;
  }
  return blocks;
}

function toolUses(
  calls: unknown,
  requestId: string,
): readonly { readonly block: ConverseContentBlock; readonly isMalformed: boolean }[] {
  if (!Array.isArray(calls)) return [];
  return calls.map((call: unknown, index) => {
    const definition = isRecord(call) ? call['function'] : undefined;
    const name = isRecord(definition) ? definition['name'] : undefined;
    if (!isRecord(call) || !isRecord(definition) || typeof name !== 'string' || name === '') {
      throw unreadable('a tool call without name');
    }
    const { input, isMalformed } = argumentsToInput(textOf(definition['arguments']));
    const toolUseId = textOf(call['id']) || madeToolUseId(requestId, index);
    return { block: { toolUse: { toolUseId, name, input } }, isMalformed };
  });
}

function unreadable(what: string): GatewayError {
  return new GatewayError('upstream-failed', 'The model service gave an answer that the gateway cannot read.', {
    cause: new Error(`chat completion: ${what}`),
  });
}
