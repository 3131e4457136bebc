import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment } from '@genai-gateway/config';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { afterAll, describe, expect, test } from 'vitest';
import { listOf, type Statement, statementsOf, wildActions, wildResources } from '../testing/iam.ts';
import { faultsOfActions } from '../testing/iam-actions.ts';
import { nagFindings } from '../testing/nag.ts';
import { standInData, standInFoundation } from '../testing/parts.ts';
import { sampleDeployment } from '../testing/sample-deployment.ts';
import { grantGateway, grantLitellm } from './service-roles.ts';

const folder = mkdtempSync(join(tmpdir(), 'service-roles-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const applicationProfile = 'arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123def456';
const router = 'arn:aws:bedrock:eu-west-1:111122223333:default-prompt-router/anthropic.claude:1';
const list = [
  'bedrock/amazon.titan-embed-text-v2:0',
  'bedrock/eu.amazon.nova-lite-v1:0',
  'bedrock/global.anthropic.claude-opus-5-5',
  `bedrock/${applicationProfile}`,
  `bedrock/${router}`,
  'sagemaker_chat/my-endpoint',
];

function withModels(models: readonly string[], changes: Partial<Deployment['models']> = {}): Deployment {
  const configFile = join(folder, `${Math.random()}.yaml`);
  const entries = models.map((model) => ({ model_name: model, litellm_params: { model } }));
  writeFileSync(configFile, JSON.stringify({ model_list: entries }));
  return { ...sampleDeployment, models: { ...sampleDeployment.models, configFile, ...changes } };
}

type Grant = typeof grantGateway;

function granted(grant: Grant, deployment: Deployment = withModels(list)) {
  const stack = new Stack(new App(), 'Compute', { env: { account: '111122223333', region: deployment.region } });
  const role: IRole = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  grant(role, deployment, { foundation: standInFoundation(stack), data: standInData(stack) });
  const template = Template.fromStack(stack).toJSON();
  const statements = statementsOf(template)
    .filter(({ type }) => type === 'AWS::IAM::ManagedPolicy')
    .map(({ statement }) => statement);
  return { stack, template, statements };
}

/** Whether an action on a resource is allowed when nothing is said beside, or under this value of a condition key. */
function allows(
  statements: readonly Statement[],
  action: string,
  resource: string,
  context: Readonly<Record<string, string>> = {},
): boolean {
  return statements.some(
    (statement) =>
      listOf(statement.Action).includes(action) &&
      listOf(statement.Resource).some((pattern) => fits(String(pattern), resource)) &&
      Object.values(statement.Condition ?? {}).every((keys) =>
        Object.entries(keys as Record<string, string | string[]>).every(
          ([key, values]) =>
            context[key] !== undefined && listOf(values).some((value) => fits(value, context[key] ?? '')),
        ),
      ),
  );
}

function fits(pattern: string, value: string): boolean {
  return new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(value);
}

const model = (region: string, modelId: string) => `arn:aws:bedrock:${region}::foundation-model/${modelId}`;
const profile = (region: string, profileId: string) =>
  `arn:aws:bedrock:${region}:111122223333:inference-profile/${profileId}`;
const by = (arn: string) => ({ 'bedrock:InferenceProfileArn': arn });

describe.each([
  ['the gateway', grantGateway],
  ['LiteLLM', grantLitellm],
] as const)('%s', (_name, grant) => {
  const { statements, stack, template } = granted(grant);
  const nova = profile('eu-west-1', 'eu.amazon.nova-lite-v1:0');
  const opus = profile('eu-west-1', 'global.anthropic.claude-opus-5-5');

  test.each<[string, string, Readonly<Record<string, string>>]>([
    ['a listed model', model('eu-west-1', 'amazon.titan-embed-text-v2:0'), {}],
    ['a listed profile', nova, {}],
    ['the model behind it, here', model('eu-west-1', 'amazon.nova-lite-v1:0'), by(nova)],
    ['the model behind it, elsewhere in Europe', model('eu-south-2', 'amazon.nova-lite-v1:0'), by(nova)],
    ['a profile of the whole world', opus, {}],
    ['the model behind it, here', model('eu-west-1', 'anthropic.claude-opus-5-5'), by(opus)],
    ['the model behind it, by its ARN without a region', model('', 'anthropic.claude-opus-5-5'), by(opus)],
    ['an application profile', applicationProfile, {}],
    ['what is behind that', model('eu-north-1', 'anything'), by(applicationProfile)],
    ['a prompt router', router, {}],
    ['what is behind that', model('eu-west-1', 'anything'), { 'bedrock:PromptRouterArn': router }],
  ])('may call %s: %s', (_what, resource, context) => {
    expect(allows(statements, 'bedrock:InvokeModel', resource, context)).toBe(true);
    expect(allows(statements, 'bedrock:InvokeModelWithResponseStream', resource, context)).toBe(true);
  });

  test.each<[string, string, Readonly<Record<string, string>>]>([
    ['a model that is not listed', model('eu-west-1', 'anthropic.claude-opus-5-5-v2'), {}],
    ['a listed model elsewhere', model('us-east-1', 'amazon.titan-embed-text-v2:0'), {}],
    ['the model behind a profile, by itself', model('eu-west-1', 'amazon.nova-lite-v1:0'), {}],
    ['the model behind a European profile, in the US', model('us-east-1', 'amazon.nova-lite-v1:0'), by(nova)],
    ['a profile of another geography', profile('eu-west-1', 'us.amazon.nova-lite-v1:0'), {}],
    ['a listed profile elsewhere', profile('eu-central-1', 'eu.amazon.nova-lite-v1:0'), {}],
    ['another application profile', `${applicationProfile}x`, {}],
    ['a profile of another account', nova.replace('111122223333', '444455556666'), {}],
  ])('may not call %s: %s', (_what, resource, context) => {
    expect(allows(statements, 'bedrock:InvokeModel', resource, context)).toBe(false);
  });

  test('may count tokens of the models behind its profiles', () => {
    expect(allows(statements, 'bedrock:CountTokens', model('eu-west-1', 'anthropic.claude-opus-5-5'))).toBe(true);
  });

  test('may use guardrails of this account, in this region', () => {
    const guardrail = 'arn:aws:bedrock:eu-west-1:111122223333:guardrail/abc';
    expect(allows(statements, 'bedrock:ApplyGuardrail', guardrail)).toBe(true);
    expect(allows(statements, 'bedrock:ApplyGuardrail', guardrail.replace('eu-west-1', 'us-east-1'))).toBe(false);
  });

  test('may read the model list, and nothing else of its bucket', () => {
    const ofConfig = statements.filter(({ Resource }) => JSON.stringify(Resource).includes(':s3:::config'));
    expect(ofConfig).toHaveLength(1);
    expect(ofConfig[0]).toMatchObject({ Action: 's3:GetObject' });
    expect(JSON.stringify(ofConfig[0]?.Resource)).toContain('config/config.yaml');
  });

  test('may use keys through one service each', () => {
    const ofKeys = statements.filter(({ Action }) => listOf(Action).some((action) => action.startsWith('kms:')));
    expect(ofKeys.length).toBeGreaterThan(0);
    for (const { Condition } of ofKeys) {
      expect(JSON.stringify(Condition)).toMatch(
        /"kms:ViaService":"(?:s3|dynamodb|secretsmanager)\.eu-west-1\.amazonaws\.com"/,
      );
    }
  });

  test('no action has a *, every action exists, and what can be named is', async () => {
    expect(wildActions(template)).toEqual([]);
    expect(await faultsOfActions(template)).toEqual([]);
    // A list of all prompts names none.
    const expected = grant === grantGateway ? [expect.stringMatching(/ bedrock:ListPrompts$/)] : [];
    expect(wildResources(template)).toEqual(expected);
  });

  test('cdk-nag finds nothing', () => {
    expect(nagFindings(stack)).toEqual([]);
  });

  test('with the default list of every kind of region it fits into the policies of a role', () => {
    for (const region of ['us-east-1', 'ca-central-1', 'eu-central-1', 'sa-east-1']) {
      const models = { configFile: undefined, access: 'listed', regions: [region] } as const;
      const { template: made } = granted(grant, { ...sampleDeployment, region, models });
      const policies = Object.values(made['Resources'] as Record<string, { Type: string; Properties: object }>).filter(
        ({ Type }) => Type === 'AWS::IAM::ManagedPolicy',
      );
      expect(policies.length).toBeLessThanOrEqual(9);
      for (const { Properties } of policies) expect(JSON.stringify(Properties).length).toBeLessThan(6_144);
    }
  });

  test('a list for every model is refused, unless every model is meant', () => {
    expect(() => granted(grant, withModels(['bedrock/*']))).toThrow(/BEDROCK_MODEL_ACCESS=all-foundation-models/);
    expect(() => granted(grant, withModels(['bedrock/*'], { access: 'all-foundation-models' }))).not.toThrow();
  });

  test('a list that is too long for a role is refused', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `bedrock/eu.vendor.model-${index}`);
    expect(() => granted(grant, withModels(many))).toThrow(/Name fewer models/);
  });
});

