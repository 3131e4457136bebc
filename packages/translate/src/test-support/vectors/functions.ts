import { isGatewayError } from '@genai-gateway/core';
import * as translate from '../../index.ts';
import type { RuleRow, VectorDirection } from './direction.ts';

/**
 * What is part of no single direction: stored conversations, prompts, cache points, LiteLLM's errors, embeddings, the facts of
 * models. Tables alone, in `test/vectors/functions/rules`; a row names a function of this package and what it is called with.
 */
export const functions: VectorDirection = {
  name: 'functions',
  given: [],
  derive() {
    throw new Error('Functions have no cases of their own.');
  },
  violations: () => [],
  deriveRow,
};

/** `call`: the name of a function; `args`: JSON. An error that it returns is told as one that it throws. */
function deriveRow({ call, args }: RuleRow): unknown {
  const called = Object.entries(translate).find(([name]) => name === call)?.[1];
  if (typeof called !== 'function' || !Array.isArray(args)) throw new Error(`No function is called ${String(call)}.`);
  const made: unknown = Reflect.apply(called, undefined, args);
  if (!isGatewayError(made)) return made;
  const { code, message, param, retryAfterSeconds } = made;
  return { code, message, param, retryAfterSeconds };
}
