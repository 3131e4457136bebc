import type { JsonObject } from './json.ts';
import { isObject } from './object.ts';

/**
 * The input of a tool call as a model takes it back: always an object. Bedrock and Anthropic refuse a conversation with
 * anything else, and LiteLLM cannot read it for them. The call itself has to stay, because its result comes with the next
 * message; so what the model wrote wrongly, or was cut in, becomes `{}`.
 * Source: the error of Converse "The format of the value at messages.1.content.0.toolUse.input is invalid. Provide a json
 * object", as https://github.com/vercel/ai/pull/19023 tells it (read 2026-11-23).
 */
export function toolInput(value: unknown): JsonObject {
  return isObject(value) ? (value as JsonObject) : {};
}

/** The same for input that is JSON text. */
export function parsedToolInput(json: string): JsonObject {
  try {
    return toolInput(JSON.parse(json));
  } catch {
    return {};
  }
}

/**
 * Whether no model takes this text back: neither Bedrock nor Anthropic takes a block of spaces.
 * Source: their errors "The text field in the ContentBlock object … is blank" and "text content blocks must contain
 * non-whitespace text", as https://github.com/langchain-ai/langchainjs/pull/8618 and
 * https://github.com/NousResearch/hermes-agent/pull/63983 tell them (read 2026-11-23).
 */
export function isBlank(text: string): boolean {
  return text.trim() === '';
}
