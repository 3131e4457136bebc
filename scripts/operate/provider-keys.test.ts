import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lacksMoto, type MotoServer, runningTasks, startMoto } from '../moto/moto-server.ts';
import { mergeKeys, readKeys } from './provider-keys/merge-keys.ts';
import { deployStage, motoClient } from './testing/deployed-stage.ts';
import { runOperate } from './testing/run-operate.ts';

it.each([
  ['one more', { A: '1' }, { B: '2' }, [], { A: '1', B: '2' }],
  ['another value', { A: '1' }, { A: '2' }, [], { A: '2' }],
  ['one less', { A: '1', B: '2' }, {}, ['A'], { B: '2' }],
])('of stored and given keys: %s', (_what, stored, given, remove, expected) => {
  expect(mergeKeys(stored, given, remove).keys).toEqual(expected);
});

it('refuses what contradicts itself, and a secret of another form', () => {
  expect(() => mergeKeys({ A: '1' }, { A: '1' }, ['A'])).toThrow(/A is to be removed, and the configuration has it/);
  expect(() => mergeKeys({}, {}, ['A'])).toThrow(/no stored key A/);
  for (const text of ['sk-1', '[]', '{"A": 1}']) expect(() => readKeys(text)).toThrow(/not a JSON object/);
  expect(readKeys(undefined)).toEqual({});
});

describe.skipIf(lacksMoto)('provider-keys (needs Python 3.11 or newer)', { timeout: 120_000 }, () => {
  let moto: MotoServer;
  let arn = '';
  const secrets = () => new SecretsManagerClient(motoClient(moto));
  beforeAll(async () => {
    moto = await startMoto('eu-west-1');
    const secret = await secrets().send(new CreateSecretCommand({ Name: 'provider-keys' }));
    arn = secret.ARN ?? '';
    await deployStage(moto, 'dev', { masterKey: 'sk-1', outputs: { providerKeysSecret: arn } });
    await deployStage(moto, 'eks', { masterKey: 'sk-1', outputs: { providerKeysSecret: arn, platform: 'eks' } });
    const ecs = new ECSClient(motoClient(moto));
    await ecs.send(new CreateClusterCommand({ clusterName: 'gateway' }));
    const containerDefinitions = [{ name: 'only', image: 'only', memory: 128 }];
    await ecs.send(new RegisterTaskDefinitionCommand({ family: 'any', containerDefinitions }));
    const service = { cluster: 'gateway', serviceName: 'litellm', taskDefinition: 'any', desiredCount: runningTasks };
    await ecs.send(new CreateServiceCommand(service));
  }, 120_000);
  afterAll(() => moto.stop());
  const run = (environment: NodeJS.ProcessEnv, ...args: string[]) =>
    runOperate('provider-keys.ts', ['--region', 'eu-west-1', '--poll-ms', '50', ...args], {
      ...moto.environment,
      ...environment,
    });
  const stored = async () => (await secrets().send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;

  it('stores what is configured here, says names only, rolls LiteLLM, and takes one away again', async () => {
    const first = await run({ OPENAI_API_KEY: 'sk-of-openai', GROQ_API_KEY: 'gsk-of-groq' }, '--stage', 'dev');
    expect(first).toMatchObject({ code: 0, note: '' });
    expect(first.out).toMatch(/^\+ OPENAI_API_KEY\n\+ GROQ_API_KEY\nlitellm: 2 of 2 new tasks run\n$/);
    expect(JSON.parse((await stored()) ?? '')).toEqual({ OPENAI_API_KEY: 'sk-of-openai', GROQ_API_KEY: 'gsk-of-groq' });
    expect((await run({}, '--stage', 'dev', '--list')).out).toBe('GROQ_API_KEY\nOPENAI_API_KEY\n');
    expect((await run({}, '--stage', 'dev')).out).toContain('already');
    expect((await run({}, '--stage', 'dev', '--remove', 'GROQ_API_KEY', '--no-roll')).out).toBe('- GROQ_API_KEY\n');
    expect(JSON.parse((await stored()) ?? '')).toEqual({ OPENAI_API_KEY: 'sk-of-openai' });
  });

  it('says on EKS by which commands LiteLLM is started anew', async () => {
    const { code, out } = await run({ OPENAI_API_KEY: 'sk-of-openai-2' }, '--stage', 'eks');
    expect(code).toBe(0);
    expect(out).toContain('kubectl --namespace genai-gateway-eks-eu-west-1 rollout restart deployment/litellm');
  });
});
