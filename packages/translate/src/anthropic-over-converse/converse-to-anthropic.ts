import { GatewayError } from '@genai-gateway/core';
import {
  type AnthropicReply,
  type AnthropicReplyBlock,
  type ConverseContentBlock,
  type ConverseReply,
  isRecord,
  usageFromConverse,
} from '@genai-gateway/protocol';
import { unshown } from '../conversation/pieces.ts';
import { bytesToRedacted } from '../converse-over-openai/reasoning.ts';
import type { ToolNames } from '../tools/tool-names.ts';
import { citationToAnthropic } from './citations.ts';
import { stopToAnthropic } from './stop-reasons.ts';
import { usageToAnthropic } from './usage.ts';

export interface ConverseToAnthropicContext {
  /** Of the answer: `msg_…`. */
  readonly id: string;
  /** The model's name as the caller wrote it. */
  readonly model: string;
  /** From `anthropicToConverse`, as the next two. */
  readonly toolNames: ToolNames;
  readonly stopSequences?: readonly string[] | undefined;
  /** The tool whose input is the JSON that the caller asked for: its call is the answer's text. */
  readonly jsonTool?: string | undefined;
}

/**
 * A Converse answer as an answer of the Messages API. Ids of calls stay as the upstream gave them. Thinking without a
 * signature has an empty one. Calls and results of tools that the provider ran by itself are left out.
 * Throws `upstream-model-error` for malformed model output, `upstream-failed` when it is no Converse answer.
 */
export function converseToAnthropic(reply: ConverseReply, context: ConverseToAnthropicContext): AnthropicReply {
  const content = reply?.output?.message?.content;
  if (!Array.isArray(content) || typeof reply.stopReason !== 'string') {
    throw new GatewayError('upstream-failed', 'The model service gave an answer that the gateway cannot read.', {
      cause: new Error('Converse answer without output.message.content or stopReason'),
    });
  }
  const whole = content.filter((block: ConverseContentBlock) => isRecord(block));
  const blocks = shown(whole, context.jsonTool).flatMap((block) => answered(block, context));
  const stop = stopToAnthropic(reply.stopReason, {
    hasCalls: blocks.some(({ type }) => type === 'tool_use'),
    stopSequences: context.stopSequences ?? [],
    responseFields: reply.additionalModelResponseFields,
  });
  return {
    id: context.id,
    type: 'message',
    role: 'assistant',
    model: context.model,
    content: blocks,
    ...stop,
    usage: usageToAnthropic(usageFromConverse(reply.usage), reply.serviceTier?.type),
  };
}

/** What stands in the place of an image that a model made: the API has no image in its answers. */
export const IMAGE_TEXT = unshown('An image').text;

/**
 * Callers parse each text block where JSON is asked for. So of what a model says beside the call that is the answer only its
 * thinking stays, with calls of the caller's own tools.
 */
function shown(
  content: readonly ConverseContentBlock[],
  jsonTool: string | undefined,
): readonly ConverseContentBlock[] {
  const isJson = (block: ConverseContentBlock): boolean => 'toolUse' in block && block.toolUse.name === jsonTool;
  const answer = content.find(isJson);
  if (jsonTool === undefined || answer === undefined) return content;
  return content.filter(
    (block) => block === answer || 'reasoningContent' in block || ('toolUse' in block && !isJson(block)),
  );
}

/** None for what the caller has nothing to do with, and for text that is empty. */
function answered(
  block: ConverseContentBlock,
  { toolNames, jsonTool }: ConverseToAnthropicContext,
): readonly AnthropicReplyBlock[] {
  if ('text' in block) return block.text === '' ? [] : [{ type: 'text', text: block.text, citations: null }];
  if ('toolUse' in block) {
    const { toolUseId: id, name, input, type } = block.toolUse;
    if (type !== undefined) return [];
    if (name === jsonTool) return [{ type: 'text', text: JSON.stringify(input ?? {}), citations: null }];
    return [{ type: 'tool_use', id, name: toolNames.get(name) ?? name, input: input ?? {} }];
  }
  if ('reasoningContent' in block) {
    const { reasoningContent } = block;
    if ('redactedContent' in reasoningContent) {
      return [{ type: 'redacted_thinking', data: bytesToRedacted(reasoningContent.redactedContent) }];
    }
    const { text, signature } = reasoningContent.reasoningText;
    return [{ type: 'thinking', thinking: text ?? '', signature: signature ?? '' }];
  }
  if ('citationsContent' in block) {
    const { content = [], citations = [] } = block.citationsContent;
    const known = citations.flatMap((citation) => citationToAnthropic(citation) ?? []);
    const text = content.map((part) => part.text ?? '').join('');
    return text === '' && known.length === 0
      ? []
      : [{ type: 'text', text, citations: known.length === 0 ? null : known }];
  }
  return 'image' in block ? [{ type: 'text', text: IMAGE_TEXT, citations: null }] : [];
}