describe('further regions', () => {
  const { statements } = granted(grantGateway, withModels(list, { regions: ['eu-west-1', 'us-east-1'] }));

  test('a model without a region may be called in all of them', () => {
    for (const region of ['eu-west-1', 'us-east-1']) {
      expect(allows(statements, 'bedrock:InvokeModel', model(region, 'amazon.titan-embed-text-v2:0'))).toBe(true);
    }
    expect(allows(statements, 'bedrock:InvokeModel', model('us-west-2', 'amazon.titan-embed-text-v2:0'))).toBe(false);
  });
});

describe('all foundation models', () => {
  const regions = ['eu-west-1', 'eu-central-1'];
  const { statements, template } = granted(
    grantLitellm,
    withModels(list, { access: 'all-foundation-models', regions }),
  );

  test('of the regions that are named, and no others', () => {
    for (const region of regions) {
      expect(allows(statements, 'bedrock:InvokeModel', model(region, 'anything'))).toBe(true);
      expect(allows(statements, 'bedrock:InvokeModel', profile(region, 'eu.anything'))).toBe(true);
    }
    expect(allows(statements, 'bedrock:InvokeModel', model('us-east-1', 'anything'))).toBe(false);
    const throughProfile = by(profile('eu-west-1', 'global.anything'));
    expect(allows(statements, 'bedrock:InvokeModel', model('us-east-1', 'anything'), throughProfile)).toBe(true);
  });

  test('no action has a *', () => expect(wildActions(template)).toEqual([]));
});

