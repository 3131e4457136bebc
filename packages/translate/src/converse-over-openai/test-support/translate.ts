import type { JsonObject, LitellmChatRequest, LitellmMessage } from '@genai-gateway/protocol';
import { type ConverseAsOpenai, converseRequestToOpenai } from '../converse-request-to-openai.ts';
import { parseConverseRequest } from '../parse-converse.ts';

/** A request as a client would send it: through JSON, the parser and the translation. */
export function translate(fields: object, stream = false): ConverseAsOpenai {
  const body = { messages: [{ role: 'user', content: [{ text: 'Hi' }] }], ...fields };
  return converseRequestToOpenai(parseConverseRequest(throughJson(body)), { model: 'm', stream });
}

/** The chat request alone. */
export function openai(fields: object): LitellmChatRequest {
  return translate(fields).request;
}

/** What becomes of these messages. */
export function messagesOf(messages: readonly object[], system?: readonly object[]): readonly LitellmMessage[] {
  return openai(system === undefined ? { messages } : { messages, system }).messages;
}

/** As it comes from the wire: without what is undefined, and without our types. */
export function throughJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

/** A PNG, a JPEG, a GIF and a WebP, as far as their first bytes tell. */
export const IMAGES = {
  png: 'iVBORw0KGgo=',
  jpeg: '/9j/4A==',
  gif: 'R0lGODlh',
  webp: 'UklGRgAAAABXRUJQ',
} as const;
