import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lacksMoto, type MotoServer, runningTasks, startMoto } from '../moto/moto-server.ts';
import { compareConfigs, readConfig } from './config-push/compare.ts';
import { ConfigObject } from './config-push/config-object.ts';
import { stateOf } from './config-push/roll.ts';
import { deployStage, motoClient } from './testing/deployed-stage.ts';
import { runOperate } from './testing/run-operate.ts';

const model = (name: string, id: string) => `  - model_name: ${name}\n    litellm_params: {model: ${id}}\n`;
const nova = model('nova', 'bedrock/amazon.nova-lite-v1:0');
const gpt = `  - model_name: gpt\n    litellm_params: {model: openai/gpt-5-mini, api_key: os.environ/OPENAI_API_KEY}\n`;
const list = (...models: string[]) => `model_list:\n${models.join('')}`;
const nothing = { added: [], removed: [], changed: [], sections: [] };

describe('what a config.yaml changes', () => {
  it.each([
    ['nothing but a comment', list(nova), `# new\n${list(nova)}`, {}],
    ['the first one', undefined, list(nova), { added: ['nova'] }],
    ['a model more, a model less', list(nova), list(gpt), { added: ['gpt'], removed: ['nova'] }],
    ['where a model goes', list(nova), list(model('nova', 'bedrock/amazon.nova-pro-v1:0')), { changed: ['nova'] }],
    ['a second deployment', list(nova), list(nova, nova), { changed: ['nova'] }],
    ['settings', list(nova), `${list(nova)}router_settings: {num_retries: 1}\n`, { sections: ['router_settings'] }],
  ])('%s', (_what, before, after, expected) => {
    expect(compareConfigs(before, after)).toEqual({ ...nothing, ...expected });
  });

  it.each([
    ['YAML that is none', 'model_list: [', /line \d+: this is not valid YAML/],
    ['no models', 'model_list: []', /no model in 'model_list'/],
    ['other files', `include: [more.yaml]\n${list(nova)}`, /not in the bucket/],
  ])('refuses %s', (_what, text, expected) => {
    expect(() => readConfig(text, 'config.yaml', 'eu-west-1')).toThrow(expected);
  });

  it('does not ask for the keys that only the containers have', () => {
    expect(readConfig(list(gpt), 'config.yaml', 'eu-west-1').catalogue.aliases.has('gpt')).toBe(true);
  });
});

describe('where a deployment of a service stands', () => {
  const deployment = {
    id: 'mine',
    status: 'PRIMARY',
    desiredCount: 2,
    runningCount: 2,
    rolloutState: 'COMPLETED',
  } as const;
  const older = { ...deployment, id: 'older', status: 'ACTIVE' };
  it.each([
    ['done', [deployment], { isDone: true, hasFailed: false }],
    [
      'tasks still start',
      [{ ...deployment, runningCount: 1, rolloutState: 'IN_PROGRESS' as const }],
      { isDone: false, hasFailed: false },
    ],
    ['old tasks still drain', [deployment, older], { isDone: false, hasFailed: false }],
    [
      'the circuit breaker has opened',
      [{ ...deployment, rolloutState: 'FAILED' as const }],
      { isDone: false, hasFailed: true },
    ],
    [
      'ECS has taken it back',
      [
        { ...deployment, status: 'ACTIVE' },
        { ...older, status: 'PRIMARY' },
      ],
      { isDone: false, hasFailed: true },
    ],
    ['no such service', [], { isDone: false, hasFailed: true }],
  ])('%s', (_what, deployments, expected) => {
    expect(stateOf({ deployments }, 'mine')).toMatchObject(expected);
  });
});

