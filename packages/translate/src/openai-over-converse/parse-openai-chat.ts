import type { OpenaiChatRequest } from '@genai-gateway/protocol';
import { invalidRequest, isRecord } from '../json.ts';
import { checkMessages } from './parse-messages.ts';
import { checkParameters } from './parse-parameters.ts';
import { checkTools } from './parse-tools.ts';

/**
 * Checks a parsed body by hand and gives back the same object under its type: every field that the
 * type names has the type's shape. What OpenAI takes as "not given" (null) passes; fields, kinds of
 * parts and tools that are unknown pass too, and the translation reports or refuses them.
 * With `messages: 'optional'`, for a managed prompt or a session, a body without messages passes: it gets an empty list.
 * Throws `invalid-request` with the field's path as `param`.
 */
export function parseOpenaiChatRequest(
  value: unknown,
  { messages: wanted = 'required' }: { readonly messages?: 'required' | 'optional' } = {},
): OpenaiChatRequest {
  if (!isRecord(value)) throw invalidRequest('The body must be a JSON object with `model` and `messages`.', 'body');
  const body =
    wanted === 'optional' && (value['messages'] ?? undefined) === undefined ? { ...value, messages: [] } : value;
  const { model, messages } = body;
  if (typeof model !== 'string' || model === '') throw invalidRequest('`model` must be the name of a model.', 'model');
  if (!Array.isArray(messages) || (messages.length === 0 && wanted === 'required')) {
    throw invalidRequest('`messages` must be a list with at least one message.', 'messages');
  }
  checkMessages(messages);
  checkParameters(body);
  checkTools(body);
  // Every field that the type names has been looked at above.
  return body as unknown as OpenaiChatRequest;
}
