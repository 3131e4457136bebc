import { GatewayError } from '@genai-gateway/core';
import type { AlbEvent, AlbResult } from './alb-event.ts';
import { maxEventBytes } from './limits.ts';

export interface AnswerParts {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Its text. */
  readonly body: string;
}

/**
 * An answer as the load balancer wants it: with multi-value headers where the request had them, as base64 where the
 * text would be too long. Throws `answer-too-large` for what does not fit through either way.
 */
export function albResult(
  event: Pick<AlbEvent, 'multiValueHeaders'>,
  { status, headers, body }: AnswerParts,
): AlbResult {
  const inText = resultOf(event, status, headers, body, false);
  if (sizeOf(inText) <= maxEventBytes) return inText;
  const inBase64 = resultOf(event, status, headers, Buffer.from(body).toString('base64'), true);
  if (sizeOf(inBase64) <= maxEventBytes) return inBase64;
  throw new GatewayError(
    'answer-too-large',
    'The answer is larger than 1 MB, the most that comes through. Read it page by page: ask for fewer items with a smaller limit.',
  );
}

function resultOf(
  { multiValueHeaders }: Pick<AlbEvent, 'multiValueHeaders'>,
  statusCode: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  isBase64Encoded: boolean,
): AlbResult {
  const sent =
    multiValueHeaders == null
      ? { headers }
      : { multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])) };
  return { statusCode, ...sent, body, isBase64Encoded };
}

function sizeOf(result: AlbResult): number {
  return Buffer.byteLength(JSON.stringify(result));
}
