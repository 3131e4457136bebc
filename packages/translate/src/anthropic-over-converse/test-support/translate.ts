import type { ConverseRequest } from '@genai-gateway/protocol';
import {
  type AnthropicAsConverse,
  type AnthropicToConverseContext,
  anthropicToConverse,
} from '../anthropic-to-converse.ts';
import { parseAnthropicRequest } from '../parse-anthropic.ts';

/** Models whose rules the tests are about. */
export const NOVA = 'us.amazon.nova-pro-v1:0';
export const NOVA_2 = 'us.amazon.nova-2-lite-v1:0';
export const CLAUDE = 'us.anthropic.claude-sonnet-4-20250514-v1:0';
export const NEWEST_CLAUDE = 'us.anthropic.claude-opus-4-7';
export const LLAMA = 'us.meta.llama3-3-70b-instruct-v1:0';
export const GPT_OSS = 'openai.gpt-oss-120b-1:0';

/** A request as a client would send it: through JSON, the parser and the translation. */
export function translate(
  fields: Record<string, unknown>,
  modelId = CLAUDE,
  context: Omit<AnthropicToConverseContext, 'modelId'> = {},
): AnthropicAsConverse {
  const body: unknown = { model: 'm', max_tokens: 4096, messages: [{ role: 'user', content: 'Hi' }], ...fields };
  const parsed = parseAnthropicRequest(JSON.parse(JSON.stringify(body)), { messages: 'optional' });
  return anthropicToConverse(parsed, { modelId, ...context });
}

/** The Converse request alone. */
export function converse(fields: Record<string, unknown>, modelId = CLAUDE): ConverseRequest {
  return translate(fields, modelId).request;
}
