import { describe, expect, test } from 'vitest';
import type { UpstreamAnswer } from './collect.ts';
import { streamException, upstreamError } from './upstream-error.ts';

const answer = (status: number, name: string, message: string, headers: object = {}): UpstreamAnswer => ({
  status,
  headers: { ...(name === '' ? {} : { 'x-amzn-errortype': name }), ...headers },
  body: Buffer.from(JSON.stringify({ message })),
});

describe('an exception of Bedrock', () => {
  test.each<[name: string, status: number, code: string]>([
    ['ThrottlingException', 429, 'upstream-throttled'],
    ['ModelNotReadyException', 429, 'upstream-throttled'],
    ['ServiceQuotaExceededException', 400, 'upstream-quota-exceeded'],
    ['ValidationException', 400, 'upstream-rejected'],
    ['ResourceNotFoundException', 404, 'upstream-model-not-found'],
    ['AccessDeniedException', 403, 'upstream-access-denied'],
    ['ExpiredTokenException', 403, 'upstream-access-denied'],
    ['ModelTimeoutException', 408, 'upstream-timeout'],
    ['ModelErrorException', 424, 'upstream-model-error'],
    ['InternalServerException', 500, 'upstream-failed'],
    ['ServiceUnavailableException', 503, 'upstream-overloaded'],
    ['ThrottlingException:http://internal.amazon.com/coral/', 429, 'upstream-throttled'],
    ['', 429, 'upstream-throttled'],
    ['', 408, 'upstream-timeout'],
    ['', 424, 'upstream-model-error'],
    ['', 403, 'upstream-access-denied'],
    ['', 404, 'upstream-model-not-found'],
    ['', 503, 'upstream-overloaded'],
    ['', 418, 'upstream-rejected'],
    ['', 500, 'upstream-failed'],
    ['NewException', 429, 'upstream-throttled'],
  ])('%s with status %i', (name, status, code) => {
    expect(upstreamError(answer(status, name, 'No.')).code).toBe(code);
  });

  test('its name in the body counts too', () => {
    const body = Buffer.from(JSON.stringify({ __type: 'com.amazon#ThrottlingException', Message: 'Slow down.' }));
    const error = upstreamError({ status: 400, headers: {}, body });
    expect([error.code, error.message]).toEqual(['upstream-throttled', 'Slow down.']);
  });

  test.each([
    'Input is too long for requested model.',
    'input length and `max_tokens` exceed context limit: 9 + 1 > 8',
    'The model returned the following errors: too many input tokens',
    'prompt is too long: 208310 tokens > 200000 maximum',
  ])('what says that the conversation is too long: %s', (message) => {
    expect(upstreamError(answer(400, 'ValidationException', message)).code).toBe('upstream-context-too-long');
    expect(upstreamError(answer(429, 'ThrottlingException', message)).code).toBe('upstream-throttled');
  });

  test('names of our account stay here, and what our role may not do is for the operators', () => {
    const named = 'User: arn:aws:sts::123456789012:assumed-role/gateway/x may not call 123456789012.';
    expect(upstreamError(answer(400, 'ValidationException', named)).message).not.toMatch(/arn:|\d{12}|assumed-role/);
    expect(upstreamError(answer(403, 'AccessDeniedException', named)).message).toMatch(/An administrator can grant/);
  });

  test.each<[value: string, seconds: number | undefined]>([
    ['7', 7],
    ['1.2', 2],
    ['0', 0],
    ['-1', undefined],
    ['soon', undefined],
  ])('waits for "%s" seconds', (value, seconds) => {
    const error = upstreamError(answer(429, 'ThrottlingException', 'No.', { 'retry-after': value }));
    expect(error.retryAfterSeconds).toBe(seconds);
  });

  test('a body that is no JSON leaves the status', () => {
    expect(upstreamError({ status: 502, headers: {}, body: Buffer.from('<html>') })).toMatchObject({
      code: 'upstream-failed',
      message: 'status 502',
    });
  });
});

test.each<[exception: string | undefined, code: string]>([
  ['throttlingException', 'upstream-throttled'],
  ['validationException', 'upstream-rejected'],
  ['modelStreamErrorException', 'upstream-model-error'],
  ['internalServerException', 'upstream-failed'],
  ['serviceUnavailableException', 'upstream-overloaded'],
  ['newException', 'upstream-failed'],
  [undefined, 'upstream-failed'],
])('an exception within a stream: %s', (exception, code) => {
  const payload = Buffer.from(JSON.stringify({ message: 'arn:aws:bedrock:us-east-1:123456789012:x broke' }));
  const error = streamException(exception, payload);
  expect([error.code, error.message]).toEqual([code, '[resource] broke']);
});
