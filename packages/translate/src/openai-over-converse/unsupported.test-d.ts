import type OpenAI from 'openai';
import { expectTypeOf, test } from 'vitest';
import type { fieldRules } from './unsupported.ts';

type Decided = keyof typeof fieldRules;

test('every field of the SDK has a rule', () => {
  expectTypeOf<Exclude<keyof OpenAI.ChatCompletionCreateParams, Decided>>().toBeNever();
});

test('the check sees a field without one', () => {
  expectTypeOf<Exclude<'seed' | 'sed', Decided>>().toEqualTypeOf<'sed'>();
});
