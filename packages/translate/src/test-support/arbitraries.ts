import { isGatewayError } from '@genai-gateway/core';
import fc from 'fast-check';

/** Models whose families differ in what they take. */
export const modelIds = fc.constantFrom(
  'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'anthropic.claude-opus-4-7',
  'amazon.nova-pro-v1:0',
  'mistral.mistral-large-2407-v1:0',
  'us.meta.llama3-1-70b-instruct-v1:0',
);

/** Any JSON. */
export const junk = fc.jsonValue({ maxDepth: 2 });

/** What a client sends, and now and then any JSON at all. */
export const mostly = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 120, arbitrary: usual }, { weight: 1, arbitrary: junk });

/** Nothing, one time in four. */
export const usually = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 4 });

/** Nothing, `weight` times as often. */
export const seldom = <T>(value: fc.Arbitrary<T>, weight = 3): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

/** What is wrong with a request, or 'refused'. Anything thrown that is no coded error comes through. */
export function outcomeOf(check: () => readonly string[]): 'refused' | readonly string[] {
  try {
    return check();
  } catch (error) {
    if (isGatewayError(error) && error.code === 'invalid-request' && error.param !== undefined) return 'refused';
    throw error;
  }
}

/** Bytes in the pieces that cuts at `places` make of them, wherever these are. */
export function cutAt(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const edges = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}
