import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBedrockId } from './bedrock-id.ts';
import { foundationModel, type ModelKind, modelKind, modelsOfId, modelsOfProfile } from './model-resolver.ts';

const sonnet = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const here = 'arn:aws:bedrock:us-east-1:123456789012';

describe('what a name says by itself', () => {
  test.each<[name: string, kind: ModelKind, modelIds: readonly string[]]>([
    [sonnet, 'foundation-model', [sonnet]],
    ['openai.gpt-5.4', 'foundation-model', ['openai.gpt-5.4']],
    ['deepseek.v3.2', 'foundation-model', ['deepseek.v3.2']],
    [`us.${sonnet}`, 'inference-profile', [`us.${sonnet}`]],
    [`us-gov.${sonnet}`, 'inference-profile', [`us-gov.${sonnet}`]],
    ['global.openai.gpt-5.4', 'inference-profile', ['global.openai.gpt-5.4']],
    ['amazon.nova-premier-v1:0:1000k', 'foundation-model', ['amazon.nova-premier-v1:0']],
    [`arn:aws:bedrock:us-east-1::foundation-model/${sonnet}`, 'foundation-model', [sonnet]],
    [`${here}:inference-profile/eu.${sonnet}`, 'inference-profile', [`eu.${sonnet}`]],
    [`${here}:custom-model/amazon.nova-lite-v1:0:300k/abcdefghijkl`, 'custom-model', ['amazon.nova-lite-v1:0']],
    [`${here}:custom-model/imported/abcdefghijkl`, 'custom-model', []],
    [`${here}:imported-model/abcdefghijkl`, 'imported-model', []],
    [`${here}:prompt/ABCDEF1234:2`, 'prompt', []],
    ['arn:aws:sagemaker:us-east-1:123456789012:endpoint/mine', 'endpoint', []],
  ])('%s', (name, kind, modelIds) => {
    expect(parseBedrockId(name)).toBeDefined();
    const unknownBecause = modelIds.length === 0 ? 'no-foundation-model' : undefined;
    expect(modelsOfId(name)).toEqual({ kind, modelIds, unknownBecause });
  });
});

describe('what has to be asked', () => {
  test.each<[resource: string, kind: ModelKind]>([
    ['application-inference-profile/abc123def456', 'application-inference-profile'],
    ['prompt-router/abc123def456', 'prompt-router'],
    ['default-prompt-router/anthropic.claude:1', 'prompt-router'],
    ['provisioned-model/abc123def456', 'provisioned-model'],
    ['custom-model-deployment/abc123def456', 'custom-model-deployment'],
  ])('%s', (resource, kind) => {
    expect(parseBedrockId(`${here}:${resource}`)).toBeDefined();
    expect(modelsOfId(`${here}:${resource}`)).toBeUndefined();
    expect(modelKind(`${here}:${resource}`)).toBe(kind);
  });
});

describe('the foundation model of', () => {
  test.each([
    [sonnet, sonnet],
    [`global.${sonnet}`, sonnet],
    [`${here}:inference-profile/us.${sonnet}`, sonnet],
    [`arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/${sonnet}`, sonnet],
    ['amazon.nova-lite-v1:0:24k', 'amazon.nova-lite-v1:0'],
    ['qwen.qwen3-next-80b-a3b', 'qwen.qwen3-next-80b-a3b'],
    [`${here}:application-inference-profile/abc123def456`, `${here}:application-inference-profile/abc123def456`],
  ])('%s', (name, model) => {
    expect(foundationModel(name)).toBe(model);
  });

  test('any name that Bedrock takes is one that it stays by', () => {
    const part = fc.stringMatching(/^[a-z][a-z0-9-]{1,15}$/);
    fc.assert(
      fc.property(fc.constantFrom('', 'us.', 'us-gov.', 'apac.'), part, part, (geography, vendor, model) => {
        const found = foundationModel(`${geography}${vendor}.${model}`);
        expect(foundationModel(found)).toBe(found);
      }),
    );
  });
});

describe('an application profile over the models of', () => {
  const of = (...regions: string[]) => regions.map((region) => `arn:aws:bedrock:${region}::foundation-model/${sonnet}`);
  test.each<[name: string, arns: readonly string[], modelIds: readonly string[]]>([
    ['no model', [], []],
    ['one region', of('us-east-1'), [sonnet]],
    ['one region, said twice', of('us-east-1', 'us-east-1'), [sonnet]],
    ['the United States', of('us-east-1', 'us-east-2', 'us-west-2'), [`us.${sonnet}`]],
    ['the United States with Canada', of('ca-central-1', 'us-east-1'), [`us.${sonnet}`]],
    ['GovCloud', of('us-gov-east-1', 'us-gov-west-1'), [`us-gov.${sonnet}`]],
    ['Europe', of('eu-central-1', 'eu-north-1'), [`eu.${sonnet}`]],
    ['Japan', of('ap-northeast-1', 'ap-northeast-3'), [`jp.${sonnet}`]],
    ['Australia', of('ap-southeast-2', 'ap-southeast-4'), [`au.${sonnet}`]],
    ['Asia', of('ap-northeast-1', 'ap-southeast-2'), [`apac.${sonnet}`]],
    ['several continents', of('us-east-1', 'eu-central-1'), [`global.${sonnet}`]],
    ['every region', of('us-east-1', ''), [`global.${sonnet}`]],
    ['no region in particular', of(''), [`global.${sonnet}`]],
    ['what is no model of Bedrock', [`${here}:custom-model/imported/abcdefghijkl`], []],
  ])('%s', (_name, arns, modelIds) => {
    expect(modelsOfProfile(arns)).toEqual(modelIds);
  });
});
