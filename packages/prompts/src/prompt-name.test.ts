import type { GatewayError } from '@genai-gateway/core';
import { describe, expect, test } from 'vitest';
import { parsePromptName, promptNames, shownPromptName } from './prompt-name.ts';
import type { PromptName } from './prompt-source.ts';
import { prompt, variant } from './test-support/prompts.ts';

const arn = 'arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ';
const byArn = (version: string, of = arn, region = 'us-east-1') => ({ kind: 'arn', arn: of, region, version });
const gov = 'arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:prompt/abcdef1234';
const china = 'arn:aws-cn:bedrock:cn-northwest-1:123456789012:prompt/abcdef1234';

test.each<[string, unknown]>([
  [arn, byArn('DRAFT')],
  [`${arn}:1`, byArn('1')],
  [`${arn}:99999`, byArn('99999')],
  [`${arn}:DRAFT`, byArn('DRAFT')],
  [`bedrock/${arn}:2`, byArn('2')],
  [`${gov}:1`, byArn('1', gov, 'us-gov-west-1')],
  [china, byArn('DRAFT', china, 'cn-northwest-1')],
  ['prompt:greeting', { kind: 'name', name: 'greeting', version: 'DRAFT' }],
  ['prompt:greeting:7', { kind: 'name', name: 'greeting', version: '7' }],
  ['prompt:greeting:DRAFT', { kind: 'name', name: 'greeting', version: 'DRAFT' }],
  ['prompt:A_b-9_', { kind: 'name', name: 'A_b-9_', version: 'DRAFT' }],
  // An id looks like a name, and is taken for one.
  ['prompt:ABCDEFGHIJ', { kind: 'name', name: 'ABCDEFGHIJ', version: 'DRAFT' }],
  [`prompt:${'a-'.repeat(100)}`, { kind: 'name', name: 'a-'.repeat(100), version: 'DRAFT' }],
])('%s means a prompt', (name, expected) => {
  expect(parsePromptName(name)).toEqual(expected);
});

test.each([
  'claude-sonnet',
  'ABCDEFGHIJ',
  'prompts:greeting',
  'bedrock/prompt:greeting',
  'arn:aws:bedrock:us-east-1:123456789012:prompt-router/ABCDEFGHIJ',
  'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0',
  '',
])('%s means none', (name) => {
  expect(parsePromptName(name)).toBeUndefined();
});

test.each([
  'prompt:',
  'prompt::1',
  'prompt:a b',
  'prompt:a__b',
  'prompt:-a',
  'prompt:grüße',
  'prompt:a:0',
  'prompt:a:01',
  'prompt:a:100000',
  'prompt:a:draft',
  'prompt:a:',
  'prompt:a:1:2',
  `prompt:${'a'.repeat(101)}`,
  `prompt:${'a'.repeat(100_000)}!`,
  `${arn}:0`,
  `${arn}:`,
  `${arn}:1:2`,
  `${arn}x`,
  `${arn}/x`,
  'arn:aws:bedrock:us-east-1:123456789012:prompt',
  'arn:aws:bedrock:us-east-1::prompt/ABCDEFGHIJ',
  'arn:evil:bedrock:us-east-1:123456789012:prompt/ABCDEFGHIJ',
  'arn:aws:bedrock:us-east-1.evil.example:123456789012:prompt/ABCDEFGHIJ',
])('%s is refused, and is told how it is written', (name) => {
  let refusal: GatewayError | undefined;
  try {
    parsePromptName(name);
  } catch (error) {
    refusal = error as GatewayError;
  }
  expect(refusal).toMatchObject({ code: 'invalid-request', param: 'model' });
  expect(refusal?.message).toMatch(/Write (?:an ARN as arn:|prompt:name)/);
});

test.each<[PromptName, string]>([
  [{ kind: 'name', name: 'greeting', version: 'DRAFT' }, 'prompt:greeting:DRAFT'],
  [{ kind: 'arn', arn, region: 'us-east-1', version: '3' }, 'prompt/ABCDEFGHIJ:3'],
])('%o is shown without the account', (name, expected) => {
  expect(shownPromptName(name)).toBe(expected);
});

describe('a list of allowed models may name a prompt', () => {
  const greeting = (version: string) => prompt({ arn, version, variants: [variant('a', 'Hello')] });
  test('with and without its version', () => {
    expect(promptNames(greeting('3'), 'us-east-1')).toEqual([arn, `${arn}:3`, 'prompt:greeting', 'prompt:greeting:3']);
  });
  test('as its draft', () => {
    expect(promptNames(greeting('DRAFT'), 'us-east-1')).toEqual([arn, 'prompt:greeting', 'prompt:greeting:DRAFT']);
  });
  test('by its ARN alone when it is of another region: anybody can give a prompt there the same name', () => {
    expect(promptNames(greeting('3'), 'eu-west-1')).toEqual([arn, `${arn}:3`]);
    expect(promptNames(greeting('DRAFT'), undefined)).toEqual([arn]);
  });
});
