import type { ConverseRequest, OpenaiChatRequest } from '@genai-gateway/protocol';
import { type OpenaiAsConverse, type OpenaiToConverseContext, openaiToConverse } from '../openai-to-converse.ts';
import { parseOpenaiChatRequest } from '../parse-openai-chat.ts';

/** A model without special rules of its own, as far as these tests go. */
export const PLAIN_MODEL = 'us.anthropic.claude-sonnet-4-20250514-v1:0';

/** A request as a client would send it: through JSON, the parser and the translation. */
export function translate(
  fields: Record<string, unknown>,
  modelId = PLAIN_MODEL,
  context: Omit<OpenaiToConverseContext, 'modelId'> = {},
): OpenaiAsConverse {
  const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...fields };
  return openaiToConverse(parsed(body), { modelId, ...context });
}

/** The Converse request alone. */
export function converse(fields: Record<string, unknown>, modelId = PLAIN_MODEL): ConverseRequest {
  return translate(fields, modelId).request;
}

function parsed(body: unknown): OpenaiChatRequest {
  return parseOpenaiChatRequest(JSON.parse(JSON.stringify(body)), { messages: 'optional' });
}
