import { describe, expect, test } from 'vitest';
import {
  type ErrorCode,
  errorCodes,
  type Fault,
  faultOf,
  GatewayError,
  isGatewayError,
  toGatewayError,
} from './error.ts';

describe('whose fault a code is', () => {
  test.each<[ErrorCode, Fault]>([
    ['invalid-json', 'caller'],
    ['key-expired', 'caller'],
    ['not-on-hot-path', 'caller'],
    ['client-gone', 'caller'],
    ['upstream-rejected', 'upstream'],
    ['upstream-cut', 'upstream'],
    ['identity-unavailable', 'gateway'],
    ['credentials-unavailable', 'gateway'],
    ['overloaded', 'gateway'],
    ['shutting-down', 'gateway'],
    ['internal', 'gateway'],
  ])('%s: %s', (code, fault) => {
    expect(faultOf(code)).toBe(fault);
    expect(new GatewayError(code, 'x').fault).toBe(fault);
  });

  test('no code is there twice', () => {
    expect(new Set(errorCodes).size).toBe(errorCodes.length);
  });
});

describe('an error', () => {
  test('carries what it was given', () => {
    const cause = new Error('why');
    const error = new GatewayError('overloaded', 'later', { cause, retryAfterSeconds: 3, param: 'model' });
    expect(error).toMatchObject({
      name: 'GatewayError',
      message: 'later',
      cause,
      retryAfterSeconds: 3,
      param: 'model',
    });
    expect('cause' in new GatewayError('overloaded', 'later')).toBe(false);
  });

  test('is known by its shape, so another copy of this package is known too', () => {
    expect(isGatewayError(Object.assign(new Error('x'), { name: 'GatewayError', code: 'internal' }))).toBe(true);
    expect(isGatewayError(Object.assign(new Error('x'), { code: 'ENOENT' }))).toBe(false);
    expect(isGatewayError({ name: 'GatewayError', code: 'internal' })).toBe(false);
    expect(isGatewayError(undefined)).toBe(false);
  });

  test('of ours stays itself; any other becomes internal and says nothing of it to the caller', () => {
    const ours = new GatewayError('invalid-json', 'x');
    expect(toGatewayError(ours)).toBe(ours);
    const foreign = new Error('password=hunter2');
    const error = toGatewayError(foreign);
    expect(error).toMatchObject({ code: 'internal', cause: foreign });
    expect(error.message).not.toContain('hunter2');
    expect(toGatewayError('a text')).toMatchObject({ code: 'internal', cause: 'a text' });
  });
});
