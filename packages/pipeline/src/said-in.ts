import type { JsonObject } from '@genai-gateway/protocol';

/**
 * What was said in a request, for a request log: `system` and `messages`, by the names they have in their API, and the
 * messages alone where there is no system text.
 */
export function saidIn(body: JsonObject, system: 'system' | 'instructions', messages: 'messages' | 'input'): unknown {
  const said = body[messages];
  return body[system] === undefined ? said : { [system]: body[system], [messages]: said };
}