describe('the gateway alone', () => {
  const { statements } = granted(grantGateway);
  const actionsOn = (part: string) =>
    statements
      .filter(({ Resource }) => listOf(Resource).some((each) => JSON.stringify(each).includes(part)))
      .flatMap(({ Action }) => listOf(Action));

  test('does with the table what docs/operations.md says', () => {
    expect(actionsOn('table/sessions').sort()).toEqual([
      'dynamodb:DescribeTable',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ]);
    expect(JSON.stringify(statements)).toContain('/index/by-owner');
  });

  test('does with the bucket of turns what docs/operations.md says', () => {
    expect(actionsOn(':s3:::history').sort()).toEqual(['s3:GetObject', 's3:ListBucket', 's3:PutObject']);
  });

  test('reads managed prompts of the account, and looks up what is behind ARNs', () => {
    expect(allows(statements, 'bedrock:GetPrompt', 'arn:aws:bedrock:eu-west-1:111122223333:prompt/SUMMARIZE1')).toBe(
      true,
    );
    expect(allows(statements, 'bedrock:RenderPrompt', 'arn:aws:bedrock:eu-west-1:111122223333:prompt/A:1')).toBe(true);
    expect(allows(statements, 'bedrock:GetInferenceProfile', applicationProfile)).toBe(true);
    expect(allows(statements, 'bedrock:GetPromptRouter', router)).toBe(true);
  });

  test('has no SageMaker', () => {
    expect(JSON.stringify(statements)).not.toContain('sagemaker');
  });

  test('writes its own request logs and reads none', () => {
    const ofLogs = statements.filter(({ Resource }) => JSON.stringify(Resource).includes(':s3:::request-logs'));
    expect(ofLogs.map(({ Action }) => Action)).toEqual(['s3:PutObject']);
    expect(JSON.stringify(ofLogs)).toContain('request-logs/gateway/*');
  });

  test('reads the secrets that it is told of, and not those of LiteLLM or of the owner', () => {
    const [read] = statements.filter(({ Action }) => listOf(Action).includes('secretsmanager:GetSecretValue'));
    const names = JSON.stringify(read?.Resource)
      .match(/secret:[a-z-]+(?=-AbCdEf)/g)
      ?.sort();
    expect(names).toEqual(
      ['cache', 'database-gateway', 'gateway-secret', 'master-key', 'salt-key'].map((name) => `secret:${name}`),
    );
  });
});

describe('LiteLLM alone', () => {
  test('calls the SageMaker endpoints of the list', () => {
    const { statements } = granted(grantLitellm);
    const endpoint = 'arn:aws:sagemaker:eu-west-1:111122223333:endpoint/my-endpoint';
    expect(allows(statements, 'sagemaker:InvokeEndpoint', endpoint)).toBe(true);
    expect(allows(statements, 'sagemaker:InvokeEndpointWithResponseStream', endpoint)).toBe(true);
    expect(allows(statements, 'sagemaker:InvokeEndpoint', `${endpoint}-2`)).toBe(false);
  });

  test('writes request logs and reads none, and has neither sessions nor prompts', () => {
    const { statements } = granted(grantLitellm);
    const ofLogs = statements.filter(({ Resource }) => JSON.stringify(Resource).includes(':s3:::request-logs'));
    expect(ofLogs.map(({ Action }) => Action)).toEqual(['s3:PutObject']);
    expect(JSON.stringify(statements)).not.toMatch(/dynamodb|history|prompt\/\*/);
  });

  test('reranks only where a model for that is listed', () => {
    const reranks = ({ statements }: ReturnType<typeof granted>) =>
      JSON.stringify(statements).includes('bedrock:Rerank');
    expect(reranks(granted(grantLitellm))).toBe(false);
    expect(reranks(granted(grantLitellm, withModels(['bedrock/cohere.rerank-v3-5:0'])))).toBe(true);
  });
});
