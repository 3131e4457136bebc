import { defaultModelConfig } from '@genai-gateway/config';
import { describe, expect, test } from 'vitest';
import { type ListedModels, listedModels } from './model-list.ts';

const nothing: ListedModels = {
  bedrockIds: [],
  bedrockArns: [],
  sagemakerEndpoints: [],
  assumedRoles: [],
  everyModel: [],
};
const profile = 'arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123def456';
const id = (modelId: string, region?: string) => ({ bedrockIds: [{ id: modelId, region }] });

function read(params: object): ListedModels {
  return listedModels(JSON.stringify({ model_list: [{ model_name: 'name', litellm_params: params }] }));
}

describe('an entry of the model list', () => {
  test.each<[string, object, Partial<ListedModels>]>([
    ['a model', { model: 'bedrock/amazon.nova-lite-v1:0' }, id('amazon.nova-lite-v1:0')],
    ['a profile', { model: 'bedrock/eu.amazon.nova-lite-v1:0' }, id('eu.amazon.nova-lite-v1:0')],
    ['without a provider', { model: 'anthropic.claude-opus-5-5' }, id('anthropic.claude-opus-5-5')],
    [
      'its provider beside it',
      { model: 'amazon.nova-lite-v1:0', custom_llm_provider: 'bedrock' },
      id('amazon.nova-lite-v1:0'),
    ],
    ['its region beside it', { model: 'bedrock/a.b', aws_region_name: 'us-east-1' }, id('a.b', 'us-east-1')],
    ['its region in the name', { model: 'bedrock/us-west-2/a.b' }, id('a.b', 'us-west-2')],
    ['a region that is not known yet', { model: 'bedrock/a.b', aws_region_name: 'os.environ/AWS_REGION' }, id('a.b')],
    ['a way to call it', { model: 'bedrock/converse/a.b' }, id('a.b')],
    ['an ARN', { model: `bedrock/converse/${profile}` }, { bedrockArns: [profile] }],
    ['an ARN in percent signs', { model: `bedrock/${encodeURIComponent(profile)}` }, { bedrockArns: [profile] }],
    [
      'a profile in front of a model',
      { model: 'bedrock/eu.a.b', model_id: profile },
      { ...id('eu.a.b'), bedrockArns: [profile] },
    ],
    ['every model', { model: 'bedrock/*' }, { everyModel: ['bedrock/*'] }],
    ['an agent is no model', { model: 'bedrock/agent/ABCDEFGHIJ/1234567890' }, {}],
    ['a marketplace endpoint', { model: 'bedrock/arn:aws:sagemaker:eu-west-1:111122223333:endpoint/x' }, {}],
    ['a key of its own', { model: 'bedrock/a.b', aws_access_key_id: 'os.environ/OTHER_KEY' }, {}],
    [
      'a role of its own',
      { model: 'bedrock/a.b', aws_role_name: 'arn:aws:iam::444455556666:role/models' },
      { assumedRoles: ['arn:aws:iam::444455556666:role/models'] },
    ],
    [
      'SageMaker',
      { model: 'sagemaker/my-endpoint' },
      { sagemakerEndpoints: [{ name: 'my-endpoint', region: undefined }] },
    ],
    [
      'SageMaker elsewhere',
      { model: 'sagemaker_chat/my-endpoint', aws_region_name: 'us-east-1' },
      { sagemakerEndpoints: [{ name: 'my-endpoint', region: 'us-east-1' }] },
    ],
    ['another provider', { model: 'openai/gpt-5-mini' }, {}],
    ['another provider with dots', { model: 'gpt-4.1', custom_llm_provider: 'openai' }, {}],
    ['no model', {}, {}],
  ])('%s', (_name, params, expected) => {
    expect(read(params)).toEqual({ ...nothing, ...expected });
  });

  test.each(['', '[]', 'model_list:', 'model_list: [1, null]'])('nothing in %j', (text) => {
    expect(listedModels(text)).toEqual(nothing);
  });

  test('a model that is there twice is listed once', () => {
    const entry = '{model_name: a, litellm_params: {model: bedrock/a.b}}';
    expect(listedModels(`model_list: [${entry}, ${entry}]`).bedrockIds).toHaveLength(1);
  });

  test('every default list calls Bedrock by names', () => {
    const { bedrockIds, everyModel } = listedModels(defaultModelConfig('eu-west-1'));
    expect(bedrockIds.length).toBeGreaterThan(3);
    expect(everyModel).toEqual([]);
  });
});
