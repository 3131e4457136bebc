import type OpenAI from 'openai';
import { expectTypeOf, test } from 'vitest';
import type { fieldRules } from '../openai-over-converse/unsupported.ts';
import type { responsesFieldRules } from './fields.ts';

/** Here, or in the table of the chat request. */
type Decided = keyof typeof responsesFieldRules | keyof typeof fieldRules;

test('every field of the SDK has a rule', () => {
  expectTypeOf<Exclude<keyof OpenAI.Responses.ResponseCreateParams, Decided>>().toBeNever();
});

test('the check sees a field without one', () => {
  expectTypeOf<Exclude<'input' | 'inputs', Decided>>().toEqualTypeOf<'inputs'>();
});
