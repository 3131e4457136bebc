import { errorCodes, faultOf, GatewayError } from '@genai-gateway/core';
import { decodeFrame } from '@genai-gateway/protocol';
import { describe, expect, test } from 'vitest';
import { errorAnswer, streamError } from './error-answer.ts';
import { errorRow } from './error-table.ts';

/** What the AWS SDKs retry by themselves. */
const RETRIED_BY_AWS = new Set([429, 500, 502, 503, 504]);

describe.each(errorCodes)('%s', (code) => {
  test('has a status that fits whose fault it is', () => {
    const { openaiStatus, bedrockStatus } = errorRow(code);
    if (faultOf(code) === 'caller') {
      expect(openaiStatus).toBeGreaterThanOrEqual(400);
      expect(openaiStatus).toBeLessThan(500);
      // A limit by the minute is the one refusal of a caller that mends itself.
      expect(RETRIED_BY_AWS.has(bedrockStatus)).toBe(code === 'rate-limited');
    }
    if (faultOf(code) === 'gateway') expect(openaiStatus).toBeGreaterThanOrEqual(500);
  });

  test('looks like an error of the API that was called', () => {
    const error = new GatewayError(code, 'what is wrong', { param: 'model' });
    const openai = errorAnswer(error, 'openai');
    expect(JSON.parse(openai.body)).toEqual({
      error: { message: 'what is wrong', type: expect.any(String), param: 'model', code: expect.any(String) },
    });
    const bedrock = errorAnswer(error, 'bedrock');
    expect(JSON.parse(bedrock.body)).toEqual({ message: 'what is wrong' });
    expect(bedrock.headers['x-amzn-errortype']).toMatch(/^[A-Z][A-Za-z]+Exception$/);
    const anthropic = errorAnswer(error, 'anthropic');
    expect(JSON.parse(anthropic.body)).toEqual({
      type: 'error',
      error: { type: expect.stringMatching(/^[a-z_]+(?:_error|_too_large)$/), message: 'what is wrong' },
    });
  });

  test('ends a stream', () => {
    const error = new GatewayError(code, 'what is wrong');
    expect(streamError(error, 'openai').toString()).toMatch(/^data: \{"error":\{"message":"what is wrong".*\}\}\n\n$/);
    expect(streamError(error, 'anthropic').toString()).toMatch(
      /^event: error\ndata: \{"type":"error","error":.*\}\n\n$/,
    );
    const frame = decodeFrame(streamError(error, 'bedrock') as Buffer);
    expect(frame).toMatchObject({ messageType: 'exception', eventType: undefined });
    expect(frame.exceptionType).toMatch(/Exception$/);
  });
});

test('401 is authentication_error, or the litellm client takes it for a bad request', () => {
  for (const code of errorCodes) {
    const row = errorRow(code);
    if (row.openaiStatus === 401) expect(row.openaiType).toBe('authentication_error');
  }
});

test.each([
  ['a wait that is known', 7, '7'],
  ['one that is not', undefined, '1'],
])('refusals for load say how long to wait: %s', (_name, retryAfterSeconds, expected) => {
  const options = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  for (const code of ['upstream-throttled', 'overloaded'] as const) {
    expect(errorAnswer(new GatewayError(code, 'busy', options), 'openai').headers['retry-after']).toBe(expected);
    expect(errorAnswer(new GatewayError(code, 'busy', options), 'bedrock').headers['retry-after']).toBe(expected);
  }
  expect(errorAnswer(new GatewayError('invalid-json', 'no'), 'openai').headers['retry-after']).toBeUndefined();
});

test.each([
  ['invalid-request', 'invalid_request_error', 400],
  ['invalid-credential', 'authentication_error', 401],
  ['model-not-allowed', 'permission_error', 403],
  ['model-not-found', 'not_found_error', 404],
  ['body-too-large', 'request_too_large', 413],
  ['rate-limited', 'rate_limit_error', 429],
  ['budget-exceeded', 'billing_error', 402],
  ['upstream-overloaded', 'overloaded_error', 529],
  ['overloaded', 'overloaded_error', 529],
  ['upstream-unavailable', 'api_error', 503],
  ['upstream-timeout', 'timeout_error', 504],
  ['internal', 'api_error', 500],
] as const)('%s is the %s of Anthropic, %i', (code, type, status) => {
  const answer = errorAnswer(new GatewayError(code, 'x'), 'anthropic', 'req-1');
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toEqual({ type: 'error', error: { type, message: 'x' }, request_id: 'req-1' });
  expect(streamError(new GatewayError(code, 'x'), 'anthropic', 'req-1')).toBe(`event: error\ndata: ${answer.body}\n\n`);
});

test('a thread that nobody keeps is lost, to a library that can send its conversation whole', () => {
  const lost = errorAnswer(new GatewayError('invalid-request', 'x', { param: 'thread' }), 'anthropic');
  expect(JSON.parse(lost.body)).toMatchObject({ error: { details: { error_code: 'thread_not_found' } } });
});
