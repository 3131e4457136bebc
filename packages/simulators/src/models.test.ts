import * as sdk from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { exceptionStatus } from './errors.ts';
import { resolveModel } from './models.ts';

const account = '123456789012';

describe('resolveModel', () => {
  it.each([
    ['anthropic.claude-sonnet-4-5-20250929-v1:0', { family: 'claude', claude: { samplers: 'one' } }],
    ['anthropic.claude-3-haiku-20240307-v1:0', { family: 'claude', claude: { samplers: 'both' } }],
    ['anthropic.claude-sonnet-4-20250514-v1:0', { claude: { samplers: 'both' } }],
    ['anthropic.claude-opus-4-1-20250805-v1:0', { claude: { samplers: 'one' } }],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', { family: 'claude' }],
    ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', { family: 'claude' }],
    ['eu.amazon.nova-pro-v1:0', { family: 'nova' }],
    ['meta.llama3-1-8b-instruct-v1:0', { family: 'llama', takesToolChoice: false }],
    ['amazon.titan-embed-text-v2:0', { family: 'titan-embed' }],
    ['cohere.embed-v4:0', { family: 'cohere-embed' }],
    [`arn:aws:bedrock:us-east-1:${account}:application-inference-profile/abc123`, { family: 'claude' }],
    [`arn:aws:bedrock:us-east-1:${account}:inference-profile/us.amazon.nova-lite-v1:0`, { family: 'nova' }],
    [`arn:aws:bedrock:us-east-1:${account}:custom-model/amazon.nova-lite-v1:0:300k/abcdefghijkl`, { family: 'nova' }],
    ['arn:aws:bedrock:us-east-1::foundation-model/meta.llama3-1-70b-instruct-v1:0', { family: 'llama' }],
  ])('knows %s', (id, model) => {
    expect(resolveModel(id)).toMatchObject({ id, ...model });
  });

  it.each([
    'gpt-5',
    'anthropic.claude-sonnet-99-v1:0',
    'xx.anthropic.claude-3-haiku-20240307-v1:0',
    'arn:aws:s3:::bucket/key',
    `arn:aws:bedrock:us-east-1:${account}:guardrail/abc`,
    `arn:aws:bedrock:us-east-1:${account}:prompt/ABCDEFGHIJ:1`,
    'anthropic.claude 3',
    '',
  ])('does not know %j', (id) => {
    expect(() => resolveModel(id)).toThrow('The provided model identifier is invalid.');
  });

  it('takes the ids that were added', () => {
    expect(resolveModel('acme.model-1', ['acme.model-1'])).toMatchObject({ family: 'other' });
  });
});

it('every modelled exception has the status of the SDK’s model', () => {
  const modelled = Object.entries(exceptionStatus).flatMap(([name, status]) => {
    const schema = Object.entries(sdk).find(([key]) => key === `${name}$`)?.[1];
    return Array.isArray(schema) ? [{ name, status, traits: schema[3] }] : [];
  });
  expect(modelled.length).toBe(12);
  for (const { status, traits } of modelled) expect(traits).toMatchObject({ httpError: status });
});