describe.skipIf(lacksMoto)('config:push (needs Python 3.11 or newer)', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-config-'));
  const file = join(folder, 'config.yaml');
  let moto: MotoServer;
  let object: { Bucket: string; Key: string };
  beforeAll(async () => {
    moto = await startMoto('eu-west-1');
    const bucket = await deployStage(moto, 'dev', { masterKey: 'sk-1' });
    await deployStage(moto, 'stuck', { masterKey: 'sk-1', outputs: { configBucket: bucket, litellmService: 'stuck' } });
    await deployStage(moto, 'eks', { masterKey: 'sk-1', outputs: { configBucket: bucket, platform: 'eks' } });
    object = { Bucket: bucket, Key: 'config.yaml' };
    const ecs = new ECSClient(motoClient(moto));
    await ecs.send(new CreateClusterCommand({ clusterName: 'gateway' }));
    const containerDefinitions = [{ name: 'only', image: 'only', memory: 128 }];
    await ecs.send(new RegisterTaskDefinitionCommand({ family: 'any', containerDefinitions }));
    for (const [serviceName, desiredCount] of [
      ['gateway', 2],
      ['litellm', 2],
      ['stuck', runningTasks + 1],
    ] as const) {
      await ecs.send(
        new CreateServiceCommand({ cluster: 'gateway', serviceName, desiredCount, taskDefinition: 'any' }),
      );
    }
  }, 120_000);
  afterAll(async () => {
    await moto.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const s3 = () => new S3Client(motoClient(moto));
  const stored = async () => (await s3().send(new GetObjectCommand(object))).Body?.transformToString();
  beforeEach(async () => {
    await s3().send(new PutObjectCommand({ ...object, Body: list(nova) }));
    writeFileSync(file, list(nova, gpt));
  });
  const push = (stage: string, ...args: string[]) =>
    runOperate('config-push.ts', ['--stage', stage, '--file', file, '--poll-ms', '50', ...args], moto.environment);

  it('uploads, says what changes, and rolls LiteLLM, then the gateway', async () => {
    const { code, out } = await push('dev');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^\+ gpt\n[\s\S]*Uploaded to s3:[\s\S]*litellm: 2 of 2 new tasks run\ngateway: 2 of 2 new tasks run\n$/,
    );
    expect(await stored()).toBe(list(nova, gpt));
  });

  it('changes nothing in a dry run, or when nothing is new', async () => {
    expect(await push('dev', '--dry-run')).toMatchObject({ code: 0, out: expect.stringContaining('+ gpt') });
    expect(await stored()).toBe(list(nova));
    writeFileSync(file, `# the same\n${list(nova)}`);
    expect((await push('dev')).out).toBe('It says the same as what is stored.\n');
    expect(await stored()).toBe(list(nova));
  });

  it('uploads nothing that the gateway would not start with', async () => {
    writeFileSync(file, 'model_list: [');
    expect(await push('dev')).toMatchObject({ code: 1, note: expect.stringContaining('nothing was uploaded') });
    expect(await stored()).toBe(list(nova));
  });

  it('puts the old file back when a service does not come up with the new one', async () => {
    const { code, note } = await push('stuck', '--timeout', '0.005');
    expect(code).toBe(1);
    expect(note).toMatch(/stuck is not done after[\s\S]*Mend: read the log group[\s\S]*of before is put back/);
    expect(await stored()).toBe(list(nova));
  });

  it('does not write over what somebody else has written meanwhile', async () => {
    for (const [name, value] of Object.entries(moto.environment)) process.env[name] = value;
    const mine = new ConfigObject('eu-west-1', object.Bucket, object.Key);
    const before = await mine.read();
    await s3().send(new PutObjectCommand({ ...object, Body: list(gpt) }));
    await expect(mine.write(list(nova, gpt), before)).rejects.toThrow(/changed by somebody else/);
    await expect(mine.write(list(nova, gpt), undefined)).rejects.toThrow(/changed by somebody else/);
    expect(await stored()).toBe(list(gpt));
    for (const name of Object.keys(moto.environment)) delete process.env[name];
  });

  it('says on EKS by which commands the deployments are started anew', async () => {
    const { code, out } = await push('eks');
    expect([code, out]).toEqual([0, expect.stringContaining('rollout restart deployment/litellm')]);
  });

  it('rolls with what is stored, where no file is given', async () => {
    const args = ['--stage', 'dev', '--roll', '--poll-ms', '50'];
    const { code, out } = await runOperate('config-push.ts', args, moto.environment);
    expect([code, out]).toEqual([0, 'litellm: 2 of 2 new tasks run\ngateway: 2 of 2 new tasks run\n']);
    expect(await stored()).toBe(list(nova));
  });

  it('prints what is stored', async () => {
    expect((await push('dev', '--show')).out).toBe(`${list(nova)}\n`);
  });
});
