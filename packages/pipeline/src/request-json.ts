import { GatewayError } from '@genai-gateway/core';
import type { JsonObject } from '@genai-gateway/protocol';

/** Deeper than any request of these APIs; code that walks a request may recurse. */
const MAX_DEPTH = 128;

/** The body as a JSON object. Throws `invalid-json`, or `invalid-request` when it is nested too deeply. */
export function parseJsonObject(body: Buffer): JsonObject {
  const text = body.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const what =
      body.length === 0
        ? 'The request has no body'
        : `The body is not valid JSON (${(cause as Error).message.replaceAll(/\s+/g, ' ').slice(0, 120)})`;
    throw new GatewayError('invalid-json', `${what}. Send a JSON object.`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new GatewayError('invalid-json', 'The body must be a JSON object.');
  }
  if (mayBeDeep(text)) checkDepth(value, 1);
  return value as JsonObject;
}

/** Whether there are enough opening brackets at all; nearly no request has, and counting them costs little. */
function mayBeDeep(text: string): boolean {
  let count = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      count += 1;
      if (count > MAX_DEPTH) return true;
    }
  }
  return false;
}

function checkDepth(value: object, depth: number): void {
  if (depth > MAX_DEPTH) {
    throw new GatewayError('invalid-json', `The body is nested more than ${MAX_DEPTH} levels deep.`);
  }
  for (const key in value) {
    const child: unknown = (value as Record<string, unknown>)[key];
    if (child !== null && typeof child === 'object') checkDepth(child, depth + 1);
  }
}
