import { GatewayError } from '@genai-gateway/core';
import type { AlbEvent } from './alb-event.ts';
import { maxEventBytes } from './limits.ts';

/** Deeper than any body of these routes; code that walks a body may recurse. */
const MAX_DEPTH = 128;

/**
 * The parsed body of a request; undefined: it has none. Throws `body-too-large`, `unsupported-encoding`, or
 * `invalid-json` for what is no JSON or nested too deeply.
 */
export function jsonBodyOf(event: AlbEvent, headers: Readonly<Record<string, string>>): unknown {
  const { body, isBase64Encoded } = event;
  if (body === undefined || body === null || body === '') return undefined;
  const bytes = Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8');
  if (bytes.length > maxEventBytes) {
    throw new GatewayError(
      'body-too-large',
      'The body is larger than 1 MB, the most that comes through. Send less at a time.',
    );
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity') {
    throw new GatewayError(
      'unsupported-encoding',
      'A compressed body is not accepted. Send it without Content-Encoding.',
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // What the parser says repeats a part of the body.
    throw new GatewayError('invalid-json', 'The body is not valid JSON. Send JSON in UTF-8.');
  }
  checkDepth(value, 1);
  return value;
}

function checkDepth(value: unknown, depth: number): void {
  if (value === null || typeof value !== 'object') return;
  if (depth > MAX_DEPTH) {
    throw new GatewayError('invalid-json', `The body is nested more than ${MAX_DEPTH} levels deep.`);
  }
  for (const child of Object.values(value)) checkDepth(child, depth + 1);
}
