import { GatewayError } from '@genai-gateway/core';
import {
  type ConverseContentBlock,
  type ConverseReply,
  type OpenaiAnswer,
  type OpenaiAnsweredToolCall,
  type OpenaiChatCompletion,
  usageFromConverse,
} from '@genai-gateway/protocol';
import { stopReasonToOpenai } from './stop-reasons.ts';
import type { ToolNames } from './tool-names.ts';
import { usageToOpenai } from './usage.ts';

export interface ConverseToOpenaiContext {
  readonly id: string;
  /** Seconds since the Unix epoch. */
  readonly created: number;
  /** The model's name as the caller wrote it. */
  readonly model: string;
  /** From `openaiToConverse`. */
  readonly toolNames: ToolNames;
}

/**
 * A Converse answer as a chat completion. Text blocks are joined as they are; text in citations is
 * kept, the citations themselves are not yet. Kinds of blocks that OpenAI has no word for are left out.
 * Throws `upstream-model-error` for malformed model output, `upstream-failed` when it is no Converse answer.
 */
export function converseToOpenai(reply: ConverseReply, context: ConverseToOpenaiContext): OpenaiChatCompletion {
  const content = reply?.output?.message?.content;
  if (!Array.isArray(content) || typeof reply.stopReason !== 'string') {
    throw new GatewayError('upstream-failed', 'The model service gave an answer that the gateway cannot read.', {
      cause: new Error('Converse answer without output.message.content or stopReason'),
    });
  }
  const finishReason = stopReasonToOpenai(reply.stopReason);
  const usage = usageToOpenai(usageFromConverse(reply.usage));
  const message = contentToAnswer(content, context.toolNames);
  return {
    id: context.id,
    object: 'chat.completion',
    created: context.created,
    model: context.model,
    choices: [{ index: 0, message, finish_reason: finishReason, logprobs: null }],
    ...(usage === undefined ? {} : { usage }),
  };
}

function contentToAnswer(content: readonly ConverseContentBlock[], toolNames: ToolNames): OpenaiAnswer {
  let text = '';
  let reasoning = '';
  const toolCalls: OpenaiAnsweredToolCall[] = [];
  for (const block of content) {
    if ('text' in block) text += block.text;
    else if ('toolUse' in block) toolCalls.push(toolCall(block, toolNames));
    else if ('reasoningContent' in block) {
      if ('reasoningText' in block.reasoningContent) reasoning += block.reasoningContent.reasoningText.text;
    } else if ('citationsContent' in block) {
      for (const part of block.citationsContent.content ?? []) text += part.text ?? '';
    }
  }
  return {
    role: 'assistant',
    content: text === '' && toolCalls.length > 0 ? null : text,
    refusal: null,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
  };
}

function toolCall(
  block: Extract<ConverseContentBlock, { toolUse: unknown }>,
  toolNames: ToolNames,
): OpenaiAnsweredToolCall {
  const { toolUseId, name, input } = block.toolUse;
  return {
    id: toolUseId,
    type: 'function',
    function: { name: toolNames.get(name) ?? name, arguments: JSON.stringify(input ?? {}) },
  };
}
