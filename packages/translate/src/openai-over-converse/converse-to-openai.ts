import { GatewayError } from '@genai-gateway/core';
import {
  type ConverseCitation,
  type ConverseReply,
  type LitellmThinkingBlock,
  type OpenaiAnswer,
  type OpenaiAnsweredImage,
  type OpenaiAnsweredToolCall,
  type OpenaiChatCompletion,
  usageFromConverse,
} from '@genai-gateway/protocol';
import { isRecord, type JsonRecord, recordsOf, textOf } from '../json.ts';
import type { ToolNames } from '../tools/tool-names.ts';
import { answeredImage } from './answered-image.ts';
import { type CitedText, citedText, sourceFields } from './answered-sources.ts';
import { Thinking } from './answered-thinking.ts';
import { responseFields, servedFields } from './served.ts';
import { stopReasonToOpenai } from './stop-reasons.ts';
import { usageToOpenai } from './usage.ts';

export interface ConverseToOpenaiContext {
  readonly id: string;
  /** Seconds since the Unix epoch. */
  readonly created: number;
  /** The model's name as the caller wrote it. */
  readonly model: string;
  /** From `openaiToConverse`. */
  readonly toolNames: ToolNames;
  /** From `openaiToConverse`: the tool whose input is the answer. */
  readonly jsonTool?: string | undefined;
  /** Whether the caller asked to see what a guardrail found. */
  readonly showsTrace?: boolean;
}

/**
 * A Converse answer as a chat completion. Text blocks are joined as they are, and cited text with them. Tools that the
 * provider ran itself, and kinds of blocks that OpenAI has no word for, are left out.
 * Throws `upstream-model-error` for malformed model output, `upstream-failed` when it is no Converse answer.
 */
export function converseToOpenai(reply: ConverseReply, context: ConverseToOpenaiContext): OpenaiChatCompletion {
  const content = reply?.output?.message?.content;
  if (!Array.isArray(content) || typeof reply.stopReason !== 'string') {
    throw new GatewayError('upstream-failed', 'The model service gave an answer that the gateway cannot read.', {
      cause: new Error('Converse answer without output.message.content or stopReason'),
    });
  }
  const { additionalModelResponseFields: more } = reply;
  const message = contentToAnswer(content, context, responseFields(more));
  const finishReason = stopReasonToOpenai(reply.stopReason, message.tool_calls !== undefined);
  const usage = usageToOpenai(usageFromConverse(reply.usage, more));
  return {
    id: context.id,
    object: 'chat.completion',
    created: context.created,
    model: context.model,
    choices: [{ index: 0, message, finish_reason: finishReason, logprobs: null }],
    ...(usage === undefined ? {} : { usage }),
    ...servedFields({ ...reply }, context.showsTrace === true),
  };
}

function contentToAnswer(
  content: readonly unknown[],
  { toolNames, jsonTool }: ConverseToOpenaiContext,
  more: ReturnType<typeof responseFields>,
): OpenaiAnswer {
  let text = '';
  let json: string | undefined;
  let reasoning = '';
  const thinkingBlocks: LitellmThinkingBlock[] = [];
  const cited: CitedText[] = [];
  const images: OpenaiAnsweredImage[] = [];
  const toolCalls: OpenaiAnsweredToolCall[] = [];
  for (const { text: words, toolUse, reasoningContent, citationsContent, image } of recordsOf(content)) {
    if (typeof words === 'string') text += words;
    else if (isRecord(toolUse)) {
      if (toolUse['type'] === 'server_tool_use') continue;
      if (jsonTool === undefined || toolUse['name'] !== jsonTool) toolCalls.push(toolCall(toolUse, toolNames));
      else json ??= JSON.stringify(toolUse['input'] ?? {});
    } else if (isRecord(reasoningContent)) {
      const thinking = new Thinking();
      reasoning += thinking.addBlock(reasoningContent);
      const whole = thinking.take();
      if (whole !== undefined) thinkingBlocks.push(whole);
    } else if (isRecord(citationsContent)) {
      const start = text.length;
      for (const part of recordsOf(citationsContent['content'])) text += textOf(part['text']);
      const citations = recordsOf(citationsContent['citations']) as readonly ConverseCitation[];
      if (citations.length > 0) cited.push(citedText(text, start, citations));
    } else if (isRecord(image) && isRecord(image['source']) && typeof image['source']['bytes'] === 'string') {
      images.push(answeredImage(image['format'], image['source']['bytes'], images.length));
    }
  }
  // Text before the JSON would make it unreadable: the caller parses the whole of it.
  const sources = json === undefined ? sourceFields(text, cited) : {};
  const fields = { ...sources.provider_specific_fields, ...more };
  return {
    role: 'assistant',
    content: json ?? (text === '' && toolCalls.length > 0 ? null : text),
    refusal: null,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(thinkingBlocks.length === 0 ? {} : { thinking_blocks: thinkingBlocks }),
    ...(sources.annotations === undefined ? {} : { annotations: sources.annotations }),
    ...(images.length === 0 ? {} : { images }),
    ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
    ...(Object.keys(fields).length === 0 ? {} : { provider_specific_fields: fields }),
  };
}

function toolCall({ toolUseId, name, input }: JsonRecord, toolNames: ToolNames): OpenaiAnsweredToolCall {
  const called = textOf(name);
  return {
    id: textOf(toolUseId),
    type: 'function',
    function: { name: toolNames.get(called) ?? called, arguments: JSON.stringify(input ?? {}) },
  };
}
