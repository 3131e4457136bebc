import { GatewayError } from '@genai-gateway/core';
import type { ConverseReply, ResponsesResponse } from '@genai-gateway/protocol';
import { isRecord, type JsonRecord, recordsOf } from '../json.ts';
import { type ConverseToResponsesContext, ConverseToResponsesStream } from './stream.ts';

/**
 * A Converse answer as a response: what its stream would have said at its end, because it is read as one.
 * Throws `upstream-model-error` for malformed model output, `upstream-failed` when it is no Converse answer.
 */
export function converseToResponses(reply: ConverseReply, context: ConverseToResponsesContext): ResponsesResponse {
  const { output, stopReason, usage, ...others } = reply as unknown as JsonRecord;
  const message = isRecord(output) ? output['message'] : undefined;
  const content = isRecord(message) ? message['content'] : undefined;
  if (!Array.isArray(content) || typeof stopReason !== 'string') {
    throw new GatewayError('upstream-failed', 'The model service gave an answer that the gateway cannot read.', {
      cause: new Error('Converse answer without output.message.content or stopReason'),
    });
  }
  const stream = new ConverseToResponsesStream(context);
  for (const [index, block] of content.entries()) if (isRecord(block)) pushBlock(stream, index, block);
  stream.push('messageStop', { stopReason, additionalModelResponseFields: others['additionalModelResponseFields'] });
  stream.push('metadata', { ...others, usage });
  return stream.response();
}

/** The events of one whole block. */
function pushBlock(stream: ConverseToResponsesStream, contentBlockIndex: number, block: JsonRecord): void {
  const { text, toolUse, toolResult, reasoningContent, citationsContent } = block;
  const delta = (fields: JsonRecord) => stream.push('contentBlockDelta', { contentBlockIndex, delta: fields });
  if (typeof text === 'string') delta({ text });
  else if (isRecord(toolUse)) {
    const { input, ...start } = toolUse;
    stream.push('contentBlockStart', { contentBlockIndex, start: { toolUse: start } });
    delta({ toolUse: { input: JSON.stringify(input ?? {}) } });
  } else if (isRecord(toolResult)) stream.push('contentBlockStart', { contentBlockIndex, start: { toolResult } });
  else if (isRecord(reasoningContent)) {
    const { reasoningText } = reasoningContent;
    delta({ reasoningContent: isRecord(reasoningText) ? reasoningText : reasoningContent });
  } else if (isRecord(citationsContent)) {
    for (const part of recordsOf(citationsContent['content'])) delta({ text: part['text'] });
    for (const citation of recordsOf(citationsContent['citations'])) delta({ citation });
  }
  stream.push('contentBlockStop', { contentBlockIndex });
}
